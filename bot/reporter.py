"""Tells the organiser how a broadcast goes, in one message that changes."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping
from contextlib import suppress
from functools import partial

import structlog

from bot.delivery import Delivery, Recipient
from handlers.answer import Screen
from handlers.organisers.report import report_screen
from handlers.words import Words
from storage.database import StorageFault
from storage.reports import Report
from storage.store import Store

log = structlog.get_logger(__name__)

INTERVAL = 3.0  # seconds between changes of a report
LONGEST_PAUSE = 300.0  # seconds between tries

Key = tuple[bytes, int]


class Reporter:
    """The only writer of reports, so that an older figure never follows a newer one."""

    def __init__(
        self, store: Store, delivery: Delivery, words: Mapping[str, Words], organisers: Collection[int]
    ) -> None:
        """`delivery` puts a report where it stands, or anew where that message is gone."""
        self._store = store
        self._delivery = delivery
        self._words = words
        self._organisers = organisers
        self._woken = asyncio.Event()
        self._shown: dict[Key, str] = {}  # the text that arrived last
        self._failed: dict[Key, int] = {}  # how often in a row
        self._due: dict[Key, float] = {}  # when it is tried again

    def wake(self) -> None:
        """Something began or ended."""
        self._woken.set()

    async def run(self) -> None:
        """Until it is cancelled."""
        while True:
            self._woken.clear()
            try:
                under_way = await self._show_all()
            except StorageFault as fault:
                log.warning("a report could not be made, trying again", exc_info=fault)
                under_way = True
            with suppress(TimeoutError):
                async with asyncio.timeout(INTERVAL if under_way else None):
                    await self._woken.wait()

    async def _show_all(self) -> bool:
        """Whether something is still to be told. Who is no organiser any more is told nothing."""
        reports = [one for one in await self._store.reports.untold() if one.chat in self._organisers]
        for report in reports:
            await self._show(report)
        return bool(reports)

    async def _show(self, report: Report) -> None:
        settled = not await self._store.deliveries.are_open(report.broadcast)  # asked first: figures only grow
        broadcast = await self._store.broadcasts.find(report.broadcast)
        now = asyncio.get_running_loop().time()
        if broadcast is None or broadcast.began is None or now < self._due.get(_key(report), 0.0):
            return
        told = settled and broadcast.ended is not None
        frozen = (await self._store.standing.lately()).frozen.now
        screen = report_screen(self._words[report.language], broadcast, self._store.clock(), frozen=frozen)
        if self._shown.get(_key(report)) != screen.text:
            to = Recipient(report.chat, report.chat, report.message)
            drawn = partial(self._store.reports.note, report, told=told)
            self._note(report, screen, now, arrived=await self._delivery.show(to, screen, drawn))
        elif told and report.message is not None:
            await self._store.reports.note(report, report.message, told=True)

    def _note(self, report: Report, screen: Screen, now: float, *, arrived: bool) -> None:
        """What did not arrive is tried again, after pauses that grow: the organiser may have blocked the bot."""
        key = _key(report)
        if arrived:
            self._shown[key] = screen.text
            self._failed.pop(key, None)
            return
        self._failed[key] = failed = self._failed.get(key, 0) + 1
        self._due[key] = now + min(INTERVAL * 2.0**failed, LONGEST_PAUSE)


def _key(report: Report) -> Key:
    return report.tag, report.broadcast
