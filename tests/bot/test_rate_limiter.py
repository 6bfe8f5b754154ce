"""Answers go first, broadcasts take turns; a 429 holds whom it is for."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any

import pytest
from telegram.error import RetryAfter

from bot.rate_limiter import BURST, TRIES, RateLimiter, Urgency
from sandbox.errors import ApiError
from sandbox.limit import Limit
from tests.fake_time import pass_time, run

PACE = 20  # messages a second
ASKED = 3  # seconds
CROWD = 300
AT_ONCE = 0.2  # seconds; a few slots


class Telegram:
    """Refuses as many requests as it is told to, and knows when it granted the others."""

    def __init__(self, paid_per_second: int = 0) -> None:
        self.waits: list[tuple[Urgency, float]] = []
        self.limiter = RateLimiter(PACE, lambda *wait: self.waits.append(wait), paid_per_second=paid_per_second)
        self.began = now()
        self.refusals: dict[int, int] = {}  # by chat
        self.granted: list[int] = []

    async def _send(self, chat: int) -> bool:
        if self.refusals.get(chat, 0):
            self.refusals[chat] -= 1
            raise RetryAfter(ASKED)
        self.granted.append(chat)
        return True

    async def answer(self, chat: int, method: str = "sendMessage") -> float:
        """When it was granted."""
        await self.limiter.process_request(self._send, (chat,), {}, method, {"chat_id": chat}, None)
        return now() - self.began

    async def broadcast(self, chat: int = 0, *, paid: bool = False) -> float:
        await self.limiter.turn(paid=paid)
        await self.limiter.process_request(self._send, (chat,), {}, "sendMessage", {}, Urgency.BROADCAST)
        return now() - self.began


def now() -> float:
    return asyncio.get_running_loop().time()


def begin(story: Coroutine[Any, Any, float]) -> asyncio.Future[float]:
    return asyncio.ensure_future(story)


def test_a_429_to_one_answer_holds_that_chat_and_broadcasts() -> None:
    async def story() -> None:
        telegram = Telegram()
        telegram.refusals[1] = 1
        held = begin(telegram.answer(1))
        await pass_time(0.1)
        assert await telegram.answer(2) == pytest.approx(0.1)
        assert await telegram.answer(1, "answerCallbackQuery") == pytest.approx(0.1)
        broadcast = begin(telegram.broadcast())
        assert await held == pytest.approx(ASKED)
        assert await broadcast == pytest.approx(ASKED)

    run(story())


def test_a_second_chat_refused_meanwhile_shows_that_it_is_the_bots_own_limit() -> None:
    async def story() -> None:
        telegram = Telegram()
        telegram.refusals = {1: 1, 2: 1}
        first = begin(telegram.answer(1))
        await pass_time(1)
        second = begin(telegram.answer(2))
        await asyncio.sleep(0)
        assert await telegram.answer(3) == pytest.approx(1 + ASKED)
        assert await first == await second == pytest.approx(1 + ASKED)

    run(story())


def test_two_chats_refused_one_after_the_other_hold_nobody_else() -> None:
    async def story() -> None:
        telegram = Telegram()
        telegram.refusals = {1: 1, 2: 1}
        await telegram.answer(1)
        second = begin(telegram.answer(2))
        await asyncio.sleep(0)
        assert await telegram.answer(3) == pytest.approx(ASKED)
        await second

    run(story())


def test_a_429_to_a_broadcast_holds_everybody_and_rises() -> None:
    async def story() -> None:
        telegram = Telegram()
        telegram.refusals[0] = 1
        with pytest.raises(RetryAfter):
            await telegram.broadcast()
        tapped = begin(telegram.answer(1, "answerCallbackQuery"))
        broadcast, answer = begin(telegram.broadcast()), begin(telegram.answer(1))
        assert await tapped == pytest.approx(0)
        assert await answer == pytest.approx(ASKED)
        assert await broadcast == pytest.approx(ASKED, abs=AT_ONCE)
        assert telegram.granted == [1, 1, 0], "people first"

    run(story())


def test_an_answer_is_given_up_after_five_refusals() -> None:
    async def story() -> None:
        telegram = Telegram()
        telegram.refusals[1] = TRIES
        with pytest.raises(RetryAfter):
            await telegram.answer(1)
        assert telegram.refusals[1] == 0
        assert now() - telegram.began == pytest.approx((TRIES - 1) * ASKED)

    run(story())


def test_what_is_no_message_counts_for_nothing() -> None:
    async def story() -> None:
        telegram = Telegram()
        await asyncio.gather(*(telegram.answer(1, "deleteMessages") for _ in range(5 * PACE)))
        assert await telegram.broadcast() == 0

    run(story())


def test_one_chat_gets_a_burst_and_then_one_a_second_in_order() -> None:
    async def story() -> None:
        telegram = Telegram()
        times = await asyncio.gather(*(telegram.answer(1) for _ in range(BURST + 3)))
        assert times[:BURST] == [0] * BURST
        assert times[BURST:] == pytest.approx([1, 2, 3], abs=AT_ONCE)

    run(story())


def test_a_group_gets_twenty_a_minute() -> None:
    async def story() -> None:
        telegram = Telegram()
        times = await asyncio.gather(*(telegram.answer(-1) for _ in range(BURST + 20)))
        assert times[-1] == pytest.approx(60, abs=AT_ONCE)

    run(story())


def test_paid_broadcasts_have_a_limit_of_their_own() -> None:
    async def story() -> None:
        telegram = Telegram(paid_per_second=1_000)
        paid = asyncio.gather(*(telegram.broadcast(paid=True) for _ in range(2_000)))
        free = asyncio.gather(*(telegram.broadcast() for _ in range(PACE + 1)))
        assert await telegram.answer(1) <= AT_ONCE
        assert (await free)[-1] == pytest.approx(1, rel=0.1)
        assert (await paid)[-1] == pytest.approx(2, rel=0.05)

    run(story())


def test_waits_are_told() -> None:
    async def story() -> None:
        telegram = Telegram()
        await telegram.broadcast()
        await telegram.answer(1)
        assert not telegram.waits
        await telegram.broadcast()
        telegram.refusals[1] = 1
        await telegram.answer(1)
        assert [urgency for urgency, _ in telegram.waits] == [Urgency.BROADCAST, Urgency.ANSWER]
        assert telegram.waits[0][1] == pytest.approx(1 / PACE, rel=0.1)
        assert telegram.waits[1][1] == pytest.approx(ASKED)

    run(story())


def test_a_crowd_at_once_is_answered_to_the_last_though_telegram_grants_no_burst() -> None:
    async def story() -> tuple[list[float], int]:
        telegram, limit = Telegram(), Limit(PACE)

        async def send(chat: int) -> bool:
            await pass_time(0.05)
            try:
                limit.take(now())
            except ApiError:
                raise RetryAfter(1) from None
            return await telegram._send(chat)  # noqa: SLF001 - as if it had arrived

        async def answer(chat: int) -> float:
            await telegram.limiter.process_request(send, (chat,), {}, "sendMessage", {"chat_id": chat}, None)
            return now() - telegram.began

        times = await asyncio.gather(*(answer(chat) for chat in range(1, CROWD + 1)))
        return times, limit.refused

    times, refused = run(story())
    assert max(times) <= CROWD / PACE + 2
    assert refused <= CROWD, "each is refused once at most"
