"""Screens on their way: one at a time in a chat, and of two that wait for one message only the newer."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field


@dataclass
class _Lane:
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    inside: int = 0
    newest: dict[int, object] = field(default_factory=dict)


class Lanes:
    """A lane for each chat that something is on its way to; an empty one is forgotten."""

    def __init__(self) -> None:
        """No chat has a lane to begin with."""
        self._lanes: dict[int, _Lane] = {}

    @asynccontextmanager
    async def turn(self, chat: int, message: int | None) -> AsyncIterator[bool]:
        """Waits for its turn in the chat; False if a newer screen waits for the same message by then."""
        lane = self._lanes.setdefault(chat, _Lane())
        ticket = object()
        lane.inside += 1
        if message is not None:
            lane.newest[message] = ticket
        try:
            async with lane.lock:
                yield message is None or lane.newest.get(message) is ticket
        finally:
            lane.inside -= 1
            if not lane.inside:
                del self._lanes[chat]
