"""Bohdan signs, withdraws, and signs again: each time takes a number, so three times a day are enough."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from handlers.daily_signings import A_DAY, DailySignings
from tests.end_to_end.test_bohdan_signs import sign
from tests.end_to_end.test_the_petition_closes import at_the_review
from tests.people import Newcomer, Person


async def withdraw(person: Person) -> None:
    await person.send("/withdraw")
    await person.press("Yes, withdraw")
    await person.expect("Your signature is withdrawn")


async def test_the_fourth_time_is_tomorrow(ann: Person, newcomer: Newcomer) -> None:
    for number in (67, 68):
        await sign(ann)
        await ann.expect(f"No. {number}")
        await withdraw(ann)
    await at_the_review(ann)
    for tap in await ann.press_twice("I sign"):
        await tap.answered()
    await ann.expect("You are signatory No. 69")
    await ann.send("/sign")
    await ann.expect("You have signed: No. 69")
    await withdraw(ann)
    await ann.send("/sign")
    told = await ann.expect("You have signed 3 times today")
    assert not told.bears("Sign")
    await sign(newcomer("Bohdan Example"))


async def test_a_draft_from_before_does_not_help(ann: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    await at_the_review(ann)
    monkeypatch.setattr(DailySignings, "are_spent", lambda _self, _person: True)
    await ann.press("I sign")
    await ann.expect("You have signed 3 times today")


def test_it_forgets_yesterday_and_never_grows_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    now = datetime(2026, 11, 23, 23, 59, tzinfo=UTC)
    signings = DailySignings(lambda: now)
    for number in (67, 67, 67, 68):
        signings.note(1, number)
    assert not signings.are_spent(1), "one that is told again does not count"
    signings.note(1, 69)
    assert signings.are_spent(1)
    assert not signings.are_spent(2)
    now += timedelta(minutes=1)
    assert not signings.are_spent(1)
    monkeypatch.setattr("handlers.daily_signings.REMEMBERED", 2)
    for person in range(5):
        for number in range(A_DAY):
            signings.note(person, number)
    assert [person for person in range(5) if signings.are_spent(person)] == [3, 4]
