"""A broadcast as a value: what it is, where it stands, how it goes; and its row, opened and sealed."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

import orjson
from sqlalchemy import Row

from storage.announcement import DEFAULT, Announcement
from storage.cipher import Cipher
from storage.news import News
from storage.schema import BROADCAST

NUMBER_BYTES = 8
DIGEST_DIGITS = 16
KEPT_HOURS = 48  # after the end: claims and numbers of messages; so long it can be edited and deleted everywhere


class BroadcastKind(StrEnum):
    """What is done for each recipient."""

    NEWS = "news"
    EDIT = "edit"
    DELETE = "delete"
    RESEND = "resend"


class BroadcastState(StrEnum):
    """Where it stands."""

    PROPOSED = "proposed"  # another owner is to approve it
    REJECTED = "rejected"
    RECALLED = "recalled"  # it became a draft again
    SCHEDULED = "scheduled"
    MISSED = "missed"  # its time is over by too much: it is to be confirmed anew
    SENDING = "sending"
    PAUSED = "paused"
    STOPPED = "stopped"
    SENT = "sent"


WAITING = frozenset({BroadcastState.PROPOSED, BroadcastState.REJECTED, BroadcastState.SCHEDULED, BroadcastState.MISSED})
"""It has not begun, and may."""
UNDER_WAY = frozenset({BroadcastState.SENDING, BroadcastState.PAUSED})
ENDED = frozenset({BroadcastState.STOPPED, BroadcastState.SENT})


class PauseReason(StrEnum):
    """Why it waits to be resumed."""

    ASKED = "asked"
    CONTENT = "content"  # Telegram refuses the content
    FIRST = "first"  # too many failures among the first recipients
    FAILURES = "failures"  # too many in a row
    TOKEN = "token"  # noqa: S105 - Telegram does not accept the token
    CONFLICT = "conflict"  # somebody else uses the token


@dataclass(frozen=True)
class Pause:
    """Since when it waits, and why; `detail` is what Telegram said of the content."""

    since: datetime
    reason: PauseReason
    detail: str = ""


@dataclass(frozen=True)
class Figures:
    """How it went; they stay when the claims are gone."""

    recipients: int  # when it began
    reached: int = 0
    blocked: int = 0
    deactivated: int = 0
    failed: int = 0
    in_doubt: int = 0
    missing: int = 0  # the chat had the message no more
    failures: Mapping[int, int] = field(default_factory=dict)  # how many failed with which answer, an HTTP status

    @property
    def tried(self) -> int:
        """All that have an outcome."""
        return self.reached + self.blocked + self.deactivated + self.failed + self.in_doubt + self.missing

    @property
    def left(self) -> int:
        """All that have none yet, those included who unsubscribed meanwhile."""
        return max(self.recipients - self.tried, 0)


@dataclass(frozen=True)
class Broadcast:
    """One of them. Numbers begin with 1."""

    number: int
    kind: BroadcastKind
    subject: int | None  # the earlier one whose messages are edited, deleted, or sent again
    announcement: Announcement
    state: BroadcastState
    at: datetime | None
    began: datetime | None
    ended: datetime | None
    pause: Pause | None
    pauses: int  # how often so far: what a button for pausing or resuming was drawn for
    idle: timedelta  # all pauses that are over
    withdrawn: bool  # it is being deleted everywhere, or was
    doubt_left: bool  # what is in doubt is not sent again
    figures: Figures

    @property
    def news(self) -> News:
        """The default version."""
        return self.announcement.version(DEFAULT)

    def is_kept(self, now: datetime) -> bool:
        """Whether the numbers of its messages are there: it is news that has ended, and not long ago."""
        if self.kind is not BroadcastKind.NEWS or self.began is None or self.ended is None:
            return False
        return now - self.ended < timedelta(hours=KEPT_HOURS)

    @property
    def digest(self) -> str:
        """Of all that an approval is for."""
        at = None if self.at is None else int(self.at.timestamp())
        content = orjson.dumps([self.kind, self.subject, self.number, at]) + self.announcement.to_json()
        return hashlib.sha256(content).hexdigest()[:DIGEST_DIGITS]


def place(number: int) -> bytes:
    """What a row's content is bound to."""
    return number.to_bytes(NUMBER_BYTES, "big")


def seal(cipher: Cipher, number: int, content: bytes, column: str = "content") -> bytes:
    """For a column of the row."""
    return cipher.encrypt(content, table=BROADCAST.name, row=place(number), column=column)


def seal_reason(cipher: Cipher, number: int, reason: PauseReason, detail: str) -> bytes:
    """Why it is paused: Telegram's words may hold a part of the content."""
    return seal(cipher, number, orjson.dumps({"reason": reason, "detail": detail}), "reason")


def open_broadcast(cipher: Cipher, row: Row[Any]) -> Broadcast:
    """The row as a value."""

    def opened(column: str) -> bytes:
        return cipher.decrypt(getattr(row, column), table=BROADCAST.name, row=place(row.number), column=column)

    paused = _moment(row.paused)
    return Broadcast(
        number=row.number,
        kind=BroadcastKind(row.kind),
        subject=row.subject,
        announcement=Announcement.from_json(opened("content")),
        state=BroadcastState(row.state),
        at=_moment(row.at),
        began=_moment(row.began),
        ended=_moment(row.ended),
        pause=None if paused is None else Pause(paused, **_reason(opened("reason"))),
        pauses=row.pauses,
        idle=timedelta(seconds=row.idle),
        withdrawn=row.withdrawn,
        doubt_left=row.doubt_left,
        figures=open_figures(row),
    )


def _reason(content: bytes) -> dict[str, Any]:
    kept = orjson.loads(content)
    return {"reason": PauseReason(kept["reason"]), "detail": kept["detail"]}


def open_figures(row: Row[Any]) -> Figures:
    """The figures of the row."""
    failures = {int(status): number for status, number in orjson.loads(row.failures).items()}
    return Figures(
        row.recipients, row.reached, row.blocked, row.deactivated, row.failed, row.in_doubt, row.missing, failures
    )


def figure_values(figures: Figures) -> dict[str, Any]:
    """The figures as the row keeps them."""
    failures = {str(status): number for status, number in figures.failures.items()}
    return {**vars(figures), "failures": orjson.dumps(failures).decode()}


def _moment(seconds: int | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)
