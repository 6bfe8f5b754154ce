"""What must be done by one process alone: done here while this one leads, and left as soon as it does not."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from contextlib import AsyncExitStack
from typing import Any

import structlog

from bot.background import in_background
from storage.membership import Membership

log = structlog.get_logger(__name__)

BETWEEN_TRIES = 1.0  # seconds: with what PostgreSQL needs to notice a death, others take over within 10

Work = Coroutine[Any, Any, None]


class Leader:
    """A process that stands alone always leads, and does the same things in the same way."""

    def __init__(self, membership: Membership, begin: Callable[[], Sequence[Work]]) -> None:
        """`begin` gives the works of one leadership, each made anew: what an earlier one knew may be old by now."""
        self._membership = membership
        self._begin = begin

    async def run(self) -> None:
        """Until it is cancelled: then, and when it leads no more, its works end, the last one first."""
        while not _is_cancelled():
            while not await self._membership.lead():  # noqa: ASYNC110 - no process tells another that it has died
                await asyncio.sleep(BETWEEN_TRIES)
            if self._membership.is_shared:
                log.info("this process leads")
            async with AsyncExitStack() as stack:
                for work in self._begin():
                    await stack.enter_async_context(in_background(work))
                await self._membership.deposed()
                log.warning("this process leads no more")


def _is_cancelled() -> bool:
    """Who waits for the end of a cancelled work does not hear that it is cancelled too."""
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0
