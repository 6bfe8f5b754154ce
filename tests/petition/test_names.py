"""A name of any script may be borne by a signature; links, pictures, stacks and what nobody sees may not."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from petition.characters import is_letter
from petition.links import COMMON_ENDINGS
from petition.names import LONGEST, NameProblem, NameRefused, check_name

SEALED = 510  # bytes that a sealed name has room for

ZWNJ, ZWJ = "\u200c", "\u200d"


def problem(name: str) -> NameProblem | None:
    try:
        check_name(name)
    except NameRefused as refused:
        return refused.reason
    return None


@pytest.mark.parametrize(
    "name",
    [
        "Ann Example",
        "Anna-Lena Muster-Beispiel",
        "Ann Example Jr.",
        "J. R. R. Example",
        "J.R.R.Example",
        "J.de Vries",
        "M.de Souza",
        "M.van Dam",
        "K.Li",
        "А.Б.Прыклад",
        "d'Arc",
        "’t Voorbeeld",
        "O’Neill",
        "O`Neill",
        "c'hoar Skouer",
        "Gal·la Exemple",
        "Mª Ejemplo",
        "Ėglė̃ Pavyzdė",
        "Nguyễn Thị Ánh",
        "Ọlábísí Adébáyọ̀",
        "Yázhí ąą́ʼ",
        "Kalaniʻōpuʻu",
        "x̱ʼaan Éxample",
        "Мар’яна Приклад",
        "Марʼяна Приклад",
        "Йосиф Ёлкин",
        "Ἀθηνᾶ Παράδειγμα",
        "გიორგი",
        "Նարեկ Օրինակ",
        "אבגד הוזח",
        "צ׳רלי",
        "צ'רלי",
        "ג׳ורג׳",
        "רש״י",
        "בן־דוד",
        "דָּוִד",
        "שָּׁלוֹם",
        "مُحَمَّدٌ",
        "اللّٰه",
        "عبد الرحمن",
        f"علی{ZWNJ}رضا",
        "ܐܒܓ",
        "ދީނާ",
        "ߊߡߊߘߎ",
        "अनुराधा",
        "ज़ीं",
        "डॉ॰ शर्मा",
        f"क्{ZWJ}षमा",
        "মুহাম্মদ",
        f"র{ZWJ}্যাচেল",
        "தமிழ்",
        f"ශ්{ZWJ}රී",
        f"ശ്രീ{ZWNJ}ജ",
        "สมชาย",
        "น้ำ",
        "สิทธิ์",
        "ດີ",
        "ສົມພອນ",
        "ស្រី",
        "ម៉ូនី",
        "ကျော်",
        "ကျော့်",
        "လျှောက်",
        "བསྟན་འཛིན་",
        "ཧཱུྃ",
        "አበበ ቢቂላ",
        "ፀሐይ፡ገብረ",
        "ᠰᠠᠷ",
        "ꦏꦿꦺꦴ",
        "ᏣᎳᎩ",
        "ᐃᓄᒃᑎᑐᑦ",
        "ⵣⵉⵔⵉ",
        "𞤀𞤣𞤢𞤥",
        "김 수현",
        "李明",
        "奈々",
        "リー",
        "ジョン・スミス",
        "约翰·史密斯",
        "𠮷田 太郎",
    ],
)
def test_real_names_are_taken_as_they_are(name: str) -> None:
    assert check_name(name) == unicodedata.normalize("NFC", name)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  Ann\u00a0 \u3000Example\n", "Ann Example"),
        ("\tAnn\r\n", "Ann"),
        ("Re\u0301ka", "R\u00e9ka"),
        ("\u1112\u1161\u11ab\u1100\u1173\u11af", "한글"),
    ],
)
def test_a_name_is_composed_and_trimmed(typed: str, kept: str) -> None:
    assert check_name(typed) == kept


@pytest.mark.parametrize(
    "name",
    [
        "evil.app", "bit.ly", "pay.ch", "site.tk", "evil.cc", "teleg.am", "example.gov", "EVIL.COM", "St.John",
        "x.ai", "x.COM", "k.ru", "a.b.com", "see my-s.org", "Ann evil.example now",
        "кремль.рф", "к.рф", "дом.бел", "д.укр", "例子.中国",
        "www.x", "t.me", "https://a", "tg://a", "Ann @example",
        "evi\u0301l.a\u0331pp", f"سلا{ZWNJ}م.کام",
    ],
)  # fmt: skip
def test_links_are_refused(name: str) -> None:
    assert problem(name) is NameProblem.LINK


@given(st.text("abcéжשक", min_size=2, max_size=8), st.text("abcéжשक", min_size=2, max_size=8))
def test_letters_on_both_sides_of_a_dot_are_a_link_whatever_the_ending(left: str, right: str) -> None:
    assert problem(f"{left}.{right}") is NameProblem.LINK
    assert check_name(f"{left}. {right}") == f"{left}. {right}"


@pytest.mark.parametrize(
    "particle", ["de", "la", "le", "di", "da", "du", "van", "von", "del", "den", "der", "el", "al"]
)
def test_a_particle_behind_an_initial_is_no_link(particle: str) -> None:
    assert check_name(f"J.{particle} Example") == f"J.{particle} Example"


@pytest.mark.parametrize("ending", sorted(COMMON_ENDINGS))
def test_a_common_ending_behind_a_single_letter_is_a_link(ending: str) -> None:
    assert problem(f"x.{ending}") is NameProblem.LINK
    assert problem(f"Ann X.{ending.upper()}") is NameProblem.LINK


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("", NameProblem.EMPTY),
        (" \u00a0\n", NameProblem.EMPTY),
        ("A", NameProblem.TOO_SHORT),
        ("A\u0301", NameProblem.TOO_SHORT),
        ("x" * (LONGEST + 1), NameProblem.TOO_LONG),
        ("x" * 5_000, NameProblem.TOO_LONG),
        ("=Ann", NameProblem.BAD_START),
        ("+Ann", NameProblem.BAD_START),
        ("-Ann", NameProblem.BAD_START),
        (" @ann", NameProblem.BAD_START),
        ("Ann 😀", NameProblem.EMOJI),
        ("❤ Ann", NameProblem.EMOJI),
        ("👩\u200d👧", NameProblem.EMOJI),
        ("🇧🇾 Ann", NameProblem.EMOJI),
        ("Ann \U0001fae8", NameProblem.EMOJI),  # newer than the Unicode of Python 3.11
        ("Ann\nExample", NameProblem.INVISIBLE),
        ("Ann\x00", NameProblem.INVISIBLE),
        ("Ann\u202eExample", NameProblem.INVISIBLE),
        ("Ann\u2066Example", NameProblem.INVISIBLE),
        ("\u200fאבג", NameProblem.INVISIBLE),
        ("Ann\u200bExample", NameProblem.INVISIBLE),
        ("Ann\ufeff", NameProblem.INVISIBLE),
        ("Ann\u00ad", NameProblem.INVISIBLE),
        ("Ann\u3164", NameProblem.INVISIBLE),
        ("Ann\ufe0f", NameProblem.INVISIBLE),
        ("Ann\u2028Example", NameProblem.INVISIBLE),
        ("Ann\ue000", NameProblem.INVISIBLE),
        ("Ann\U000e0041", NameProblem.INVISIBLE),
        (f"An{ZWJ}n", NameProblem.INVISIBLE),
        (f"علی{ZWNJ}", NameProblem.INVISIBLE),
        (f"{ZWNJ}علی", NameProblem.INVISIBLE),
        (f"علی{ZWNJ}{ZWNJ}رضا", NameProblem.INVISIBLE),
        ("Ann 2", NameProblem.OTHER_CHARACTER),
        ("Ann/Example", NameProblem.OTHER_CHARACTER),
        ("Ann_Example", NameProblem.OTHER_CHARACTER),
        ("<b>Ann</b>", NameProblem.OTHER_CHARACTER),
        ("evil\uff0ecom", NameProblem.OTHER_CHARACTER),
        ("evil\u3002com", NameProblem.OTHER_CHARACTER),
        ("Ann\u20dd", NameProblem.OTHER_CHARACTER),
        ("Ann·", NameProblem.OTHER_CHARACTER),
        ("・アン", NameProblem.OTHER_CHARACTER),
        ("Ann׳", NameProblem.OTHER_CHARACTER),
        ("׳אב", NameProblem.OTHER_CHARACTER),
        ("Ann་", NameProblem.OTHER_CHARACTER),
        (" \u0301Ann", NameProblem.LONE_MARK),
        ("Ann-\u0301", NameProblem.LONE_MARK),
        ("Ann'\u0301", NameProblem.LONE_MARK),
        ("Z\u0338\u0322\u0348a", NameProblem.TOO_MANY_MARKS),
        ("a\u0300\u0301\u0302n", NameProblem.TOO_MANY_MARKS),
        ("n\u0301\u0301a", NameProblem.TOO_MANY_MARKS),
        ("ก\u0e47\u0e47\u0e47ก", NameProblem.TOO_MANY_MARKS),
        ("م\u064b\u064c\u064d\u064e\u064fم", NameProblem.TOO_MANY_MARKS),
        (f"क\u0901{ZWJ}\u0902{ZWJ}\u0903{ZWJ}\u0901क", NameProblem.TOO_MANY_MARKS),
        ("က\u0301\u0302\u0303က", NameProblem.TOO_MANY_MARKS),
        ("A.", NameProblem.TOO_FEW_LETTERS),
        ("..", NameProblem.TOO_FEW_LETTERS),
        ("''", NameProblem.TOO_FEW_LETTERS),
        ("ʼʼ", NameProblem.TOO_FEW_LETTERS),
        ("ʻʻ", NameProblem.TOO_FEW_LETTERS),
        ("ːː", NameProblem.TOO_FEW_LETTERS),
        ("ˆˆ", NameProblem.TOO_FEW_LETTERS),
        ("ꞌꞌ", NameProblem.TOO_FEW_LETTERS),
        ("ーー", NameProblem.TOO_FEW_LETTERS),
        ("Aー", NameProblem.TOO_FEW_LETTERS),
        ("x\u0302\u0301", NameProblem.TOO_FEW_LETTERS),
        ("क्", NameProblem.TOO_FEW_LETTERS),
    ],
)
def test_a_refusal_says_what_is_wrong(name: str, reason: NameProblem) -> None:
    assert problem(name) is reason


def test_the_character_to_blame_is_named_and_the_name_is_not() -> None:
    with pytest.raises(NameRefused) as refused:
        check_name("Ann 7 Example")
    assert refused.value.character == "7"
    assert str(refused.value) == "OTHER_CHARACTER"


@pytest.mark.parametrize("letter", ["a", "é", "ж", "字", "\U00020bb7", "\U00010400"])
def test_the_longest_name_fits_where_it_is_sealed(letter: str) -> None:
    assert len(check_name(letter * LONGEST).encode()) <= SEALED
    assert problem(letter * (LONGEST + 1)) is NameProblem.TOO_LONG


NAMES = st.one_of(
    st.text(max_size=2 * LONGEST),
    st.text("aZ éжқשक्षกកာေ་・リ々\u0301\u0323\u093e\u200c\u200d\u00a0ʼ'’-.·׳@=1😀\u202e\u3164", max_size=LONGEST + 10),
    st.text(st.characters(categories=["Lu", "Ll", "Lo", "Mn", "Mc", "Lm"]), max_size=12),
)


@given(NAMES)
@example("e\u0301\u00a0\u3000x")
@example("\ufb1d\ufb2a")  # composed letters that NFC takes apart
@example("\U0001d15e")
def test_whatever_is_typed_is_kept_within_the_rules_or_refused(text: str) -> None:
    try:
        name = check_name(text)
    except NameRefused:
        return
    assert 2 <= len(name) <= LONGEST
    assert len(name.encode()) <= SEALED
    assert name == unicodedata.normalize("NFC", name) == name.strip()
    assert "  " not in name
    assert name[0] not in "=+-@"
    assert not any(unicodedata.category(one) in {"Cc", "Cs", "Co", "Cn", "Zl", "Zp", "So", "Nd", "Me"} for one in name)
    assert any(is_letter(one) for one in name)
    assert check_name(name) == name


@given(st.text(st.characters(categories=["Lu", "Ll", "Lo"], max_codepoint=0x2FFF), min_size=2, max_size=20))
def test_letters_alone_are_refused_only_when_they_show_nothing(text: str) -> None:
    expected = {None, NameProblem.TOO_SHORT}  # too short where two letters become one
    assert problem(text) in expected | ({NameProblem.INVISIBLE} if set(text) & set("\u115f\u1160") else set())


@given(st.sampled_from("aяשمकกကཀ字"), st.text(st.characters(categories=["Mn"]), min_size=12, max_size=30))
def test_a_stack_of_marks_is_refused_on_every_script(letter: str, marks: str) -> None:
    with pytest.raises(NameRefused):
        check_name(f"{letter}{letter}{marks}{letter}")
