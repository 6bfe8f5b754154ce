"""Which names a signature may bear, or why not."""

from __future__ import annotations

import re
import unicodedata
from enum import Enum, auto

from petition.characters import (
    JOINERS,
    is_emoji,
    is_invisible,
    is_letter,
    is_letter_or_mark,
    is_mark,
    is_stack,
    joins,
    letters,
    script,
)
from petition.links import bears_link

SHORTEST, LONGEST = 2, 100  # characters, after NFC and trimming
LETTERS = 2
SPACES = re.compile("[ \N{NO-BREAK SPACE}\u2009\u202f\u3000]+")
AROUND = " \t\r\n"  # pasted along with a name
ANYWHERE = " " + "'’ʼ‘ʻ`´" + "-‐‑–־֊᐀゠" + "."
MIDDLE_DOTS = "·‧・･"  # between letters: Gal·la, ジョン・スミス, 约翰·史密斯
OWN_SIGNS = "׳״՚॰་༌፡"  # behind a letter of their own script: צ׳רלי, བསྟན་འཛིན
FORMULA = "=+-@"  # at the start a spreadsheet takes them for a formula


class NameProblem(Enum):
    """Why a name does not do."""

    EMPTY = auto()
    TOO_SHORT = auto()
    TOO_LONG = auto()
    LINK = auto()
    BAD_START = auto()
    INVISIBLE = auto()
    EMOJI = auto()
    LONE_MARK = auto()
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
    name = SPACES.sub(" ", unicodedata.normalize("NFC", text)).strip(AROUND)
    _check_length(name)
    if name[0] in FORMULA:
        raise NameRefused(NameProblem.BAD_START, name[0])
    if bears_link(name):
        raise NameRefused(NameProblem.LINK)
    for position, character in enumerate(name):
        _check_character(name[:position], character, name[position + 1 :])
    _check_marks(name)
    if letters(name) < LETTERS:
        raise NameRefused(NameProblem.TOO_FEW_LETTERS)
    return name


def _check_length(name: str) -> None:
    if not name:
        raise NameRefused(NameProblem.EMPTY)
    if len(name) < SHORTEST:
        raise NameRefused(NameProblem.TOO_SHORT)
    if len(name) > LONGEST:
        raise NameRefused(NameProblem.TOO_LONG)


def _check_character(before: str, character: str, after: str) -> None:
    if character in JOINERS and before and after and joins(before[-1]) and joins(after[0]):
        return
    if character in ANYWHERE or (is_letter_or_mark(character) and not is_invisible(character)):
        return
    if _is_in_its_place(before, character, after):
        return
    if is_emoji(character):
        raise NameRefused(NameProblem.EMOJI, character)
    if is_invisible(character):
        raise NameRefused(NameProblem.INVISIBLE)
    raise NameRefused(NameProblem.OTHER_CHARACTER, character)


def _is_in_its_place(before: str, character: str, after: str) -> bool:
    """A middle dot between letters, or a script's own sign behind a letter of that script."""
    if not before or not is_letter_or_mark(before[-1]):
        return False
    if character in MIDDLE_DOTS:
        return bool(after) and is_letter(after[0])
    return character in OWN_SIGNS and script(character) == script(before[-1])


def _check_marks(name: str) -> None:
    """Marks belong to a letter, and a few at most: stacks of them run over the lines above and below."""
    base, marks = "", ""
    for character in name:
        if is_mark(character):
            marks += character
            if not base:
                raise NameRefused(NameProblem.LONE_MARK)
            if is_stack(base, marks):
                raise NameRefused(NameProblem.TOO_MANY_MARKS)
        elif character not in JOINERS:
            base, marks = (character if is_letter_or_mark(character) else ""), ""
