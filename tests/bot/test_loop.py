"""The event loop: uvloop where it is, and all works where it is not."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import pytest
import uvloop

from bot.loop import new_event_loop
from bot.settings import HERE
from sandbox.server import LocalTelegram
from tests.people import Person
from tests.process import SECONDS, BotProcess

WITHOUT_UVLOOP = "import sys; sys.modules['uvloop'] = None; from bot.command_line import main; sys.exit(main(['run']))"


def test_it_is_uvloop() -> None:
    loop = new_event_loop()
    assert isinstance(loop, uvloop.Loop)
    loop.close()


def test_without_uvloop_it_is_pythons_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "uvloop", None)
    loop = new_event_loop()
    assert isinstance(loop, asyncio.SelectorEventLoop)
    loop.close()


async def test_without_uvloop_the_bot_runs_and_stops(tmp_path: Path) -> None:
    async with LocalTelegram() as telegram:
        environment = BotProcess(telegram, tmp_path).environment
        process = await asyncio.create_subprocess_exec(sys.executable, "-c", WITHOUT_UVLOOP, env=environment, cwd=HERE)
        ann = Person(telegram)
        await ann.send("/start")
        await ann.expect("have signed", SECONDS)
        process.terminate()
        assert await process.wait() == 0
