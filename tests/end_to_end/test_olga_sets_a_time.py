"""Olga types when news is to go out: it is shown back in full; what cannot be is told."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.application import serving
from bot.settings import Settings
from tests.end_to_end.organiser import confirm, news_calls, subscribed, tap, write
from tests.people import Newcomer, Person

WARSAW = ZoneInfo("Europe/Warsaw")


@pytest.fixture
async def olga(quick: tuple[Settings, Person]) -> AsyncIterator[Person]:
    """The bot runs, and its organiser lives in Warsaw."""
    settings, olga = quick
    async with serving(settings.model_copy(update={"timezone": WARSAW})):
        yield olga


async def ask(olga: Person) -> None:
    await write(olga)
    await olga.press("When")
    assert "Time zone: Europe/Warsaw, where it is" in (await olga.expect("When?")).text


async def test_a_time_is_shown_back_in_full(olga: Person, newcomer: Newcomer) -> None:
    await subscribed(newcomer, 1)
    await ask(olga)
    await olga.send("tomorrow 9:00")
    day = datetime.now(UTC).astimezone(WARSAW).date() + timedelta(days=1)
    full = f"{day.day} {day:%B} {day.year}, 09:00 (Europe/Warsaw), in "
    await olga.expect(f"· {full}")
    await olga.press("Send to 1 person")
    await olga.expect(f"It goes out on {full}")
    await olga.press("Back")
    await olga.expect(full)
    await olga.press("When")
    await olga.expect(f"Set: {full}")
    await olga.press("Now")
    await olga.expect("no buttons · now")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("soon", "I do not understand that time"),
        ("2020-01-01 9:00", "That time has passed"),
        ("2199-01-01 9:00", "That is over a year ahead"),
    ],
)
async def test_what_is_no_time_is_told_and_is_no_news(olga: Person, text: str, told: str) -> None:
    await ask(olga)
    await olga.send(text)
    assert "When?" in (await olga.expect(told)).text
    await olga.photo()
    await olga.expect("Please type it as a text of your own")
    await olga.press("Back")
    await olga.expect("A text, the same in all languages")


async def test_what_is_set_for_later_goes_out_then(
    quick: tuple[Settings, Person], newcomer: Newcomer, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings, olga = quick
    async with serving(settings):
        (reader,) = await subscribed(newcomer, 1)
        await write(olga)
        await tap(olga, "When")
        await olga.send("in 2 hours")
        await olga.expect("in 2 h")
        await confirm(olga, "1 person")
        await olga.quiet()
        await reader.send("/help")
        await reader.expect("What I can do")
        assert not news_calls(olga.telegram)
    turn(monkeypatch, hours=2, minutes=1)
    async with serving(settings):
        await olga.expect("Sent in")
        await reader.expect("The count grows")


async def test_a_time_that_passed_while_it_was_written_is_told(
    quick: tuple[Settings, Person], newcomer: Newcomer, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings, olga = quick
    async with serving(settings):
        await subscribed(newcomer, 1)
        await write(olga)
        await tap(olga, "When")
        await olga.send("in 2 hours")
        await olga.expect("in 2 h")
        await tap(olga, "Send to 1 person")
    turn(monkeypatch, hours=3)
    async with serving(settings):
        await olga.press("Yes, send")
        assert "which has passed" in (await olga.expect("The time that you set has passed.")).text
        await olga.quiet()
        await (await olga.press("Send to 1 person")).answered()
        await tap(olga, "When", "Now")
        await confirm(olga, "1 person")
        await olga.expect("Sent in")


def turn(monkeypatch: pytest.MonkeyPatch, **time: float) -> None:
    """So much later."""
    monkeypatch.setattr("bot.application.utc_now", lambda: datetime.now(UTC) + timedelta(**time))
