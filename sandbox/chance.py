"""Trouble by lot, the same for the same seed: and what each chat met is counted."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Container
from dataclasses import dataclass, field
from enum import StrEnum


class Lot(StrEnum):
    """What may happen to a call."""

    REFUSED = "refused"  # 500
    DROPPED_BEFORE = "dropped before"  # it is accepted
    DROPPED_AFTER = "dropped after"


@dataclass
class Chance:
    """Shares of the calls to chats: of one method or any, to some chats or any."""

    seed: int
    shares: dict[Lot, float]
    method: str | None = None
    chats: Container[int] | None = None
    met: dict[Lot, Counter[int]] = field(default_factory=lambda: {lot: Counter() for lot in Lot})

    def __post_init__(self) -> None:
        """One row of lots for all calls, in the order in which they come."""
        self._random = random.Random(self.seed)  # noqa: S311 - nothing secret

    def draw(self, method: str, chat: int | None) -> Lot | None:
        """What happens to this call: nothing, most often."""
        if chat is None or self.method not in (None, method) or not (self.chats is None or chat in self.chats):
            return None
        drawn = self._random.random()
        for lot, share in self.shares.items():
            if drawn < share:
                return lot
            drawn -= share
        return None

    def count(self, lot: Lot, chat: int) -> None:
        """It happened."""
        self.met[lot][chat] += 1

    def total(self, lot: Lot) -> int:
        """How often it happened to anybody."""
        return self.met[lot].total()
