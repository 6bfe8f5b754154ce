"""Answers never wait for the budget, broadcasts take turns; a 429 holds only whom it is for."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any

import pytest
from telegram.error import RetryAfter

from bot.rate_limiter import TRIES, RateLimiter, Urgency

PACE = 20  # messages a second


class Telegram:
    """Counts requests, and refuses as many as it is told to."""

    def __init__(self, limiter: RateLimiter) -> None:
        self.limiter = limiter
        self.times: list[float] = []
        self.refusals = 0
        self.refused = asyncio.Event()

    async def _send(self) -> bool:
        if self.refusals:
            self.refusals -= 1
            self.refused.set()
            raise RetryAfter(1)
        self.times.append(asyncio.get_running_loop().time())
        return True

    def answer(self, chat: int, endpoint: str = "sendMessage") -> Coroutine[Any, Any, Any]:
        return self.limiter.process_request(self._send, (), {}, endpoint, {"chat_id": chat}, None)

    async def broadcast(self) -> None:
        await self.limiter.turn()
        await self.limiter.process_request(self._send, (), {}, "sendMessage", {}, Urgency.BROADCAST)


@pytest.fixture
def telegram() -> Telegram:
    return Telegram(RateLimiter(PACE))


def now() -> float:
    return asyncio.get_running_loop().time()


async def test_broadcasts_are_spaced_and_answers_are_not(telegram: Telegram) -> None:
    began = now()
    await asyncio.gather(*(telegram.answer(chat) for chat in range(4)))
    assert now() - began < 3 / PACE
    for _ in range(3):
        await telegram.broadcast()
    assert telegram.times[-3] - began >= 4 / PACE, "what answers used up is not there for a broadcast"
    assert telegram.times[-1] - telegram.times[-2] >= 1 / PACE - 0.002


async def test_answers_without_end_leave_a_part_for_broadcasts(telegram: Telegram) -> None:
    tapping = True

    async def tap_without_end() -> None:
        while tapping:
            await telegram.answer(1)
            await asyncio.sleep(0.1 / PACE)

    taps = asyncio.ensure_future(tap_without_end())
    began = now()
    for _ in range(3):
        await telegram.broadcast()
    took = now() - began
    tapping = False
    await taps
    assert took > 3 / PACE
    assert len(telegram.times) > 3 * 5, "they came behind the answers all the same"


async def test_a_429_to_one_answer_holds_that_chat_alone(telegram: Telegram) -> None:
    telegram.refusals = 1
    held = asyncio.ensure_future(telegram.answer(1))
    await telegram.refused.wait()
    began = now()
    await telegram.answer(2)
    await telegram.answer(1, "answerCallbackQuery")
    assert not held.done()
    await held
    assert now() - began >= 0.9


async def test_a_429_to_a_broadcast_holds_broadcasts_and_rises(telegram: Telegram) -> None:
    telegram.refusals = 1
    with pytest.raises(RetryAfter):
        await telegram.broadcast()
    began = now()
    await telegram.answer(1)
    assert now() - began < 0.5
    await telegram.broadcast()
    assert now() - began >= 0.9


async def test_an_answer_is_given_up_after_five_refusals(telegram: Telegram, monkeypatch: pytest.MonkeyPatch) -> None:
    async def at_once(_seconds: float) -> None:
        telegram.limiter._held.clear()  # noqa: SLF001 - the time has come

    monkeypatch.setattr("bot.rate_limiter.asyncio.sleep", at_once)
    telegram.refusals = TRIES
    with pytest.raises(RetryAfter):
        await telegram.answer(1)
    assert telegram.refusals == 0
