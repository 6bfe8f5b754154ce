"""Tells the organiser how a broadcast goes, in one message that changes."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from functools import partial

import structlog

from bot.delivery import Delivery, Recipient
from handlers.answer import Answer
from handlers.organisers.report import report_screen
from handlers.words import Words
from storage.database import StorageFault
from storage.reports import Report
from storage.store import Store

log = structlog.get_logger(__name__)

INTERVAL = 3.0  # seconds between changes of a report


class Reporter:
    """The only writer of reports, so that an older figure never follows a newer one."""

    def __init__(self, store: Store, delivery: Delivery, words: Mapping[str, Words]) -> None:
        """`delivery` puts the report where it stands, or anew where that message is gone."""
        self._store = store
        self._delivery = delivery
        self._words = words
        self._woken = asyncio.Event()
        self._shown: dict[tuple[bytes, int], str] = {}

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
            try:
                async with asyncio.timeout(INTERVAL if under_way else None):
                    await self._woken.wait()
            except TimeoutError:
                continue

    async def _show_all(self) -> bool:
        """Whether something is still under way."""
        reports = await self._store.reports.untold()
        self._shown = {key: text for key, text in self._shown.items() if key in {_key(one) for one in reports}}
        for report in reports:
            await self._show(report)
        return bool(reports)

    async def _show(self, report: Report) -> None:
        """A screen that was tried once is not tried again before it changes: the organiser may have blocked the bot."""
        broadcast = await self._store.broadcasts.find(report.broadcast)
        if broadcast is None:
            return
        screen = report_screen(self._words[report.language], broadcast, self._store.clock())
        if self._shown.get(_key(report)) == screen.text:
            return
        self._shown[_key(report)] = screen.text
        drawn = partial(self._store.reports.note, report, told=broadcast.ended is not None)
        to = Recipient(report.chat, report.chat, report.message)
        await self._delivery.deliver(to, Answer(screen, drawn=drawn))


def _key(report: Report) -> tuple[bytes, int]:
    return report.tag, report.broadcast
