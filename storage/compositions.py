"""News being written: one row an organiser."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import orjson

from storage.conversations import Conversation, Conversations
from storage.news import News
from storage.schema import COMPOSITION


class Step(StrEnum):
    """What is waited for."""

    WRITING = "writing"
    READY = "ready"


@dataclass(frozen=True, kw_only=True)
class Composition(Conversation):
    """What was written so far."""

    step: Step = Step.WRITING
    news: News | None = None


class Compositions(Conversations[Composition]):
    """The transaction that begins a broadcast (`broadcasts.py`) takes one that is ready."""

    table = COMPOSITION

    def _pack(self, row: Composition) -> bytes:
        news = None if row.news is None else row.news.to_json().decode()
        return orjson.dumps({"version": row.version, "chat": row.chat, "screen": row.screen, "news": news})

    def _unpack(self, content: bytes, step: str, update_id: int) -> Composition:
        kept = orjson.loads(content)
        return Composition(
            step=Step(step),
            version=kept["version"],
            update_id=update_id,
            chat=kept["chat"],
            screen=kept["screen"],
            news=None if kept["news"] is None else News.from_json(kept["news"].encode()),
        )
