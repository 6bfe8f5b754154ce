"""How fast one chat is written to: https://core.telegram.org/bots/faq#my-bot-is-hitting-limits-how-do-i-avoid-this"""

from __future__ import annotations

from collections import OrderedDict

CHAT_SECONDS = 1.0  # between messages, once the burst is used up
GROUP_SECONDS = 3.0  # 20 a minute
GROUP_BURST = 20
REMEMBERED = 100_000  # chats at most; one that is forgotten may burst anew


class ChatPace:
    """A bucket of messages a chat. It gains one at a time: so all about it is when it will be full again."""

    def __init__(self, burst: int) -> None:
        """`burst`: how many messages at once pass to a person; 0 for any number."""
        self._burst = burst
        self._full: OrderedDict[object, float] = OrderedDict()  # whose last message is the oldest comes first

    def reserve(self, chat: object, now: float) -> float:
        """When the next message may go to this chat; it is counted as sent then."""
        group = isinstance(chat, int) and chat < 0
        burst, seconds = (GROUP_BURST, GROUP_SECONDS) if group else (self._burst, CHAT_SECONDS)
        if chat is None or not burst:
            return now
        full = max(self._full.get(chat, now), now) + seconds
        self._full[chat] = full
        self._full.move_to_end(chat)
        self._forget_full(now)
        return max(now, full - burst * seconds)

    def __len__(self) -> int:
        """How many chats are remembered."""
        return len(self._full)

    def _forget_full(self, now: float) -> None:
        while self._full:
            chat, full = next(iter(self._full.items()))
            if full > now and len(self._full) <= REMEMBERED:
                return
            del self._full[chat]
