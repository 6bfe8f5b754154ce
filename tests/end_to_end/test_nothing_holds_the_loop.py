"""Whatever people do, no step of the event loop takes long: what is slow runs in a thread, and nobody waits for it.

The signer's code and every sync of a file are made slower here than the bound, so that each shows wherever it runs.
"""

from __future__ import annotations

import asyncio
import os
import time
from asyncio import Handle
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from bot.keeping import back_up
from bot.settings import Settings
from storage import signer_tags
from tests.end_to_end.organiser import confirm, subscribed, write
from tests.end_to_end.test_bohdan_signs import sign
from tests.end_to_end.test_elena_changes_her_signature import open_change, type_another_name
from tests.end_to_end.test_farid_sees_what_is_kept import everything
from tests.people import Newcomer, Person

BOUND = 0.5  # seconds: generous, for a machine that does much else
SLOW = 0.6
DELAYS = Path("/proc/thread-self/schedstat")  # of the thread that reads it: how long it ran, and waited to
LINUX = pytest.mark.skipif(not DELAYS.exists(), reason="Linux alone tells for how long a thread waited to run")


@contextmanager
def watched() -> Iterator[list[str]]:
    """What held the loop for longer than the bound. Not counted is what the machine did for others meanwhile.

    As a loop's `slow_callback_duration`, which counts that too. uvloop tells of neither: asyncio's own loop runs here.
    """
    held: list[str] = []
    run = Handle._run  # noqa: SLF001 - there is no other place that all steps pass

    def spent() -> float:
        waited = int(DELAYS.read_bytes().split()[1])  # for a processor, in ns
        return time.monotonic() - waited / 1e9

    def timed(handle: Handle) -> None:
        began = spent()
        run(handle)
        seconds = spent() - began
        if seconds > BOUND:
            held.append(f"{seconds:.2f} s: {handle!r}")

    assert isinstance(asyncio.get_running_loop(), asyncio.SelectorEventLoop)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Handle, "_run", timed)
        yield held


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Each sync of a file, and each signer's code, takes longer than the bound; those that were made."""
    made: list[str] = []
    sync, code = os.fsync, signer_tags.signer_tag

    def slow_sync(descriptor: int) -> None:
        time.sleep(SLOW)
        made.append("sync")
        sync(descriptor)

    def slow_code(*given: Any) -> bytes:
        time.sleep(SLOW)
        made.append("code")
        return code(*given)

    monkeypatch.setattr(os, "fsync", slow_sync)
    monkeypatch.setattr(signer_tags, "signer_tag", slow_code)
    return made


@LINUX
async def test_a_whole_story(olga: Person, quick: tuple[Settings, Person], newcomer: Newcomer, slow: list[str]) -> None:
    settings, _ = quick
    bohdan = newcomer("Bohdan Example")
    await back_up(settings)  # from here on erasures are noted
    with watched() as held:
        await sign(bohdan, "Show my name")
        await open_change(bohdan)
        await type_another_name(bohdan, "Bohdan Changed")
        await bohdan.press("Save")
        await bohdan.expect("Saved.")
        await everything(bohdan)
        await bohdan.send("/signatories")
        await bohdan.expect("Bohdan Changed")
        await subscribed(newcomer, 3)
        await write(olga)
        await confirm(olga, "3 people")
        await olga.expect("Sent in")
        before = slow.count("sync")
        await bohdan.send("/forget")
        await bohdan.press("Yes, erase everything")
        await bohdan.expect_empty_chat()
        assert slow.count("sync") > before, "the erasure was noted and synced"
        await back_up(settings)
    assert held == []
    assert slow.count("code") >= 1
    assert slow.count("sync") >= 5


@LINUX
async def test_what_does_hold_it_is_seen() -> None:
    with watched() as held:
        await asyncio.sleep(0)
        time.sleep(SLOW)  # noqa: ASYNC251 - this is what must not be
        await asyncio.sleep(0)
    assert len(held) == 1
