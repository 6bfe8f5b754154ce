"""News being written: one row an organiser."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from storage.conversations import Common, Conversation, Conversations
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

    def _pack(self, row: Composition) -> dict[str, Any]:
        return {"news": None if row.news is None else row.news.to_json().decode()}

    def _unpack(self, kept: dict[str, Any], step: str, common: Common) -> Composition:
        news = None if kept["news"] is None else News.from_json(kept["news"].encode())
        return Composition(**common, step=Step(step), news=news)
