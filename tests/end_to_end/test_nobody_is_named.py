"""After people went through everything, no file and no log line names any of them."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path

from sandbox.server import LocalTelegram
from tests.end_to_end.rows import everything
from tests.people import Person
from tests.process import running

PEOPLE = 40


async def go_through_everything(person: Person, how: str) -> None:
    """Reads, signs, subscribes, asks, stumbles."""
    await person.send("/start")
    await person.press("Send me news")
    await person.sticker()
    await person.send(f"I am {person.name}")
    await person.expect("I did not understand that")
    await person.send("/sign")
    await person.press("Use another name")
    await person.send(person.name)
    await person.press("Skip")
    await person.press(how)
    await person.press("I sign")
    await person.expect("You are signatory")
    await person.send("/mysignature")
    await person.expect("You have signed")
    await person.send("/sign now")
    await person.expect("You have signed")


async def test_no_byte_of_an_id_or_a_name(telegram: LocalTelegram, tmp_path: Path, new_database: str) -> None:
    people = [Person(telegram, f"Qxmarker{_letters(number)} Zwsurname{_letters(number)}") for number in range(PEOPLE)]
    ways = ("Show my name", "Keep my name private")
    async with running(
        telegram, tmp_path, BOT_DATABASE_URL=new_database, BOT_LOG_LEVEL="DEBUG", BOT_LOG_FORMAT="json"
    ) as bot:
        telegram.faults.refuse(500, "Internal Server Error", times=3, method="sendMessage", chat=people[0].id)
        await people[0].send("/help")
        await asyncio.gather(
            *(go_through_everything(person, ways[number % 2]) for number, person in enumerate(people[1:]))
        )
        for stop in (False, True):
            if stop:
                assert await bot.stop() == 0
            _assert_unnamed(_contents(tmp_path / "data", bot.log), people, telegram.token)
            _assert_unnamed({"the database": await everything(new_database)}, people, telegram.token)
        assert b"an answer failed" in bot.log.read_bytes()


def _letters(number: int) -> str:
    return "".join(chr(ord("a") + int(digit)) for digit in f"{number:03}")


def _contents(*places: Path) -> dict[str, bytes]:
    files = [file for place in places for file in ([place] if place.is_file() else sorted(place.rglob("*")))]
    assert files
    return {file.name: file.read_bytes() for file in files if file.is_file()}


def _assert_unnamed(contents: Mapping[str, bytes], people: list[Person], token: str) -> None:
    for place, content in contents.items():
        assert content or place == "lock", place
        assert b"Qxmarker" not in content, place
        assert b"Zwsurname" not in content, place
        assert token.encode() not in content, place
        for person in people:
            found = [form for form in _forms(person.id) if form in content]
            assert not found, place


def _forms(number: int) -> set[bytes]:
    """Decimal, hexadecimal, 8-byte integers."""
    return {str(number).encode(), f"{number:x}".encode(), number.to_bytes(8, "big"), number.to_bytes(8, "little")}
