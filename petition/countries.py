"""A typed country -> its code, in the bot's languages."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Mapping
from functools import cache

from babel import Locale

from petition.languages import LANGUAGES

# Two-letter territories of Babel that are no countries; XK (Kosovo) stays.
NO_COUNTRIES = frozenset({"EU", "EZ", "UN", "XA", "XB", "QO", "ZZ", "AC", "CP", "CQ", "DG", "EA", "IC", "TA"})

# Names that people type and Babel does not have, by code.
ALIASES: Mapping[str, tuple[str, ...]] = {
    "US": ("USA", "U.S.A.", "America", "the States", "США", "Stany Zjednoczone", "ЗША", "JAV"),
    "GB": ("UK", "U.K.", "England", "Scotland", "Wales", "Great Britain", "Britain", "Англия", "Anglia", "Англія",
           "Великобритания", "Велика Британія", "Großbritannien", "Grande-Bretagne", "Wielka Brytania"),
    "NL": ("Holland", "Holandia", "Голландия", "Голландія", "Галандыя", "Olandija", "Hollande"),
    "CZ": ("Czech Republic", "Česká republika", "Tschechische Republik", "Чешская Республика", "République tchèque"),
    "TR": ("Turkey", "Türkei", "Турция", "Turcja", "Turquie"),
    "BY": ("Белоруссия", "Belorussia", "Byelorussia", "Republic of Belarus", "Weißrussland", "Белорусь", "Biélorussie",
           "Білорусія", "Baltarusija", "Рэспубліка Беларусь"),
    "RU": ("Russian Federation", "РФ", "Российская Федерация", "Росія", "Расія"),
    "KR": ("Korea", "Republic of Korea"),
    "AE": ("UAE", "Emirates", "ОАЭ"),
    "MD": ("Молдавия", "Moldavia"),
    "MK": ("Macedonia",),
    "MM": ("Burma",),
    "CI": ("Ivory Coast",),
    "SZ": ("Swaziland",),
    "CV": ("Cape Verde",),
    "CD": ("DRC", "DR Congo", "Democratic Republic of the Congo"),
    "VA": ("Vatican", "Holy See"),
    "CN": ("People's Republic of China", "КНР"),
    "DE": ("BRD", "ФРГ"),
    "TL": ("East Timor",),
}  # fmt: skip
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
    flag = _of_flag(text.strip())
    if flag is not None:
        return flag
    typed = _plain(text)
    return _names().get(typed) or (typed.upper() if is_country(typed.upper()) else None)


def suggest_countries(text: str, language: str, limit: int = 4) -> list[str]:
    """Codes of countries whose names begin with, or are much like, what was typed; likelier ones first."""
    typed = _plain(text)
    if not typed:
        return []
    names = _names()
    begin = sorted((name for name in names if len(typed) > 1 and name.startswith(typed)), key=len)
    alike = difflib.get_close_matches(typed, names, n=2 * limit, cutoff=0.75)
    codes = dict.fromkeys(names[name] for name in (*begin, *alike))
    return sorted(list(codes)[:limit], key=lambda code: country_name(code, language))


@cache
def _codes() -> frozenset[str]:
    territories = Locale.parse(LANGUAGES[0]).territories
    return frozenset(str(code) for code in territories if re.fullmatch("[A-Z]{2}", str(code))) - NO_COUNTRIES


@cache
def _names() -> dict[str, str]:
    """Every plain name with its code. An alias never takes a name that Babel gives to another country."""
    names: dict[str, str] = {}
    for language in LANGUAGES:
        for code in sorted(_codes()):
            names.setdefault(_plain(country_name(code, language)), code)
    for code, aliases in ALIASES.items():
        for alias in aliases:
            names.setdefault(_plain(alias), code)
    return names


def _plain(text: str) -> str:
    """Without case, accents, signs, and a leading article."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    words = "".join(one if one.isalnum() else " " for one in decomposed if not unicodedata.combining(one)).split()
    if len(words) > 1 and words[0] == "the":
        words = words[1:]
    return "".join(words)


def _of_flag(text: str) -> str | None:
    if len(text) != 2:
        return None
    code = "".join(chr(ord("A") + ord(one) - FLAG_A) if 0 <= ord(one) - FLAG_A < 26 else "?" for one in text)
    return code if is_country(code) else None
