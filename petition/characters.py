"""Characters of names, in every script: which are letters, which show nothing, which belong to the letter before."""

from __future__ import annotations

import unicodedata
from itertools import pairwise

JOINERS = "\u200c\u200d"
# Scripts whose letters change shape beside a joiner, by the first word of a letter's Unicode name.
JOINING_SCRIPTS = frozenset(
    {
        "ARABIC", "SYRIAC", "MANDAIC", "MONGOLIAN", "NKO", "ADLAM", "DEVANAGARI", "BENGALI", "GURMUKHI", "GUJARATI",
        "ORIYA", "TAMIL", "TELUGU", "KANNADA", "MALAYALAM", "SINHALA", "KHMER", "MYANMAR", "BALINESE", "JAVANESE",
        "CHAKMA",
    }
)  # fmt: skip
BLANK = "\u115f\u1160\u3164\uffa0\u034f\u17b4\u17b5\u180b\u180c\u180d\u180f\u2800\U00016fe4"
APOSTROPHE_LETTERS = "Ꞌꞌꞏ"  # letters to Unicode, apostrophes to the eye
REPEATING = "々〻ゝゞヽヾー"  # the letter before once more, or longer: two letters are in 奈々 and in リー
REPEATED_SCRIPTS = frozenset({"CJK", "HIRAGANA", "KATAKANA"})
# Canonical classes of marks that are vowels or consonants, not accents; all but 0 belong to one script each.
LETTER_MARKS = frozenset({0, 103, 118, 129, 130, 132})  # all the others: Thai, Lao, Tibetan

# How many marks a letter bears in real names, by script: Myanmar က bears four in ကျော်, Hebrew ש four when pointed.
MARKS = {
    "MYANMAR": 6, "TAI": 6, "TIBETAN": 5, "HEBREW": 4, "ARABIC": 4, "KHMER": 4, "BALINESE": 4, "JAVANESE": 4,
}  # fmt: skip
MARKS_ELSEWHERE = 3
ACCENTS = 2  # of those that fit any script: two are in Navajo ą́ and Yoruba ọ̀; Vietnamese letters need no mark in NFC


def script(character: str) -> str:
    """The first word of its Unicode name, which is the script for letters, marks and a script's own signs."""
    return unicodedata.name(character, "").split(" ")[0]


def is_letter(character: str) -> bool:
    """A real one; modifier letters such as ʼ and ː are none by themselves."""
    return unicodedata.category(character) in {"Lu", "Ll", "Lt", "Lo"} and character not in APOSTROPHE_LETTERS


def is_mark(character: str) -> bool:
    """Whether it belongs to the letter before it; marks that enclose letters are in no name."""
    return unicodedata.category(character) in {"Mn", "Mc"}


def is_letter_or_mark(character: str) -> bool:
    """What a word is written with, modifier letters too."""
    return unicodedata.category(character)[0] == "L" or is_mark(character)


def letters(name: str) -> int:
    """How many letters; vowels that some scripts write as marks count: Myanmar ကျော် bears one other letter only."""
    return sum(is_letter(one) or _continues(before, one) for before, one in pairwise(f" {name}"))


def _continues(before: str, character: str) -> bool:
    if character in REPEATING:
        return script(before) in REPEATED_SCRIPTS
    return is_mark(character) and unicodedata.combining(character) in LETTER_MARKS


def joins(character: str) -> bool:
    """Whether a joiner may stand beside it: letters and vowel signs of scripts that need one."""
    return is_letter_or_mark(character) and script(character) in JOINING_SCRIPTS


def is_invisible(character: str) -> bool:
    """Controls, bidi overrides, line ends, spaces of odd kinds, and letters and marks that show nothing."""
    selector = "\ufe00" <= character <= "\ufe0f" or "\U000e0100" <= character <= "\U000e01ef"
    return unicodedata.category(character)[0] in "CZ" or character in BLANK or selector


def is_emoji(character: str) -> bool:
    """Pictures, also those that are newer than this Python's Unicode, and the signs that are shown as pictures."""
    picture = "\U0001f000" <= character < "\U0001fb00"
    return picture or ("\u2190" <= character <= "\u2bff" and unicodedata.category(character) == "So")


def is_stack(base: str, marks: str) -> bool:
    """Whether a letter bears more marks than its script ever writes, or the same one twice in a row."""
    apart = unicodedata.normalize("NFD", base + marks)
    accents = sum(script(one) == "COMBINING" for one in apart)
    twice = any(one == following for one, following in pairwise(apart))
    return len(marks) > MARKS.get(script(base), MARKS_ELSEWHERE) or accents > ACCENTS or twice
