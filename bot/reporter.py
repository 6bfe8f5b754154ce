"""Tells the organisers how broadcasts go, each in one message that changes."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from zoneinfo import ZoneInfo

import structlog

from bot.delivery import Delivery, Recipient
from bot.rate import Rate
from handlers.answer import Screen
from handlers.organisers.report import report_screen
from handlers.organisers.report_ended import active_seconds, overall_pace
from handlers.organisers.report_facts import Facts, look
from handlers.organisers.report_waiting import NEAR
from handlers.organisers.samples import samples_for
from handlers.words import Words
from storage.broadcast import BroadcastState
from storage.database import StorageFault
from storage.reports import Report, Role
from storage.store import Store

log = structlog.get_logger(__name__)

INTERVAL = 3.0  # seconds between changes of a report
MINUTE = 60.0  # between those of one whose time is far
LONGEST_PAUSE = 300.0  # seconds between tries
PATIENCE = 1.0  # seconds, for a report on its way: it goes on while the others are looked at
DOUBLED = 10  # times at most: it is the longest by then, and no power of two is ever too large
AT_ONCE = timedelta(seconds=2)  # what is due begins so soon that nothing else needs to be said before

Key = tuple[bytes, int, int]  # of a report, as often as it was opened


@dataclass(frozen=True)
class _Look:
    """What is to be shown now; no screen: nothing yet."""

    report: Report  # as it stands
    screen: Screen | None
    told: bool  # it shows how the broadcast ended
    again: float | None  # in how many seconds it changes by itself


class Reporter:
    """The only writer of reports, so that an older figure never follows a newer one."""

    def __init__(
        self,
        store: Store,
        delivery: Delivery,
        words: Mapping[str, Words],
        organisers: Collection[int],
        zone: ZoneInfo,
        out_of_reach: Callable[[], bool],
    ) -> None:
        """`delivery` puts a report where it stands, or anew where that message is gone; `out_of_reach`: whether a
        broadcast cannot reach Telegram."""
        self._store = store
        self._delivery = delivery
        self._words = words
        self._organisers = organisers
        self._zone = zone
        self._out_of_reach = out_of_reach
        self._rate = Rate()
        self._woken = asyncio.Event()
        self._shown: dict[Key, tuple[int | None, Screen]] = {}  # what arrived last, and in which message
        self._failed: dict[Key, int] = {}  # how often in a row
        self._due: dict[Key, float] = {}  # when it is tried again
        self._under_way: dict[Key, asyncio.Task[float | None]] = {}

    def wake(self) -> None:
        """Something was decided, began or ended."""
        self._woken.set()

    async def run(self) -> None:
        """Until it is cancelled."""
        try:
            await self._run()
        finally:
            late = list(self._under_way.values())
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    async def _run(self) -> None:
        while True:
            self._woken.clear()
            try:
                seconds = await self._show_all()
            except StorageFault as fault:
                log.warning("a report could not be made, trying again", exc_info=fault)
                seconds = INTERVAL
            with suppress(TimeoutError):
                async with asyncio.timeout(seconds):
                    await self._woken.wait()

    async def _show_all(self) -> float | None:
        """In how many seconds something changes by itself, if anything does.

        Who is no organiser any more is told nothing; and nobody waits for long for another's chat.
        """
        reports = [one for one in await self._store.reports.untold() if one.chat in self._organisers]
        self._forget_all_but({_key(report) for report in reports})
        self._arrived()  # what was late until now is looked at anew
        for report in reports:
            if _key(report) not in self._under_way:
                self._under_way[_key(report)] = asyncio.create_task(self._tried(report))
        if not self._under_way:
            return None
        await asyncio.wait(self._under_way.values(), timeout=PATIENCE)
        waits = [*self._arrived(), *(INTERVAL for _ in self._under_way)]
        return min((seconds for seconds in waits if seconds is not None), default=None)

    def _arrived(self) -> list[float | None]:
        """What the reports that are done with said; those on their way are left."""
        done = [task for task in self._under_way.values() if task.done()]
        self._under_way = {key: task for key, task in self._under_way.items() if not task.done()}
        return [task.result() for task in done]

    def _forget_all_but(self, keys: Collection[Key]) -> None:
        self._shown = {key: shown for key, shown in self._shown.items() if key in keys}
        self._failed = {key: failed for key, failed in self._failed.items() if key in keys}
        self._due = {key: due for key, due in self._due.items() if key in keys}

    async def _tried(self, report: Report) -> float | None:
        try:
            return await self._show(report)
        except StorageFault as fault:
            log.warning("a report could not be made, trying again", exc_info=fault)
            return INTERVAL

    async def _show(self, report: Report) -> float | None:
        """In how many seconds it is to be shown again, if it changes by itself."""
        key, now = _key(report), asyncio.get_running_loop().time()
        wait = self._due.get(key, 0.0) - now
        if wait > 0:
            return wait
        await self._preview(report)
        seen: _Look | None = None
        drawn = False

        async def draw() -> Screen | None:
            nonlocal seen, drawn
            seen = await self._look(report)
            if seen is None or self._shown.get(key) == (report.message, seen.screen):
                return None
            drawn = seen.screen is not None
            return seen.screen

        async def note(message: int) -> None:
            if seen is not None and seen.screen is not None:
                self._shown[key] = (message, seen.screen)
                await self._store.reports.note(seen.report, message, told=seen.told)

        to = Recipient(report.chat, report.chat, report.message)
        if not await self._delivery.show(to, draw, note):
            return self._later(key)
        self._failed.pop(key, None)
        if seen is None:
            return None
        if seen.told and not drawn:
            await self._store.reports.note(seen.report, report.message, told=True)
        return seen.again

    def _later(self, key: Key) -> float:
        """What did not arrive is tried again, after pauses that grow: the organiser may have blocked the bot."""
        self._failed[key] = failed = self._failed.get(key, 0) + 1
        wait = min(INTERVAL * 2.0 ** min(failed, DOUBLED), LONGEST_PAUSE)
        self._due[key] = asyncio.get_running_loop().time() + wait
        return wait

    async def _preview(self, report: Report) -> None:
        """What an owner is to approve comes first, once."""
        if report.role is not Role.APPROVER or report.message is not None or report.previewed or report.paged:
            return
        broadcast = await self._store.broadcasts.find(report.broadcast)
        if broadcast is None or broadcast.state is not BroadcastState.PROPOSED:
            return
        news = samples_for(self._words, self._words[report.language], broadcast.announcement)
        if await self._delivery.present(Recipient(report.chat, report.chat), news):
            await self._store.reports.note(report, None, told=False, previewed=True)

    async def _look(self, report: Report) -> _Look | None:
        """As it stands now; None where it was given up, or taken to another message."""
        settled = not await self._store.deliveries.are_open(report.broadcast)  # asked first: figures only grow
        current = await self._store.reports.current(report)
        broadcast = await self._store.broadcasts.find(report.broadcast)
        if current is None or broadcast is None:
            return None
        facts = await look(self._store, broadcast, current.role, self._zone, paged=current.paged)
        facts = replace(
            facts,
            pace=self._rate_now(facts),
            out_of_reach=self._out_of_reach(),
            previewed=current.previewed and not current.paged,
        )
        told = settled and broadcast.ended is not None
        never_seen = current.message is None and broadcast.state is BroadcastState.RECALLED
        if never_seen or _begins_at_once(facts):
            return _Look(current, None, told, again=None if told else INTERVAL)
        screen = report_screen(self._words[current.language], facts)
        return _Look(current, screen, told, None if told else _again(facts))

    def _rate_now(self, facts: Facts) -> float:
        broadcast = facts.broadcast
        if broadcast.state is not BroadcastState.SENDING or facts.frozen:
            self._rate.forget(broadcast.number)
            return 0.0
        lately = self._rate.of(broadcast.number, broadcast.figures.tried)
        return lately or overall_pace(broadcast, active_seconds(broadcast, facts.now))


def _key(report: Report) -> Key:
    return report.tag, report.broadcast, report.opened


def _begins_at_once(facts: Facts) -> bool:
    at = facts.broadcast.at
    if facts.broadcast.state is not BroadcastState.SCHEDULED or at is None or facts.frozen:
        return False
    return timedelta() <= facts.now - at < AT_ONCE


def _again(facts: Facts) -> float | None:
    """In how many seconds something of it has changed by itself."""
    broadcast = facts.broadcast
    if broadcast.state is BroadcastState.SENDING or broadcast.ended is not None:
        return INTERVAL
    if broadcast.state is BroadcastState.PAUSED:  # it ends by itself, after two days
        return MINUTE
    if broadcast.at is None or broadcast.state not in (BroadcastState.PROPOSED, BroadcastState.SCHEDULED):
        return None
    left = (broadcast.at - facts.now - NEAR).total_seconds()
    if broadcast.state is BroadcastState.SCHEDULED and left <= MINUTE:
        return max(left, INTERVAL)
    return MINUTE
