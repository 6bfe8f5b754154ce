"""Whether what a broadcast sends may be relied on to arrive: when it is to slow down, and when to stop and ask."""

from __future__ import annotations

from dataclasses import dataclass

from bot.outcomes import Unsent
from storage.broadcast import PauseReason
from storage.deliveries import Delivered

FAILURES = (Delivered.FAILED, Delivered.IN_DOUBT)
IN_A_ROW = 20
AMONG_THE_FIRST = 10
LONGEST_PAUSE = 60.0  # seconds, while Telegram cannot be relied on
DOUBLED = 8  # times at most: it is the longest by then, and no power of two is ever too large


@dataclass
class Trust:
    """What a kill of this very program left in doubt says nothing of Telegram: failures are counted from the start."""

    first: int  # recipients who must be tried before all others are
    tried: int  # so far, by earlier processes too
    failed: int = 0
    in_a_row: int = 0
    troubles: int = 0  # in a row: it is not known whether it arrived, or nothing left this machine

    def note(self, outcome: Delivered | Unsent) -> None:
        """One more."""
        if isinstance(outcome, Delivered):
            self.tried += 1
            self.failed += outcome in FAILURES
            self.in_a_row = self.in_a_row + 1 if outcome in FAILURES else 0
        if outcome in (Delivered.IN_DOUBT, Unsent.UNREACHABLE):
            self.troubles += 1
        elif outcome is not Unsent.RECALLED:
            self.troubles = 0

    @property
    def first_left(self) -> int:
        """How many of the first recipients have no outcome yet; 0: all may be tried."""
        return max(self.first - self.tried, 0)

    @property
    def pause(self) -> PauseReason | None:
        """Why it is to be paused now, if it is."""
        if self.in_a_row >= IN_A_ROW:
            return PauseReason.FAILURES
        if 0 < self.tried <= self.first and self.failed >= AMONG_THE_FIRST:
            return PauseReason.FIRST
        return None

    @property
    def seconds(self) -> float:
        """The wait before the next try: it grows while trouble lasts, so that an outage leaves few in doubt."""
        return min(2.0 ** min(self.troubles, DOUBLED) / 4, LONGEST_PAUSE) if self.troubles else 0.0
