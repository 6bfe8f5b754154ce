"""A petition's folder is loaded word for word, or refused with one line that names the file."""

from __future__ import annotations

import hashlib
import os
import re
import unicodedata
from collections.abc import Callable
from itertools import product
from pathlib import Path
from string import ascii_uppercase

import pytest
from hypothesis import given
from hypothesis import strategies as st

from petition.content import PetitionRefused, load_petition
from petition.countries import is_country
from petition.text import LONGEST_PART, LONGEST_TITLE, MESSAGE, parse_text, text_hash

HOUSE = Path(__file__).resolve().parent.parent.parent
BELARUS = HOUSE / "petition" / "belarus"
ORIGINAL = HOUSE.parent / "shared" / "petition" / "call-for-solidarity.txt"
BELARUS_HASH = "f3c3931ceeba029d7c6726ba332574dcc6ed86caf169c7b8cd513add5340344f"
FIRST_SIGNATORIES_HASH = "4ab71ede3786256fb5f36a90cebffe6bfb844a773661b4832b93373e92dc976b"

TEXT = "# A title\n\nThe first part.\n\nWe ask for:\n\n1. one thing;\n2. another.\n"
TOML = 'slug = "made-up"\n[summary]\nen = "Two parts, two demands."\n'
NAMES = "Ann Example\nBen Example\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A small petition that is in order."""
    (tmp_path / "en.md").write_text(TEXT, encoding="utf-8")
    (tmp_path / "petition.toml").write_text(TOML, encoding="utf-8")
    (tmp_path / "first-signatories.txt").write_text(NAMES, encoding="utf-8")
    return tmp_path


def refusal(folder: Path) -> str:
    with pytest.raises(PetitionRefused) as refused:
        load_petition(folder)
    assert len(str(refused.value).splitlines()) == 1
    return str(refused.value).replace(f"{folder}{os.sep}", "")


def with_toml(folder: Path, line: str) -> Path:
    """The same petition with one more line, or another one, in petition.toml."""
    key = line.split(" = ")[0]
    kept = [one for one in TOML.splitlines() if not one.startswith(f"{key} =")]
    (folder / "petition.toml").write_text("\n".join([line, *kept]), encoding="utf-8")
    return folder


def with_text(folder: Path, text: str) -> Path:
    (folder / "en.md").write_text(text, encoding="utf-8")
    return folder


# ---- the first petition


def words(text: str) -> str:
    """The text as it is compared: non-breaking spaces may become spaces, nothing else changes."""
    return text.replace("\u00a0", " ").strip()


def test_the_first_petition_is_the_text_that_was_agreed_on() -> None:
    petition = load_petition(BELARUS)
    text = petition.text("en")
    assert text.hash.hex() == BELARUS_HASH
    assert (len(text.appeal), len(text.demands), len(petition.first_signatories)) == (5, 12, 66)
    names = "\n".join(petition.first_signatories).encode()
    assert hashlib.sha256(names).hexdigest() == FIRST_SIGNATORIES_HASH
    assert petition.slug == "belarus-solidarity"
    assert petition.dangerous_countries == {"BY"}


@pytest.mark.skipif(not ORIGINAL.exists(), reason="the original text is not beside the repository")
def test_the_first_petition_is_its_original_word_for_word() -> None:
    call, names = words(ORIGINAL.read_text(encoding="utf-8")).split("\nSignatories as of November 9\n")
    title, *appeal, demands = re.split(r"\n\s*\n", call.strip())
    petition = load_petition(BELARUS)
    text = petition.text("en")
    assert text.title == title
    assert text.appeal == tuple(part.strip() for part in appeal)
    assert text.demands == tuple(line.split(".", 1)[1].strip() for line in demands.strip().splitlines())
    assert petition.first_signatories == tuple(name.strip() for name in names.splitlines() if name.strip())


# ---- what a folder gives


