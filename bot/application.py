"""Puts the pieces together, and takes them down in reverse."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any

import structlog
from telegram.error import InvalidToken

from bot.alarms import Alarms
from bot.background import in_background, persistent, repeated
from bot.clearing import Clearing
from bot.client import StartRefused, build_bot, build_limiter, connected
from bot.delivery import Delivery
from bot.duties import MINUTE, Duties
from bot.flood import Flood
from bot.health import Pulse, health
from bot.intake import Intake
from bot.key_watch import watch_keys
from bot.leader import Leader
from bot.memory import keep_what_is_loaded
from bot.menus import Menus
from bot.metrics import Metrics, Outcome, metrics_site
from bot.reception import Reception
from bot.settings import HERE, Settings
from bot.shares import sharing
from bot.way_in import way_in
from bot.wire import Wire
from handlers.context import Services
from handlers.daily_signings import DailySignings
from handlers.words import load_words
from petition.content import Petition, load_petition
from storage.cipher import Keys, private_half_lies_in
from storage.clock import utc_now
from storage.identity import PetitionIdentity
from storage.signer_tags import TagCost
from storage.store import Store

log = structlog.get_logger(__name__)

STOP_SECONDS = 2.5  # for what is in hand, and again for answers under way
FLUSH_SECONDS = 1.0  # message numbers are written in groups


async def run(settings: Settings, *, ready: Callable[[], None] = lambda: None) -> None:
    """Runs until SIGINT or SIGTERM. Raises StartRefused and the refusals of keys, petition, database and port."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    ended = asyncio.create_task(_end(stop, settings.keys))
    impatient = asyncio.create_task(_cancel_when(ended, asyncio.current_task()))
    try:
        async with serving(settings) as failed:
            impatient.cancel()
            keep_what_is_loaded()
            log.info("running")
            ready()
            await _first(ended, failed)
    except asyncio.CancelledError:
        if not ended.done():
            raise
        ended.result()
        log.info("stopped before it had begun")
    finally:
        impatient.cancel()
        ended.cancel()
        await asyncio.gather(impatient, ended, return_exceptions=True)


async def _end(stop: asyncio.Event, keys: Path) -> None:
    """Returns when it is told to stop; KeysGone rises when the keys are taken away."""
    async with in_background(watch_keys(keys)) as watching:
        stopping = asyncio.ensure_future(stop.wait())
        try:
            await asyncio.wait({stopping, watching}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            stopping.cancel()
        if watching.done():
            watching.result()


async def _cancel_when(ended: asyncio.Task[None], starting: asyncio.Task[None] | None) -> None:
    """A start may take long, while Telegram cannot be reached: it ends at once when it is told to."""
    await asyncio.wait({ended})
    if starting is not None:
        starting.cancel()


async def _first(ended: asyncio.Task[None], failed: asyncio.Task[None]) -> None:
    """Waits for the end, or for the intake's, which is a failure."""
    await asyncio.wait({ended, failed}, return_when=asyncio.FIRST_COMPLETED)
    if failed.done():
        try:
            failed.result()
        except InvalidToken:
            raise StartRefused(
                "BOT_TOKEN is no longer accepted by the Bot API. Ask @BotFather for a new one."
            ) from None
    else:
        ended.result()


@asynccontextmanager
async def serving(settings: Settings) -> AsyncIterator[asyncio.Task[None]]:
    """The bot at work; gives the task of its intake, which ends by itself only when it fails."""
    petition = load_petition(settings.petition)
    async with AsyncExitStack() as stack:
        store = await stack.enter_async_context(_open_store(settings, petition))
        pulse, alarms, metrics = Pulse(), Alarms(), Metrics()
        limiter = build_limiter(settings, metrics.waited)
        await stack.enter_async_context(sharing(store, limiter.shared))
        bot = build_bot(settings, limiter, metrics.called)
        way = way_in(settings, bot, store, alarms, pulse, MINUTE)
        await stack.enter_async_context(health(settings.listen, store, pulse.silence, alarms.in_lines, way.routes()))
        await stack.enter_async_context(metrics_site(settings.metrics_listen, metrics, store, alarms))
        wire = Wire(bot, limiter)
        await stack.enter_async_context(connected(bot, settings, way.prepare))
        words = load_words(HERE / "locales")
        clearing = Clearing(bot, store.messages)
        delivery = Delivery(bot, wire, store.messages, clearing)
        services = Services(
            petition, store, words, bot.username,
            clears_chats=settings.keep_message_ids, owners=settings.owners,
            messages_per_second=settings.messages_per_second,
            news_per_second=settings.paid_broadcast or settings.messages_per_second,
            first_recipients=settings.first_recipients,
            approvals=settings.approvals, broadcast_delay=settings.broadcast_delay, timezone=settings.timezone,
            wake_broadcaster=store.database.membership.wake,
            draft_hours=settings.draft_hours, retention_days=settings.retention_days,
            signings=DailySignings(store.clock),
        )  # fmt: skip
        menus = Menus(bot, settings.owners)
        reception = Reception(services, delivery, menus, Flood(settings.flood_updates, settings.owners), metrics)
        intake = Intake(bot, reception.receive, partial(metrics.updated, None, Outcome.UNREADABLE))
        duties = Duties(settings, store, words, wire, limiter, delivery, clearing, menus, alarms, way)
        leader = Leader(store.database.membership, duties.begin)
        stack.push_async_callback(delivery.drain, STOP_SECONDS)
        for work in (persistent(leader.run), repeated(store.messages.flush, FLUSH_SECONDS)):
            await stack.enter_async_context(in_background(work))
        # Once what was in hand is given up: a stop does not wait for a database that is not there.
        stack.callback(store.database.membership.hurry)
        stack.push_async_callback(way.stop, intake, STOP_SECONDS)
        yield await stack.enter_async_context(
            in_background(_until_one_ends(partial(way.run, intake), store.database.membership.refused))
        )


async def _until_one_ends(*works: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """All of them side by side; what the first one ends with is the end of all."""
    tasks = [asyncio.create_task(work()) for work in works]
    try:
        ended, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    for task in ended:
        task.result()


@asynccontextmanager
async def _open_store(settings: Settings, petition: Petition) -> AsyncIterator[Store]:
    keys = Keys.load(settings.keys)
    if private_half_lies_in(settings.keys):
        log.warning(
            "organisers.key lies in BOT_KEYS: whoever takes this server can read the private names. Move it offline."
        )
    store = await Store.open(
        settings.database(),
        folder=settings.data,
        keys=keys,
        clock=utc_now,
        petition=PetitionIdentity(petition.slug, len(petition.first_signatories)),
        tag_cost=TagCost(memory_kib=settings.tag_memory_kib),
        keep_messages=settings.keep_message_ids,
        draft_hours=settings.draft_hours,
        retention_days=settings.retention_days,
        connections=settings.database_pool,
        shared=settings.webhook_url is not None,
    )
    try:
        if store.made:
            log.info("a new, empty database was made")
        yield store
    finally:
        await store.close()
