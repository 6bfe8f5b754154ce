"""petition.toml: all that is said of a petition beside its text."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from petition.countries import is_country
from petition.languages import LANGUAGES
from petition.refused import PetitionRefused, read

LONGEST_SUMMARY = 500  # characters; it stands on the first screen with the title and the count
LONGEST_WHERE = 100
MOST_LIKELY_COUNTRIES = 20  # each is a button
SLUG = re.compile(r"[a-z0-9][a-z0-9-]{0,38}[a-z0-9]")
LINK = re.compile(r"[A-Za-z0-9_-]{1,64}")  # https://core.telegram.org/bots/features#deep-linking
KEYS = {"slug", "elsewhere", "likely_countries", "dangerous_countries", "links", "summary"}


@dataclass(frozen=True)
class Elsewhere:
    """Signatures gathered elsewhere: how many, and where."""

    count: int
    where: str


@dataclass(frozen=True)
class Description:
    """What petition.toml says, checked."""

    slug: str
    summaries: Mapping[str, str]
    elsewhere: Elsewhere | None
    likely_countries: tuple[str, ...]
    dangerous_countries: tuple[str, ...]
    links: tuple[str, ...]


def load_description(path: Path) -> Description:
    """Reads petition.toml; PetitionRefused for anything that is missing, unknown or of a wrong type."""
    try:
        said = tomllib.loads(read(path))
    except ValueError as error:  # TOMLDecodeError, and what Python itself says of numbers of too many digits
        raise PetitionRefused(f"{path}: {error}.") from None
    unknown = sorted(set(said) - KEYS)
    if unknown:
        raise PetitionRefused(f"{path}: {unknown[0]!r} is not known. It takes {', '.join(sorted(KEYS))}.")
    likely = _countries(path, "likely_countries", said)
    if len(likely) > MOST_LIKELY_COUNTRIES:
        raise PetitionRefused(f"{path}: likely_countries has {len(likely)}; it takes up to {MOST_LIKELY_COUNTRIES}.")
    return Description(
        slug=_slug(path, said.get("slug")),
        summaries=_summaries(path, said.get("summary")),
        elsewhere=_elsewhere(path, said.get("elsewhere")),
        likely_countries=likely,
        dangerous_countries=_countries(path, "dangerous_countries", said),
        links=_links(path, said.get("links", [])),
    )


def _slug(path: Path, value: Any) -> str:
    if not isinstance(value, str) or not SLUG.fullmatch(value):
        raise PetitionRefused(f"{path}: slug is {value!r}; it takes 2 to 40 of a to z, 0 to 9 and hyphens.")
    return value


def _summaries(path: Path, value: Any) -> dict[str, str]:
    if not isinstance(value, dict) or not all(isinstance(one, str) and one.strip() for one in value.values()):
        raise PetitionRefused(f"{path}: [summary] is missing or empty; it takes a line for each language.")
    unknown = sorted(set(value) - set(LANGUAGES))
    if unknown:
        raise PetitionRefused(f"{path}: [summary] has {unknown[0]!r}; it takes {', '.join(LANGUAGES)}.")
    long = [language for language, one in value.items() if len(one) > LONGEST_SUMMARY]
    if long:
        raise PetitionRefused(f"{path}: the summary in {long[0]} has over {LONGEST_SUMMARY} characters.")
    return {language: one.strip() for language, one in value.items()}


def _elsewhere(path: Path, value: Any) -> Elsewhere | None:
    if value is None:
        return None
    match value:
        case [bool(), _]:  # an int to Python, no number to anybody else
            pass
        case [int(count), str(where)] if count > 0 and 0 < len(where.strip()) <= LONGEST_WHERE:
            return Elsewhere(count, where.strip())
    raise PetitionRefused(f'{path}: elsewhere is {value!r}; it takes how many and where: [12340, "on paper"]')


def _countries(path: Path, key: str, said: Mapping[str, Any]) -> tuple[str, ...]:
    value = said.get(key, [])
    if not isinstance(value, list) or not all(isinstance(code, str) and is_country(code) for code in value):
        raise PetitionRefused(f'{path}: {key} is {value!r}; it takes two-letter codes of countries: ["PL", "LT"]')
    twice = [code for code in value if value.count(code) > 1]
    if twice:
        raise PetitionRefused(f"{path}: {key} has {twice[0]} twice.")
    return tuple(value)


def _links(path: Path, value: Any) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(link, str) and LINK.fullmatch(link) for link in value):
        raise PetitionRefused(f"{path}: links is {value!r}; each takes up to 64 of A-Z, a-z, 0-9, _ and -.")
    return tuple(value)
