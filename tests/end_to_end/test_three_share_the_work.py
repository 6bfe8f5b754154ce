"""Three processes behind one address, on one PostgreSQL: people notice nothing when one of them is killed."""

from __future__ import annotations

import asyncio
import signal
import socket
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path
from string import ascii_lowercase

import pytest

from bot.settings import Address
from sandbox.server import LocalTelegram
from tests.end_to_end.test_nothing_is_lost import number_told
from tests.end_to_end.test_updates_are_brought import sign
from tests.people import Newcomer, Person
from tests.postgresql import PostgreSQL
from tests.process import BotProcess, Command, webhook_at

READERS, SIGNERS, PROCESSES = 40, 12, 3
NEWS = "The count grows"
DEADLINE = 60.0  # seconds
TAKEN_OVER = 10.0  # seconds
LEADS = "this process leads"


class Several:
    """`python -m bot run`, more than once."""

    def __init__(self, telegram: LocalTelegram, folder: Path, database: str, **settings: str) -> None:
        self.addresses = [_free() for _ in range(PROCESSES)]
        outside = webhook_at(self.addresses[0])
        one = BotProcess(telegram, folder, BOT_DATABASE_URL=database, **{**outside, **settings})
        self._environment = one.environment
        self._folder = folder
        self._commands: dict[int, Command] = {}
        telegram.webhooks.targets = [f"http://{address}" for address in self.addresses]

    def start(self, place: int) -> None:
        environment = {**self._environment, "BOT_LISTEN": str(self.addresses[place])}
        self.log(place).unlink(missing_ok=True)
        self._commands[place] = Command("run", environment=environment, out=self.log(place))

    def log(self, place: int) -> Path:
        return self._folder / f"log{place}"

    def leaders(self) -> list[int]:
        return [place for place in self._commands if LEADS in self._said(place)]

    def _said(self, place: int) -> str:
        return self.log(place).read_text() if self.log(place).exists() else ""

    async def leader(self, seconds: float) -> int:
        async with asyncio.timeout(seconds):
            while not self.leaders():  # noqa: ASYNC110 - another process tells nobody
                await asyncio.sleep(0.05)
        (leader,) = self.leaders()
        return leader

    async def end(self, place: int, number: signal.Signals) -> int:
        command = self._commands.pop(place)
        command.send(number)
        return await command.ended()

    async def end_all(self, number: signal.Signals) -> list[int]:
        return await asyncio.gather(*(self.end(place, number) for place in list(self._commands)))


def _free() -> Address:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return Address("127.0.0.1", free.getsockname()[1])


@pytest.fixture
def organiser(telegram: LocalTelegram) -> Person:
    return Person(telegram, "Olga Example")


@pytest.fixture
async def several(
    telegram: LocalTelegram, tmp_path: Path, postgresql: PostgreSQL, organiser: Person
) -> AsyncIterator[Several]:
    several = Several(
        telegram, tmp_path, await postgresql.new_address(), BOT_OWNERS=str(organiser.id),
        BOT_MESSAGES_PER_SECOND="30", BOT_FIRST_RECIPIENTS="0", BOT_FLOOD_UPDATES="0",
    )  # fmt: skip
    for place in range(PROCESSES):
        several.start(place)
    try:
        yield several
    finally:
        await several.end_all(signal.SIGKILL)


async def test_nobody_notices_that_the_leader_is_killed(
    several: Several, organiser: Person, newcomer: Newcomer, telegram: LocalTelegram
) -> None:
    readers = [newcomer(f"Reader {number}") for number in range(READERS)]
    await asyncio.gather(*(reader.send("/subscribe") for reader in readers))
    for reader in readers:
        await reader.expect("You will get news here", DEADLINE)
    await organiser.send("/broadcast")
    await organiser.expect("News · draft")
    await organiser.send(NEWS)
    await organiser.press(f"Send to {READERS} people")
    await organiser.expect(f"Send to {READERS} people?")
    await organiser.press("Yes, send")
    arrived = Counter[int]()

    def began() -> bool:
        arrived.update({one.id: 1 for one in readers if any(message.text == NEWS for message in one.chat())})
        return bool(arrived)

    assert await telegram.world.wait_for(began, DEADLINE)
    leader = await several.leader(1.0)
    await several.end(leader, signal.SIGKILL)
    signers = [newcomer(f"Person {letter}") for letter in ascii_lowercase[:SIGNERS]]
    signing = asyncio.gather(*(sign(one) for one in signers))
    assert await several.leader(TAKEN_OVER) != leader
    several.start(leader)
    await signing
    report = await organiser.expect("Sent in", DEADLINE)
    assert sorted(number_told(one) for one in signers) == list(range(67, 67 + SIGNERS))
    got = Counter(sum(message.text == NEWS for message in one.chat()) for one in readers)
    assert set(got) <= {0, 1}, "at most once"
    assert f"reached {got[1]}" in report.text or "in doubt" in report.text
    assert got[0] <= 10, "no more are in doubt than were claimed at once"
    assert set(await several.end_all(signal.SIGTERM)) == {0}
