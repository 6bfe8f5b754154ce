"""A time as a person types it -> the moment it means, or why there is none. Pure: the present is handed in."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from enum import Enum, auto
from zoneinfo import ZoneInfo

LONGEST = timedelta(days=366)
A_DAY = timedelta(days=1)
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
MONTHS = (
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
)  # fmt: skip
SHORT = 3  # letters that tell weekdays and months apart

UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
AMOUNT = re.compile(
    r"(\d{1,5}) ?(minutes?|mins?|m|hours?|hrs?|hr|h|days?|d|weeks?|w)(?![a-z])(?: ?(?:and|,) ?| )?", re.ASCII
)
TIME = re.compile(r"(?:^|[ t])(?:at )?(\d{1,2})(?:[:.](\d{2})(?::00)?)?(?: ?(am|pm))?$", re.ASCII)
TIME_FIRST = re.compile(r"(?:at )?(\d{1,2}[:.]\d{2}(?: ?[ap]m)?|\d{1,2} ?[ap]m) (?:on )?(.+)", re.ASCII)
ISO_DATE = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})", re.ASCII)
DOTTED_DATE = re.compile(r"(\d{1,2})\.(\d{1,2})(?:\.(\d{4})?)?", re.ASCII)
DAY_FIRST = re.compile(r"(\d{1,2})(?:st|nd|rd|th)?\.? ([a-z]{3,9})\.?(?: (\d{4}))?", re.ASCII)
MONTH_FIRST = re.compile(r"([a-z]{3,9})\.? (\d{1,2})(?:st|nd|rd|th)?(?: (\d{4}))?", re.ASCII)


class Unclear(Enum):
    """Why a text tells no time that news can go out at."""

    NONSENSE = auto()
    PAST = auto()
    TOO_FAR = auto()
    SKIPPED = auto()  # clocks are set forward over it


def moment_of(text: str, now: datetime, zone: ZoneInfo) -> datetime | Unclear:
    """The moment, in UTC, to the minute: "in 2 hours", "18:30", "monday 9:00", "1 Dec 18:30", "2026-12-01 18:30"."""
    typed = _tidied(text, zone)
    if typed.startswith("in "):
        return _after(typed.removeprefix("in "), now)
    moment, turned = _moment(typed, now, zone), TIME_FIRST.fullmatch(typed)
    if moment is Unclear.NONSENSE and turned is not None:
        return _moment(f"{turned[2]} {turned[1]}", now, zone)
    return moment


def _moment(typed: str, now: datetime, zone: ZoneInfo) -> datetime | Unclear:
    found = TIME.search(typed)
    clock = None if found is None else _clock(*found.groups())
    if found is None or clock is None:
        return Unclear.NONSENSE
    return _on_day(typed[: found.start()].strip(), clock, now.astimezone(zone), zone)


def _tidied(text: str, zone: ZoneInfo) -> str:
    """A time as it is shown, with its zone, can be typed again."""
    plain = " ".join(text.lower().replace(f"({zone.key.lower()})", " ").replace(",", " ").split())
    return plain.removeprefix("on ").rstrip(".")


def _after(typed: str, now: datetime) -> datetime | Unclear:
    """ "2 hours", "1 h 30 min": counted from now, up to the whole minute."""
    length, at = timedelta(), 0
    while at < len(typed):
        found = AMOUNT.match(typed, at)
        if found is None:
            return Unclear.NONSENSE
        length += timedelta(**{UNITS[found[2][0]]: int(found[1])})
        at = found.end()
    if not length:
        return Unclear.PAST
    if length > LONGEST:
        return Unclear.TOO_FAR
    meant = now.astimezone(UTC) + length
    whole = meant.replace(second=0, microsecond=0)
    return whole if whole == meant else whole + timedelta(minutes=1)


def _clock(hour: str, minute: str | None, half: str | None) -> time | None:
    """ "9:00", "18.30", "9am", "6:30 pm"; a number alone is too little."""
    hours = int(hour)
    if half is not None:
        if not 1 <= hours <= 12:
            return None
        hours = hours % 12 + (12 if half == "pm" else 0)
    elif minute is None:
        return None
    try:
        return time(hours, int(minute or 0))
    except ValueError:
        return None


def _on_day(day: str, clock: time, local: datetime, zone: ZoneInfo) -> datetime | Unclear:
    """A day of the calendar is what it says; any other, and none, is the next one that is still to come."""
    today = local.date()
    if day == "today":
        return _at(today, clock, local, zone)
    if day == "tomorrow":
        return _at(today + A_DAY, clock, local, zone)
    if not day:
        return _next([today, today + A_DAY], clock, local, zone)
    if day.removeprefix("next ") in _names(WEEKDAYS):
        ahead = (_names(WEEKDAYS)[day.removeprefix("next ")] - today.weekday()) % len(WEEKDAYS)
        first = today + timedelta(days=ahead)
        return _next([first, first + timedelta(days=len(WEEKDAYS))], clock, local, zone)
    return _on_date(day, clock, local, zone)


def _on_date(typed: str, clock: time, local: datetime, zone: ZoneInfo) -> datetime | Unclear:
    numbers = _numbers(typed)
    if numbers is None:
        return Unclear.NONSENSE
    year, month, day = numbers
    years = [local.year, local.year + 1] if year is None else [year]
    dates = [one for one in (_date(year, month, day) for year in years) if one is not None]
    return _next(dates, clock, local, zone) if dates else Unclear.NONSENSE


def _numbers(typed: str) -> tuple[int | None, int, int] | None:
    """Year, month and day; no year where none is typed."""
    if (found := ISO_DATE.fullmatch(typed)) is not None:
        return int(found[1]), int(found[2]), int(found[3])
    if (found := DOTTED_DATE.fullmatch(typed)) is not None:
        return _year(found[3]), int(found[2]), int(found[1])
    if (found := DAY_FIRST.fullmatch(typed)) is not None and found[2] in _names(MONTHS):
        return _year(found[3]), _names(MONTHS)[found[2]] + 1, int(found[1])
    if (found := MONTH_FIRST.fullmatch(typed)) is not None and found[1] in _names(MONTHS):
        return _year(found[3]), _names(MONTHS)[found[1]] + 1, int(found[2])
    return None


def _year(typed: str | None) -> int | None:
    return None if typed is None else int(typed)


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _names(names: tuple[str, ...]) -> dict[str, int]:
    """The places of names, whole or of three letters."""
    return {name[:letters]: place for place, name in enumerate(names) for letters in (SHORT, len(name))}


def _next(days: list[date], clock: time, local: datetime, zone: ZoneInfo) -> datetime | Unclear:
    """The first that is not past."""
    for day in days:
        moment = _at(day, clock, local, zone)
        if moment is not Unclear.PAST:
            return moment
    return Unclear.PAST


def _at(day: date, clock: time, local: datetime, zone: ZoneInfo) -> datetime | Unclear:
    """An hour that comes twice, when clocks are set back, means the first."""
    if day < local.date():
        return Unclear.PAST
    if day > local.date() + LONGEST:
        return Unclear.TOO_FAR
    meant = datetime.combine(day, clock)
    moment = meant.replace(tzinfo=zone).astimezone(UTC)
    if moment.astimezone(zone).replace(tzinfo=None) != meant:
        return Unclear.SKIPPED
    return moment if moment > local else Unclear.PAST
