"""How often each person signed today: who signs, withdraws and signs again uses up numbers that never come back."""

from __future__ import annotations

from collections import OrderedDict
from datetime import date

from storage.clock import Clock

A_DAY = 3
REMEMBERED = 100_000  # people


class DailySignings:
    """In memory alone: it forgets each day (UTC), at a restart, and the longest idle where there are too many."""

    def __init__(self, clock: Clock) -> None:
        """`clock` tells the day."""
        self._clock = clock
        self._today: date | None = None
        self._numbers: OrderedDict[int, set[int]] = OrderedDict()  # of the signatures of today, by person

    def note(self, person: int, number: int) -> None:
        """She signed; the same signature told again does not count."""
        numbers = self._of_today().setdefault(person, set())
        numbers.add(number)
        self._numbers.move_to_end(person)
        while len(self._numbers) > REMEMBERED:
            self._numbers.popitem(last=False)

    def are_spent(self, person: int) -> bool:
        """Whether she must wait for tomorrow."""
        return len(self._of_today().get(person, ())) >= A_DAY

    def _of_today(self) -> OrderedDict[int, set[int]]:
        today = self._clock().date()
        if today != self._today:
            self._today = today
            self._numbers.clear()
        return self._numbers
