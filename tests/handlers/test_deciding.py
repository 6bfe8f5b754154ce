"""Whatever two owners tap, in whatever order: nothing is sent that two did not want, and nobody gets it twice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from random import Random
from zoneinfo import ZoneInfo

from bot.settings import HERE
from handlers import registry
from handlers.answer import Choice
from handlers.buttons import (
    ApproveBroadcast,
    AskDeleteEverywhere,
    BackToReport,
    Button,
    Compose,
    Composing,
    ConfirmAgain,
    DeleteEverywhere,
    EditBroadcast,
    LeaveInDoubt,
    OpenBroadcast,
    PauseBroadcast,
    PreviewBroadcast,
    RecallBroadcast,
    RejectBroadcast,
    ResendInDoubt,
    ResumeBroadcast,
    StopBroadcast,
)
from handlers.context import Context, Services
from handlers.daily_signings import DailySignings
from handlers.organisers.report import report_screen
from handlers.organisers.report_facts import look
from handlers.reading import Command, Reading, Tap
from handlers.words import load_words
from petition.content import load_petition
from storage.announcement import DEFAULT, Announcement
from storage.broadcast import ENDED, Broadcast, BroadcastKind, BroadcastState
from storage.cipher import Keys, make_keys
from storage.clock import utc_now
from storage.compositions import Composition, Step
from storage.deliveries import FIRST, Delivered, Settled
from storage.identity import PetitionIdentity
from storage.reports import Report, Role
from storage.signer_tags import TagCost
from storage.store import Store
from tests.storage.news import NEWS
from tests.storage.people import UPDATES

OWNERS = (701, 702)
READERS = (811, 812, 813)
MESSAGE = 7
S = BroadcastState
STEPS = {
    S.PROPOSED: {S.SCHEDULED, S.REJECTED, S.RECALLED, S.STOPPED},
    S.REJECTED: {S.RECALLED, S.STOPPED},
    S.SCHEDULED: {S.SENDING, S.MISSED, S.RECALLED, S.STOPPED},
    S.MISSED: {S.SCHEDULED, S.RECALLED, S.STOPPED},
    S.SENDING: {S.PAUSED, S.SENT, S.STOPPED},
    S.PAUSED: {S.SENDING, S.STOPPED},
}
"""Where each state may lead; from the others there is no way on."""

DIGESTED: dict[str, Callable[[int, str], Button]] = {
    "approve": ApproveBroadcast, "reject": RejectBroadcast, "confirm again": ConfirmAgain,
}  # fmt: skip
COUNTED: dict[str, Callable[[int, int], Button]] = {"pause": PauseBroadcast, "resume": ResumeBroadcast}
NUMBERED: dict[str, Callable[[int], Button]] = {
    "recall": RecallBroadcast, "stop": StopBroadcast, "resend": ResendInDoubt, "leave": LeaveInDoubt,
    "ask": AskDeleteEverywhere, "delete": DeleteEverywhere, "back": BackToReport, "preview": PreviewBroadcast,
    "edit": EditBroadcast,
}  # fmt: skip
ACTS = (
    *["shown"] * 30, *["work"] * 30, *["compose"] * 5, *["send"] * 6, "write", "list", *["leaf"] * 2,
    *DIGESTED, *COUNTED, *NUMBERED, "edit", "delete",
)  # fmt: skip
WALKS, LENGTH = 2, 100


@dataclass
class Walk:
    """Two owners, and a bot that sends."""

    services: Services
    last: dict[int, Broadcast] = field(default_factory=dict)
    approved: set[int] = field(default_factory=set)
    got: Counter[tuple[int, int]] = field(default_factory=Counter)
    tapped: type | None = None

    @property
    def store(self) -> Store:
        return self.services.store

    async def act(self, chance: Random) -> None:
        """One of the owners does something, or the bot works on."""
        person, act = chance.choice(OWNERS), chance.choice(ACTS)
        number = chance.choice([*(await self.store.broadcasts.pages())[:4], 99])
        match act:
            case "work":
                await self._work()
            case "write":
                await self._write(person)
            case "send":
                await self._send(person)
            case "compose":
                await self._write(person)
                await self._send(person)
            case "list":
                await self._read(person, Command("broadcasts", ""))
            case "shown":
                await self._tap_what_is_shown(person, chance)
            case _:
                button = await self._button(act, number, right=chance.random() < 0.8)
                await self._read(person, Tap(button, MESSAGE))
        await self._check(person)

    async def _button(self, act: str, number: int, *, right: bool) -> Button:
        """As it is drawn for what is there, or for something else."""
        found = await self.store.broadcasts.find(number)
        digest = found.digest if found is not None and right else "0" * 16
        pauses = found.pauses if found is not None and right else 99
        if act in DIGESTED:
            return DIGESTED[act](number, digest)
        if act in COUNTED:
            return COUNTED[act](number, pauses)
        return NUMBERED[act](number) if act in NUMBERED else OpenBroadcast(number, number % 5 + 1)

    async def _tap_what_is_shown(self, person: int, chance: Random) -> None:
        """Under the report of one of those that are leafed through first."""
        numbers = await self.store.broadcasts.pages()
        found = await self.store.broadcasts.find(chance.choice(numbers[:3])) if numbers else None
        if found is None:
            return
        roles = {one.chat: one.role for one in await self._reports(found.number)}
        facts = await look(self.store, found, roles.get(person, Role.WATCHER), ZoneInfo("UTC"), paged=True)
        rows = report_screen(self.services.words["en"], facts).rows
        shown = [one.button for row in rows for one in row if isinstance(one, Choice)]
        await self._read(person, Tap(chance.choice(shown), MESSAGE))

    async def _write(self, person: int) -> None:
        compositions = self.store.compositions
        await compositions.begin(person, next(UPDATES), Composition(chat=person))

        def written(row: Composition) -> Composition:
            return replace(row, step=Step.READY, announcement=Announcement({DEFAULT: NEWS}))

        await compositions.apply(person, next(UPDATES), written, version=None)

    async def _send(self, person: int) -> None:
        row = await self.store.compositions.find(person)
        if row is not None:
            await self._read(person, Tap(Composing(Compose.SEND_AGAIN, row.version), MESSAGE))

    async def _read(self, person: int, reading: Reading) -> None:
        self.tapped = type(reading.button) if isinstance(reading, Tap) else None
        context = Context(
            services=self.services, screens=registry.SCREENS, update_id=next(UPDATES), person=person, chat=person,
            full_name="Olga Example", language="en", words=self.services.words["en"],
            tapped=reading.screen if isinstance(reading, Tap) else None,
        )  # fmt: skip
        await registry.answer(context, reading)

    async def _work(self) -> None:
        """All that is due begins; of what is sent one recipient gets it, in doubt every third time."""
        await self.store.broadcasts.begin_due(OWNERS)
        for one in await self.store.broadcasts.sending():
            waiting = await self.store.deliveries.next_recipients(one.number, FIRST, 1)
            claimed = (await self.store.deliveries.take_turn(one.number, (), waiting)).claimed
            for recipient in claimed:
                sends = one.kind in (BroadcastKind.NEWS, BroadcastKind.RESEND)
                doubtful = one.kind is BroadcastKind.NEWS and (one.number + recipient.chat) % 3 == 0
                outcome = Delivered.IN_DOUBT if doubtful else Delivered.REACHED
                messages = (recipient.chat,) if sends and not doubtful else ()
                await self.store.deliveries.take_turn(one.number, [Settled(recipient, outcome, messages)], ())
                if messages:
                    self.got[recipient.chat, one.subject or one.number] += 1
            if not claimed:
                await self.store.broadcasts.end(one.number)

    async def _check(self, person: int) -> None:
        number = 0
        while (found := await self.store.broadcasts.find(number := number + 1)) is not None:
            before = self.last.get(number, found)
            if found.state is not before.state:
                assert found.state in STEPS.get(before.state, set()), (before.state, found.state)
            if before.state is S.PROPOSED and found.state is S.SCHEDULED:
                author = next(one.chat for one in await self._reports(number) if one.role is Role.AUTHOR)
                assert (self.tapped, person == author) == (ApproveBroadcast, False)
                self.approved.add(number)
            if found.began is not None and found.kind in (BroadcastKind.NEWS, BroadcastKind.EDIT):
                assert number in self.approved
            assert (found.ended is not None) is (found.state in {*ENDED, S.RECALLED})
            assert (found.pause is not None) is (found.state is S.PAUSED)
            assert found.figures.tried <= found.figures.recipients
            self.last[number] = found
        assert not [one for one, times in self.got.items() if times > 1], "somebody got it twice"

    async def _reports(self, number: int) -> list[Report]:
        return [one for one in await self.store.reports.untold() if one.broadcast == number]


async def walk(folder: Path, chance: Random) -> Walk:
    """On a database of its own."""
    petition = load_petition(HERE / "petition" / "belarus")
    make_keys(folder / "keys", folder / "offline")
    store = await Store.open(
        f"sqlite+aiosqlite:///{folder / 'data' / 'test.sqlite'}",
        folder=folder / "data",
        keys=Keys.load(folder / "keys"),
        petition=PetitionIdentity(petition.slug, 0),
        tag_cost=TagCost(memory_kib=8, iterations=1),
    )
    services = Services(
        petition, store, load_words(HERE / "locales"), "undersigned_bot", clears_chats=True,
        owners=frozenset(OWNERS), messages_per_second=30, news_per_second=30, first_recipients=20, approvals=True,
        broadcast_delay=0, timezone=ZoneInfo("UTC"), wake_broadcaster=lambda: None, draft_hours=24, retention_days=0,
        signings=DailySignings(utc_now),
    )  # fmt: skip
    walk = Walk(services)
    try:
        for reader in READERS:
            await store.subscribers.subscribe(reader, reader, "en")
        for _ in range(LENGTH):
            await walk.act(chance)
    finally:
        await store.close()
    return walk


async def test_whatever_two_owners_tap(tmp_path: Path) -> None:
    walks = [await walk(tmp_path / str(seed), Random(seed)) for seed in range(WALKS)]  # noqa: S311 - no secret
    begun = {one.kind for walk in walks for one in walk.last.values() if one.began is not None}
    assert len(begun) > 1, "they come far"
