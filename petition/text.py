"""What is signed, in one language: a title, an appeal in paragraphs, demands; and the hash of these."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from html import escape
from itertools import takewhile
from pathlib import Path

from petition.refused import PetitionRefused

MESSAGE = 4_096  # characters that Telegram takes in one
LONGEST_PART = 3_500  # a heading stands above it
LONGEST_TITLE = 200  # the first screen and the review bear it beside much else
# The overview of demands is the appeal's last part and the first words of each demand.
OVERVIEW_HEADING = 100
OVERVIEW_LINE = 80
OVERVIEW_WORDS = 64  # characters of a demand in the overview; few alphabets need more room for them than a line has
DEMAND = re.compile(r"([0-9]+)\. +(.+)")
NUMBERED = re.compile(r"[0-9]+[.)](?![0-9])")  # meant as a demand, were it only well written


@dataclass(frozen=True)
class Text:
    """What is signed, in one language."""

    title: str
    summary: str
    appeal: tuple[str, ...]
    demands: tuple[str, ...]
    hash: bytes


def parse_text(path: Path, source: str, summary: str) -> Text:
    """One language's text: `# Title`, paragraphs apart by empty lines, then the demands as a numbered list."""
    lines = [line.strip() for line in _spaced(source).split("\n")]
    heading = _heading(path, [line for line in lines if line])
    title = heading.removeprefix("# ").strip()
    paragraphs = _paragraphs(lines[lines.index(heading) + 1 :])
    appeal = tuple(takewhile(lambda part: not NUMBERED.match(part), paragraphs))
    demands = tuple(_demands(path, paragraphs[len(appeal) :]))
    if not appeal:
        raise PetitionRefused(f"{path}: it takes at least one paragraph between the title and the demands.")
    for part in (*appeal, *demands):
        if _room(part) > LONGEST_PART:
            raise PetitionRefused(f"{path}: “{part[:40]}…” is too long for one message; {LONGEST_PART} characters fit.")
    _check_overview(path, appeal[-1], demands)
    return Text(title, summary, appeal, demands, text_hash(title, appeal, demands))


def text_hash(title: str, appeal: Iterable[str], demands: Iterable[str]) -> bytes:
    """SHA-256 of title, appeal and demands: NFC, non-breaking spaces as spaces, stripped, joined by line feeds."""
    parts = (_spaced(part).strip() for part in (title, *appeal, *demands))
    return hashlib.sha256(unicodedata.normalize("NFC", "\n".join(parts)).encode()).digest()


def _spaced(text: str) -> str:
    return text.replace("\N{NO-BREAK SPACE}", " ")


def _heading(path: Path, lines: list[str]) -> str:
    headings = [line for line in lines if line.startswith("#")]
    if len(headings) != 1 or headings != lines[:1] or not headings[0].startswith("# "):
        raise PetitionRefused(f"{path}: it takes one title, as its first line: # Title")
    if _room(headings[0].removeprefix("# ")) > LONGEST_TITLE:
        raise PetitionRefused(f"{path}: the title is too long; {LONGEST_TITLE} characters fit.")
    return headings[0]


def _paragraphs(lines: list[str]) -> list[str]:
    """A demand is a line of its own; any other paragraph ends with an empty line."""
    paragraphs: list[str] = []
    fresh = True
    for line in lines:
        if line and (fresh or NUMBERED.match(line)):
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
        demands.append(found[2])
    if not demands:
        raise PetitionRefused(f"{path}: it takes demands, as lines that begin with 1. and 2. and so on.")
    return demands


def _check_overview(path: Path, last_part: str, demands: tuple[str, ...]) -> None:
    lines = [max(OVERVIEW_LINE, _room(demand[:OVERVIEW_WORDS])) for demand in demands]
    taken = OVERVIEW_HEADING + _room(last_part) + sum(lines)
    if taken > MESSAGE:
        raise PetitionRefused(
            f"{path}: the appeal's last part and the first words of {len(demands)} demands stand in one message and "
            f"would take {taken} characters; {MESSAGE} fit. It takes fewer demands or a shorter last part."
        )


def _room(text: str) -> int:
    """Characters as Telegram may count them: UTF-16 code units, escaped."""
    return len(escape(text, quote=False).encode("utf-16-le")) // 2
