"""A country is known by what people type, in eight languages; else sensible ones are offered."""

from __future__ import annotations

import unicodedata

import pytest
from babel import Locale
from hypothesis import given
from hypothesis import strategies as st

from petition.aliases import ALIASES
from petition.countries import LONGEST_TYPED, NO_COUNTRIES, country_name, find_country, is_country, suggest_countries
from petition.languages import LANGUAGES

BABELS = sorted(str(code) for code in Locale.parse("en").territories if len(str(code)) == 2)
CODES = [code for code in BABELS if is_country(code)]
EVERY_NAME = [(language, code) for language in LANGUAGES for code in CODES]
EVERY_ALIAS = [(alias, code) for code, aliases in ALIASES.items() for alias in aliases]


def test_the_countries_are_those_of_babel_that_are_some() -> None:
    assert len(CODES) == 250
    assert set(BABELS) - set(CODES) == NO_COUNTRIES
    assert is_country("XK")


@pytest.mark.parametrize("code", sorted(NO_COUNTRIES))
def test_other_territories_are_no_countries(code: str) -> None:
    assert not is_country(code)
    assert find_country(code) is None


@pytest.mark.parametrize("code", ["", "B", "BYE", "by", "B1", "419"])
def test_other_codes_are_no_countries(code: str) -> None:
    assert not is_country(code)


@pytest.mark.parametrize("language", LANGUAGES)
def test_babels_every_name_is_found_as_its_country(language: str) -> None:
    names = {code: country_name(code, language) for code in CODES}
    assert {code: find_country(name) for code, name in names.items()} == {code: code for code in CODES}


@pytest.mark.parametrize(("alias", "code"), EVERY_ALIAS)
def test_every_alias_names_its_country(alias: str, code: str) -> None:
    assert find_country(alias) == code
    assert alias not in {country_name(code, language) for language in LANGUAGES}


@given(st.sampled_from(EVERY_NAME), st.data())
def test_case_accents_spaces_and_signs_do_not_matter(which: tuple[str, str], data: st.DataObject) -> None:
    name = country_name(which[1], which[0])
    change = data.draw(
        st.sampled_from(
            [
                str.upper,
                str.lower,
                str.title,
                lambda name: unicodedata.normalize("NFD", name),
                lambda name: "".join(
                    one for one in unicodedata.normalize("NFD", name) if not unicodedata.combining(one)
                ),
                lambda name: name.replace("-", " ").replace("’", "'").replace("ʼ", "'"),
                lambda name: f"  {name}.",
            ]
        )
    )
    assert find_country(change(name)) == which[1]


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("United States of America", "US"), ("the USA", "US"), ("U.S.A.", "US"), ("Америка", "US"), ("США", "US"),
        ("Сша", "US"), ("UK", "GB"), ("U.K.", "GB"), ("England", "GB"), ("Шотландия", "GB"),
        ("Northern Ireland", "GB"), ("Republic of Ireland", "IE"), ("Holland", "NL"), ("The Netherlands", "NL"),
        ("Czech Republic", "CZ"), ("Turkey", "TR"), ("turkiye", "TR"), ("Белоруссия", "BY"), ("Беларусь", "BY"),
        ("Biełaruś", "BY"), ("bielarus", "BY"), ("Weissrussland", "BY"), ("Palestine", "PS"), ("Палестина", "PS"),
        ("Южная Корея", "KR"), ("Северная Корея", "KP"), ("Macau", "MO"), ("Макао", "MO"), ("Hongkong", "HK"),
        ("Bosnia and Herzegovina", "BA"), ("Босния", "BA"), ("Македония", "MK"), ("Молдавия", "MD"), ("ОАЭ", "AE"),
        ("Эмираты", "AE"), ("DR Congo", "CD"), ("ЮАР", "ZA"), ("Нямеччына", "DE"), ("Вугоршчына", "HU"),
        ("St Lucia", "LC"), ("Saint Vincent and the Grenadines", "VC"), ("Trinidad and Tobago", "TT"),
        ("Остров Мэн", "IM"), ("Фарерские острова", "FO"), ("die Schweiz", "CH"), ("la France", "FR"),
        ("Oesterreich", "AT"), ("Tuerkei", "TR"), ("Suedkorea", "KR"), ("Slowacja", "SK"),
        ("Обєднані арабські емірати", "AE"),
        ("🇱🇹", "LT"), ("pl", "PL"), ("La", "LA"),
    ],
)  # fmt: skip
def test_what_people_type(typed: str, code: str) -> None:
    assert find_country(typed) == code


