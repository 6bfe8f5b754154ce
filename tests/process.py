"""The bot as a process of its own: started, stopped and killed as an operator or a power cut would."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from bot.settings import HERE
from sandbox.server import LocalTelegram
from storage.cipher import make_keys

STOP_SECONDS = 15.0


class BotProcess:
    """`python -m bot run` against the local Telegram, on one folder."""

    def __init__(self, telegram: LocalTelegram, folder: Path, **settings: str) -> None:
        """`settings` are further variables, such as BOT_LOG_LEVEL."""
        self.folder = folder
        self.log = folder / "log"
        self._telegram = telegram
        self._process: asyncio.subprocess.Process | None = None
        self._environment = {
            "PATH": os.environ["PATH"],
            "BOT_TOKEN": telegram.token,
            "BOT_API_URL": telegram.url,
            "BOT_DATA": str(folder / "data"),
            "BOT_KEYS": str(folder / "keys"),
            "BOT_TAG_MEMORY_KIB": "8",
            "BOT_LISTEN": "127.0.0.1:0",
            **settings,
        }
        make_keys(folder / "keys", folder / "offline")

    async def start(self) -> None:
        """Starts it; what it logs is added to `log`."""
        with self.log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "bot", "run", cwd=HERE, env=self._environment, stdout=log, stderr=log
            )

    async def answered_something(self, seconds: float = 30.0) -> None:
        """Waits until the process that runs now has made a call."""
        calls = self._telegram.calls
        begun = len(calls)
        assert await self._telegram.world.wait_for(lambda: len(calls) > begun, seconds), self.log.read_text()

    async def kill(self) -> None:
        """SIGKILL: nothing is said, nothing is finished."""
        await self._end(signal.SIGKILL)

    async def stop(self) -> int:
        """SIGTERM; the exit code."""
        return await self._end(signal.SIGTERM)

    async def _end(self, number: signal.Signals) -> int:
        process, self._process = self._process, None
        if process is None:
            return 0
        if process.returncode is None:
            process.send_signal(number)
        async with asyncio.timeout(STOP_SECONDS):
            return await process.wait()


@asynccontextmanager
async def running(telegram: LocalTelegram, folder: Path, **settings: str) -> AsyncIterator[BotProcess]:
    """The bot at work; killed at the end where it still runs."""
    bot = BotProcess(telegram, folder, **settings)
    await bot.start()
    try:
        yield bot
    finally:
        await bot.kill()
