"""While updates are polled: whether somebody else takes them, another copy of it, or whoever has its token."""

from __future__ import annotations

import math
import time
from collections.abc import Awaitable, Callable

import structlog
from telegram.error import TelegramError
from telegram.ext import ExtBot

from bot.alarms import Alarms
from bot.rate_limiter import Urgency
from handlers.organisers.alarms import Alarm
from storage.database import StorageFault

log = structlog.get_logger(__name__)

MINUTE = 60.0
QUIET = 2  # minutes without a refusal, until nobody else polls: two that poll meet at least once in that time


class Rivals:
    """Is told of each poll that Telegram refuses with 409."""

    def __init__(
        self,
        bot: ExtBot[Urgency],
        alarms: Alarms,
        is_ours: Callable[[str], Awaitable[bool]],
        minute: float = MINUTE,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`is_ours` tells whether this bot itself had set a webhook; it raises StorageFault where nobody knows.

        `minute`: so many seconds of refusals are an alarm; fewer are only a restart.
        """
        self._bot = bot
        self._is_ours = is_ours
        self._alarms = alarms
        self._minute = minute
        self._first = self._last = -math.inf  # refusals of a row
        self._clock = clock

    async def end_webhook(self) -> bool:
        """Lets updates be polled; True if there was a webhook. Unless it was this bot's own before, that is an alarm.

        TelegramError and StorageFault as they come.
        """
        url = (await self._bot.get_webhook_info()).url
        if url and await self._is_ours(url):
            log.info("this bot's own webhook of before is deleted: updates are polled")
        elif url:
            self._alarms.begin(Alarm.WEBHOOK)
        await self._bot.delete_webhook()
        return bool(url)

    async def refused(self) -> None:
        """A poll was answered with 409: a webhook is set, or somebody else polls."""
        try:
            if await self.end_webhook():
                return
        except (TelegramError, StorageFault) as error:
            log.warning("it is not known why updates cannot be polled", exc_info=error)
            return
        now = self._clock()
        if self._is_over(now):
            self._first = now
        self._last = now
        if now - self._first >= self._minute:
            self._alarms.begin(Alarm.OTHER_POLL)

    async def look(self) -> None:
        """Call it from time to time: the end of a row shows in silence alone."""
        if self._is_over(self._clock()):
            self._alarms.end(Alarm.OTHER_POLL)

    def _is_over(self, now: float) -> bool:
        return now - self._last > QUIET * self._minute
