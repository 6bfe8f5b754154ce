"""A broadcast on its way, second by second: the database and Telegram are made up, so that every moment can be met."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from typing import Any, TypeVar, cast

import pytest
from telegram.error import NetworkError, RetryAfter

from bot.broadcast_calls import BroadcastCalls
from bot.dispatch import MOST, PASSES, STOP_SECONDS, Dispatch, Left, Means
from bot.news_call import Call
from bot.rate_limiter import RateLimiter, Urgency
from bot.request import CouldNotConnect
from bot.window import Turn as Slot
from storage.announcement import DEFAULT, Announcement
from storage.broadcast import Broadcast, BroadcastKind, BroadcastState, Figures, PauseReason
from storage.database import StorageFault
from storage.deliveries import FIRST, Course, Delivered, Recipient, Settled, Turn
from storage.news import News, NewsKind
from storage.store import Store
from tests.fake_time import pass_time, run

Result = TypeVar("Result")

PACE = 30  # messages a second
READERS = 60


class Ledger:
    """Who has a claim, and what came of it."""

    def __init__(self, readers: int) -> None:
        keys = [number.to_bytes(4, "big") for number in range(readers)]
        self.recipients = [Recipient(key, key, number, "en", False) for number, key in enumerate(keys)]
        self.claims: set[bytes] = set()
        self.open: set[bytes] = set()
        self.most_open = 0
        self.outcomes: dict[bytes, Delivered] = {}
        self.paused: PauseReason | None = None
        self.committed: Callable[[], None] = lambda: None
        self.turns = 0
        self.seconds = 0.0  # that a turn is held
        self.fault: Exception | None = None  # the next turn meets it

    @property
    def tally(self) -> Counter[Delivered]:
        return Counter(self.outcomes.values())

    async def furthest_claim(self, _broadcast: int) -> bytes:
        return FIRST

    async def next_recipients(self, _broadcast: int, after: bytes, limit: int, *, until: bytes) -> list[Recipient]:
        return [one for one in self.recipients if after < one.tag <= until and one.id not in self.claims][:limit]

    async def take_turn(
        self, _broadcast: int, settled: Sequence[Settled], wanted: Sequence[Recipient], *, token: bytes | None
    ) -> Turn:
        assert token is None
        self.turns += 1
        await pass_time(self.seconds)
        if self.fault is not None:
            fault, self.fault, self.committed = self.fault, None, lambda: None
            raise fault
        for one in settled:
            self.open.remove(one.recipient.id)
            if one.outcome is None:
                self.claims.remove(one.recipient.id)
            else:
                self.outcomes[one.recipient.id] = one.outcome
        claimed = tuple(one for one in wanted if one.id not in self.claims)
        self.claims |= {one.id for one in claimed}
        self.open |= {one.id for one in claimed}
        self.most_open = max(self.most_open, len(self.open))
        done = asyncio.get_running_loop().create_future()

        def commit() -> None:
            done.set_result(None)
            self.committed()

        asyncio.get_running_loop().call_soon(commit)
        await done
        return Turn(claimed, Course.GOES_ON, Figures(len(self.recipients)))

    async def pause(self, _number: int, reason: PauseReason, *, detail: str) -> bool:  # noqa: ARG002
        self.paused = reason
        return True


class Stage:
    """A broadcast to many, and a Telegram that answers as it is told."""

    def __init__(self, kind: BroadcastKind = BroadcastKind.NEWS, *, first: int = 0, readers: int = READERS) -> None:
        self.ledger = Ledger(readers)
        self.limiter = RateLimiter(PACE)
        self.sent: Counter[int] = Counter()  # by chat
        self.times: list[float] = []
        self.answer: Callable[[int], Awaitable[None]] = self.at_once
        store = cast("Store", type("Made", (), {"deliveries": self.ledger, "broadcasts": self.ledger}))
        wire = cast("Any", type("Made", (), {"send": staticmethod(self._send)}))
        self.calls = cast(
            "BroadcastCalls", type("Made", (), {"of": staticmethod(lambda _recipient: Call("sendMessage", b"}"))})
        )
        self.means = Means(store, wire, self.limiter, insist, first=first, per_second=PACE)
        self.dispatch = Dispatch(broadcast(kind, readers), self.calls, self.means)

    async def _send(
        self, _call: Call, chat: int, _messages: tuple[int, ...], *, urgency: Urgency, turn: Slot
    ) -> tuple[int, ...]:
        self.times.append(now())
        self.sent[chat] += 1
        await self.limiter.paced(lambda: self.answer(chat), "sendMessage", chat, urgency, turn)
        return (1,)

    @staticmethod
    async def at_once(_chat: int) -> None:
        """It arrives."""


async def insist(work: Callable[[], Awaitable[Result]]) -> Result:
    return await work()


def broadcast(kind: BroadcastKind, readers: int) -> Broadcast:
    return Broadcast(
        number=1, kind=kind, subject=None, announcement=Announcement({DEFAULT: News(NewsKind.TEXT, "The count grows")}),
        state=BroadcastState.SENDING, at=None, began=None, ended=None, pause=None, pauses=0, idle=cast("Any", None),
        withdrawn=False, doubt_left=False, figures=Figures(readers),
    )  # fmt: skip


def now() -> float:
    return asyncio.get_running_loop().time()


def test_a_claim_made_in_the_moment_of_a_429_is_sent_later() -> None:
    async def story() -> None:
        stage = Stage()
        refusal: asyncio.Future[None] = asyncio.get_running_loop().create_future()

        async def answer(chat: int) -> None:
            if chat == 0 and stage.sent[chat] == 1:
                await refusal

        def committed() -> None:
            if len(stage.ledger.claims) > 10 and not refusal.done():
                refusal.set_exception(RetryAfter(1))

        stage.answer, stage.ledger.committed = answer, committed
        assert await stage.dispatch.run() is Left.DONE
        assert not stage.ledger.open, "every claim is settled"
        assert stage.ledger.tally == {Delivered.REACHED: READERS}

    run(story())


def test_one_that_stops_while_a_send_hangs_leaves_only_that_one_in_doubt() -> None:
    async def story() -> None:
        stage = Stage()

        async def answer(chat: int) -> None:
            if chat == 5:
                await pass_time(20)

        stage.answer = answer
        running = asyncio.create_task(stage.dispatch.run())
        await pass_time(0.5)
        running.cancel()
        began = now()
        await asyncio.wait({running})
        assert running.cancelled()
        assert now() - began <= 2 * STOP_SECONDS
        assert stage.ledger.open == {(5).to_bytes(4, "big")}, "what is known is recorded"
        assert len(stage.ledger.outcomes) == len(stage.sent) - 1

    run(story())


def test_a_fault_that_nobody_knows_leaves_nothing_open() -> None:
    async def story() -> None:
        stage = Stage()

        async def answer(_chat: int) -> None:
            await pass_time(0.5)

        def committed() -> None:
            if len(stage.ledger.claims) > 10:
                stage.ledger.fault = ValueError("unknown")

        stage.answer, stage.ledger.committed = answer, committed
        with pytest.raises(ValueError, match="unknown"):
            await stage.dispatch.run()
        assert not stage.ledger.open
        assert len(stage.ledger.outcomes) == len(stage.sent) > 0

    run(story())


def test_what_the_database_still_holds_at_a_stop_is_not_recorded_twice() -> None:
    async def story() -> None:
        stage = Stage()

        async def answer(_chat: int) -> None:
            if not stage.ledger.seconds:
                stage.ledger.turns, stage.ledger.seconds = 0, 60.0

        stage.answer = answer
        running = asyncio.create_task(stage.dispatch.run())
        await pass_time(1)
        running.cancel()
        await asyncio.wait({running})
        assert stage.ledger.turns == 1

    run(story())


def test_a_turn_that_the_database_takes_after_the_stop_claims_nobody() -> None:
    """PostgreSQL was down meanwhile: nothing was sent to whom it would claim, and nobody would record that."""

    async def story() -> None:
        stage, met = Stage(), asyncio.Event()

        async def until_taken(work: Callable[[], Awaitable[Result]]) -> Result:
            while True:
                try:
                    return await work()
                except StorageFault:
                    met.set()
                    await pass_time(2 * STOP_SECONDS)

        def committed() -> None:
            if len(stage.ledger.claims) > 10:
                stage.ledger.fault = StorageFault(ConnectionError())

        stage.dispatch = Dispatch(
            broadcast(BroadcastKind.NEWS, READERS), stage.calls, replace(stage.means, insist=until_taken)
        )
        stage.ledger.committed = committed
        running = asyncio.create_task(stage.dispatch.run())
        await met.wait()
        running.cancel()
        await asyncio.wait({running})
        turns = stage.ledger.turns
        await pass_time(2 * STOP_SECONDS)
        assert stage.ledger.turns == turns + 1, "what came of sends is recorded late"
        assert len(stage.ledger.claims) == len(stage.sent)

    run(story())


def test_a_slow_telegram_gets_the_same_pace() -> None:
    async def story() -> None:
        stage = Stage(readers=900)

        async def answer(_chat: int) -> None:
            await pass_time(2)

        stage.answer = answer
        assert await stage.dispatch.run() is Left.DONE
        late = [time for time in stage.times if stage.times[0] + 20 < time <= stage.times[0] + 25]
        assert len(late) >= 0.97 * 5 * PACE
        assert stage.ledger.most_open <= MOST

    run(story())


@pytest.mark.parametrize("kind", [BroadcastKind.NEWS, BroadcastKind.EDIT, BroadcastKind.DELETE])
def test_twenty_failures_in_a_row_pause_whatever_is_sent(kind: BroadcastKind) -> None:
    async def story() -> None:
        stage = Stage(kind)

        async def answer(_chat: int) -> None:
            raise NetworkError("502")

        stage.answer = answer
        assert await stage.dispatch.run() is Left.OVER
        assert stage.ledger.paused is PauseReason.FAILURES
        assert sum(stage.sent.values()) <= 20 + MOST
        assert not stage.ledger.open

    run(story())


def test_a_day_without_telegram_is_waited_out() -> None:
    async def story() -> None:
        stage = Stage()
        back = now() + 2 * 24 * 3_600

        async def answer(_chat: int) -> None:
            if now() < back:
                raise CouldNotConnect("refused")

        stage.answer = answer
        assert await stage.dispatch.run() is Left.DONE
        assert stage.ledger.tally == {Delivered.REACHED: READERS}
        assert sum(stage.sent.values()) < 2 * 24 * 60 + 100, "the pauses do not end"
        assert now() - back < 120

    run(story())


def test_nobody_waits_for_a_rest_when_all_are_done() -> None:
    async def story() -> None:
        stage = Stage(BroadcastKind.DELETE, readers=1)
        began = now()

        async def answer(_chat: int) -> None:
            raise NetworkError("500")

        stage.answer = answer
        assert await stage.dispatch.run() is Left.DONE
        assert stage.ledger.tally == {Delivered.IN_DOUBT: 1}
        assert stage.sent[0] == PASSES
        assert now() - began <= 0.5 + 1 + 2 + 4 + 1

    run(story())
