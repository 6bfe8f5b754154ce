"""The demo opens with something to see, and leaves nothing behind."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from bot.crowd import NAMES
from bot.settings import HERE

SECONDS = 60.0
COUNT = 66 + len(NAMES)


@asynccontextmanager
async def demo(folder: Path, *options: str) -> AsyncIterator[tuple[str, asyncio.subprocess.Process]]:
    """Its address, once it is told; ended by Ctrl-C."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", "demo", "--port", "0", *options, cwd=HERE,
        env={"PATH": os.environ["PATH"], "TMPDIR": str(folder)}, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    assert process.stdout is not None
    try:
        async with asyncio.timeout(SECONDS):
            told = (await process.stdout.readline()).decode()
        found = re.search(r"http://127\.0\.0\.1:\d+", told)
        assert found, told
        yield found[0], process
    finally:
        process.send_signal(signal.SIGINT)
        async with asyncio.timeout(SECONDS):
            rest, _ = await process.communicate()
    assert process.returncode == 0
    assert ("--keep" in options) == is_kept(folder) == (b"Kept: " in rest)


def is_kept(folder: Path) -> bool:
    return any(folder.iterdir())


async def post(session: aiohttp.ClientSession, url: str, body: dict[str, Any]) -> None:
    async with session.post(url, json=body) as response:
        assert response.status == 200


@pytest.mark.parametrize("options", [(), ("--keep",)])
async def test_it_opens_with_a_petition_that_people_signed(tmp_path: Path, options: tuple[str, ...]) -> None:
    async with demo(tmp_path, *options) as (url, _process), aiohttp.ClientSession() as session:
        async with session.get(f"{url}/page/state") as response:
            people = (await response.json())["people"]
        names = [person["first_name"] for person in people]
        assert names == ["Ann", "Bohdan", "Chandra", "Daryna"]
        ann, organiser = people[0]["id"], people[-1]["id"]
        await post(session, f"{url}/page/send", {"person": ann, "text": "/start"})
        await seen(session, url, ann, f"{COUNT} people have signed")
        await post(session, f"{url}/page/send", {"person": organiser, "text": "/broadcast"})
        await seen(session, url, organiser, "News · draft")
        await post(session, f"{url}/page/send", {"person": organiser, "text": "Hello"})
        await seen(session, url, organiser, "to everyone (10)")


async def seen(session: aiohttp.ClientSession, url: str, person: int, text: str) -> None:
    """Waits for what the page shows: it is told of every change."""
    async with asyncio.timeout(SECONDS), session.get(f"{url}/page/events") as events:
        async for _ in events.content:
            async with session.get(f"{url}/page/state", params={"person": person}) as response:
                if any(text in message.get("text", "") for message in (await response.json())["messages"]):
                    return
