"""What the bot called, and what it was answered."""

from __future__ import annotations

from dataclasses import dataclass

from sandbox.accounts import Json


@dataclass
class Call:
    """One call of the bot: what it asked, when, and what it was answered."""

    method: str
    parameters: Json
    started: float  # monotonic seconds
    ended: float | None = None
    answer: Json | None = None

    @property
    def ok(self) -> bool:
        """Whether it was granted."""
        return self.answer is not None and bool(self.answer["ok"])
