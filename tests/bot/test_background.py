"""Background work that fails is begun anew, and a log line says so."""

from __future__ import annotations

import asyncio

import pytest

from bot.background import in_background, persistent, repeated


class Work:
    """Fails as often as it is told, then says that it is done."""

    def __init__(self, failures: int) -> None:
        self.failures = failures
        self.runs = 0
        self.done = asyncio.Event()

    async def __call__(self) -> None:
        self.runs += 1
        if self.runs <= self.failures:
            raise ValueError("Ann Example")
        self.done.set()


@pytest.fixture
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """How long it would have waited."""
    asked: list[float] = []
    real = asyncio.sleep

    async def at_once(seconds: float) -> None:
        asked.append(seconds)
        await real(0)

    monkeypatch.setattr("bot.background.asyncio.sleep", at_once)
    return asked


async def test_what_fails_begins_anew_after_growing_pauses(pauses: list[float]) -> None:
    work = Work(failures=8)
    await persistent(work)
    assert work.runs == 9
    assert pauses == [1, 2, 4, 8, 16, 32, 60, 60]


async def test_what_is_repeated_goes_on_after_a_fault(pauses: list[float]) -> None:
    work = Work(failures=2)
    async with in_background(repeated(work, 5.0)):
        await asyncio.wait_for(work.done.wait(), 10)
    assert set(pauses) == {5.0}


async def test_it_is_cancelled_at_the_end_of_the_block() -> None:
    async with in_background(persistent(asyncio.Event().wait)) as task:
        assert not task.done()
    assert task.cancelled()