def test_a_folder_gives_its_parts(folder: Path) -> None:
    (folder / "be.md").write_text(TEXT.replace("A title", "Загаловак"), encoding="utf-8")
    with_toml(folder, 'elsewhere = [12340, "on paper"]')
    with (folder / "petition.toml").open("a", encoding="utf-8") as toml:
        toml.write('\nbe = "Дзве часткі."\n')
    petition = load_petition(folder)
    text = petition.text("en")
    assert (text.title, text.appeal) == ("A title", ("The first part.", "We ask for:"))
    assert text.demands == ("one thing;", "another.")
    assert text.summary == "Two parts, two demands."
    assert petition.text("be").title == "Загаловак"
    assert petition.text("be").hash != text.hash
    assert petition.text("lt") is text
    assert petition.first_signatories == ("Ann Example", "Ben Example")
    assert petition.elsewhere is not None
    assert (petition.elsewhere.count, petition.elsewhere.where) == (12340, "on paper")
    assert not petition.likely_countries
    assert not petition.dangerous_countries
    assert not petition.links


@pytest.mark.parametrize("name", ["en.md", "petition.toml", "first-signatories.txt"])
@pytest.mark.parametrize(
    "write",
    [
        lambda text: b"\xef\xbb\xbf" + text.encode(),
        lambda text: text.replace("\n", "\r\n").encode(),
        lambda text: b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode(),
        lambda text: text.rstrip().encode(),
    ],
    ids=["byte order mark", "CRLF", "both", "no last line end"],
)
def test_how_an_editor_saves_a_file_changes_nothing(folder: Path, name: str, write: Callable[[str], bytes]) -> None:
    before = load_petition(folder)
    path = folder / name
    path.write_bytes(write(path.read_text(encoding="utf-8")))
    assert load_petition(folder) == before


def test_non_breaking_spaces_are_spaces_and_a_broken_line_is_one_paragraph(folder: Path) -> None:
    with_text(folder, "\n#  A\u00a0title \n\nThe first\n  part.\nWe ask\n\n 1. one\u00a0 thing\n2.  another\nthing.")
    text = load_petition(folder).text("en")
    assert text.title == "A title"
    assert text.appeal == ("The first part. We ask",)
    assert text.demands == ("one  thing", "another thing.")


def test_there_may_be_no_first_signatory(folder: Path) -> None:
    (folder / "first-signatories.txt").write_text("\n \n")
    assert load_petition(folder).first_signatories == ()


# ---- what is refused


@pytest.mark.parametrize("name", ["en.md", "petition.toml", "first-signatories.txt"])
def test_a_file_that_cannot_be_read_is_named(folder: Path, name: str) -> None:
    path = folder / name
    path.write_bytes(b"\xff\xfe")
    assert refusal(folder) == f"{name} is not UTF-8."
    path.unlink()
    assert refusal(folder) == f"{name} is missing."
    path.mkdir()
    assert refusal(folder) == f"{name} cannot be read (Is a directory)."


def test_no_folder_is_named(folder: Path) -> None:
    for path in (folder / "nowhere", folder / "en.md"):
        with pytest.raises(PetitionRefused, match=rf"^{re.escape(str(path))} is not a folder\. BOT_PETITION takes"):
            load_petition(path)


