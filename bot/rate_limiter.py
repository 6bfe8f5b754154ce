"""When Telegram says that it is too much, everything waits as long as it says."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from datetime import timedelta
from typing import Any

import structlog
from telegram.error import RetryAfter
from telegram.ext import BaseRateLimiter

log = structlog.get_logger(__name__)

TRIES = 5
NEVER_WAITS = frozenset({"answerCallbackQuery"})
"""Telegram does not count these, and a late one is worth nothing."""

Result = bool | dict[str, Any] | list[dict[str, Any]]


class RateLimiter(BaseRateLimiter[int]):
    """Holds every request back while Telegram asks for it, then tries the refused one again."""

    def __init__(self) -> None:
        """Nothing waits to begin with."""
        self._until = 0.0

    async def initialize(self) -> None:
        """Nothing to open."""

    async def shutdown(self) -> None:
        """Nothing to close."""

    async def process_request(
        self,
        callback: Callable[..., Coroutine[Any, Any, Result]],
        args: Any,
        kwargs: dict[str, Any],
        endpoint: str,
        data: dict[str, Any],  # noqa: ARG002 - the signature is python-telegram-bot's
        rate_limit_args: int | None,  # noqa: ARG002
    ) -> Result:
        """Sends when it may; RetryAfter rises after five refusals."""
        for attempt in range(1, TRIES + 1):
            if endpoint not in NEVER_WAITS:
                await self._wait()
            try:
                return await callback(*args, **kwargs)
            except RetryAfter as refusal:
                self._hold(refusal.retry_after)
                if attempt == TRIES or endpoint in NEVER_WAITS:
                    raise
        raise AssertionError("the last try returns or raises")

    async def _wait(self) -> None:
        loop = asyncio.get_running_loop()
        while (left := self._until - loop.time()) > 0:  # noqa: ASYNC110 - a time is waited for, not an event
            await asyncio.sleep(left)

    def _hold(self, asked: int | timedelta) -> None:
        seconds = asked.total_seconds() if isinstance(asked, timedelta) else float(asked)
        self._until = max(self._until, asyncio.get_running_loop().time() + seconds)
        log.warning("telegram asks to wait", seconds=seconds)
