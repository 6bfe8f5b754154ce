"""One way to listen: a small site of this process, on an address that a setting gives."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp import web

from bot.settings import PREFIX, Address


class ListenRefused(Exception):
    """An address cannot be listened on: one clear line that names the setting."""


@asynccontextmanager
async def listening(app: web.Application, address: Address, setting: str) -> AsyncIterator[int]:
    """Serves it and gives its port. ListenRefused names the setting (such as "listen") for a taken port."""
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
    await runner.setup()
    try:
        try:
            await web.TCPSite(runner, address.host, address.port).start()
        except OSError as error:
            raise ListenRefused(
                f"{PREFIX}{setting.upper()} is {address}, which cannot be listened on ({error.strerror}). "
                "It takes another HOST:PORT."
            ) from None
        yield int(runner.addresses[0][1])
    finally:
        await runner.cleanup()
