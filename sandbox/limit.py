"""Telegram's own limit: so many messages a second to all chats, and 429 for what is over it."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

from sandbox.errors import too_many_requests

COUNTED = ("send", "edit", "copy", "forward")
NOT_COUNTED = ("sendChatAction",)
SECOND = 1.0
WAIT = 1  # seconds that a refusal asks for: no less is ever asked


def counts(method: str) -> bool:
    """Whether a call puts a message into a chat, or changes one."""
    return method.startswith(COUNTED) and method not in NOT_COUNTED


@dataclass
class Limit:
    """A sliding window: in any second so many calls are accepted. What is refused takes no place in it."""

    per_second: int
    accepted: int = 0
    refused: int = 0
    refused_at: float | None = None  # the last time
    _window: deque[float] = field(default_factory=deque)

    def take(self, now: float) -> None:
        """A call comes; a refusal rises."""
        while self._window and self._window[0] <= now - SECOND:
            self._window.popleft()
        if len(self._window) >= self.per_second:
            self.refused += 1
            self.refused_at = now
            raise too_many_requests(WAIT)
        self._window.append(now)
        self.accepted += 1
