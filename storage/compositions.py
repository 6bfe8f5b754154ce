"""News being written: one row an organiser."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from storage.announcement import DEFAULT, Announcement
from storage.conversations import Common, Conversation, Conversations
from storage.news import News
from storage.schema import COMPOSITION

NOTHING = Announcement()


class Step(StrEnum):
    """What is waited for."""

    WRITING = "writing"  # the version of `language`
    ALBUM = "album"  # more parts of one, or Done
    LINK = "link"  # a label and an address
    TIME = "time"
    READY = "ready"  # nothing: a text or file takes the place of the default version


@dataclass(frozen=True, kw_only=True)
class Composition(Conversation):
    """What was decided so far."""

    step: Step = Step.WRITING
    announcement: Announcement = NOTHING
    language: str = DEFAULT  # the version that is written
    parts: tuple[News, ...] = ()  # of an album that is not done yet
    at: int | None = None  # seconds since 1970, UTC; None: as soon as it is confirmed
    edits: int | None = None  # the broadcast whose messages it changes

    @property
    def news(self) -> News | None:
        """The default version."""
        return self.announcement.versions.get(DEFAULT)


class Compositions(Conversations[Composition]):
    """The transaction that plans a broadcast (`broadcasts.py`) takes one that is ready."""

    table = COMPOSITION

    def _goes_on(self, found: Composition, fresh: Composition) -> bool:
        """News that is written is not lost to what else is begun."""
        return fresh.edits is None or fresh.edits == found.edits or (found.edits is None and found.news is not None)

    def _pack(self, row: Composition) -> dict[str, Any]:
        return {
            "announcement": row.announcement.to_json().decode(),
            "language": row.language,
            "parts": [part.to_dict() for part in row.parts],
            "at": row.at,
            "edits": row.edits,
        }

    def _unpack(self, kept: dict[str, Any], step: str, common: Common) -> Composition:
        if "announcement" not in kept:  # written by a version that knew one message only
            news = kept["news"]
            written = Announcement() if news is None else Announcement.from_json(news.encode())
            return Composition(**common, step=Step(step), announcement=written)
        return Composition(
            **common,
            step=Step(step),
            announcement=Announcement.from_json(kept["announcement"].encode()),
            language=kept["language"],
            parts=tuple(News.from_dict(part) for part in kept["parts"]),
            at=kept["at"],
            edits=kept["edits"],
        )
