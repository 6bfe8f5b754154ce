"""Begins broadcasts at their time, and delivers them, the most urgent first."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import TypeVar

import structlog

from bot.alarms import Alarms
from bot.broadcast_calls import BroadcastCalls
from bot.dispatch import Dispatch, Left, Means
from bot.rate_limiter import RateLimiter
from bot.settings import Settings
from bot.trust import Trust
from bot.wire import Wire
from handlers.organisers.alarms import Alarm
from handlers.words import Words
from storage.broadcast import Broadcast, PauseReason
from storage.database import StorageFault
from storage.store import Store

log = structlog.get_logger(__name__)
Result = TypeVar("Result")

FAULT_SECONDS = 1.0  # between tries while the database cannot be written
FROZEN_SECONDS = 0.5  # between looks whether it goes on
ALARMS = {PauseReason.TOKEN: Alarm.TOKEN, PauseReason.CONFLICT: Alarm.OTHER_POLL}


class Broadcaster:
    """Works at one broadcast at a time. What a kill leaves claimed is in doubt."""

    def __init__(
        self,
        store: Store,
        wire: Wire,
        limiter: RateLimiter,
        words: Mapping[str, Words],
        alarms: Alarms,
        report: Callable[[], None],
        *,
        settings: Settings,
    ) -> None:
        """`report` is called when there is something to tell the organisers."""
        self._store = store
        self._means = Means(
            store, wire, limiter, self._insist,
            first=settings.first_recipients,
            per_second=settings.messages_per_second,
            paid_per_second=settings.paid_broadcast,
        )  # fmt: skip
        self._words = words
        self._alarms = alarms
        self._report = report
        self._owners = settings.owners
        self._woken = asyncio.Event()
        self._dispatch: Dispatch | None = None
        self._at_work_on: int | None = None
        self._is_deposed = False
        self._trusted: dict[tuple[int, int], Trust] = {}  # by number and pauses: one called away does not begin anew

    @property
    def is_out_of_reach(self) -> bool:
        """Whether Telegram cannot be relied on just now."""
        return self._dispatch is not None and self._dispatch.trust.troubles > 0

    def wake(self) -> None:
        """There is a broadcast to begin, to go on with, or to end."""
        self._woken.set()
        if self._dispatch is not None:
            self._dispatch.call_away()
        self._report()

    async def run(self) -> None:
        """Until it is cancelled; then the sends under way are still waited for, and recorded.

        It ends by itself where another process has taken over meanwhile.
        """
        taken = await self._insist(self._store.deliveries.take_over)
        self._means = replace(self._means, token=taken.token)
        if taken.in_doubt:
            log.warning(
                "messages of a broadcast are in doubt after the last stop, and not sent again", number=taken.in_doubt
            )
        while not self._is_deposed:
            self._woken.clear()
            await self._insist(lambda: self._store.broadcasts.begin_due(self._owners))
            under_way = await self._insist(self._store.broadcasts.sending)
            runs = {(one.number, one.pauses) for one in under_way}
            self._trusted = {run: trust for run, trust in self._trusted.items() if run in runs}
            self._report()
            self._at_work_on = None
            async with self._woken_when_due():
                if not under_way:
                    await self._woken.wait()
                else:
                    await self._work(under_way[0])

    async def look(self) -> None:
        """Call it from time to time where other processes confirm broadcasts: what they say of it may be lost."""
        due = await self._store.broadcasts.next_due()
        under_way = await self._store.broadcasts.sending()
        first = under_way[0].number if under_way else None
        if first != self._at_work_on or (due is not None and due <= self._store.clock()):
            self.wake()

    @asynccontextmanager
    async def _woken_when_due(self) -> AsyncIterator[None]:
        """The next one begins at its time, whatever is done meanwhile."""
        due = await self._insist(self._store.broadcasts.next_due)
        if due is None:
            yield
            return
        seconds = max((due - self._store.clock()).total_seconds(), FROZEN_SECONDS)
        timer = asyncio.get_running_loop().call_later(seconds, self.wake)
        try:
            yield
        finally:
            timer.cancel()

    async def _work(self, broadcast: Broadcast) -> None:
        run = (broadcast.number, broadcast.pauses)
        self._at_work_on = broadcast.number
        calls = await self._calls(broadcast)
        self._dispatch = dispatch = Dispatch(broadcast, calls, self._means, self._trusted.get(run))
        try:
            left = Left.CALLED if self._woken.is_set() else await dispatch.run()
        finally:
            self._dispatch = None
        self._trusted[run] = dispatch.trust
        if left is Left.DONE:
            await self._insist(lambda: self._store.broadcasts.end(broadcast.number))
        elif left is Left.DEPOSED:
            self._is_deposed = True
            log.warning("another process delivers by now: this one leaves it alone")
        elif left is Left.OVER:
            await self._warn(broadcast.number)
        elif left is Left.FROZEN:
            self._report()
            await self._thaw()

    async def _calls(self, broadcast: Broadcast) -> BroadcastCalls:
        subject = broadcast.subject
        before = None if subject is None else await self._insist(lambda: self._store.broadcasts.find(subject))
        return BroadcastCalls(
            broadcast,
            self._words,
            before=None if before is None else before.announcement,
            paid=bool(self._means.paid_per_second),
        )

    async def _warn(self, number: int) -> None:
        """Of a token that is not accepted, or used by somebody else, the owners hear at once."""
        found = await self._insist(lambda: self._store.broadcasts.find(number))
        if found is not None and found.pause is not None and found.pause.reason in ALARMS:
            self._alarms.begin(ALARMS[found.pause.reason])

    async def _thaw(self) -> None:
        """Waits while the petition is frozen; whoever unfreezes it does so from another process."""
        while (await self._insist(self._store.standing.now)).frozen.now and not self._woken.is_set():  # noqa: ASYNC110 - another process's act
            await asyncio.sleep(FROZEN_SECONDS)

    async def _insist(self, work: Callable[[], Awaitable[Result]]) -> Result:
        """Tries until the database takes it: an outcome that is known must not be lost."""
        while True:
            try:
                return await work()
            except StorageFault as fault:
                log.warning("the database failed in a broadcast, trying again", exc_info=fault)
                await asyncio.sleep(FAULT_SECONDS)
