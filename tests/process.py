"""The program as a process of its own: started, stopped and killed as an operator or a power cut would.

Loading it takes a second of a core: so it is loaded once, and each process is forked from there, with an environment, a
folder and outputs of its own.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import signal
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from functools import cache
from multiprocessing.context import ForkServerContext
from multiprocessing.process import BaseProcess
from pathlib import Path

from bot.settings import HERE, Address
from sandbox.server import LocalTelegram
from storage.cipher import make_keys

STOP_SECONDS = 15.0
SECONDS = 30.0
WEBHOOK_SECRET = "a_Secret-of-the-tests"


@cache
def _loaded() -> ForkServerContext:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["__main__", "bot.command_line", __name__])
    return context


def _main(arguments: Sequence[str], environment: Mapping[str, str], cwd: Path, out: Path, err: Path) -> None:
    """In the new process: as `python -m bot` would do it."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(cwd)
    for number, path in ((1, out), (2, err)):
        os.dup2(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), number)
    sys.stdout, sys.stderr = (os.fdopen(number, "w", buffering=1, encoding="utf-8") for number in (1, 2))
    from bot.command_line import main

    sys.exit(main(arguments))


class Command:
    """One run of `python -m bot`."""

    def __init__(
        self, *arguments: str, environment: Mapping[str, str], cwd: Path = HERE, out: Path, err: Path | None = None
    ) -> None:
        """Starts it; what it says is added to the files `out` and `err`."""
        self._process: BaseProcess = _loaded().Process(
            target=_main, args=(arguments, dict(environment), cwd, out, err or out)
        )
        self._process.start()

    @property
    def pid(self) -> int | None:
        """Its number."""
        return self._process.pid

    def send(self, number: signal.Signals) -> None:
        """A signal, unless it has ended."""
        if self._process.exitcode is None and self._process.pid is not None:
            os.kill(self._process.pid, number)

    async def ended(self, seconds: float = SECONDS) -> int:
        """Waits for its end; the exit code."""
        loop, over = asyncio.get_running_loop(), asyncio.Event()
        loop.add_reader(self._process.sentinel, over.set)
        try:
            async with asyncio.timeout(seconds):
                await over.wait()
        finally:
            loop.remove_reader(self._process.sentinel)
        self._process.join()
        code = self._process.exitcode
        assert code is not None
        return code


class BotProcess:
    """`python -m bot run` against the local Telegram, on one folder."""

    def __init__(self, telegram: LocalTelegram, folder: Path, **settings: str) -> None:
        """`settings` are further variables, such as BOT_LOG_LEVEL."""
        self.folder = folder
        self.log = folder / "log"
        self._telegram = telegram
        self._command: Command | None = None
        self.environment = {
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
        self._command = Command("run", environment=self.environment, out=self.log)

    @property
    def pid(self) -> int | None:
        """The number of the process that runs now."""
        return None if self._command is None else self._command.pid

    async def answered_something(self, seconds: float = SECONDS) -> None:
        """Waits until the process that runs now has made a call."""
        telegram = self._telegram
        begun = telegram.made
        assert await telegram.world.wait_for(lambda: telegram.made > begun, seconds), self.log.read_text()

    async def kill(self) -> None:
        """SIGKILL: nothing is said, nothing is finished."""
        await self._end(signal.SIGKILL)

    async def stop(self) -> int:
        """SIGTERM; the exit code."""
        return await self._end(signal.SIGTERM)

    async def _end(self, number: signal.Signals) -> int:
        command, self._command = self._command, None
        if command is None:
            return 0
        command.send(number)
        return await command.ended(STOP_SECONDS)


def webhook_at(address: Address) -> dict[str, str]:
    """Settings by which the bot is brought its updates there."""
    return {
        "BOT_LISTEN": str(address),
        "BOT_WEBHOOK_URL": f"http://{address}/telegram",
        "BOT_WEBHOOK_SECRET": WEBHOOK_SECRET,
    }


@asynccontextmanager
async def running(telegram: LocalTelegram, folder: Path, **settings: str) -> AsyncIterator[BotProcess]:
    """The bot at work; killed at the end where it still runs."""
    bot = BotProcess(telegram, folder, **settings)
    await bot.start()
    try:
        yield bot
    finally:
        await bot.kill()
