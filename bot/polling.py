"""Updates in, by long polling.

`getUpdates` confirms every update below its offset and shows at most 100 that are not confirmed; the offset therefore
stays at the oldest update in hand, and what is shown again is told apart by its `update_id`. While 100 are shown others
wait behind them: then those whose answers are on their way to Telegram hold up nobody.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection
from contextlib import suppress
from typing import Any

import structlog
from telegram.error import Conflict, InvalidToken, NetworkError, RetryAfter, TelegramError
from telegram.ext import ExtBot

from bot.intake import IN_HAND, KINDS, Intake, has_number
from bot.rate_limiter import Urgency, asked
from bot.request import request_of

log = structlog.get_logger(__name__)

LONG_POLL = 30  # seconds; nothing is in hand then
GRACE = 10.0  # seconds beyond a long poll until it counts as lost
LAST_POLL_SECONDS = 1.0  # it only acknowledges; what is not acknowledged comes again
BETWEEN_POLLS = 0.05  # seconds, while something is in hand: such a poll answers at once
WORTH_IT = 25  # updates that a poll confirms, and as many new ones that Telegram then shows: it is made at once
PAUSES = (1.0, 2.0, 4.0, 8.0, 15.0, 30.0)  # seconds between polls that fail
PATIENCE = 2  # refusals of the token in a row; a proxy that restarts may cause one


async def _nothing() -> None:
    """Nobody wants to know."""


class Polling:
    """Asks for updates, and acknowledges those that are handled."""

    def __init__(
        self,
        bot: ExtBot[Urgency],
        intake: Intake,
        answered: Callable[[], None] = lambda: None,
        refused: Callable[[], Awaitable[None]] = _nothing,
    ) -> None:
        """`answered` is told of each poll, `refused` of each that was answered with 409."""
        self._bot = bot
        self._intake = intake
        self._next = 0  # the offset when nothing is in hand
        self._confirmed = 0  # the newest offset that Telegram was told: all updates before it are confirmed
        self._is_crowded = False  # the last poll showed as many as any does
        self._answered = answered
        self._refused = refused

    async def run(self) -> None:
        """Polls until cancelled; InvalidToken rises when it comes again and again: no poll will ever succeed then."""
        failures = refusals = 0
        while True:
            await self._wait_for_room()
            try:
                seconds = 0 if self._unconfirmed() else LONG_POLL
                self._take(await self._get_updates(self._offset(), limit=IN_HAND, seconds=seconds))
                failures = refusals = 0
            except TelegramError as error:
                refusals = refusals + 1 if isinstance(error, InvalidToken) else 0
                if refusals > PATIENCE:
                    raise
                if isinstance(error, Conflict):
                    await self._refused()
                await asyncio.sleep(_pause(error, failures))
                failures += 1

    async def stop(self, seconds: float) -> None:
        """Waits for what is in hand, and acknowledges what is handled; call it when `run` has ended."""
        await self._intake.settle(seconds)
        self._is_crowded = False
        offset = self._offset()
        self._intake.give_up()
        try:
            async with asyncio.timeout(LAST_POLL_SECONDS):
                await self._get_updates(offset, limit=1, seconds=0)
        except (TelegramError, TimeoutError) as error:
            log.info("the last updates were not acknowledged and come again", exc_info=error)

    async def _wait_for_room(self) -> None:
        """While something is in hand a poll answers at once: so they are spaced out, and none is made with 100.

        But a crowd is not kept waiting: Telegram shows 100 at most, and new ones only as others are confirmed.
        """
        loop = asyncio.get_running_loop()
        due = loop.time() + BETWEEN_POLLS
        while unconfirmed := self._unconfirmed():
            full = len(unconfirmed) >= IN_HAND
            if not full and (loop.time() >= due or self._offset() - self._confirmed >= WORTH_IT):
                return
            self._intake.progress.clear()
            with suppress(TimeoutError):
                async with asyncio.timeout_at(None if full else due):
                    await self._intake.progress.wait()

    async def _get_updates(self, offset: int, *, limit: int, seconds: int) -> list[Any]:
        """Raw updates: one that cannot be parsed must not hide the others, nor stand whole in a log."""
        asking = request_of(offset=offset, limit=limit, timeout=seconds, allowed_updates=KINDS)
        found = await self._bot.request.post(f"{self._bot.base_url}/getUpdates", asking, read_timeout=seconds + GRACE)
        if not isinstance(found, list):
            raise TelegramError("getUpdates gave no list")
        self._answered()
        self._confirmed = offset
        return found

    def _offset(self) -> int:
        return min(self._unconfirmed(), default=self._next)

    def _unconfirmed(self) -> Collection[int]:
        """The updates that a kill must not lose. In a crowd it may lose answers that have left and failed, no acts."""
        kept = self._intake.unanswered if self._is_crowded else self._intake.in_hand
        return [update_id for update_id in kept if update_id >= self._confirmed]

    def _take(self, updates: list[Any]) -> None:
        """TelegramError, once all others are begun, when one bears no number: nothing can acknowledge it."""
        self._is_crowded = len(updates) >= IN_HAND
        whole = [raw for raw in updates if has_number(raw)]
        shown = {raw["update_id"] for raw in whole}
        self._confirmed = min({self._confirmed, *shown})  # numbers begin anew after a quiet week
        self._intake.remember_only(shown)
        for raw in whole:
            self._next = raw["update_id"] + 1
            self._intake.take(raw)
        if len(whole) < len(updates):
            raise TelegramError("an update has no number")


def _pause(error: TelegramError, failures: int) -> float:
    """Seconds until the next poll."""
    if isinstance(error, RetryAfter):
        return asked(error)
    if isinstance(error, InvalidToken):
        return PAUSES[0]
    if isinstance(error, Conflict):
        log.warning("telegram gives this bot's updates to somebody else just now")
    elif not isinstance(error, NetworkError) or failures in (0, 5):
        log.warning("updates cannot be fetched", exc_info=error)
    return PAUSES[min(failures, len(PAUSES) - 1)]
