"""A limit of Telegram's as it is counted there: so many messages in any second, by when each of them arrives."""

from __future__ import annotations

import asyncio
from collections import deque
from contextlib import suppress

SECOND = 1.0
MARGIN = 0.015  # seconds more, so that what the way delays unevenly still fits into Telegram's second
LATEST = 0.25  # seconds by which a message is believed to have arrived late
ROUND_TRIPS = 100  # the quickest of so many is how long it takes when nothing is in the way


class Turn:
    """A message that may go now."""

    __slots__ = ("_window", "granted", "took")

    def __init__(self, window: Window, now: float) -> None:
        """`now`: a time of the event loop's clock, as all here."""
        self._window = window
        self.granted = now
        self.took = 0.0  # seconds until the answer, once it is there

    def answered(self) -> None:
        """Telegram has answered, or never will."""
        self._window.learn(self, asyncio.get_running_loop().time() - self.granted)


class Window:
    """When so many were sent, and so when the next one may be."""

    def __init__(self, size: int) -> None:
        """`size`: how many in a second."""
        self._size = size
        self._turns: deque[Turn] = deque(maxlen=size)
        self._round_trips: deque[float] = deque(maxlen=ROUND_TRIPS)
        self._quickest = 0.0

    def opens(self, spare: int = 0) -> float:
        """When the next one fits in, and so many more."""
        oldest = min(spare, self._size - 1) - (self._size - len(self._turns))
        return self._arrived(self._turns[oldest]) + SECOND + MARGIN if oldest >= 0 else 0.0

    def grant(self, now: float) -> Turn:
        """One is sent."""
        turn = Turn(self, now)
        self._turns.append(turn)
        return turn

    def take_back(self, turn: Turn) -> None:
        """It is not sent after all."""
        with suppress(ValueError):
            self._turns.remove(turn)

    def learn(self, turn: Turn, seconds: float) -> None:
        """One that took long may have arrived late: what follows a second after it then comes later, too."""
        turn.took = seconds
        self._round_trips.append(seconds)
        self._quickest = min(self._round_trips)

    def _arrived(self, turn: Turn) -> float:
        """At the latest, and without what the margin covers."""
        late = min(turn.took - self._quickest, LATEST) - MARGIN
        return turn.granted + max(late, 0.0)
