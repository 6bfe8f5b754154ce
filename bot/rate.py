"""How fast broadcasts go just now: of the last half minute, so that a pause or a slow hour does not spoil it."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable

WINDOW = 30.0  # seconds
SHORTEST = 2.0  # seconds: before, it cannot be told


class Rate:
    """Asked each time that a report is made."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """`clock`: seconds that never go back."""
        self._clock = clock
        self._seen: dict[int, deque[tuple[float, int]]] = {}

    def of(self, broadcast: int, tried: int) -> float:
        """Messages a second, now that so many were tried; 0 while it cannot be told."""
        now = self._clock()
        seen = self._seen.setdefault(broadcast, deque())
        seen.append((now, tried))
        while now - seen[0][0] > WINDOW and len(seen) > 2:
            seen.popleft()
        began, before = seen[0]
        return (tried - before) / (now - began) if now - began >= SHORTEST else 0.0

    def forget(self, broadcast: int) -> None:
        """What is paused or over begins anew."""
        self._seen.pop(broadcast, None)
