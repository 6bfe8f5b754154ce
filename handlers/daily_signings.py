"""How often each person signed today and took it back: each time uses up a number that never comes back.

Who signs and leaves it at that is not remembered: a list of those who signed is not kept in memory either.
"""

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
        self._taken_back: OrderedDict[int, int] = OrderedDict()  # signatures of today, by person

    def note_taken_back(self, person: int, day: date) -> None:
        """She withdrew, or had erased, what she signed on this day."""
        taken_back = self._of_today()
        if day != self._today:
            return
        taken_back[person] = taken_back.get(person, 0) + 1
        taken_back.move_to_end(person)
        while len(taken_back) > REMEMBERED:
            taken_back.popitem(last=False)

    def are_spent(self, person: int) -> bool:
        """Whether she must wait for tomorrow."""
        return self._of_today().get(person, 0) >= A_DAY

    def _of_today(self) -> OrderedDict[int, int]:
        today = self._clock().date()
        if today != self._today:
            self._today = today
            self._taken_back.clear()
        return self._taken_back
