"""What became of one send, and what follows from it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from enum import Enum, auto

from telegram.error import BadRequest, Conflict, Forbidden, InvalidToken, RetryAfter, TelegramError

from bot.rate_limiter import asked
from bot.request import CouldNotConnect
from bot.wire import Refused
from storage.broadcast import BroadcastKind, PauseReason
from storage.deliveries import Delivered

BAD_REQUEST, TOO_MANY = 400, 429
NO_CHAT = "chat not found"
DEACTIVATED = "deactivated"  # https://core.telegram.org/bots/api: "Forbidden: user is deactivated"

# Telegram's words, in small letters, for a 400 that is about the one who was to get it, not about what was sent.
OF_THE_RECIPIENT = (
    "peer_id_invalid", "user not found", "user_id_invalid", "user_is_blocked", "input_user_deactivated", "restricted",
    "voice_messages_forbidden", "chat_write_forbidden", "have no rights", "not enough rights", "privacy_restricted",
    "group chat was upgraded", "need administrator rights", "chat_id is empty", "bot can't initiate",
)  # fmt: skip
UNCHANGED = "not modified"
NOT_THERE = (
    "message to edit not found", "message to delete not found", "message can't be edited", "message_id_invalid",
    "no text in the message", "no caption in the message",
)  # fmt: skip


class Unsent(Enum):
    """Why it is certain that nothing was sent: the recipient gets it later."""

    HELD = auto()  # Telegram asks to wait
    UNREACHABLE = auto()
    PAUSED = auto()  # something is wrong that no other recipient would change
    RECALLED = auto()  # it was still waiting for its turn


@dataclass(frozen=True)
class Came:
    """What came of it; `status`: Telegram's answer where it failed."""

    outcome: Delivered | Unsent
    messages: tuple[int, ...] = ()
    status: int = 0
    seconds: float = 0.0  # that Telegram asks to wait
    pause: PauseReason | None = None
    detail: str = ""


def came_of(error: TelegramError, kind: BroadcastKind) -> Came:
    """What an error means. Where it is not known whether the call was carried out, it is in doubt."""
    match error:
        case RetryAfter():
            return Came(Unsent.HELD, status=TOO_MANY, seconds=asked(error))
        case CouldNotConnect():
            return Came(Unsent.UNREACHABLE)
        case InvalidToken():
            return Came(Unsent.PAUSED, pause=PauseReason.TOKEN)
        case Conflict():
            return Came(Unsent.PAUSED, pause=PauseReason.CONFLICT)
        case Forbidden():
            gone = DEACTIVATED in error.message.lower()
            return Came(Delivered.DEACTIVATED if gone else Delivered.BLOCKED)
        case BadRequest():
            return _refused(error.message, kind)
        case Refused():
            return Came(Delivered.FAILED, status=error.status)
    return Came(Delivered.IN_DOUBT)


def _refused(words: str, kind: BroadcastKind) -> Came:
    """An unknown 400 is held to be about the content: rather one pause too many than a thousand refusals."""
    said = words.lower()
    if NO_CHAT in said:
        return Came(Delivered.BLOCKED)
    if kind in (BroadcastKind.EDIT, BroadcastKind.DELETE):
        if UNCHANGED in said:
            return Came(Delivered.REACHED)
        if _holds(said, NOT_THERE):
            return Came(Delivered.MISSING)
        if kind is BroadcastKind.DELETE:
            return Came(Delivered.FAILED, status=BAD_REQUEST)
    if _holds(said, OF_THE_RECIPIENT):
        return Came(Delivered.FAILED, status=BAD_REQUEST)
    return Came(Unsent.PAUSED, pause=PauseReason.CONTENT, detail=words)


def _holds(said: str, known: Collection[str]) -> bool:
    return any(words in said for words in known)
