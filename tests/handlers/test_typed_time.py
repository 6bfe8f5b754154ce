"""A time typed plainly means one moment ahead, or is refused for a reason: whatever is typed, wherever."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.organisers.typed_time import LONGEST, MONTHS, Unclear, moment_of

WARSAW = ZoneInfo("Europe/Warsaw")
NOW = datetime(2026, 11, 25, 13, 5, 20, tzinfo=UTC)  # a Wednesday, 14:05 in Warsaw
ZONES = [ZoneInfo(name) for name in ("UTC", "Europe/Warsaw", "America/St_Johns", "Asia/Kathmandu", "Pacific/Apia")]


def shown(text: str, now: datetime = NOW) -> str | Unclear:
    """As clocks in Warsaw show it."""
    moment = moment_of(text, now, WARSAW)
    return moment if isinstance(moment, Unclear) else f"{moment.astimezone(WARSAW):%Y-%m-%d %H:%M}"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("tomorrow 9:00", "2026-11-26 09:00"),
        ("Tomorrow, at 9:00", "2026-11-26 09:00"),
        ("today 18:30", "2026-11-25 18:30"),
        ("2026-12-01 18:30", "2026-12-01 18:30"),
        ("2026-12-01T18:30", "2026-12-01 18:30"),
        ("1 Dec 18:30", "2026-12-01 18:30"),
        ("1st December 2026, 18:30", "2026-12-01 18:30"),
        ("1 December 2026, 18:30 (Europe/Warsaw)", "2026-12-01 18:30"),
        ("Dec 1 at 6:30 pm", "2026-12-01 18:30"),
        ("01.12.2026 18.30", "2026-12-01 18:30"),
        ("1.12. 18:30", "2026-12-01 18:30"),
        ("1.12 18:30", "2026-12-01 18:30"),
        ("18:30 1.12", "2026-12-01 18:30"),
        ("9:00 tomorrow", "2026-11-26 09:00"),
        ("at 6 pm on 1 December", "2026-12-01 18:00"),
        ("18:30 2026-12-01", "2026-12-01 18:30"),
        ("18:30", "2026-11-25 18:30"),
        ("14:05", "2026-11-26 14:05"),
        ("14:06", "2026-11-25 14:06"),
        ("9am", "2026-11-26 09:00"),
        ("12 am", "2026-11-26 00:00"),
        ("in 2 hours", "2026-11-25 16:06"),
        ("in 1 h 30 min", "2026-11-25 15:36"),
        ("in 1 hour and 30 minutes", "2026-11-25 15:36"),
        ("in 45m", "2026-11-25 14:51"),
        ("in 2 weeks", "2026-12-09 14:06"),
        ("monday 9:00", "2026-11-30 09:00"),
        ("wed 18:30", "2026-11-25 18:30"),
        ("on Wednesday 9:00", "2026-12-02 09:00"),
        ("24 Nov 9:00", "2027-11-24 09:00"),
        ("today 14:00", Unclear.PAST),
        ("2026-11-24 18:30", Unclear.PAST),
        ("24 November 2026 18:30", Unclear.PAST),
        ("0001-01-01 0:00", Unclear.PAST),
        ("in 0 minutes", Unclear.PAST),
        ("2028-01-01 9:00", Unclear.TOO_FAR),
        ("9999-12-31 23:59", Unclear.TOO_FAR),
        ("in 400 days", Unclear.TOO_FAR),
        ("in 99999 weeks", Unclear.TOO_FAR),
        ("", Unclear.NONSENSE),
        ("in", Unclear.NONSENSE),
        ("in two hours", Unclear.NONSENSE),
        ("soon", Unclear.NONSENSE),
        ("9", Unclear.NONSENSE),
        ("25:00", Unclear.NONSENSE),
        ("13 pm", Unclear.NONSENSE),
        ("30 Feb 9:00", Unclear.NONSENSE),
        ("2026-13-01 9:00", Unclear.NONSENSE),
        ("someday 9:00", Unclear.NONSENSE),
        ("tomorrow", Unclear.NONSENSE),
        ("١٨:٣٠", Unclear.NONSENSE),
    ],
)
def test_what_is_typed(text: str, expected: str | Unclear) -> None:
    assert shown(text) == expected


def test_an_hour_that_clocks_skip_is_told_and_one_that_comes_twice_means_the_first() -> None:
    march, october = datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 10, 1, tzinfo=UTC)
    assert shown("2026-03-29 2:30", march) is Unclear.SKIPPED
    assert shown("2026-03-29 3:00", march) == "2026-03-29 03:00"
    assert moment_of("2026-10-25 2:30", october, WARSAW) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert moment_of("2:30", datetime(2026, 10, 25, 0, 40, tzinfo=UTC), WARSAW) == datetime(
        2026, 10, 26, 1, 30, tzinfo=UTC
    )


moments = st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
pieces = st.sampled_from(
    ["in", "at", "on", "next", "today", "tomorrow", "monday", "sun", "dec", "1", "31", "2026", "9:00", "18.30", "2:30",
     "pm", "29 feb", "99999", "weeks", "h", "min", "and", ",", "-", ".", "2026-10-25", "(europe/warsaw)"]
)  # fmt: skip
texts = st.one_of(
    st.text(max_size=40), st.lists(pieces, max_size=6).map(" ".join), st.lists(pieces, max_size=4).map("".join)
)


@given(texts, moments, st.sampled_from(ZONES))
def test_whatever_is_typed_means_a_moment_ahead_or_nothing(text: str, now: datetime, zone: ZoneInfo) -> None:
    moment = moment_of(text, now, zone)
    if not isinstance(moment, Unclear):
        assert now < moment <= now + LONGEST + timedelta(days=1, minutes=1)
        assert (moment.utcoffset(), moment.second, moment.microsecond) == (timedelta(), 0, 0)


@given(moments, st.timedeltas(timedelta(minutes=2), LONGEST - timedelta(days=1)), st.sampled_from(ZONES))
def test_a_time_as_it_is_shown_means_the_same_when_it_is_typed(now: datetime, ahead: timedelta, zone: ZoneInfo) -> None:
    there = (now + ahead).replace(second=0, microsecond=0).astimezone(zone).replace(fold=0)
    full = f"{there.day} {MONTHS[there.month - 1].capitalize()} {there.year}, {there:%H:%M} ({zone.key})"
    for text in (full, f"{there:%Y-%m-%d %H:%M}"):
        moment = moment_of(text, now, zone)
        assert moment == there.astimezone(UTC) or there <= now
