"""Figures for Prometheus. No label bears a person: each value of a label is one of a few that stand in the code."""

from __future__ import annotations

import asyncio
import math
from collections.abc import AsyncIterator, Collection, Mapping
from contextlib import asynccontextmanager
from enum import StrEnum
from functools import cache, partial
from typing import Final

import structlog
from aiohttp import web
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector, generate_latest
from telegram import Bot, Update
from telegram.constants import UpdateType

from bot.alarms import Alarms
from bot.rate_limiter import Urgency
from bot.request import CallOutcome
from bot.settings import Address, is_this_machine
from bot.site import listening
from handlers.organisers.alarms import Alarm
from storage.database import StorageFault
from storage.store import Store

log = structlog.get_logger(__name__)

PREFIX: Final = "undersigned"
CONTENT_TYPE = (
    "text/plain; version=0.0.4; charset=utf-8"  # https://prometheus.io/docs/instrumenting/exposition_formats/
)
BUCKETS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)  # seconds
OTHER: Final = "other"
KINDS = tuple(kind.value for kind in UpdateType)
METHODS = frozenset(name for name in vars(Bot) if name.isalpha() and name[0].islower() and not name.islower())
"""python-telegram-bot bears each method of the Bot API under the Bot API's own name too."""
ASKED, EXPIRED = "asked", "expired"


class Outcome(StrEnum):
    """What came of an update."""

    HANDLED = "handled"
    FAILED = "failed"  # the person is asked to try again
    IGNORED = "ignored"  # nobody spoke to the bot
    FLOODED = "flooded"
    UNREADABLE = "unreadable"


TIMED = frozenset({Outcome.HANDLED, Outcome.FAILED})

LABELS: Mapping[str, frozenset[str]] = {
    "kind": frozenset({*KINDS, OTHER}),
    "outcome": frozenset({*Outcome, *CallOutcome}),
    "method": METHODS | {OTHER},
    "urgency": frozenset(urgency.name.lower() for urgency in Urgency),
    "why": frozenset({ASKED, EXPIRED}),
    "alarm": frozenset(alarm.value for alarm in Alarm),
}
"""Every value that a label can take."""


class Metrics:
    """All figures of one process, in a registry of their own."""

    def __init__(self) -> None:
        """Nothing has happened yet."""
        self.registry = CollectorRegistry()
        counter = partial(Counter, namespace=PREFIX, registry=self.registry)
        gauge = partial(Gauge, namespace=PREFIX, registry=self.registry)
        histogram = partial(Histogram, namespace=PREFIX, registry=self.registry, buckets=BUCKETS)
        self._updates = counter("updates", "Updates by kind, and by what came of them", ["kind", "outcome"])
        self._handling = histogram("handling_seconds", "From an update's turn until it was handled")
        calls = counter("bot_api_calls", "Calls of the Bot API", ["method", "outcome"])
        durations = histogram("bot_api_call_seconds", "How long calls of the Bot API took", ["method"])
        waits = histogram("rate_limiter_wait_seconds", "Waits that the rate limiter imposed", ["urgency"])
        # Counted for each message that is sent: the few there are of each are looked up once.
        self._calls, self._durations, self._waits = cache(calls.labels), cache(durations.labels), cache(waits.labels)
        ProcessCollector(registry=self.registry)  # its memory, its open files: by the names that every program has
        self._tasks = gauge("tasks", "What goes on at the same time in this process")
        self._leads = gauge("leads", "Whether this process does what is done once: 1 or 0")
        self._alarms = gauge("alarm", "Whether this alarm stands: 1 or 0", ["alarm"])
        pending = gauge("pending_erasures", "What is still to vanish from the files", ["why"])
        self._kept = {
            "signatures": gauge("signatures", "Valid signatures, first signatories not counted"),
            "subscribers": gauge("subscribers", "Those who get news"),
            "broadcasts": gauge("broadcasts_under_way", "Broadcasts that are being sent"),
            ASKED: pending.labels(ASKED),
            EXPIRED: pending.labels(EXPIRED),
            "age": gauge("oldest_pending_erasure_seconds", "For how long the oldest of them has waited"),
        }

    def updated(self, update: Update | None, outcome: Outcome, seconds: float = 0.0) -> None:
        """An update came to its end, so many seconds after its turn began. None: one that has no known form."""
        kind = OTHER if update is None else next((one for one in KINDS if getattr(update, one) is not None), OTHER)
        self._updates.labels(kind, outcome).inc()
        if outcome in TIMED:
            self._handling.observe(seconds)

    def called(self, method: str, outcome: CallOutcome, seconds: float) -> None:
        """A call of the Bot API ended."""
        method = method if method in METHODS else OTHER
        self._calls(method, outcome).inc()
        self._durations(method).observe(seconds)

    def waited(self, urgency: Urgency, seconds: float) -> None:
        """A message waited for its turn."""
        self._waits(urgency.name.lower()).observe(seconds)

    async def look(self, store: Store, standing: Collection[Alarm]) -> None:
        """Reads what goes on, and what is kept; a database that cannot be read gives NaN, never an older figure."""
        self._tasks.set(len(asyncio.all_tasks()))
        self._leads.set(store.database.membership.leads)
        for alarm in Alarm:
            self._alarms.labels(alarm.value).set(alarm in standing)
        try:
            figures = await _figures(store)
        except StorageFault as fault:
            log.warning("the figures cannot be read", exc_info=fault)
            figures = dict.fromkeys(self._kept, math.nan)
        for name, figure in figures.items():
            self._kept[name].set(figure)


async def _figures(store: Store) -> dict[str, float]:
    pending = await store.erasure.pending()
    return {
        "signatures": await store.signatures.count(),
        "subscribers": await store.subscribers.count(),
        "broadcasts": len(await store.broadcasts.sending()),
        ASKED: pending.asked,
        EXPIRED: pending.expired,
        "age": 0.0 if pending.since is None else (store.clock() - pending.since).total_seconds(),
    }


@asynccontextmanager
async def metrics_site(address: Address | None, metrics: Metrics, store: Store, alarms: Alarms) -> AsyncIterator[None]:
    """Serves `/metrics`, or nothing without an address. ListenRefused for a taken port."""
    if address is None:
        yield
        return

    async def scrape(_request: web.Request) -> web.Response:
        await metrics.look(store, alarms.standing())
        return web.Response(body=generate_latest(metrics.registry), headers={"Content-Type": CONTENT_TYPE})

    app = web.Application()
    app.router.add_get("/metrics", scrape)
    async with listening(app, address, "metrics_listen") as port:
        log.info("figures are told", port=port)
        if not is_this_machine(address.host):
            log.warning("BOT_METRICS_LISTEN is no address of this machine alone: let nobody but Prometheus reach it")
        yield
