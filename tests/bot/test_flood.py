"""A bucket of updates a person: who is careful is never refused, and a flood harms only its sender."""

from __future__ import annotations

from dataclasses import dataclass

from hypothesis import given
from hypothesis import strategies as st

from bot import flood
from bot.flood import Flood, Flooded

ANN, BOHDAN, OWNER = 1, 2, 3
SIZE = 20


@dataclass
class Clock:
    now: float = 1_000.0

    def __call__(self) -> float:
        return self.now


class Sender:
    """Sends updates with numbers of their own."""

    def __init__(self, size: int = SIZE) -> None:
        self.clock = Clock()
        self.flood = Flood(size, {OWNER}, self.clock)
        self.update = 0

    def sends(self, person: int = ANN, *, after: float = 0.0) -> Flooded | None:
        self.clock.now += after
        self.update += 1
        return self.flood.judge(person, self.update)


PAUSES = st.lists(st.floats(0, 30, allow_nan=False), max_size=200)


@given(st.integers(1, 30), PAUSES)
def test_never_more_pass_than_the_size_and_the_seconds(size: int, pauses: list[float]) -> None:
    sender = Sender(size)
    began, passed = sender.clock.now, 0
    for pause in pauses:
        passed += sender.sends(after=pause) is None
        assert passed <= size + (sender.clock.now - began) + 0.001


@given(st.integers(1, 30), PAUSES)
def test_who_taps_at_most_once_a_second_is_never_refused(size: int, pauses: list[float]) -> None:
    sender = Sender(size)
    assert all(sender.sends(after=max(pause, 1.0)) is None for pause in pauses)


def test_a_flood_is_told_once_and_ends_when_half_the_bucket_is_there() -> None:
    sender = Sender()
    assert [sender.sends() for _ in range(SIZE)] == [None] * SIZE
    assert sender.sends() == Flooded(10, first=True)
    assert sender.sends(after=4.5) == Flooded(6, first=False)
    assert sender.sends(after=5.4) == Flooded(1, first=False)
    assert sender.sends(BOHDAN) is None
    assert sender.sends(after=0.1) is None
    assert [sender.sends() for _ in range(9)] == [None] * 9
    assert sender.sends() == Flooded(10, first=True)


def test_owners_are_never_refused_and_0_refuses_nobody() -> None:
    sender, unlimited = Sender(), Sender(0)
    assert not any(sender.sends(OWNER) for _ in range(100))
    assert not any(unlimited.sends() for _ in range(100))


def test_a_repeat_costs_nothing_and_is_judged_as_before() -> None:
    sender = Sender(2)
    assert [sender.flood.judge(ANN, 1) for _ in range(50)] == [None] * 50
    sender.update = 1
    assert sender.sends() is None
    assert sender.sends() == Flooded(1, first=True)
    assert sender.flood.judge(ANN, sender.update) == Flooded(1, first=False)
    assert sender.flood.judge(ANN, 2) is None


def test_only_those_who_were_busy_just_now_are_remembered() -> None:
    sender = Sender()
    most = 0
    for person in range(300_000):
        sender.sends(person, after=0.01)
        most = max(most, len(sender.flood))
    assert most <= SIZE / 0.01
    sender.sends(after=SIZE)
    assert len(sender.flood) == 1


def test_a_great_many_at_once_are_not_all_remembered() -> None:
    sender = Sender()
    for person in range(flood.REMEMBERED + 10_000):
        sender.sends(person)
    assert len(sender.flood) <= flood.REMEMBERED + 1
