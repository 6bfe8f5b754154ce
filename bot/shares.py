"""This process's part of the budget of messages, where several share one."""

from __future__ import annotations

import asyncio
import math
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import structlog

from bot.background import in_background
from bot.budget import Budget
from storage.database import StorageFault
from storage.processes import DEAD_AFTER, Processes, Wanted
from storage.store import Store

log = structlog.get_logger(__name__)

RENEW_SECONDS = 2.0
SOONEST_SECONDS = 1.1  # what was sent before counts for a second, and only what did not is given back
SILENT_SECONDS = 1.5  # before others may believe that this process is dead: for the same second
HEADROOM = 1.25  # of the answers of late


@asynccontextmanager
async def sharing(store: Store, budget: Budget) -> AsyncIterator[None]:
    """Keeps to a share of the budget, and gives it back at the end; who works alone has all of it."""
    if not store.database.membership.is_shared:
        yield
        return
    shares = Shares(store.processes, budget)
    try:
        async with in_background(shares.run()):
            yield
    finally:
        await shares.leave()


class Shares:
    """Renews the lease of a share, as large as is wanted just now and free."""

    def __init__(self, processes: Processes, budget: Budget) -> None:
        """Until the first lease nothing is granted. `budget` is the whole."""
        self._processes = processes
        self._budget = budget
        self._whole = budget.per_second
        self._told = Wanted()
        self._asked = budget.asked
        self._looked = _now()
        self._lapse: asyncio.TimerHandle | None = None
        budget.change(0)

    async def run(self) -> None:
        """Until it is cancelled."""
        while True:
            await self.renew()
            await asyncio.sleep(SOONEST_SECONDS)
            if not self._is_short():
                await asyncio.sleep(RENEW_SECONDS - SOONEST_SECONDS)

    async def renew(self) -> None:
        """Once; on a fault the share stays as it is until it lapses."""
        began, self._told = _now(), self._wanted()
        try:
            granted = await self._processes.renew(self._whole, self._told, self._budget.per_second)
        except StorageFault as fault:
            log.warning("the share of the budget could not be renewed, trying again", exc_info=fault)
            return
        self._stop_lapse()
        self._lapse = asyncio.get_running_loop().call_at(began + DEAD_AFTER - SILENT_SECONDS, self._lose)
        if granted != self._budget.per_second:
            self._budget.change(granted)

    async def leave(self) -> None:
        """Nothing is sent any more."""
        self._lose()
        try:
            await self._processes.leave()
        except StorageFault as fault:
            log.info("the share of the budget could not be given back: it is free in a moment", exc_info=fault)

    def _lose(self) -> None:
        """It was not renewed in time: others may have it soon."""
        self._stop_lapse()
        self._budget.change(0)

    def _stop_lapse(self) -> None:
        if self._lapse is not None:
            self._lapse.cancel()
            self._lapse = None

    def _wanted(self) -> Wanted:
        """As many answers as of late, and a few more; less than that only by and by."""
        now, asked = _now(), self._budget.asked
        a_second = (asked - self._asked) / max(now - self._looked, 1.0)
        self._looked, self._asked = now, asked
        answers = max(math.ceil(a_second * HEADROOM), self._budget.waiting(), self._told.answers // 2)
        return Wanted(min(answers, self._whole), self._budget.is_broadcasting())

    def _is_short(self) -> bool:
        """Whether more is wanted than when it was renewed."""
        begins = self._budget.is_broadcasting() and not self._told.broadcasts
        return begins or self._budget.waiting() > self._budget.per_second


def _now() -> float:
    return asyncio.get_running_loop().time()
