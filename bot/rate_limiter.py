"""People first, broadcasts with what is left; and when Telegram says that it is too much, a wait as long as it says."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from datetime import timedelta
from enum import Enum, auto
from typing import Any, TypeVar

import structlog
from telegram.error import RetryAfter
from telegram.ext import BaseRateLimiter

from bot.budget import Budget
from bot.chat_pace import ChatPace
from bot.window import Turn

log = structlog.get_logger(__name__)

TRIES = 5
BURST = 20  # messages to one chat
NEVER_WAITS = frozenset({"answerCallbackQuery"})
"""Telegram does not count these, and a late one is worth nothing."""
COUNTED = ("send", "edit", "copy", "forward")
"""Methods whose names begin so put a message into a chat."""
HOLDS_REMEMBERED = 1_000  # chats

Json = bool | dict[str, Any] | list[dict[str, Any]]
Result = TypeVar("Result")


class Urgency(Enum):
    """What a request is for."""

    ANSWER = auto()
    BROADCAST = auto()


Waited = Callable[[Urgency, float], None]
"""Is told of each wait: for what, and how many seconds."""


def not_timed(_urgency: Urgency, _seconds: float) -> None:
    """For waits that nobody times."""


class RateLimiter(BaseRateLimiter[Urgency]):
    """One budget of messages a second for all that is sent; paid broadcasts have one of their own.

    A 429 to a broadcast holds everything, for it is the bot's own limit. A 429 to an answer holds its chat and the
    broadcasts, for whoever taps too fast must not silence the bot for others; only if a second chat is refused
    meanwhile is it the bot's limit.
    """

    def __init__(
        self, messages_per_second: int, waited: Waited = not_timed, *, paid_per_second: int = 0, burst: int = BURST
    ) -> None:
        """`messages_per_second`: the budget. `waited` is told of each wait, in seconds.

        `paid_per_second`: that of paid broadcasts. `burst`: how many messages one chat gets at once, 0 for any number.
        """
        self._waited = waited
        self._budget = Budget(messages_per_second)
        self._paid = Budget(paid_per_second) if paid_per_second else self._budget
        self._chats = ChatPace(burst)
        self._held: dict[object, float] = {}  # by chat, until a time of the event loop's clock

    async def initialize(self) -> None:
        """Nothing to open."""

    async def shutdown(self) -> None:
        """Nobody is let go any more."""
        self._budget.close()
        self._paid.close()

    @property
    def shared(self) -> Budget:
        """What several processes share, of which this one may be granted a part. Paid broadcasts are no part of it."""
        return self._budget

    def per_second(self, *, paid: bool = False) -> int:
        """How many messages may be sent now."""
        return (self._paid if paid else self._budget).per_second

    async def turn(self, *, paid: bool = False) -> Turn:
        """Waits until a broadcast may send its next message, and takes that turn: it is for sending at once.

        Any number may wait at the same time; one that is cancelled takes none.
        """
        began = _now()
        turn = await (self._paid if paid else self._budget).broadcast()
        self._tell(Urgency.BROADCAST, began)
        return turn

    async def process_request(
        self,
        callback: Callable[..., Coroutine[Any, Any, Json]],
        args: Any,
        kwargs: dict[str, Any],
        endpoint: str,
        data: dict[str, Any],
        rate_limit_args: Urgency | None,
    ) -> Json:
        """As `paced`, for python-telegram-bot's own calls."""
        urgency = rate_limit_args or Urgency.ANSWER
        return await self.paced(lambda: callback(*args, **kwargs), endpoint, data.get("chat_id"), urgency)

    async def paced(
        self,
        attempt: Callable[[], Awaitable[Result]],
        method: str,
        chat: object,
        urgency: Urgency,
        turn: Turn | None = None,
    ) -> Result:
        """Sends an answer when it may, RetryAfter rises after five refusals; a broadcast at once, after its turn."""
        if urgency is Urgency.BROADCAST:
            return await self._broadcast(attempt, turn)
        for left in reversed(range(TRIES)):
            turn = await self._wait(method, chat)
            try:
                return await _timed(attempt, turn)
            except RetryAfter as refusal:
                if not left or method in NEVER_WAITS:
                    raise
                self._refused(chat, asked(refusal))
        raise AssertionError("the last try returns or raises")

    async def _broadcast(self, attempt: Callable[[], Awaitable[Result]], turn: Turn | None) -> Result:
        try:
            return await _timed(attempt, turn)
        except RetryAfter as refusal:
            self._hold_all(asked(refusal))
            self._waited(Urgency.BROADCAST, asked(refusal))
            raise

    async def _wait(self, method: str, chat: object) -> Turn | None:
        """For what Telegram asked, for this chat's pace, and for the bot's budget."""
        if method in NEVER_WAITS:
            return None
        began, turn = _now(), None
        if method.startswith(COUNTED):
            at = self._chats.reserve(chat, began)
            await _until(lambda: max(at, self._held.get(chat, 0.0)))
            turn = await self._budget.answer()
        else:
            await _until(lambda: max(self._held.get(chat, 0.0), self._budget.held()))
        self._tell(Urgency.ANSWER, began)
        return turn

    def _refused(self, chat: object, seconds: float) -> None:
        now = _now()
        others = any(until > now for held, until in self._held.items() if held != chat and held is not None)
        self._hold(chat, now + seconds)
        if chat is None:
            return
        if others:
            self._hold_all(seconds)
        else:
            self._budget.hold_broadcasts(now + seconds)
            self._paid.hold_broadcasts(now + seconds)
            log.warning("telegram asks to wait", seconds=seconds)

    def _hold_all(self, seconds: float) -> None:
        until = _now() + seconds
        self._budget.hold(until)
        if self._paid is not self._budget:
            self._paid.hold(until)
        log.warning("telegram asks the whole bot to wait", seconds=seconds)

    def _hold(self, chat: object, until: float) -> None:
        if len(self._held) >= HOLDS_REMEMBERED:
            now = _now()
            self._held = {held: ends for held, ends in self._held.items() if ends > now}
        self._held[chat] = max(self._held.get(chat, 0.0), until)

    def _tell(self, urgency: Urgency, began: float) -> None:
        seconds = _now() - began
        if seconds > 0:
            self._waited(urgency, seconds)


def _now() -> float:
    return asyncio.get_running_loop().time()


async def _timed(attempt: Callable[[], Awaitable[Result]], turn: Turn | None) -> Result:
    try:
        return await attempt()
    finally:
        if turn is not None:
            turn.answered()


async def _until(when: Callable[[], float]) -> None:
    """A time of the event loop's clock, which may be put off meanwhile."""
    while (left := when() - _now()) > 0:  # noqa: ASYNC110 - a time is waited for, not an event
        await asyncio.sleep(left)


def asked(refusal: RetryAfter) -> float:
    """For how long Telegram asks to wait, in seconds."""
    seconds = refusal.retry_after
    return seconds.total_seconds() if isinstance(seconds, timedelta) else float(seconds)
