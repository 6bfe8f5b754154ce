"""People first, broadcasts with what is left; and when Telegram says that it is too much, a wait as long as it says."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from datetime import timedelta
from enum import Enum, auto
from typing import Any

import structlog
from telegram.error import RetryAfter
from telegram.ext import BaseRateLimiter

log = structlog.get_logger(__name__)

TRIES = 5
LONGEST_DEBT = 1.0  # seconds of the budget that answers may use up ahead
FLOOR = 0.2  # of the budget, for broadcasts, whatever answers take
NEVER_WAITS = frozenset({"answerCallbackQuery"})
"""Telegram does not count these, and a late one is worth nothing."""
COUNTED = ("send", "edit", "copy", "forward")
"""Methods whose names begin so put a message into a chat."""
HOLDS_REMEMBERED = 1_000  # chats

Result = bool | dict[str, Any] | list[dict[str, Any]]


class Urgency(Enum):
    """What a request is for."""

    ANSWER = auto()
    BROADCAST = auto()


Waited = Callable[[Urgency, float], None]
"""Is told of each wait: for what, and how many seconds."""


def not_timed(_urgency: Urgency, _seconds: float) -> None:
    """For waits that nobody times."""


class RateLimiter(BaseRateLimiter[Urgency]):
    """One budget of messages a second. An answer takes from it and never waits for it; a broadcast takes turns.

    A 429 to an answer holds that chat alone, for whoever taps too fast must not silence the bot for others. A 429 to a
    broadcast holds all broadcasts.
    """

    def __init__(self, messages_per_second: int, waited: Waited = not_timed) -> None:
        """`messages_per_second`: the budget of everything the bot sends. `waited` is told of each wait, in seconds."""
        self._waited = waited
        self._interval = 1 / messages_per_second
        self._next_turn = 0.0  # a time of the event loop's clock, as are the holds
        self._broadcasts_held = 0.0
        self._held: dict[object, float] = {}

    async def initialize(self) -> None:
        """Nothing to open."""

    async def shutdown(self) -> None:
        """Nothing to close."""

    async def turn(self) -> None:
        """Waits until a broadcast may send its next message.

        However many answers there are, it gets a part of the budget: else a few who never stop tapping would end it.
        """
        latest = asyncio.get_running_loop().time() + self._interval / FLOOR
        await self._wait(Urgency.BROADCAST, lambda: max(min(self._next_turn, latest), self._broadcasts_held))

    async def process_request(
        self,
        callback: Callable[..., Coroutine[Any, Any, Result]],
        args: Any,
        kwargs: dict[str, Any],
        endpoint: str,
        data: dict[str, Any],
        rate_limit_args: Urgency | None,
    ) -> Result:
        """Sends an answer when it may, RetryAfter rises after five refusals; a broadcast at once, after its turn."""
        if rate_limit_args is Urgency.BROADCAST:
            return await self._broadcast(callback, args, kwargs)
        chat = data.get("chat_id")
        for attempt in range(1, TRIES + 1):
            if endpoint not in NEVER_WAITS:
                await self._wait(Urgency.ANSWER, lambda: self._held.get(chat, 0.0))
            if endpoint.startswith(COUNTED):
                self._count()
            try:
                return await callback(*args, **kwargs)
            except RetryAfter as refusal:
                if attempt == TRIES or endpoint in NEVER_WAITS:
                    raise
                self._hold(chat, _asked(refusal))
        raise AssertionError("the last try returns or raises")

    async def _broadcast(self, callback: Callable[..., Coroutine[Any, Any, Result]], args: Any, kwargs: Any) -> Result:
        self._count()
        try:
            return await callback(*args, **kwargs)
        except RetryAfter as refusal:
            self._broadcasts_held = asyncio.get_running_loop().time() + _asked(refusal)
            log.warning("telegram asks broadcasts to wait", seconds=_asked(refusal))
            raise

    def _count(self) -> None:
        now = asyncio.get_running_loop().time()
        self._next_turn = min(max(self._next_turn, now) + self._interval, now + LONGEST_DEBT + self._interval)

    async def _wait(self, urgency: Urgency, until: Callable[[], float]) -> None:
        """Until a time of the event loop's clock, which may be put off meanwhile."""
        loop = asyncio.get_running_loop()
        began = loop.time()
        if until() <= began:
            return
        while (left := until() - loop.time()) > 0:  # noqa: ASYNC110 - a time is waited for, not an event
            await asyncio.sleep(left)
        self._waited(urgency, loop.time() - began)

    def _hold(self, chat: object, seconds: float) -> None:
        now = asyncio.get_running_loop().time()
        if len(self._held) >= HOLDS_REMEMBERED:
            self._held = {held: until for held, until in self._held.items() if until > now}
        self._held[chat] = max(self._held.get(chat, 0.0), now + seconds)
        log.warning("telegram asks to wait", seconds=seconds)


def _asked(refusal: RetryAfter) -> float:
    """Seconds."""
    asked = refusal.retry_after
    return asked.total_seconds() if isinstance(asked, timedelta) else float(asked)
