"""How fast a broadcast goes just now."""

from __future__ import annotations

from bot.rate import Rate


class Seconds:
    """A clock that tests turn on."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


def test_the_rate_is_that_of_the_last_half_minute() -> None:
    clock = Seconds()
    rate = Rate(clock)
    tried = 0
    assert rate.of(1, tried) == 0.0, "it cannot be told yet"
    for each in [10] * 20 + [30] * 11:
        clock.now += 3
        tried += each * 3
        told = rate.of(1, tried)
    assert told == 30.0
    assert rate.of(2, 500) == 0.0, "another one's"


def test_a_pause_is_not_counted() -> None:
    clock = Seconds()
    rate = Rate(clock)
    rate.of(1, 0)
    rate.forget(1)
    clock.now += 1_000
    rate.of(1, 10)
    clock.now += 10
    assert rate.of(1, 310) == 30.0
