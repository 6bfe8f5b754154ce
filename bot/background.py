"""Work that goes on beside the updates. A fault of one never ends it silently."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager, suppress
from typing import Any

import structlog
from telegram.error import TelegramError

log = structlog.get_logger(__name__)

FIRST_PAUSE, LONGEST_PAUSE = 1.0, 60.0  # seconds


@asynccontextmanager
async def in_background(work: Coroutine[Any, Any, None]) -> AsyncIterator[asyncio.Task[None]]:
    """Runs beside the block, and is cancelled and waited for at its end."""
    task = asyncio.create_task(work)
    try:
        yield task
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError, TelegramError):
            await task


async def persistent(work: Callable[[], Awaitable[object]]) -> None:
    """Until it ends by itself: what fails is logged and begun anew, after pauses that grow."""
    pause = FIRST_PAUSE
    while True:
        try:
            await work()
        except Exception as error:
            log.error("background work failed and begins anew", seconds=pause, exc_info=error)
            await asyncio.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE)
        else:
            return


async def repeated(work: Callable[[], Awaitable[object]], seconds: float) -> None:
    """Every so many seconds; what fails is logged, and tried again at its next time."""
    while True:
        await asyncio.sleep(seconds)
        try:
            await work()
        except Exception as error:
            log.error("background work failed, trying again", exc_info=error)
