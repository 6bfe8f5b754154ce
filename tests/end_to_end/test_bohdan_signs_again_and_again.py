"""Bohdan signs, withdraws, and signs again: each time takes a number, so three times a day are enough."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from bot.application import serving
from bot.settings import Settings
from handlers.daily_signings import A_DAY, DailySignings
from storage.database import StorageFault
from storage.signatures import Signature, Signatures
from tests.end_to_end.test_bohdan_signs import sign
from tests.end_to_end.test_the_petition_closes import at_the_review
from tests.people import Newcomer, Person


async def withdraw(person: Person) -> None:
    await person.send("/withdraw")
    await person.press("Yes, withdraw")
    await person.expect("Your signature is withdrawn")


async def test_the_fourth_time_is_tomorrow(settings: Settings, newcomer: Newcomer) -> None:
    ann = newcomer("Ann Example")
    async with serving(settings.model_copy(update={"flood_updates": 0})):
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


async def test_to_have_all_erased_counts_likewise(settings: Settings, newcomer: Newcomer) -> None:
    ann = newcomer("Ann Example")
    async with serving(settings.model_copy(update={"flood_updates": 0})):
        for number in (67, 68, 69):
            await sign(ann)
            await ann.expect(f"No. {number}")
            await ann.send("/forget")
            assert (await (await ann.press("Yes, erase everything")).answered()).alert
        await ann.send("/sign")
        await ann.expect("You have signed 3 times today")


async def test_it_counts_though_the_database_fails_right_after(
    settings: Settings, newcomer: Newcomer, monkeypatch: pytest.MonkeyPatch
) -> None:
    ann, find, looks = newcomer("Ann Example"), Signatures.find, list[bool]()

    async def fails_once(self: Signatures, tag: bytes) -> Signature | None:
        if looks and looks.pop():
            raise StorageFault(ConnectionError())
        return await find(self, tag)

    monkeypatch.setattr(Signatures, "find", fails_once)
    async with serving(settings.model_copy(update={"flood_updates": 0})):
        for number in (67, 68, 69):
            await sign(ann)
            await ann.expect(f"No. {number}")
            await ann.send("/withdraw")
            await ann.expect("Withdraw your signature")
            looks[:] = [True, False]  # the second one
            await (await ann.press("Yes, withdraw")).answered()
        await ann.send("/sign")
        await ann.expect("You have signed 3 times today")


async def test_a_draft_from_before_does_not_help(ann: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    await at_the_review(ann)
    monkeypatch.setattr(DailySignings, "are_spent", lambda _self, _person: True)
    await ann.press("I sign")
    await ann.expect("You have signed 3 times today")


def test_it_forgets_yesterday_and_never_grows_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    now = datetime(2026, 11, 23, 23, 59, tzinfo=UTC)
    signings = DailySignings(lambda: now)
    for _ in range(A_DAY - 1):
        signings.note_taken_back(1, now.date())
    signings.note_taken_back(1, date(2026, 11, 22))
    assert not signings.are_spent(1), "what she signed yesterday does not count"
    signings.note_taken_back(1, now.date())
    assert signings.are_spent(1)
    assert not signings.are_spent(2)
    now += timedelta(minutes=1)
    assert not signings.are_spent(1)
    monkeypatch.setattr("handlers.daily_signings.REMEMBERED", 2)
    for person in range(5):
        for _ in range(A_DAY):
            signings.note_taken_back(person, now.date())
    assert [person for person in range(5) if signings.are_spent(person)] == [3, 4]
