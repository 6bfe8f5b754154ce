"""The bot is killed at random moments while people sign: nothing is lost, doubled or given twice.

`pytest --kills 100 tests/end_to_end/test_nothing_is_lost.py` kills it more often.
"""

from __future__ import annotations

import asyncio
import random
import sqlite3
from collections.abc import Mapping
from pathlib import Path

import pytest

from sandbox.server import LocalTelegram
from tests.people import Message, Person
from tests.process import BotProcess, running

PEOPLE = 50
PATIENCE = 30.0  # seconds until a person taps again what was not answered
TAPS = ("Without my name", "Keep my name private", "Show my name", "Skip", "Poland", "I sign")


@pytest.fixture
def kills(request: pytest.FixtureRequest) -> int:
    return int(request.config.getoption("--kills"))


async def test_people_sign_while_the_bot_is_killed(
    telegram: LocalTelegram, tmp_path: Path, kills: int, way: Mapping[str, str]
) -> None:
    people = [Person(telegram, f"Person {_letters(number)}") for number in range(PEOPLE)]
    async with running(telegram, tmp_path, **way) as bot:
        killing = asyncio.ensure_future(kill_at_random(bot, kills))
        rounds = 0
        while True:
            await asyncio.gather(*(sign_with_patience(person, again=rounds > 0) for person in people))
            if killing.done():
                break
            rounds += 1
            await asyncio.gather(*(withdraw_with_patience(person) for person in people))
        await killing
        await asyncio.gather(*(person.quiet() for person in people))
        assert await bot.stop() == 0
    rows = signatures(tmp_path / "data" / "undersigned.sqlite")
    assert len(rows) == PEOPLE, "each person has one signature"
    told = [number_told(person) for person in people]
    assert sorted(told) == sorted(rows), "the number that each was told is the one that is kept"


async def kill_at_random(bot: BotProcess, kills: int) -> None:
    """Kills and restarts, after as long as a start takes and a random while."""
    chance = random.Random(kills)  # noqa: S311 - which moment is no secret
    for _ in range(kills):
        await bot.answered_something()
        await asyncio.sleep(chance.uniform(0, 0.3))  # the moment of the kill is what is tried, not waited for
        await bot.kill()
        await bot.start()


async def sign_with_patience(person: Person, *, again: bool) -> None:
    """Goes on from wherever the bot says she is, as a person would: taps again what is not answered."""
    await person.send("/sign")
    while not signed(person):
        before = picture(person)
        await tap_something(person, again=again)
        await person.telegram.world.wait_for(lambda before=before: picture(person) != before, PATIENCE, person.id)  # type: ignore[misc]


async def withdraw_with_patience(person: Person) -> None:
    """Takes the signature back, so that she can sign once more."""
    person.delete_chat()
    while not any("Your signature is withdrawn" in message.text for message in person.chat()):
        before = picture(person)
        live = newest(person)
        label = "Yes, withdraw" if live is not None and live.bears("Yes, withdraw") else None
        if label is None:
            await person.send("/withdraw")
        else:
            await person.press(label)
        await person.telegram.world.wait_for(lambda before=before: picture(person) != before, PATIENCE, person.id)  # type: ignore[misc]
        await person.quiet(PATIENCE)
    person.delete_chat()


async def tap_something(person: Person, *, again: bool) -> None:
    live = newest(person)
    labels = [] if live is None else [label for label in TAPS if live.bears(label)]
    if live is not None and labels:
        await person.forge(live.data_of(labels[0]), message=live.message_id)
    elif again or live is not None:
        await person.send("/sign")


def newest(person: Person) -> Message | None:
    with_buttons = [message for message in person.chat() if message.by_bot and message.labels()]
    return with_buttons[-1] if with_buttons else None


def picture(person: Person) -> str:
    return person.picture()


def signed(person: Person) -> bool:
    return any("You are signatory" in message.text or "You have signed:" in message.text for message in person.chat())


def number_told(person: Person) -> int:
    """The number in the newest message that names one."""
    texts = [message.text for message in person.chat() if "No. " in message.text]
    return int(texts[-1].split("No. ")[1].split(".")[0].split(",")[0])


def signatures(path: Path) -> list[int]:
    connection = sqlite3.connect(path)
    try:
        numbers = [row[0] for row in connection.execute("SELECT number FROM signature")]
        valid = connection.execute("SELECT valid, next_number FROM counter").fetchone()
    finally:
        connection.close()
    assert valid[0] == len(numbers)
    assert valid[1] > max(numbers)
    return numbers


def _letters(number: int) -> str:
    return "".join(chr(ord("a") + int(digit)) for digit in f"{number:02}")
