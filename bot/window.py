"""A limit of Telegram's as it is counted there: so many messages in any second, by when each of them arrives."""

from __future__ import annotations

import asyncio
import math
from bisect import bisect_left, insort

SECOND = 1.0
MARGIN = 0.015  # seconds more, so that what the way delays unevenly still fits into Telegram's second
EARLY = 0.0006  # seconds that a turn may come too soon: clocks of event loops are coarse, a shorter wait only spins
LATEST = 1.0  # seconds by which a message is believed to have arrived late
PERIOD = 5.0  # seconds: a stall that is shorter is known for one


class Turn:
    """A message that may go now."""

    __slots__ = ("_window", "arrived", "granted")

    def __init__(self, window: Window, now: float) -> None:
        """`now`: a time of the event loop's clock, as all here."""
        self._window = window
        self.granted = now
        self.arrived = now  # at the latest, and without what the margin covers

    def answered(self) -> None:
        """Telegram has answered, or never will."""
        self._window.learn(self, asyncio.get_running_loop().time() - self.granted)


class Window:
    """When so many arrived, and so when the next one may be sent."""

    def __init__(self, size: int) -> None:
        """`size`: how many in a second, at most."""
        self._size = size
        self._most = size
        self._arrived: list[float] = []  # the latest of them, in order
        self._quickest = (0.0, math.inf)  # round trip, of the last period and of this one
        self._period_began = 0.0

    def resize(self, size: int) -> None:
        """How many in a second from now on; what was sent before still counts."""
        self._size = size

    def opens(self, spare: int = 0) -> float:
        """When the next one fits in, and so many more."""
        if not self._size:
            return math.inf
        oldest = min(spare, self._size - 1) - (self._size - len(self._arrived))
        return self._arrived[oldest] + SECOND + MARGIN if oldest >= 0 else 0.0

    def grant(self, now: float) -> Turn:
        """One is sent."""
        turn = Turn(self, now)
        self._count(turn)
        return turn

    def take_back(self, turn: Turn) -> None:
        """It is not sent after all."""
        at = bisect_left(self._arrived, turn.arrived)
        if at < len(self._arrived) and self._arrived[at] == turn.arrived:
            del self._arrived[at]

    def learn(self, turn: Turn, seconds: float) -> None:
        """One that took long may have arrived late: it counts for as much longer."""
        self._remember(turn.granted + seconds, seconds)
        late = min(seconds - min(self._quickest), LATEST) - (MARGIN - EARLY)
        if late > 0:
            self.take_back(turn)
            turn.arrived = turn.granted + late
            self._count(turn)

    def _remember(self, now: float, seconds: float) -> None:
        """How long it takes when nothing is in the way; nothing, until that is known."""
        last, this = self._quickest
        if now - self._period_began > PERIOD:
            self._period_began = now
            self._quickest = (this if this < math.inf else last, seconds)
        else:
            self._quickest = (last, min(this, seconds))

    def _count(self, turn: Turn) -> None:
        insort(self._arrived, turn.arrived)
        if len(self._arrived) > self._most:
            del self._arrived[0]
