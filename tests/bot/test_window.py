"""What arrives late is counted late: so many in any second at the other end, too."""

from __future__ import annotations

import asyncio

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.budget import Budget
from bot.window import EARLY, LATEST, MARGIN, Window
from tests.fake_time import pass_time, run

PACE = 20  # messages a second
BACK = 0.02  # seconds of the way back
ROUNDING = 1e-6


@given(st.lists(st.floats(0, LATEST / 2), min_size=80, max_size=160))
@settings(max_examples=60, deadline=None)
def test_however_unevenly_the_way_delays_no_more_arrive_in_a_second(delays: list[float]) -> None:
    async def story() -> list[float]:
        budget = Budget(PACE)
        loop = asyncio.get_running_loop()
        waiting = iter(
            [delay if number % 10 else 0.0 for number, delay in enumerate(delays)]
        )  # now and then it is free
        arrived: list[float] = []

        async def work() -> None:
            for delay in waiting:
                turn = await budget.broadcast()
                await pass_time(delay)
                arrived.append(loop.time())
                await pass_time(BACK)
                turn.answered()

        await asyncio.gather(*(work() for _ in range(10)))
        return sorted(arrived)

    arrived = run(story())
    for first, later in zip(arrived, arrived[PACE:], strict=False):
        assert later - first >= 1 - ROUNDING


def test_one_that_takes_as_long_as_ever_moves_nothing() -> None:
    window = Window(1)
    for granted in (0.0, 10.0, 20.0):
        window.learn(window.grant(granted), 5.0)
    assert window.opens() == 21 + MARGIN


def test_one_that_takes_longer_counts_for_longer_and_no_other_does() -> None:
    window = Window(2)
    for granted in (0.0, 10.0, 19.0):
        window.learn(window.grant(granted), 0.05)
    late = window.grant(20.0)
    window.grant(20.1)
    assert window.opens() == pytest.approx(21 + MARGIN)
    window.learn(late, 0.45)
    assert window.opens() == pytest.approx(21.1 + MARGIN)
    window.grant(21.2)
    assert window.opens() == pytest.approx(21.4 + EARLY)
    window.learn(window.grant(30.0), 20.0)
    assert window.opens(1) == pytest.approx(31 + LATEST + EARLY)
