"""Two processes handle what one person does, or write beside each other: on PostgreSQL, with a store each."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from storage.clock import utc_now
from storage.compositions import Composition
from storage.conversations import Outcome
from storage.drafts import Draft, Kind
from storage.erasure_list import Entry, Erasable, ErasureList, read_erased
from storage.messages import LATE
from storage.numbers import AHEAD, Numbers, reserved_in
from storage.signatures import AlreadySigned, Signed
from storage.store import Store
from tests.storage.conftest import Open, TurnedClock
from tests.storage.news import begun
from tests.storage.people import CONSENT, TEXT, UPDATES, reviewed, sign, tag_of

ANN, BOHDAN = 712345678, 812345678
PEOPLE = range(700000000, 700000012)

Two = tuple[Store, Store]


@pytest.fixture
async def two(shared_address: str, open_store: Open) -> AsyncIterator[Two]:
    async with open_store(shared_address, shared=True) as first, open_store(shared_address, shared=True) as second:
        yield first, second


# Conversations.


async def test_what_is_begun_twice_at_once_is_begun_once(two: Two) -> None:
    for person in PEOPLE:
        update = next(UPDATES)
        fresh = Draft(chat=person, text_hash=TEXT, offered_name=None)
        drafts = await asyncio.gather(*(store.drafts.begin(person, update, fresh) for store in two))
        assert {one.outcome for one in drafts} == {Outcome.APPLIED, Outcome.REPEATED}
        assert len({one.row.version for one in drafts}) == 1, "both answers draw the same row"
        written = await asyncio.gather(
            *(store.compositions.begin(person, update, Composition(chat=person)) for store in two)
        )
        assert len({one.row.version for one in written}) == 1


async def test_two_answers_at_once_are_both_kept(two: Two) -> None:
    for person in PEOPLE:
        await two[0].drafts.begin(person, next(UPDATES), Draft(chat=person, text_hash=TEXT, offered_name=None))
        first, second = next(UPDATES), next(UPDATES)
        changes = await asyncio.gather(
            two[0].drafts.apply(person, first, lambda row: replace(row, name="Ann Example"), version=None),
            two[1].drafts.apply(person, second, lambda row: replace(row, country="PL"), version=None),
        )
        found = await two[0].drafts.find(person)
        applied = [one.outcome for one in changes if one is not None]
        assert found is not None
        assert found.country == "PL"
        if applied == [Outcome.APPLIED, Outcome.APPLIED]:
            assert found.name == "Ann Example", "what was applied is not lost"
        else:
            assert applied == [Outcome.REPEATED, Outcome.APPLIED], "an older one that came later"


async def test_what_is_cancelled_and_begun_at_once_is_one_or_the_other(two: Two) -> None:
    for person in PEOPLE:
        await two[0].drafts.begin(person, next(UPDATES), Draft(chat=person, text_hash=TEXT, offered_name="Ann"))
        cancels, begins = next(UPDATES), next(UPDATES)
        cancelled, begun = await asyncio.gather(
            two[0].drafts.cancel(person, cancels),
            two[1].drafts.begin(person, begins, Draft(chat=person, text_hash=TEXT, offered_name="Bohdan")),
        )
        found = await two[0].drafts.find(person)
        assert begun.outcome is Outcome.APPLIED
        assert found is not None
        assert found.offered_name == ("Bohdan" if cancelled else "Ann")


async def test_a_signature_that_is_confirmed_twice_at_once_is_one(two: Two) -> None:
    numbers: list[int] = []
    for person in PEOPLE:
        draft, update = await reviewed(two[0], person), next(UPDATES)
        tag = await tag_of(two[0], person)
        results = await asyncio.gather(
            *(
                store.signatures.sign(
                    person, tag, update, draft.version, text_hash=TEXT, consent_hash=CONSENT, language="en"
                )
                for store in two
            )
        )
        assert Counter(map(type, results)) == {Signed: 1, AlreadySigned: 1}
        numbers += {one.signature.number for one in results if isinstance(one, Signed | AlreadySigned)}
    assert sorted(numbers) == list(range(67, 67 + len(PEOPLE)))


async def test_who_subscribes_twice_at_once_subscribes_once(two: Two) -> None:
    for person in PEOPLE:
        told = await asyncio.gather(*(store.subscribers.subscribe(person, person, "en") for store in two))
        assert sorted(told) == [False, True]
    assert await two[0].subscribers.count() == len(PEOPLE)


async def test_a_report_that_is_noted_and_opened_again_at_once_loses_neither(two: Two) -> None:
    number = (await begun(two[0], ANN)).number
    for message in range(100, 130):
        (report,) = await two[0].reports.untold()
        await asyncio.gather(two[0].reports.note(report, message, told=False), two[1].broadcasts.leave_doubt(number))
        (now,) = await two[0].reports.untold()
        assert (now.message, now.opened) == (message, report.opened + 1)


# Numbers of messages.


async def live(store: Store, person: int) -> list[int]:
    kept = await store.person.gather(person, await tag_of(store, person))
    return [one for row in kept.rows["message"] if not row["marked"] for one in row["content"]["messages"]]


async def test_numbers_that_two_write_at_once_are_all_kept(two: Two) -> None:
    for turn in range(10):
        for place, person in enumerate(PEOPLE):
            two[turn % 2].messages.note(person, person, 100 * turn + 1)
            two[(turn + place) % 2].messages.note(person, person, 100 * turn + 2)
        await asyncio.gather(*(store.messages.flush() for store in two))
    for person in PEOPLE:
        assert sorted(await live(two[0], person)) == sorted(100 * turn + one for turn in range(10) for one in (1, 2))


@pytest.mark.parametrize("forgets", [True, False])
async def test_numbers_that_wait_in_one_are_cleared_by_the_other(two: Two, forgets: bool) -> None:
    first, second = two
    first.messages.note(ANN, ANN, 5)
    first.messages.note(BOHDAN, BOHDAN, 6)
    second.messages.note(ANN, ANN, 7)
    if forgets:
        await second.person.erase(ANN, await tag_of(second, ANN))
    await second.messages.mark(ANN, 8)
    marked = await second.messages.marked(ANN)
    assert marked is not None
    await second.messages.erase_marked(marked.tag, [*marked.messages, 8])
    first.messages.note(ANN, ANN, 9)  # what is said after it
    await first.messages.flush()
    (late,) = [one for one in await second.messages.all_marked() if one.messages]
    assert (late.chat, late.messages) == (ANN, (5,))
    assert await live(first, ANN) == [9]
    assert await live(first, BOHDAN) == [6]


async def test_a_mark_for_what_comes_late_goes_in_the_end(two: Two, clock: TurnedClock) -> None:
    first, second = two
    first.messages.note(ANN, ANN, 5)
    await first.messages.mark(ANN, 5)
    marked = await second.messages.marked(ANN)
    assert marked is not None
    await second.messages.erase_marked(marked.tag, [5])
    assert (await second.messages.marked(ANN)) is not None, "it waits for what is late"
    clock.turn(seconds=LATE + 1)
    await second.messages.erase_marked(marked.tag, ())
    assert await second.messages.marked(ANN) is None


async def test_a_chat_is_cleared_while_the_other_writes(two: Two) -> None:
    """Whichever commits first, nothing of what was said before stays unmarked."""
    first, second = two
    for person in PEOPLE:
        first.messages.note(person, person, 5)
        second.messages.note(person, person, 6)
        await asyncio.gather(first.messages.flush(), second.messages.mark(person, 6))
        assert await live(first, person) == []


# Files beside the backups.


async def test_two_that_give_numbers_never_fall_behind_what_was_given(two: Two, tmp_path: Path) -> None:
    folder = tmp_path / "data" / "backups"
    for turn, person in enumerate(PEOPLE):
        result = await sign(two[turn % 2], person, kind=Kind.NAMELESS)
        assert isinstance(result, Signed)
        assert reserved_in(folder) > result.signature.number


async def test_a_number_that_is_reserved_late_takes_nothing_back(tmp_path: Path) -> None:
    """The transaction of an earlier number failed, and its file was written late."""
    first, second = Numbers(tmp_path), Numbers(tmp_path)
    await second.reserve(150)
    await asyncio.gather(*(one.reserve(number) for number, one in ((140, first), (149, first), (150, second))))
    assert reserved_in(tmp_path) == 150 + AHEAD
    await first.reserve(150 + AHEAD)
    await second.reserve(150 + AHEAD)
    assert reserved_in(tmp_path) == 150 + 2 * AHEAD


async def test_what_two_erase_at_once_stands_in_the_list_whole(tmp_path: Path) -> None:
    lists = [ErasureList(tmp_path, utc_now) for _ in range(2)]
    entries = [Entry(Erasable.SIGNATURE, bytes([number]) * 16) for number in range(40)]
    pruned = asyncio.gather(*(asyncio.to_thread(lists[0].prune, utc_now().date()) for _ in range(5)))
    await asyncio.gather(*(lists[number % 2].note(entry) for number, entry in enumerate(entries)))
    await pruned
    assert set(read_erased(tmp_path) or {}) == set(entries)
