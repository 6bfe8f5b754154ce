"""A moment in the organisers' time zone, and how far ahead it is."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from handlers.words import Words, plain


def in_full(words: Words, moment: datetime, zone: ZoneInfo) -> str:
    """1 December 2026, 18:30 (Europe/Warsaw); escaped."""
    there = moment.astimezone(zone)
    return plain(f"{words.day(there.date())}, {there:%H:%M} ({zone.key})")


def ahead(words: Words, time: timedelta) -> str:
    """In whole minutes, begun ones counted, so that it agrees with the time beside it."""
    _, minutes = words.gettext, -(-time // timedelta(minutes=1))
    if time <= timedelta():
        return _("which has passed")
    if minutes < 60:
        return _("in {minutes} min").format(minutes=minutes)
    hours, minutes = divmod(minutes, 60)
    if hours < 48:
        return _("in {hours} h {minutes} min").format(hours=hours, minutes=minutes)
    days, hours = divmod(hours, 24)
    return _("in {days} d {hours} h").format(days=days, hours=hours)
