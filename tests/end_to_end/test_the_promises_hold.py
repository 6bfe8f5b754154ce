"""Whatever people do, in whatever order it arrives, and however often: after each moment every promise holds.

`pytest --stories 500 tests/end_to_end/test_the_promises_hold.py` tells more of them, other ones each time.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as hypothesis_settings

from bot.application import serving
from bot.settings import Settings, load_settings
from petition.content import load_petition
from sandbox import odd_updates
from sandbox.server import LocalTelegram
from storage.cipher import Cipher, Keys
from storage.signer_tags import signer_tag
from tests.conftest import FEW_STORIES
from tests.copies import CHEAP, Copies
from tests.end_to_end.acts import (
    PEOPLE,
    Act,
    Edits,
    Forges,
    Forwards,
    GoesOn,
    Repeats,
    Restarts,
    Says,
    Sends,
    Story,
    Taps,
    stories,
)  # fmt: skip
from tests.end_to_end.log_lines import Overheard, assert_unnamed, captured
from tests.end_to_end.rows import everything, run
from tests.people import Message, Person
from tests.postgresql import PostgreSQL

FIRST_SIGNATORIES = 66
LEADS_ON = (
    "Sign as", "Skip", "Keep my name private", "I sign", "Yes, withdraw", "Yes, erase everything", "Withdraw",
)  # fmt: skip
APOLOGY = "I could not do that just now"
COUNT = re.compile(r"([\d,]+) (?:person has|people have) signed")
THANKS = re.compile(r"You are signatory No\. ([\d,]+)")
TAPS_ANSWERED_WITHIN = 10.0  # seconds
NAMES_ANYBODY = re.compile(rb"Qx[a-z]{6}|Zw[a-z]{6}")


class Stage:
    """The bot, the local Telegram, the people, and what was true so far."""

    def __init__(self, telegram: LocalTelegram, settings: Settings, people: list[Person]) -> None:
        """Nobody has said anything yet."""
        self.telegram = telegram
        self.people = people
        self._settings = settings
        self._running = AsyncExitStack()
        self._intake: asyncio.Task[None] | None = None
        self._updates: list[dict[str, Any]] = []
        self._seen: dict[int, list[tuple[int, str]]] = {person.id: [] for person in people}  # buttons, oldest first
        self._given: dict[int, bytes] = {}  # number: the tag that it was given to
        self._next_number = 0
        self._tags = {self._tag(person.id): person for person in people}

    def _tag(self, person: int) -> bytes:
        secret = Cipher(Keys.load(self._settings.keys)).secret("signer")
        return signer_tag(secret, load_petition(self._settings.petition).slug, CHEAP, person)

    async def start(self) -> None:
        """The bot begins, or begins again."""
        self._intake = await self._running.enter_async_context(serving(self._settings))

    async def stop(self) -> None:
        """In order, with whatever is in hand."""
        assert self._intake is not None
        assert not self._intake.done(), "the intake ended by itself"
        await self._running.aclose()

    async def play(self, act: Act) -> None:
        """One act; the bot's answer is not waited for."""
        match act:
            case Says(who, text):
                await self._say(self.people[who], text)
            case Sends(who, kind):
                odd_updates.attach(self.telegram.world, self.people[who].id, kind)
            case Forwards(who, text):
                await self.people[who].forward(text)
            case Edits(who, text):
                await self._edit(self.people[who], text)
            case Repeats(back):
                if self._updates:
                    self.telegram.world.repeat(self._updates[-1 - back % len(self._updates)])
            case Restarts():
                await self.stop()
                await self.start()
            case _:
                await self._tap(act)

    async def _tap(self, act: GoesOn | Taps | Forges) -> None:
        person = self.people[act.who]
        match act:
            case GoesOn():
                await self._go_on(person)
            case Taps(_, back) if self._seen[person.id]:
                buttons = self._seen[person.id]
                message, data = buttons[-1 - back % len(buttons)]
                await person.forge(data, message=message)
            case Forges(_, data):
                await person.forge(data)

    async def _say(self, person: Person, text: str) -> None:
        if text.strip():  # Telegram sends no empty message
            await person.send(text)

    async def _edit(self, person: Person, text: str) -> None:
        mine = [message for message in person.chat() if not message.by_bot and "text" in message.raw]
        if mine and text.strip():
            await person.edit(mine[-1].message_id, text)

    async def _go_on(self, person: Person) -> None:
        live = _live(person)
        labels = [label for row in live.labels() for label in row] if live is not None else []
        wanted = [label for lead in LEADS_ON for label in labels if lead in label]
        if live is not None and wanted:
            await person.forge(live.data_of(wanted[0]), message=live.message_id)
        else:
            await person.send("/sign")

    def remember(self, update: dict[str, Any]) -> None:
        """An update that Telegram may hand over once more."""
        self._updates.append(update)

    async def settle(self) -> None:
        """Every update is handled, every tap answered."""
        world = self.telegram.world
        assert await world.wait_for(lambda: not world.pending(), TAPS_ANSWERED_WITHIN), "updates stay unconfirmed"
        answered = await world.wait_for(lambda: all(tap.done for tap in world.taps.values()), TAPS_ANSWERED_WITHIN)
        assert answered, [tap for tap in world.taps.values() if not tap.done]
        for person in self.people:
            for message in person.chat():
                assert APOLOGY not in message.text, "a handler failed"
                rows = message.raw.get("reply_markup", {}).get("inline_keyboard", [])
                buttons = [(message.message_id, button["callback_data"]) for row in rows for button in row]
                seen = self._seen[person.id]
                seen.extend(button for button in buttons if button not in seen)

    async def check(self) -> None:
        """The promises."""
        assert self._intake is not None
        assert not self._intake.done(), "the intake ended by itself"
        signatures, valid, next_number = await self._stored()
        assert len(signatures) == valid
        assert await self._public_count() == FIRST_SIGNATORIES + valid
        assert len(set(signatures.values())) == valid, "one signature a person"
        assert set(signatures.values()) <= set(self._tags), "nobody signs but by her own account"
        assert next_number >= self._next_number
        for number, tag in signatures.items():
            assert FIRST_SIGNATORIES < number < next_number
            fresh = number >= self._next_number
            assert fresh or self._given.get(number) == tag, f"number {number} came back"
        self._given, self._next_number = signatures, next_number
        self._check_thanks(next_number)
        self._check_files()

    async def _stored(self) -> tuple[dict[int, bytes], int, int]:
        statements = ("SELECT valid, next_number FROM counter", "SELECT number, tag FROM signature")
        (valid, next_number), *rows = await run(self._settings.database(), *statements)
        assert len({number for number, _ in rows}) == len(rows)
        return dict(rows), valid, next_number

    async def _public_count(self) -> int:
        """As a newcomer reads it."""
        newcomer = Person(self.telegram, "Newcomer")
        await newcomer.send("/start")
        found = COUNT.search((await newcomer.expect("signed.")).text)
        assert found is not None
        return int(found[1].replace(",", ""))

    def _check_thanks(self, next_number: int) -> None:
        """It is said only after the commit, and to the one whose signature it is."""
        for tag, person in self._tags.items():
            for message in person.chat():
                told = THANKS.search(message.text) if message.by_bot else None
                if told is not None:
                    number = int(told[1].replace(",", ""))
                    assert number < next_number
                    assert self._given.get(number, tag) == tag

    def _check_files(self) -> None:
        for file in self._settings.data.iterdir():
            self._check_unnamed(file.name, file.read_bytes())

    async def check_rows(self) -> None:
        """Nor do the rows name anybody, which on PostgreSQL lie in no file of the bot's."""
        self._check_unnamed("the database", await everything(self._settings.database()))

    def _check_unnamed(self, place: str, content: bytes) -> None:
        assert not NAMES_ANYBODY.search(content), f"{place} holds a name"
        for person in self.people:
            assert not [form for form in _forms(person.id) if form in content], f"{place} holds an id"


