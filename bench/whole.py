"""A whole broadcast: claimed, paced, sent and recorded, from a file of subscribers to a Bot API."""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.contestants import LABEL, NEWS, URL
from bench.subscribers import store_in, subscribe
from bench.telegram import TOKEN
from bot.alarms import Alarms
from bot.broadcaster import Broadcaster
from bot.client import build_bot, build_limiter
from bot.memory import keep_what_is_loaded
from bot.metrics import Metrics
from bot.settings import HERE, Settings, load_settings
from bot.wire import Wire
from handlers.words import load_words
from storage.announcement import DEFAULT, Announcement, Link, NewsButtons
from storage.broadcast import Figures
from storage.store import Store
from tests.storage.news import begun, found

OWNER = 1
FIRST_CHAT = 1_000_000
ANNOUNCEMENT = Announcement({DEFAULT: NEWS}, NewsButtons(link=Link(LABEL, URL)))


async def broadcast(url: str, subscribers: int, *, seconds: float | None = None, **options: object) -> float:
    """Seconds of CPU that a message took. `seconds`: it is stopped then; `options` are settings."""
    with TemporaryDirectory() as folder:
        settings = load_settings(_env_file=None, token=TOKEN, api_url=url, owners={OWNER}, **options)
        async with store_in(Path(folder)) as store:
            await subscribe(store, range(FIRST_CHAT, FIRST_CHAT + subscribers))
            return await _deliver(store, settings, seconds)


async def _deliver(store: Store, settings: Settings, seconds: float | None) -> float:
    metrics, ended = Metrics(), asyncio.Event()
    limiter = build_limiter(settings, metrics.waited)
    async with build_bot(settings, limiter, metrics.called) as bot:
        number = (await begun(store, OWNER, ANNOUNCEMENT)).number

        async def look() -> None:
            if (await found(store, number)).ended is not None:
                ended.set()

        looks: list[asyncio.Task[None]] = []
        broadcaster = Broadcaster(
            store, Wire(bot, limiter), limiter, load_words(HERE / "locales"), Alarms(),
            lambda: looks.append(asyncio.ensure_future(look())), settings=settings,
        )  # fmt: skip
        keep_what_is_loaded()  # as the bot does when it starts
        began = time.process_time()
        running = asyncio.ensure_future(broadcaster.run())
        with suppress(TimeoutError):
            await asyncio.wait_for(ended.wait(), seconds)
        spent = time.process_time() - began
        running.cancel()
        await asyncio.gather(running, *looks, return_exceptions=True)
        return spent / _sent((await found(store, number)).figures)


def _sent(figures: Figures) -> int:
    if figures.reached < figures.tried:
        raise RuntimeError(f"not all were reached: {figures}")
    return figures.reached