@pytest.mark.parametrize("content", [b"", b"\n \n", b"\xef\xbb\xbf", "\u00a0".encode()])
def test_an_empty_file_is_named(folder: Path, content: bytes) -> None:
    (folder / "petition.toml").write_bytes(content if content.isascii() else b"")
    assert refusal(folder).startswith("petition.toml: slug is None; it takes")
    (folder / "petition.toml").write_text(TOML)
    (folder / "en.md").write_bytes(content)
    assert refusal(folder) == "en.md is empty."


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("A title\n\nA part.\n\n1. one", "it takes one title, as its first line: # Title"),
        ("#\n\nA part.\n\n1. one", "it takes one title, as its first line: # Title"),
        ("#Title\n\nA part.\n\n1. one", "it takes one title, as its first line: # Title"),
        ("## Title\n\nA part.\n\n1. one", "it takes one title, as its first line: # Title"),
        ("A part.\n\n# Title\n\n1. one", "it takes one title, as its first line: # Title"),
        ("# Title\n\nA part.\n\n# Title\n\n1. one", "it takes one title, as its first line: # Title"),
        ("# Title\n\n1. one", "it takes at least one paragraph between the title and the demands."),
        ("# Title\n\nA part.", "it takes demands, as lines that begin with 1. and 2. and so on."),
        ("# Title\n\nA part.\n\n1. one\n3. three", "where demand 2 is expected stands “3. three”."),
        ("# Title\n\nA part.\n\n2. two", "where demand 1 is expected stands “2. two”."),
        ("# Title\n\nA part.\n\n1. one\n1. one", "where demand 2 is expected stands “1. one”."),
        ("# Title\n\nA part.\n\n1. one\n2.two", "where demand 2 is expected stands “2.two”."),
        ("# Title\n\nA part.\n\n1. one\n2) two", "where demand 2 is expected stands “2) two”."),
        ("# Title\n\nA part.\n\n1. one\n2.", "where demand 2 is expected stands “2.”."),
        ("# Title\n\nA part.\n\n1. one\n\nMore.\n\n2. two", "where demand 2 is expected stands “More.”."),
        ("# Title\n\nA part.\n\n0. none", "where demand 1 is expected stands “0. none”."),
    ],
)
def test_a_text_of_another_shape_is_refused(folder: Path, text: str, why: str) -> None:
    assert refusal(with_text(folder, text)) == f"en.md: {why}"


def test_a_number_at_the_beginning_of_a_line_is_not_always_a_demand(folder: Path) -> None:
    with_text(folder, "# Title\n\n9.5 million people\n2020 was\n\n1. one\n2.5 of them")
    text = load_petition(folder).text("en")
    assert text.appeal == ("9.5 million people 2020 was",)
    assert text.demands == ("one 2.5 of them",)


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("slug = 5", "slug is 5; it takes 2 to 40"),
        ('slug = "x"', "slug is 'x'; it takes"),
        ('slug = "Upper"', "slug is 'Upper'; it takes"),
        ('slug = "a-"', "slug is 'a-'; it takes"),
        ('slug = "made-up\\n"', "slug is 'made-up\\n'; it takes"),
        ('elsewhere = 12340', "elsewhere is 12340; it takes how many and where"),
        ('elsewhere = "many"', "elsewhere is 'many'; it takes"),
        ("elsewhere = [12340]", "elsewhere is [12340]; it takes"),
        ('elsewhere = ["on paper", 12340]', "elsewhere is ['on paper', 12340]; it takes"),
        ('elsewhere = [true, "on paper"]', "elsewhere is [True, 'on paper']; it takes"),
        ('elsewhere = [12.5, "on paper"]', "elsewhere is [12.5, 'on paper']; it takes"),
        ('elsewhere = [0, "on paper"]', "elsewhere is [0, 'on paper']; it takes"),
        ('elsewhere = [-1, "on paper"]', "elsewhere is [-1, 'on paper']; it takes"),
        ('elsewhere = [1, " "]', "elsewhere is [1, ' ']; it takes"),
        ('elsewhere = [1, "on paper", 2]', "elsewhere is [1, 'on paper', 2]; it takes"),
        (f'elsewhere = [1, "{"x" * 101}"]', "elsewhere is [1, 'xx"),
        ("elsewhere = {}", "elsewhere is {}; it takes"),
        ('likely_countries = "PL"', "likely_countries is 'PL'; it takes two-letter codes"),
        ('likely_countries = ["pl"]', "likely_countries is ['pl']; it takes"),
        ('likely_countries = ["EU"]', "likely_countries is ['EU']; it takes"),
        ("likely_countries = [1]", "likely_countries is [1]; it takes"),
        ('likely_countries = [["PL"]]', "likely_countries is [['PL']]; it takes"),
        ('likely_countries = ["PL", "LT", "PL"]', "likely_countries has PL twice."),
        ('dangerous_countries = ["Belarus"]', "dangerous_countries is ['Belarus']; it takes"),
        ("dangerous_countries = true", "dangerous_countries is True; it takes"),
        ('links = "website"', "links is 'website'; each takes"),
        ('links = ["web site"]', "links is ['web site']; each takes"),
        ('links = [""]', "links is ['']; each takes"),
        ("links = [1]", "links is [1]; each takes"),
        (f'links = ["{"x" * 65}"]', "links is ['xx"),
        ("slogan = 1", "'slogan' is not known. It takes dangerous_countries, elsewhere, "),
        ("slug = ", "Invalid value"),
        ("elsewhere = [" + "9" * 5_000 + ', "on paper"]', "Exceeds the limit"),
    ],
)  # fmt: skip
def test_a_wrong_value_is_shown(folder: Path, line: str, why: str) -> None:
    assert refusal(with_toml(folder, line)).startswith(f"petition.toml: {why}")


