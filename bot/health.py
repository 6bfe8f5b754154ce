"""`/healthz`: whether the bot is at work. It names nobody and counts nobody."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Collection, Iterable
from contextlib import asynccontextmanager

import structlog
from aiohttp import web

from bot.settings import HEALTH, Address
from bot.site import listening
from storage.database import StorageFault
from storage.store import Store

log = structlog.get_logger(__name__)

LONGEST_SILENCE = 90.0  # seconds since Telegram last answered; a poll takes up to 40


class Pulse:
    """When Telegram last answered a poll, or a call made beside a webhook; at the start it counts from then."""

    def __init__(self) -> None:
        """Needs a running event loop."""
        self._last = asyncio.get_running_loop().time()

    def beat(self) -> None:
        """It answered just now."""
        self._last = asyncio.get_running_loop().time()

    def silence(self) -> float:
        """Seconds since then."""
        return asyncio.get_running_loop().time() - self._last

    def is_there(self) -> bool:
        """Whether it has beaten lately."""
        return self.silence() <= LONGEST_SILENCE


@asynccontextmanager
async def health(
    address: Address,
    store: Store,
    silence: Callable[[], float],
    warnings: Callable[[], Collection[str]] = tuple,
    routes: Iterable[web.RouteDef] = (),
) -> AsyncIterator[None]:
    """Serves it; `silence` tells how many seconds ago Telegram last answered. ListenRefused for a taken port.

    `warnings` are told too, but with them the bot is at work all the same: to start it again would not help. `routes`
    are served beside it.
    """

    async def healthz(_request: web.Request) -> web.Response:
        troubles = await _troubles(store, silence())
        told = [*troubles, *warnings()]
        return web.json_response({"ok": not troubles, "troubles": told}, status=503 if troubles else 200)

    app = web.Application()
    app.router.add_get(HEALTH, healthz)
    app.add_routes(routes)
    async with listening(app, address, "listen") as port:
        log.info("health is told", port=port)
        yield


async def _troubles(store: Store, silence: float) -> list[str]:
    troubles = []
    if silence > LONGEST_SILENCE:
        troubles.append("the Bot API does not answer")
    try:
        await store.signatures.count()
    except StorageFault:
        troubles.append("the database cannot be read")
    return troubles
