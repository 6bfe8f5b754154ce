"""A petition's folder -> Petition. A broken folder is refused at start."""

from __future__ import annotations

import hashlib
import re
import tomllib
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

from petition.countries import is_country
from petition.languages import LANGUAGES

LONGEST_PART = 3_500  # characters once escaped; Telegram takes 4,096 in a message, and a heading stands above
LONGEST_SUMMARY = 500
SLUG = re.compile(r"[a-z0-9][a-z0-9-]{0,38}[a-z0-9]")
LINK = re.compile(r"[A-Za-z0-9_-]{1,64}")  # https://core.telegram.org/bots/features#deep-linking
DEMAND = re.compile(r"(\d+)\. +(.+)")
KEYS = {"slug", "elsewhere", "likely_countries", "dangerous_countries", "links", "summary"}


class PetitionRefused(Exception):
    """A petition's folder is broken: one clear line that names the file and says what it takes."""


@dataclass(frozen=True)
class Text:
    """What is signed, in one language."""

    title: str
    summary: str
    appeal: tuple[str, ...]
    demands: tuple[str, ...]
    hash: bytes


@dataclass(frozen=True)
class Elsewhere:
    """Signatures gathered elsewhere: how many, and where."""

    count: int
    where: str


@dataclass(frozen=True)
class Petition:
    """Everything that the bot says of a petition."""

    slug: str
    texts: Mapping[str, Text]
    first_signatories: tuple[str, ...]
    elsewhere: Elsewhere | None
    likely_countries: tuple[str, ...]
    dangerous_countries: frozenset[str]
    links: frozenset[str]

    def text(self, language: str) -> Text:
        """The text in a language; in English where it is not translated."""
        return self.texts.get(language) or self.texts[LANGUAGES[0]]


def load_petition(folder: Path) -> Petition:
    """Reads the folder; PetitionRefused for anything that is missing, unknown or too long."""
    if not folder.is_dir():
        raise PetitionRefused(f"{folder} is not a folder. BOT_PETITION takes a petition's folder.")
    path = folder / "petition.toml"
    try:
        settings = tomllib.loads(_read(path))
    except tomllib.TOMLDecodeError as error:
        raise PetitionRefused(f"{path}: {error}.") from None
    unknown = sorted(set(settings) - KEYS)
    if unknown:
        raise PetitionRefused(f"{path}: {unknown[0]!r} is not known. It takes {', '.join(sorted(KEYS))}.")
    return Petition(
        slug=_slug(path, settings.get("slug")),
        texts=_texts(folder, _summaries(path, settings.get("summary"))),
        first_signatories=_first_signatories(folder / "first-signatories.txt"),
        elsewhere=_elsewhere(path, settings.get("elsewhere")),
        likely_countries=tuple(_countries(path, "likely_countries", settings)),
        dangerous_countries=frozenset(_countries(path, "dangerous_countries", settings)),
        links=frozenset(_links(path, settings.get("links", []))),
    )


def parse_text(path: Path, source: str, summary: str) -> Text:
    """One language's text: `# Title`, paragraphs apart by empty lines, then the demands as a numbered list."""
    lines = [line.strip() for line in source.replace("\N{NO-BREAK SPACE}", " ").splitlines()]
    headings = [line for line in lines if line.startswith("#")]
    if len(headings) != 1 or next(line for line in lines if line) != headings[0] or not headings[0].startswith("# "):
        raise PetitionRefused(f"{path}: it takes one title, as its first line: # Title")
    paragraphs = _paragraphs(lines[lines.index(headings[0]) + 1 :])
    appeal = tuple(part for part in paragraphs if not DEMAND.fullmatch(part))
    demands = tuple(_demands(path, paragraphs[len(appeal) :]))
    if not appeal:
        raise PetitionRefused(f"{path}: it takes at least one paragraph between the title and the demands.")
    for part in (*appeal, *demands):
        if len(escape(part)) > LONGEST_PART:
            raise PetitionRefused(f"{path}: “{part[:40]}…” is too long for one message; {LONGEST_PART} characters fit.")
    title = headings[0].removeprefix("# ").strip()
    return Text(title, summary, appeal, demands, text_hash(title, appeal, demands))


def text_hash(title: str, appeal: tuple[str, ...], demands: tuple[str, ...]) -> bytes:
    """SHA-256 of title, appeal and demands: NFC, non-breaking spaces as spaces, stripped, joined by line feeds."""
    parts = (part.replace("\N{NO-BREAK SPACE}", " ").strip() for part in (title, *appeal, *demands))
    return hashlib.sha256(unicodedata.normalize("NFC", "\n".join(parts)).encode()).digest()


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise PetitionRefused(f"{path} is missing.") from None
    except UnicodeDecodeError:
        raise PetitionRefused(f"{path} is not UTF-8.") from None
    except OSError as error:
        raise PetitionRefused(f"{path} cannot be read ({error.strerror}).") from None


def _paragraphs(lines: list[str]) -> list[str]:
    """A demand is a line of its own; any other paragraph ends with an empty line."""
    paragraphs: list[str] = []
    fresh = True
    for line in lines:
        if line and (fresh or DEMAND.fullmatch(line)):
            paragraphs.append(line)
        elif line:
            paragraphs[-1] += f" {line}"
        fresh = not line
    return paragraphs


def _demands(path: Path, paragraphs: list[str]) -> list[str]:
    demands = []
    for number, paragraph in enumerate(paragraphs, 1):
        found = DEMAND.fullmatch(paragraph)
        if found is None or int(found[1]) != number:
            raise PetitionRefused(f"{path}: where demand {number} is expected stands “{paragraph[:40]}”.")
        demands.append(found[2].strip())
    if not demands:
        raise PetitionRefused(f"{path}: it takes demands, as lines that begin with 1. and 2. and so on.")
    return demands


def _texts(folder: Path, summaries: Mapping[str, str]) -> dict[str, Text]:
    texts = {}
    for language in LANGUAGES:
        path = folder / f"{language}.md"
        if language != LANGUAGES[0] and not path.exists():
            continue
        if language not in summaries:
            raise PetitionRefused(
                f"{folder / 'petition.toml'}: [summary] has no {language}, though {path.name} is there."
            )
        source = _read(path)
        if not source.strip():
            raise PetitionRefused(f"{path} is empty.")
        texts[language] = parse_text(path, source, summaries[language])
    return texts


def _first_signatories(path: Path) -> tuple[str, ...]:
    names = tuple(line.strip() for line in _read(path).splitlines() if line.strip())
    twice = [name for name in names if names.count(name) > 1]
    if twice:
        raise PetitionRefused(f"{path}: {twice[0]} stands there twice.")
    return names


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
        case [int(count), str(where)] if count > 0 and where.strip():
            return Elsewhere(count, where.strip())
    raise PetitionRefused(f'{path}: elsewhere is {value!r}; it takes how many and where: [12340, "on paper"]')


def _countries(path: Path, key: str, settings: Mapping[str, Any]) -> list[str]:
    value = settings.get(key, [])
    if not isinstance(value, list) or not all(isinstance(code, str) and is_country(code) for code in value):
        raise PetitionRefused(f'{path}: {key} is {value!r}; it takes two-letter codes of countries: ["PL", "LT"]')
    return value


def _links(path: Path, value: Any) -> list[str]:
    if not isinstance(value, list) or not all(isinstance(link, str) and LINK.fullmatch(link) for link in value):
        raise PetitionRefused(f"{path}: links is {value!r}; each takes up to 64 of A-Z, a-z, 0-9, _ and -.")
    return value
