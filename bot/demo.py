"""The bot and a local Telegram beside it, to be tried in a browser: no token, no network."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from pathlib import Path

import structlog

from bot.application import run
from bot.client import StartRefused
from bot.crowd import gather_crowd
from bot.settings import Settings, load_settings
from sandbox.server import LocalTelegram
from sandbox.world import World
from storage.cipher import make_keys

log = structlog.get_logger(__name__)

VISITORS = ("Ann Example", "Bohdan Example", "Chandra Example")
ORGANISER = "Daryna Example"


async def demo(port: int, say: Callable[[str], None], *, keep: bool = False) -> None:
    """Runs until SIGINT or SIGTERM in a fresh folder, which is removed at the end unless it is to be kept."""
    with _folder(keep=keep) as folder:
        async with _local_telegram(port) as telegram:
            settings = _settings(folder, telegram, _people(telegram.world))
            async with _welcome(telegram, say):
                await run(settings)
        if keep:
            say(f"Kept: {folder}")


@contextmanager
def _folder(*, keep: bool) -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="undersigned-"))
    try:
        yield folder
    finally:
        if not keep:
            shutil.rmtree(folder)


@asynccontextmanager
async def _local_telegram(port: int) -> AsyncIterator[LocalTelegram]:
    """StartRefused for a taken port."""
    async with AsyncExitStack() as stack:
        try:
            telegram = await stack.enter_async_context(LocalTelegram(port=port))
        except OSError as error:
            raise StartRefused(
                f"Port {port} is taken ({error.strerror}). Choose another: make demo DEMO='--port 8766'."
            ) from None
        yield telegram


def _people(world: World) -> int:
    """Those whom the page shows; the number of the organiser's account."""
    for name in VISITORS:
        world.add_person(*name.split())
    return world.add_person(*ORGANISER.split(), role="organiser").id


@asynccontextmanager
async def _welcome(telegram: LocalTelegram, say: Callable[[str], None]) -> AsyncIterator[None]:
    """While the bot starts, a crowd queues up to sign; then the address is told."""

    async def gather() -> None:
        try:
            await gather_crowd(telegram.world)
        except TimeoutError as late:
            log.warning("the crowd was not answered in time", exc_info=late)
        say(f"Open {telegram.url} in a browser. Ctrl-C ends it.")

    gathering = asyncio.create_task(gather())
    try:
        yield
    finally:
        gathering.cancel()
        await asyncio.gather(gathering, return_exceptions=True)


def _settings(folder: Path, telegram: LocalTelegram, organiser: int) -> Settings:
    make_keys(folder / "keys", folder / "offline")
    return load_settings(
        _env_file=None,
        token=telegram.token,
        api_url=telegram.url,
        data=folder / "data",
        database_url=None,
        keys=folder / "keys",
        owners=frozenset({organiser}),
        listen="127.0.0.1:0",
        webhook_url=None,
    )