def test_likely_countries_fit_under_the_question(folder: Path) -> None:
    codes = [code for code in map("".join, product("AB", ascii_uppercase)) if is_country(code)][:21]
    assert load_petition(with_toml(folder, f"likely_countries = {codes[:20]}")).likely_countries == tuple(codes[:20])
    assert refusal(with_toml(folder, f"likely_countries = {codes}")) == (
        "petition.toml: likely_countries has 21; it takes up to 20."
    )


@pytest.mark.parametrize(
    ("summary", "why"),
    [
        ("", "[summary] is missing or empty"),
        ("summary = 1", "[summary] is missing or empty"),
        ('summary = "one line"', "[summary] is missing or empty"),
        ("[summary]", "[summary] has no en, though en.md is there."),
        ('[summary]\nen = " "', "[summary] is missing or empty"),
        ("[summary]\nen = 5", "[summary] is missing or empty"),
        ('[summary]\nru = "Две части."', "[summary] has no en, though en.md is there."),
        ('[summary]\nen = "Two."\nxx = "?"', "[summary] has 'xx'; it takes en, be, ru, uk, pl, lt, de, fr."),
        (f'[summary]\nen = "{"x" * 501}"', "the summary in en has over 500 characters."),
    ],
)
def test_a_summary_is_needed_for_each_text(folder: Path, summary: str, why: str) -> None:
    (folder / "petition.toml").write_text(f'slug = "made-up"\n{summary}\n', encoding="utf-8")
    assert refusal(folder).startswith(f"petition.toml: {why}")


def test_a_translation_needs_its_summary_and_is_checked_too(folder: Path) -> None:
    (folder / "pl.md").write_text("# Bez żądań\n\nCzęść.", encoding="utf-8")
    assert refusal(folder) == "petition.toml: [summary] has no pl, though pl.md is there."
    with (folder / "petition.toml").open("a", encoding="utf-8") as toml:
        toml.write('pl = "Część."\n')
    assert refusal(folder).startswith("pl.md: it takes demands")


@pytest.mark.parametrize("again", ["Ann Example", "ann  EXAMPLE", "Ann\u00a0Example ", "Re\u0301ka"])
def test_nobody_stands_twice_among_the_first(folder: Path, again: str) -> None:
    (folder / "first-signatories.txt").write_text(f"{NAMES}R\u00e9ka\n{again}\n", encoding="utf-8")
    assert refusal(folder) == f"first-signatories.txt: {' '.join(again.split())} stands there twice."


def test_a_first_signatory_fits_a_line(folder: Path) -> None:
    (folder / "first-signatories.txt").write_text("x" * 151)
    assert refusal(folder) == f"first-signatories.txt: “{'x' * 40}…” is too long; 150 characters fit."


# ---- what fits a message of Telegram's


ONE = ("one",)


def petition_text(title: str = "Title", appeal: tuple[str, ...] = ONE, demands: tuple[str, ...] = ONE) -> str:
    numbered = [f"{number}. {demand}" for number, demand in enumerate(demands, 1)]
    return "\n\n".join([f"# {title}", *appeal, "\n".join(numbered)])