def _live(person: Person) -> Message | None:
    with_buttons = [message for message in person.chat() if message.by_bot and message.labels()]
    return with_buttons[-1] if with_buttons else None


def _forms(number: int) -> set[bytes]:
    return {str(number).encode(), f"{number:x}".encode(), number.to_bytes(8, "big"), number.to_bytes(8, "little")}


@asynccontextmanager
async def staged(folder: Path, keys: Path, database: str) -> AsyncIterator[Stage]:
    """A new world; its log lines are watched to the end."""
    async with LocalTelegram() as telegram:
        people = [Person(telegram, f"Qxperson{letter} Zwperson{letter}") for letter in "abcd"[:PEOPLE]]
        settings = load_settings(
            _env_file=None, token=telegram.token, api_url=telegram.url, data=folder, keys=keys, database_url=database,
            listen="127.0.0.1:0", owners=frozenset({people[-1].id}), messages_per_second=1_000,
            flood_updates=0,
        )  # fmt: skip
        overheard = Overheard(telegram)
        stage = Stage(telegram, settings, people)
        overheard.tell(stage.remember)
        with captured() as lines:
            await stage.start()
            try:
                yield stage
            finally:
                await stage.stop()
        assert_unnamed(lines.getvalue(), overheard.secrets())
        assert telegram.unknown_methods == []


async def tell(story: Story, folder: Path, keys: Path, database: str) -> None:
    """Moment by moment."""
    async with staged(folder, keys, database) as stage:
        for moment in story:
            for act in moment:
                await stage.play(act)
            await stage.settle()
            await stage.check()
        await stage.check_rows()


def test_the_promises_hold(
    request: pytest.FixtureRequest, tmp_path: Path, copies: Copies, server: PostgreSQL | None
) -> None:
    number = int(request.config.getoption("--stories"))
    few = number == FEW_STORIES
    copies.give_keys(tmp_path)
    turn = count()

    async def told(story: Story) -> None:
        folder = tmp_path / f"data{next(turn)}"
        async with copies.lend(server, folder / "undersigned.sqlite") as database:
            await tell(story, folder, tmp_path / "keys", database)

    @hypothesis_settings(
        max_examples=number,
        derandomize=few,
        phases=[Phase.generate] if few else [Phase.generate, Phase.shrink],  # to shorten a story takes minutes
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(stories)
    def hold(story: Story) -> None:
        asyncio.run(told(story))

    hold()
