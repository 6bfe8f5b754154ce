"""Several broadcasts, and an owner who looks at them again and again."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any, cast

import pytest
from telegram.error import NetworkError

from bot.alarms import Alarms
from bot.background import in_background
from bot.broadcaster import Broadcaster
from bot.rate_limiter import RateLimiter
from bot.settings import HERE
from handlers.words import load_words
from storage.broadcast import BroadcastState, PauseReason
from storage.store import Store
from tests.storage.news import begun, found

OLGA = 701234567
READERS = [811000000 + number for number in range(30)]


async def test_twenty_failures_in_a_row_pause_it_however_often_somebody_looks(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each look calls the broadcaster away for a moment."""
    monkeypatch.setattr("bot.trust.LONGEST_PAUSE", 0.0)
    for reader in READERS:
        await store.subscribers.subscribe(reader, reader, "en")
    number = (await begun(store, OLGA)).number
    ended, reported = asyncio.Event(), asyncio.Event()

    async def send(*_arguments: Any, **_named: Any) -> tuple[int, ...]:
        broadcaster.wake()
        raise NetworkError("502")

    async def look() -> None:
        while (await found(store, number)).state is BroadcastState.SENDING:
            await reported.wait()
            reported.clear()
        ended.set()

    settings = SimpleNamespace(
        first_recipients=0, messages_per_second=1_000, paid_broadcast=0, owners=frozenset({OLGA})
    )
    broadcaster = Broadcaster(
        store, cast("Any", SimpleNamespace(send=send)), RateLimiter(1_000), load_words(HERE / "locales"), Alarms(),
        reported.set, settings=cast("Any", settings),
    )  # fmt: skip
    async with in_background(broadcaster.run()), in_background(look()), asyncio.timeout(20):
        await ended.wait()
    left = await found(store, number)
    assert left.pause is not None, "it was sent to the last"
    assert left.pause.reason is PauseReason.FAILURES
    assert left.figures.in_doubt == 20
