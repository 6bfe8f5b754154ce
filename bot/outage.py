"""Whether Telegram was out of reach for so long that it may have dropped what people sent."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

from bot.alarms import DAY, Alarms
from handlers.organisers.alarms import Alarm
from storage.last_heard import LastHeard

LONGEST_HOURS = 20  # https://core.telegram.org/bots/api#getting-updates: nothing is kept longer than 24
LOOK_SECONDS = 600.0
SOON_SECONDS = 1.0


class Outage:
    """Notes while updates can arrive, and tells the owners when they could not for long."""

    def __init__(
        self,
        last_heard: LastHeard,
        alarms: Alarms,
        arrives: Callable[[], bool],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`arrives` tells whether updates can arrive now; `clock`: seconds that never go back."""
        self._last_heard = last_heard
        self._alarms = alarms
        self._arrives = arrives
        self._clock = clock
        self._told = -DAY

    async def run(self) -> None:
        """As soon as updates can arrive, and from time to time."""
        while True:
            arrived = await self.look()
            await asyncio.sleep(LOOK_SECONDS if arrived else SOON_SECONDS)

    async def look(self) -> bool:
        """One look; False while nothing arrives. An outage is told before it is over; its alarm stands for a day."""
        if not self._arrives():
            return False
        hours = await self._last_heard.hours_ago()
        if hours > LONGEST_HOURS:
            self._told = self._clock()
            self._alarms.begin(Alarm.OUTAGE, hours=hours)
        elif self._clock() - self._told >= DAY:
            self._alarms.end(Alarm.OUTAGE)
        await self._last_heard.note()
        return True
