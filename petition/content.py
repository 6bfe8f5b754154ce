"""A petition's folder -> Petition. A broken folder is refused at start."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from petition.description import Elsewhere, load_description
from petition.languages import LANGUAGES
from petition.refused import PetitionRefused, read
from petition.text import Text, parse_text

__all__ = ["Elsewhere", "Petition", "PetitionRefused", "Text", "load_petition"]

LONGEST_SIGNATORY = 150  # characters; twenty stand in one message


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
    said = load_description(folder / "petition.toml")
    return Petition(
        slug=said.slug,
        texts=_texts(folder, said.summaries),
        first_signatories=_first_signatories(folder / "first-signatories.txt"),
        elsewhere=said.elsewhere,
        likely_countries=said.likely_countries,
        dangerous_countries=frozenset(said.dangerous_countries),
        links=frozenset(said.links),
    )


def _texts(folder: Path, summaries: Mapping[str, str]) -> dict[str, Text]:
    texts = {}
    for language in LANGUAGES:
        path = folder / f"{language}.md"
        if language != LANGUAGES[0] and not path.exists():
            continue
        source = read(path)
        if not source.strip():
            raise PetitionRefused(f"{path} is empty.")
        if language not in summaries:
            raise PetitionRefused(
                f"{folder / 'petition.toml'}: [summary] has no {language}, though {path.name} is there."
            )
        texts[language] = parse_text(path, source, summaries[language])
    return texts


def _first_signatories(path: Path) -> tuple[str, ...]:
    names = tuple(" ".join(line.split()) for line in read(path).split("\n") if line.strip())
    seen: set[str] = set()
    for name in names:
        if len(name) > LONGEST_SIGNATORY:
            raise PetitionRefused(f"{path}: “{name[:40]}…” is too long; {LONGEST_SIGNATORY} characters fit.")
        plain = unicodedata.normalize("NFC", name).casefold()
        if plain in seen:
            raise PetitionRefused(f"{path}: {name} stands there twice.")
        seen.add(plain)
    return names
