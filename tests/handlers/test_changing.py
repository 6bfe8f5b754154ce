"""Whatever somebody taps and types while changing a signature: it stays one row with its number and its day."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from bot.settings import HERE
from handlers import registry
from handlers.answer import Answer, Choice
from handlers.buttons import BeginChange, Button, SaveChange, Signing
from handlers.context import Context, Services
from handlers.daily_signings import DailySignings
from handlers.reading import Command, Reading, Tap, Text
from handlers.words import load_words
from petition.content import load_petition
from storage.cipher import Keys, make_keys
from storage.clock import utc_now
from storage.drafts import Kind
from storage.identity import PetitionIdentity
from storage.schema import SIGNATURE
from storage.signer_tags import TagCost
from storage.store import Store
from tests.storage.people import UPDATES, sign, tag_of

PEOPLE = count(1_000)
WORDS = ("Anna Example", "Poland", "Belarus", "x", "/sign", "/mysignature", "/cancel")


Act = int | str
ACTS: st.SearchStrategy[Act] = st.integers(0, 7) | st.integers(0, 7) | st.integers(-20, -1) | st.sampled_from(WORDS)


@dataclass
class Walker:
    """Taps what is shown to her, or what ever was."""

    services: Services
    person: int
    seen: list[Button] = field(default_factory=lambda: [BeginChange()])
    screen: list[Button] = field(default_factory=lambda: [BeginChange()])

    async def act(self, step: Act) -> None:
        """A number taps a button of the screen from its top, a negative one an older button; a text is typed."""
        if isinstance(step, str):
            await self._read(Command(step[1:], "") if step.startswith("/") else Text(step, None))
        elif step < 0:
            await self._read(Tap(self.seen[step % len(self.seen)], screen=None))
        else:
            await self._read(Tap(self.screen[step % len(self.screen)], screen=None))

    async def _read(self, reading: Reading) -> None:
        context = Context(
            services=self.services, screens=registry.SCREENS, update_id=next(UPDATES), person=self.person,
            chat=self.person, full_name="Ann Example", language="en", words=self.services.words["en"], tapped=None,
        )  # fmt: skip
        self._see(await registry.answer(context, reading))

    def _see(self, answer: Answer) -> None:
        if answer.screen is not None:
            shown = [one.button for row in answer.screen.rows for one in row if isinstance(one, Choice)]
            self.screen = [one for one in shown if isinstance(one, BeginChange | SaveChange | Signing)] or self.screen
            self.seen += self.screen


async def walk(services: Services, kind: Kind, steps: list[Act]) -> None:
    store, person = services.store, next(PEOPLE)
    await sign(store, person, kind=kind)
    before = await store.signatures.find(await tag_of(store, person))
    assert before is not None
    walker = Walker(services, person)
    await walker.act(0)
    for step in steps:
        await walker.act(step)
        after = await store.signatures.find(await tag_of(store, person))
        assert after is not None
        assert (after.number, after.day, after.text_hash) == (before.number, before.day, before.text_hash)
        assert (after.name is not None) is (after.kind is Kind.SHOWN)
    async with store.database.read() as connection:
        rows = (await connection.execute(select(SIGNATURE).where(SIGNATURE.c.number == before.number))).all()
    assert [row.tag for row in rows] == [await tag_of(store, person)]
    assert await store.signatures.count() == before.number


def test_any_walk_keeps_one_row_with_its_number_and_day(tmp_path: Path) -> None:
    make_keys(tmp_path / "keys", tmp_path / "offline")
    petition = load_petition(HERE / "petition" / "belarus")
    with asyncio.Runner() as runner:
        store = runner.run(
            Store.open(
                f"sqlite+aiosqlite:///{tmp_path / 'data' / 'test.sqlite'}",
                folder=tmp_path / "data",
                keys=Keys.load(tmp_path / "keys"),
                petition=PetitionIdentity(petition.slug, 0),
                tag_cost=TagCost(memory_kib=8, iterations=1),
            )
        )
        services = Services(
            petition, store, load_words(HERE / "locales"), "undersigned_bot", clears_chats=True, owners=frozenset(),
            messages_per_second=30,
            news_per_second=30, first_recipients=20, approvals=True, broadcast_delay=0, timezone=ZoneInfo("UTC"),
            wake_broadcaster=lambda: None,
            draft_hours=24, retention_days=0, signings=DailySignings(utc_now),
        )  # fmt: skip

        @settings(max_examples=20, deadline=None)
        @given(st.sampled_from(Kind), st.lists(ACTS, min_size=12, max_size=24))
        def any_walk(kind: Kind, steps: list[Act]) -> None:
            runner.run(walk(services, kind, steps))

        any_walk()
        runner.run(store.close())
