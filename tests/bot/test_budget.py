"""Never too many in a second, people before broadcasts, and nobody is left waiting: on a clock of our own."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Sequence
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.budget import FLOOR, PATIENCE, RECOVERY, SLOWEST, Budget
from bot.window import EARLY, MARGIN
from tests.fake_time import pass_time, run, stall

PACE = 20  # messages a second
WINDOW = 1 + MARGIN
SLOT = WINDOW / PACE
COARSE = 0.001  # seconds, as uvloop's clock is

pauses = st.lists(st.floats(0, 0.3), min_size=1, max_size=60)
coarse = st.sampled_from([0.0, COARSE])


def now() -> float:
    return asyncio.get_running_loop().time()


class Sent:
    """What was let go, and when."""

    def __init__(self, budget: Budget) -> None:
        self.budget = budget
        self.broadcasts: list[float] = []
        self.answers: list[tuple[float, float]] = []  # asked, sent

    async def broadcast(self, messages: int, round_trip: float = 0.0) -> None:
        for _ in range(messages):
            await self.budget.broadcast()
            self.broadcasts.append(now())
            await pass_time(round_trip)

    async def broadcast_side_by_side(self, messages: int, senders: int, round_trip: float = 0.0) -> None:
        await asyncio.gather(*(self.broadcast(messages, round_trip) for _ in range(senders)))

    async def answer(self) -> None:
        asked = now()
        await self.budget.answer()
        self.answers.append((asked, now()))

    async def answer_after_each(self, pauses: Sequence[float]) -> None:
        async with asyncio.TaskGroup() as group:
            for pause in pauses:
                await pass_time(pause)
                group.create_task(self.answer())


def most_in_a_second(times: Sequence[float]) -> int:
    times = sorted(times)
    return max(sum(1 for other in times[number:] if other < time + 1) for number, time in enumerate(times))


@given(st.integers(1, 12), st.floats(0, 0.5), st.lists(st.floats(0, 0.4), max_size=20), coarse)
@settings(max_examples=40, deadline=None)
def test_broadcasts_alone_never_exceed_the_budget(
    senders: int, round_trip: float, stalls: list[float], coarse: float
) -> None:
    async def story() -> list[float]:
        sent = Sent(Budget(PACE))
        sending = asyncio.ensure_future(sent.broadcast_side_by_side(10, senders, round_trip))
        for seconds in stalls:
            await pass_time(0.1)
            stall(seconds)
        await sending
        return sent.broadcasts

    times = run(story(), coarse)
    assert len(times) == 10 * senders
    assert most_in_a_second(times) <= PACE


@pytest.mark.parametrize("per_second", [1, 30, 1_000])
@pytest.mark.parametrize("coarse", [0.0, COARSE])
def test_the_rate_is_reached(per_second: int, coarse: float) -> None:
    seconds = 10

    async def story() -> list[float]:
        sent = Sent(Budget(per_second))
        began = now()
        await sent.broadcast_side_by_side(per_second * seconds // 10, 10, 5 / per_second)
        return [time - began for time in sent.broadcasts]

    times = run(story(), coarse)
    assert len(times) / (times[-1] + 1 / per_second) >= 0.98 * per_second


def test_broadcasts_are_spread_evenly() -> None:
    async def story() -> list[float]:
        sent = Sent(Budget(PACE))
        await sent.broadcast_side_by_side(10, 6)
        return sent.broadcasts

    times = run(story())
    for earlier, later in pairwise(times):
        assert later - earlier == pytest.approx(SLOT, abs=EARLY * 2)


@given(pauses, st.integers(1, 8), coarse)
@settings(max_examples=40, deadline=None)
def test_an_answer_waits_a_few_slots_at_most_and_no_broadcast_overtakes_it(
    pauses: list[float], senders: int, coarse: float
) -> None:
    async def story() -> Sent:
        sent = Sent(Budget(PACE))
        sending = asyncio.ensure_future(sent.broadcast_side_by_side(10, senders))
        await sent.answer_after_each(pauses)
        await sending
        return sent

    sent = run(story(), coarse)
    assert len(sent.answers) == len(pauses)
    assert len(sent.broadcasts) == 10 * senders
    for asked, went in sent.answers:
        assert went - asked <= PATIENCE * SLOT + 2 * COARSE
        overtook = [time for time in sent.broadcasts if asked + COARSE < time < went]
        assert len(overtook) <= 1, "only what is left to broadcasts whatever answers take"
    if most_in_a_second([asked for asked, _ in sent.answers]) < PACE // 4:
        assert most_in_a_second([*sent.broadcasts, *(went for _, went in sent.answers)]) <= PACE + math.ceil(PATIENCE)


def test_without_a_broadcast_answers_go_at_once_while_there_is_room() -> None:
    async def story() -> list[float]:
        sent = Sent(Budget(PACE))
        await sent.answer_after_each([0.0] * (PACE + 2))
        return [went - asked for asked, went in sent.answers]

    waits = run(story())
    assert waits[:PACE] == [0.0] * PACE
    assert waits[PACE:] == pytest.approx([PATIENCE * SLOT] * 2)


def test_while_people_tap_most_of_them_find_a_slot_free() -> None:
    async def story() -> tuple[list[float], int]:
        sent = Sent(Budget(PACE))
        sending = asyncio.ensure_future(sent.broadcast_side_by_side(1_000, 5))
        await pass_time(2)
        before = len(sent.broadcasts)
        await sent.answer_after_each([0.31, 0.05, 0.24] * 50)  # 5 a second
        broadcasts = len(sent.broadcasts) - before
        sending.cancel()
        return [went - asked for asked, went in sent.answers], broadcasts

    waits, broadcasts = run(story())
    assert sum(wait < EARLY for wait in waits) > 0.9 * len(waits)
    assert broadcasts / 30 > PACE / WINDOW - 5 - 2, "and the broadcast has nearly all of the rest"


def test_answers_without_end_leave_a_part_for_broadcasts() -> None:
    async def story() -> list[float]:
        sent = Sent(Budget(PACE))
        answering = asyncio.ensure_future(sent.answer_after_each([0.01] * 2_000))
        await pass_time(2)
        began = now()
        await sent.broadcast_side_by_side(10, 4)
        answering.cancel()
        return [time - began for time in sent.broadcasts]

    times = run(story())
    assert times[-1] == pytest.approx(40 * SLOT / FLOOR, rel=0.05)


@given(st.lists(st.tuples(st.floats(0, 2), st.booleans()), min_size=1, max_size=40), st.data())
@settings(max_examples=40, deadline=None)
def test_who_gives_up_takes_no_turn(waits: list[tuple[float, bool]], data: st.DataObject) -> None:
    """Cancelled while it waits, or in the very moment of its turn."""
    survivors = data.draw(st.integers(1, 10))

    async def story() -> float:
        budget = Budget(PACE)
        began = now()
        waiting = [asyncio.ensure_future(budget.broadcast() if loud else budget.answer()) for _, loud in waits]

        async def stay() -> float:
            await asyncio.gather(*(budget.broadcast() for _ in range(survivors)))
            return now() - began

        staying = asyncio.ensure_future(stay())
        for (pause, _), one in sorted(zip(waits, waiting, strict=True), key=lambda pair: pair[0][0]):
            await pass_time(max(began + pause - now(), 0))
            one.cancel()
        return await staying

    took = run(story())
    longest = (len(waits) + survivors) * SLOT + WINDOW
    assert took <= longest


def test_one_cancelled_in_the_moment_of_its_turn_leaves_it_to_the_next() -> None:
    async def story() -> float:
        budget = Budget(1)
        began = now()
        await budget.broadcast()
        giving_up, staying = (asyncio.ensure_future(budget.broadcast()) for _ in range(2))
        loop = asyncio.get_running_loop()
        loop.call_at(began + WINDOW - 0.1, stall, 0.3)  # so that the turn and the cancellation come together
        loop.call_at(began + WINDOW + 0.1, giving_up.cancel)
        await staying
        assert giving_up.cancelled()
        return now() - began

    assert run(story()) == pytest.approx(WINDOW + 0.2)


def test_a_refusal_holds_everybody_then_broadcasts_go_slower_for_a_while() -> None:
    async def story() -> tuple[float, int, int]:
        budget = Budget(PACE)
        sent = Sent(budget)
        began = now()
        for _ in range(30):  # all that was under way is refused: that is one refusal
            budget.hold(began + 2)
        await sent.answer()
        held = now() - began
        await pass_time(WINDOW)
        sending = asyncio.ensure_future(sent.broadcast_side_by_side(10_000, 5))
        await pass_time(10)
        soon = len(sent.broadcasts)
        await pass_time(RECOVERY)
        before = len(sent.broadcasts)
        await pass_time(10)
        sending.cancel()
        return held, soon, len(sent.broadcasts) - before

    held, soon, later = run(story())
    assert held == pytest.approx(2)
    assert soon / 10 == pytest.approx(0.91 * PACE / WINDOW, rel=0.03)
    assert later / 10 == pytest.approx(PACE / WINDOW, rel=0.01)


def test_refused_again_and_again_broadcasts_still_go() -> None:
    async def story() -> float:
        budget = Budget(PACE)
        for _ in range(50):
            budget.hold(now() + 1)
            await pass_time(1)
        sent = Sent(budget)
        began = now()
        await sent.broadcast_side_by_side(10, 3)
        return now() - began

    assert run(story()) == pytest.approx(30 * SLOT / SLOWEST, rel=0.15)


def test_who_waits_without_a_share_goes_when_a_refusal_is_forgotten() -> None:
    async def story() -> float:
        budget = Budget(PACE)
        began = now()
        budget.change(0)
        budget.hold(began + 1)
        await budget.answer()
        return now() - began

    assert run(story()) == pytest.approx(1 + RECOVERY)
