"""A typed country -> its code, in the bot's languages."""

from __future__ import annotations

import difflib
import re
import unicodedata
from functools import cache

from babel import Locale

from petition.aliases import ALIASES
from petition.languages import LANGUAGES

# Two-letter territories of Babel that are no countries; XK (Kosovo) stays.
NO_COUNTRIES = frozenset({"EU", "EZ", "UN", "XA", "XB", "QO", "ZZ", "AC", "CP", "CQ", "DG", "EA", "IC", "TA"})

LONGEST_TYPED = 80  # characters: no country's name is longer, and likeness takes its time on long texts
ALIKE = 0.82  # Lithuana is Lithuania; Moravia (0.80) is not Moldavia, nor Шотландия (0.78) Голландия
APOSTROPHES = re.compile("['’ʼ‘ʻ`´]")
NOT_SAID = frozenset({"the", "die", "der", "la", "le", "les", "and", "und", "et", "i", "ir", "и", "і", "й", "та"})
WRITTEN_OUT = (
    (re.compile(r"\bst\b"), "saint"),
    (re.compile(r"\bо[- ]в\b"), "остров"),
    (re.compile(r"\bо[- ]ва\b"), "острова"),
)
NO_ACCENT = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "ı": "i", "æ": "ae", "œ": "oe"})
UMLAUT = re.compile("([aou])e")  # Oesterreich, Tuerkei
# Words of official names that tell no country from another.
FORMAL = frozenset(
    {
        "of", "republic", "kingdom", "state", "federal", "islamic", "рэспубліка", "республика", "республіка",
        "каралеўства", "королевство", "королівство", "republika", "krolestwo", "respublika", "karalyste", "republik",
        "republica", "konigreich", "republique", "royaume", "de", "du",
    }
)  # fmt: skip
FLAG_A = ord("\N{REGIONAL INDICATOR SYMBOL LETTER A}")


def country_name(code: str, language: str) -> str:
    """The country's name in a language."""
    name: str = Locale.parse(language).territories[code]
    return name


def is_country(code: str) -> bool:
    """Whether a two-letter code names a country."""
    return code in _codes()


def find_country(text: str) -> str | None:
    """The two-letter code of a country typed in any of the languages, by alias, code or flag; None if unknown."""
    text = text.strip()
    if len(text) > LONGEST_TYPED:
        return None
    typed = "".join(_words(text))
    found = _of_flag(text) or _names().get(typed) or _names().get(UMLAUT.sub(r"\1", typed))
    return found or (text.upper() if is_country(text.upper()) else None)


def suggest_countries(text: str, language: str, limit: int = 4) -> list[str]:
    """Codes of countries of which each typed word begins a word; if there is none, of those spelled much alike."""
    if len(text) > LONGEST_TYPED:
        return []
    typed = tuple(word for word in _words(text) if word not in FORMAL)
    if len("".join(typed)) < 2:
        return []
    codes = list(dict.fromkeys(_begun(typed) or _alike(typed)))
    return sorted(codes[:limit], key=lambda code: _words(country_name(code, language)))


def _begun(typed: tuple[str, ...]) -> list[str]:
    """Names that begin with what was typed first, then shorter ones."""
    found = [
        (not words[0].startswith(typed[0]), sum(map(len, words)), words, code)
        for words, code in _spelled().items()
        if all(any(word.startswith(begun) for word in words) for begun in typed)
    ]
    return [code for *_, code in sorted(found)]


def _alike(typed: tuple[str, ...]) -> list[str]:
    """Likeness alone would take Siberia for Liberia: the first letter is rarely mistyped."""
    whole = "".join(typed)
    names = {"".join(words): code for words, code in _spelled().items() if words[0][0] == whole[0]}
    swapped = [name for name in names if sorted(name) == sorted(whole)]
    return [names[name] for name in (*swapped, *difflib.get_close_matches(whole, names, n=8, cutoff=ALIKE))]


@cache
def _codes() -> frozenset[str]:
    territories = Locale.parse(LANGUAGES[0]).territories
    return frozenset(str(code) for code in territories if re.fullmatch("[A-Z]{2}", str(code))) - NO_COUNTRIES


@cache
def _spelled() -> dict[tuple[str, ...], str]:
    """The words of every name, with its code. An alias never takes a name that Babel gives to another country."""
    own = [(country_name(code, language), code) for language in LANGUAGES for code in sorted(_codes())]
    aliases = [(alias, code) for code, names in ALIASES.items() for alias in names]
    spelled: dict[tuple[str, ...], str] = {}
    for name, code in (*own, *aliases):
        spelled.setdefault(_words(name), code)
    return spelled


@cache
def _names() -> dict[str, str]:
    """Every name as one word: who types a country may leave out spaces and hyphens."""
    names: dict[str, str] = {}
    for words, code in _spelled().items():
        names.setdefault("".join(words), code)
    return names


def _words(text: str) -> tuple[str, ...]:
    """Without case, accents and signs, articles and "and"."""
    plain = APOSTROPHES.sub("", text.casefold())
    for short, whole in WRITTEN_OUT:
        plain = short.sub(whole, plain)
    decomposed = unicodedata.normalize("NFKD", plain.translate(NO_ACCENT))
    letters = "".join(one if one.isalnum() else " " for one in decomposed if not unicodedata.combining(one))
    words = letters.casefold().split()
    return tuple(word for word in words if word not in NOT_SAID) or tuple(words)


def _of_flag(text: str) -> str | None:
    if len(text) != 2:
        return None
    code = "".join(chr(ord("A") + ord(one) - FLAG_A) if 0 <= ord(one) - FLAG_A < 26 else "?" for one in text)
    return code if is_country(code) else None
