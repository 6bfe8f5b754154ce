"""A person who sends too much at once waits a little; nobody else notices."""

from __future__ import annotations

import math
import time
from collections import OrderedDict
from collections.abc import Callable, Collection
from dataclasses import dataclass

REMEMBERED = 100_000  # people at most; who is forgotten has a full bucket
REPEATS_REMEMBERED = 10_000  # updates
ROUNDING = 1e-6  # seconds


@dataclass(frozen=True)
class Flooded:
    """This update is not applied."""

    seconds: int  # until she may go on
    first: bool  # the one that is answered with a message


@dataclass
class _Bucket:
    """It gains one update a second: so all about it is when it will be full again."""

    full: float
    flooded: bool = False


class Flood:
    """A bucket of updates a person. Empty, it is a flood until half of it is there again."""

    def __init__(self, size: int, exempt: Collection[int], clock: Callable[[], float] = time.monotonic) -> None:
        """`size`: how many updates at once pass, 0 for any number; `exempt` people are never refused.

        `clock`: seconds that never go back.
        """
        self._size = size
        self._enough = max(size / 2, 1)  # updates, to go on after a flood
        self._exempt = exempt
        self._clock = clock
        self._buckets: OrderedDict[int, _Bucket] = OrderedDict()  # whose last update is the oldest comes first
        self._judged: OrderedDict[int, bool] = OrderedDict()  # whether an update passed

    def judge(self, person: int, update_id: int) -> Flooded | None:
        """None where the update passes. One that comes again is judged as before, and costs nothing."""
        if not self._size or person in self._exempt:
            return None
        now = self._clock()
        self._forget_full(now)
        if update_id in self._judged:
            return None if self._judged[update_id] else self._refuse(person, now)
        flooded = self._take(person, now)
        self._judged[update_id] = flooded is None
        while len(self._judged) > REPEATS_REMEMBERED:
            self._judged.popitem(last=False)
        return flooded

    def __len__(self) -> int:
        """How many people are remembered."""
        return len(self._buckets)

    def _take(self, person: int, now: float) -> Flooded | None:
        bucket = self._buckets.setdefault(person, _Bucket(now))
        self._buckets.move_to_end(person)
        bucket.full = max(bucket.full, now)
        needed = self._enough if bucket.flooded else 1
        if self._size - (bucket.full - now) + ROUNDING < needed:
            first, bucket.flooded = not bucket.flooded, True
            return self._refuse(person, now, first=first)
        bucket.full += 1
        bucket.flooded = False
        return None

    def _refuse(self, person: int, now: float, *, first: bool = False) -> Flooded:
        bucket = self._buckets.get(person)
        left = 0.0 if bucket is None else bucket.full - now - (self._size - self._enough)
        return Flooded(max(math.ceil(left), 1), first)

    def _forget_full(self, now: float) -> None:
        """From the front: all who were silent for `size` seconds are gone, whatever stands before them."""
        while self._buckets:
            oldest = next(iter(self._buckets.values()))
            if oldest.full > now and len(self._buckets) <= REMEMBERED:
                return
            self._buckets.popitem(last=False)