@pytest.mark.parametrize(("character", "room"), [("x", 1), ("'", 1), ("😀", 2), ("&", 5)])
def test_a_part_that_fits_no_message_is_refused(folder: Path, character: str, room: int) -> None:
    part = character * (LONGEST_PART // room + 1)
    assert f"“{part[:40]}…” is too long" in refusal(with_text(folder, petition_text(appeal=(part, "last"))))
    assert f"“{part[:40]}…” is too long" in refusal(with_text(folder, petition_text(demands=("one", part))))
    text = petition_text(appeal=(part[:-1], "last"), demands=(part[:-1],))
    assert load_petition(with_text(folder, text)).text("en").demands == (part[:-1],)


def test_a_title_that_is_too_long_is_refused(folder: Path) -> None:
    assert refusal(with_text(folder, petition_text("x" * (LONGEST_TITLE + 1)))) == (
        f"en.md: the title is too long; {LONGEST_TITLE} characters fit."
    )
    fits = "x" * LONGEST_TITLE
    assert load_petition(with_text(folder, petition_text(fits))).text("en").title == fits


@pytest.mark.parametrize(
    ("last", "demands"),
    [
        ("x", ("y" * 500,) * 50),
        ("x" * 3_100, ("y" * 500,) * 12),
        ("x" * LONGEST_PART, ("y",) * 7),
        ("x", ("😀" * 80,) * 32),
    ],
)
def test_an_overview_that_fits_no_message_is_refused(folder: Path, last: str, demands: tuple[str, ...]) -> None:
    refused = refusal(with_text(folder, petition_text(appeal=("first", last), demands=demands)))
    assert re.fullmatch(
        rf"en\.md: the appeal's last part and the first words of {len(demands)} demands stand in one message and would "
        rf"take [0-9]+ characters; {MESSAGE} fit\. It takes fewer demands or a shorter last part\.",
        refused,
    )


# ---- the hash, and every text


PART = st.text(st.characters(exclude_characters="\n\r\u00a0", exclude_categories=["Cs"]), min_size=1, max_size=60)
PARTS = st.lists(
    PART.map(str.strip).filter(lambda part: part and not re.match(r"#|[0-9]+[.)]", part)), min_size=1, max_size=6
).map(tuple)


@given(PARTS, PARTS, PARTS)
def test_a_text_gives_back_its_parts_word_for_word(
    titles: tuple[str, ...], appeal: tuple[str, ...], demands: tuple[str, ...]
) -> None:
    text = parse_text(Path("en.md"), petition_text(titles[0], appeal, demands), "A summary.")
    assert (text.title, text.appeal, text.demands) == (titles[0], appeal, demands)
    assert text.hash == text_hash(titles[0], appeal, demands)


LINES = ["# x", "#", "", "", "x 1", "\u00a0é\u00a0x\r", "1. x", "1. \u00a0y", "2. x", "2.x", "3. é", "1) x"]


@given(st.lists(st.sampled_from(LINES), max_size=8).map(lambda lines: "\n".join(["# x", "", "x", *lines])))
def test_a_text_that_is_read_is_what_its_parts_make(source: str) -> None:
    try:
        text = parse_text(Path("en.md"), source, "A summary.")
    except PetitionRefused as refused:
        why = str(refused)
        assert why.startswith("en.md: it takes ") or " is expected stands " in why
    else:
        again = petition_text(text.title, text.appeal, text.demands)
        assert parse_text(Path("en.md"), again, "A summary.") == text
        assert "".join(source.split()) == "".join(again.split())


def test_the_hash_is_that_of_the_parts_joined_by_line_feeds() -> None:
    expected = hashlib.sha256("Tïtle\nA part.\nAnother part.\none\ntwo".encode()).digest()
    assert text_hash("Tïtle", ("A part.", "Another part."), ("one", "two")) == expected


@given(PARTS, PARTS)
def test_the_hash_is_blind_to_form_spaces_and_ends_alone(appeal: tuple[str, ...], demands: tuple[str, ...]) -> None:
    once = text_hash("Title", appeal, demands)
    spaced = tuple(f"\u00a0{part.replace(' ', chr(0xA0))}\n" for part in appeal)
    taken_apart = tuple(unicodedata.normalize("NFD", part) for part in demands)
    assert text_hash(" Title", spaced, taken_apart) == once
    assert text_hash("Title", (*appeal[:-1], f"{appeal[-1]}!"), demands) != once
    assert text_hash("title", appeal, demands) != once
    assert text_hash("Title", appeal, (*demands, "more")) != once
    assert text_hash("Title", appeal, tuple(f"{part}  x" for part in demands)) != text_hash(
        "Title", appeal, tuple(f"{part} x" for part in demands)
    )
