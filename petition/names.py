"""Which names a signature may bear, or why not."""

from __future__ import annotations

import re
import unicodedata
from enum import Enum, auto

from petition.links import bears_link

SHORTEST, LONGEST = 2, 100  # characters, after NFC and trimming
LETTERS = 2
MARKS_IN_A_ROW = 3  # Hebrew and Vietnamese need two, pointed Arabic three
APOSTROPHES = "'’ʼ‘ʻ`´"
HYPHENS = "-‐‑–"
DOTS = "."
JOINERS = "\u200c\u200d"
MIDDLE_DOTS = "·"  # within Catalan names such as Gal·la
FORMULA = "=+-@"  # at the start a spreadsheet takes them for a formula
# Scripts whose letters change shape beside a joiner, by the first word of a letter's Unicode name.
JOINING_SCRIPTS = frozenset(
    {
        "ARABIC", "SYRIAC", "MONGOLIAN", "NKO", "THAANA", "MANDAIC", "DEVANAGARI", "BENGALI", "GURMUKHI", "GUJARATI",
        "ORIYA", "TAMIL", "TELUGU", "KANNADA", "MALAYALAM", "SINHALA", "KHMER", "MYANMAR", "TIBETAN", "BALINESE",
    }
)  # fmt: skip


class NameProblem(Enum):
    """Why a name does not do."""

    EMPTY = auto()
    TOO_SHORT = auto()
    TOO_LONG = auto()
    LINK = auto()
    BAD_START = auto()
    INVISIBLE = auto()
    EMOJI = auto()
    TOO_MANY_MARKS = auto()
    OTHER_CHARACTER = auto()
    TOO_FEW_LETTERS = auto()


class NameRefused(Exception):
    """The name does not do; `character` is the one to blame, where one is."""

    def __init__(self, reason: NameProblem, character: str | None = None) -> None:
        """The message names the reason alone, never the name."""
        super().__init__(reason.name)
        self.reason = reason
        self.character = character


def check_name(text: str) -> str:
    """The name as it is kept: NFC, trimmed, single spaces; NameRefused says why it does not do."""
    if len(text) > 10 * LONGEST:
        raise NameRefused(NameProblem.TOO_LONG)
    name = re.sub(r"[ \N{NO-BREAK SPACE}\u2009\u202f\u3000]+", " ", unicodedata.normalize("NFC", text)).strip(" ")
    _check_length(name)
    if name[0] in FORMULA:
        raise NameRefused(NameProblem.BAD_START, name[0])
    if bears_link(name):
        raise NameRefused(NameProblem.LINK)
    for position, character in enumerate(name):
        _check_character(name, position, character)
    _check_marks(name)
    if sum(character.isalpha() for character in name) < LETTERS:
        raise NameRefused(NameProblem.TOO_FEW_LETTERS)
    return name


def _check_length(name: str) -> None:
    if not name:
        raise NameRefused(NameProblem.EMPTY)
    if len(name) < SHORTEST:
        raise NameRefused(NameProblem.TOO_SHORT)
    if len(name) > LONGEST:
        raise NameRefused(NameProblem.TOO_LONG)


def _check_character(name: str, position: int, character: str) -> None:
    category = unicodedata.category(character)
    if character in JOINERS:
        if not (0 < position < len(name) - 1 and all(_joins(name[at]) for at in (position - 1, position + 1))):
            raise NameRefused(NameProblem.INVISIBLE)
    elif character == " " or character in APOSTROPHES + HYPHENS + DOTS + MIDDLE_DOTS:
        return
    elif _is_invisible(character, category):
        raise NameRefused(NameProblem.INVISIBLE)
    elif _is_emoji(character, category):
        raise NameRefused(NameProblem.EMOJI, character)
    elif category[0] not in "LM" or category == "Me":
        raise NameRefused(NameProblem.OTHER_CHARACTER, character)


def _joins(character: str) -> bool:
    """Whether a joiner may stand beside it: letters and vowel signs of scripts that need one."""
    return (
        unicodedata.category(character)[0] in "LM" and unicodedata.name(character, "").split(" ")[0] in JOINING_SCRIPTS
    )


def _is_invisible(character: str, category: str) -> bool:
    """Controls, bidi overrides, line ends, spaces of odd kinds, and letters and marks that show nothing."""
    blank = "\u115f\u1160\u3164\uffa0\u034f\u17b4\u17b5\u180b\u180c\u180d\u180f\u2800"
    selector = 0xFE00 <= ord(character) <= 0xFE0F or 0xE0100 <= ord(character) <= 0xE01EF
    return category[0] in "CZ" or character in blank or selector


def _is_emoji(character: str, category: str) -> bool:
    return category in ("So", "Sk") and (ord(character) >= 0x1F000 or 0x2190 <= ord(character) <= 0x2BFF)


def _check_marks(name: str) -> None:
    """Marks belong to a letter, and a few at most: stacks of them run over the lines above and below."""
    row = 0
    previous = " "
    for character in name:
        if unicodedata.category(character)[0] == "M":
            row += 1
            if row > MARKS_IN_A_ROW or (row == 1 and not previous.isalpha() and previous not in JOINERS):
                raise NameRefused(NameProblem.TOO_MANY_MARKS)
        else:
            row = 0
        previous = character
