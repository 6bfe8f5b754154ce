"""The time, injected: tests turn it on by days."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], datetime]

MINUTE, HOUR = 60, 3_600  # seconds


def utc_now() -> datetime:
    """The wall clock in UTC."""
    return datetime.now(UTC)


def hours(moment: datetime) -> int:
    """Whole hours since 1970, UTC: the finest that a row of a person keeps."""
    return int(moment.timestamp()) // HOUR