@pytest.mark.parametrize("code", CODES)
def test_flags_and_codes_are_known(code: str) -> None:
    flag = "".join(chr(ord("🇦") + ord(letter) - ord("A")) for letter in code)
    assert find_country(flag) == code
    assert find_country(f" {code.lower()} ") == code


@pytest.mark.parametrize("typed", ["", " ", ".", "🇪🇺", "🏳", "Europe", "Atlantis", "Минск", "EU", "x" * 5_000, "\x00"])
def test_what_is_no_country(typed: str) -> None:
    assert find_country(typed) is None
    assert suggest_countries(typed, "en") == []


@pytest.mark.parametrize(
    ("typed", "codes"),
    [
        ("Congo", {"CG", "CD"}),
        ("Конго", {"CG", "CD"}),
        ("Korea", {"KR", "KP"}),
        ("Корея", {"KR", "KP"}),
        ("Corée", {"KR", "KP"}),
        ("Virgin Islands", {"VG", "VI"}),
        ("Saint-", {"LC", "MF", "SH", "SM"}),
    ],
)
def test_a_name_of_several_countries_is_asked_back(typed: str, codes: set[str]) -> None:
    assert find_country(typed) is None
    assert set(suggest_countries(typed, "en")) == codes


@pytest.mark.parametrize(("typed", "code"), [("Guinea", "GN"), ("Гвинея", "GN"), ("Samoa", "WS"), ("Kongo", "CG")])
def test_the_whole_name_of_one_country_is_that_one_though_others_bear_the_word(typed: str, code: str) -> None:
    assert find_country(typed) == code


@pytest.mark.parametrize(
    ("typed", "codes"),
    [
        ("Беларус", ["BY"]),
        ("Polan", ["PL"]),
        ("Republic of Poland", ["PL"]),
        ("Kingdom of Norway", ["NO"]),
        ("Zealand", ["NZ"]),
        ("zeal new", ["NZ"]),
        ("United", ["AE", "GB", "US"]),
        ("Germny", ["DE"]),
        ("Bealrus", ["BY"]),
        ("Itlay", ["IT"]),
        ("Швецарія", ["SE", "CH"]),
    ],
)
def test_beginnings_and_slips_are_understood(typed: str, codes: list[str]) -> None:
    assert find_country(typed) is None
    assert suggest_countries(typed, "en") == codes


@pytest.mark.parametrize(
    "typed",
    ["Siberia", "Moravia", "Iberia", "Texas", "California", "Catalonia", "Bavaria", "Чечня", "Крым", "Kurdistan",
     "Tibet", "Минск", "London", "Republic of", "of", "the", "Republic", "p", "asdf"],
)  # fmt: skip
def test_nothing_absurd_is_offered(typed: str) -> None:
    assert suggest_countries(typed, "en") == []


def test_countries_are_offered_in_the_order_of_the_persons_language() -> None:
    assert suggest_countries("United", "en") == ["AE", "GB", "US"]  # United Arab, Kingdom, States
    assert suggest_countries("United", "lt") == ["GB", "US", "AE"]  # Jungtinė, Jungtinės Valstijos, Jungtiniai
    assert suggest_countries("sain", "en", limit=1) == suggest_countries("sain", "lt", limit=1)


@given(st.text(max_size=100), st.sampled_from(LANGUAGES))
def test_whatever_is_typed_gives_countries_or_none(text: str, language: str) -> None:
    found, offered = find_country(text), suggest_countries(text, language)
    assert found is None or is_country(found)
    assert len(offered) == len(set(offered)) <= 4
    assert all(is_country(code) for code in offered)


@given(st.sampled_from(EVERY_NAME), st.integers(min_value=4))
def test_the_beginning_of_a_name_offers_a_country_that_begins_so(which: tuple[str, str], length: int) -> None:
    typed = country_name(which[1], which[0])[:length]
    offered = suggest_countries(typed, which[0], limit=len(CODES))
    assert which[1] in offered or not offered


def test_no_name_is_longer_than_what_is_read() -> None:
    names = [country_name(code, language) for language, code in EVERY_NAME] + [alias for alias, _ in EVERY_ALIAS]
    assert max(map(len, names)) < LONGEST_TYPED
