"""Subscribers, message numbers, and all that is kept of one person."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from sqlalchemy import func, select

from handlers.own_meanings import MEANINGS
from storage.cipher import Cipher, Keys
from storage.drafts import Kind
from storage.messages import Marked, Messages
from storage.person import PERSON_TABLES, Erased
from storage.record import Sealed
from storage.schema import BROADCAST, COUNTER, META, METADATA, PENDING_ERASURE, PROCESS, SIGNATURE_DAY
from storage.signatures import Signed
from storage.store import Store
from tests.storage.conftest import Open, TurnedClock
from tests.storage.people import in_every_table, reviewed, sign, tag_of

ANN, BOHDAN = 712345678, 723456789
IMPERSONAL = {BROADCAST, COUNTER, META, PENDING_ERASURE, SIGNATURE_DAY, PROCESS}


def test_every_table_is_of_persons_or_named_as_none() -> None:
    assert set(METADATA.tables.values()) == set(PERSON_TABLES) | IMPERSONAL


@pytest.mark.parametrize("table", PERSON_TABLES, ids=lambda table: table.name)
def test_tables_of_persons_do_not_keep_the_order_of_arrival(table: object) -> None:
    assert table.dialect_options["sqlite"]["with_rowid"] is False  # type: ignore[attr-defined] # a parametrised Table
    assert {column.name for column in table.primary_key} <= {"id", "tag", "hour", "marked", "broadcast"}  # type: ignore[attr-defined]


async def test_subscribing_twice_is_once(store: Store) -> None:
    assert await store.subscribers.subscribe(ANN, ANN, "en")
    assert not await store.subscribers.subscribe(ANN, ANN, "en")
    assert await store.subscribers.count() == 1
    assert await store.subscribers.has(ANN)
    assert await store.subscribers.unsubscribe(ANN)
    assert not await store.subscribers.unsubscribe(ANN)
    assert not await store.subscribers.has(ANN)


async def test_messages_are_written_in_groups_and_marked_whole(store: Store, clock: TurnedClock) -> None:
    store.messages.note(ANN, ANN, 1)
    store.messages.note(BOHDAN, BOHDAN, 2)
    await store.messages.flush()
    store.messages.note(ANN, ANN, 3)
    await store.messages.flush()
    clock.turn(hours=1)
    store.messages.note(ANN, ANN, 4)
    await store.messages.flush()
    store.messages.note(ANN, ANN, 5)
    assert await store.messages.marked(ANN) is None
    await store.messages.mark(ANN)
    marked = await store.messages.marked(ANN)
    assert marked is not None
    assert (marked.chat, marked.messages) == (ANN, (1, 3, 4, 5))
    assert await store.messages.all_marked() == [marked]
    await store.messages.erase_marked(marked.tag, marked.messages)
    assert await store.messages.marked(ANN) is None


async def test_only_what_telegram_still_deletes_is_named(store: Store, clock: TurnedClock) -> None:
    store.messages.note(ANN, ANN, 1)
    await store.messages.flush()
    clock.turn(hours=48)
    store.messages.note(ANN, ANN, 2)
    await store.messages.mark(ANN)
    marked = await store.messages.marked(ANN)
    assert isinstance(marked, Marked)
    assert marked.messages == (2,)
    assert await store.messages.erase_expired() == 1


async def test_only_what_is_gone_loses_its_mark(store: Store, clock: TurnedClock) -> None:
    for message in (1, 2, 3):
        store.messages.note(ANN, ANN, message)
        clock.turn(hours=1)
    store.messages.note(BOHDAN, BOHDAN, 1)
    await store.messages.mark(ANN)
    await store.messages.mark(BOHDAN)
    before = await store.messages.marked(ANN)
    assert before is not None
    store.messages.note(ANN, ANN, 4)
    await store.messages.mark(ANN)  # while the others are on their way
    await store.messages.erase_marked(before.tag, {1, 3})
    left = await store.messages.marked(ANN)
    assert left is not None
    assert left.messages == (2, 4)
    other = await store.messages.marked(BOHDAN)
    assert other is not None
    assert other.messages == (1,)
    clock.turn(hours=46)
    await store.messages.erase_marked(before.tag, ())
    assert await store.messages.marked(ANN) == Marked(before.tag, ANN, (4,)), "2 is too old for anybody to delete"


async def test_what_waits_survives_a_stop(address: str, open_store: Open) -> None:
    async with open_store(address) as store:
        store.messages.note(ANN, ANN, 1)
    async with open_store(address) as store:
        await store.messages.mark(ANN)
        marked = await store.messages.marked(ANN)
        assert marked is not None
        assert marked.messages == (1,)


async def test_nothing_is_noted_where_it_is_turned_off(address: str, open_store: Open) -> None:
    async with open_store(address, keep_messages=False) as store:
        store.messages.note(ANN, ANN, 1)
        await store.messages.mark(ANN)
        assert await store.messages.marked(ANN) is None


async def test_erasing_a_person_leaves_only_marks(store: Store) -> None:
    await sign(store, ANN, kind=Kind.SHOWN)
    await sign(store, BOHDAN)
    await store.subscribers.subscribe(ANN, ANN, "en")
    await reviewed(store, ANN)
    store.messages.note(ANN, ANN, 1)
    await store.messages.flush()
    store.messages.note(ANN, ANN, 2)
    tag = await tag_of(store, ANN)
    assert await store.person.erase(ANN, tag) == Erased(signature=True, draft=True, subscriber=True)
    assert await store.signatures.find(tag) is None
    assert await store.signatures.count() == 1
    marked = await store.messages.marked(ANN)
    assert marked is not None
    assert marked.messages == (1, 2)
    await store.messages.erase_marked(marked.tag, marked.messages)
    await store.messages.flush()
    assert await rows(store) == 1
    assert await store.person.erase(ANN, tag) == Erased(signature=False, draft=False, subscriber=False)


@pytest.mark.parametrize("kind", [Kind.SHOWN, Kind.PRIVATE])
async def test_gathering_gives_every_row_and_column_of_every_table(store: Store, kind: Kind) -> None:
    await in_every_table(store, ANN, kind=kind)
    kept = await store.person.gather(ANN, await tag_of(store, ANN))
    assert set(kept.rows) == {table.name for table in PERSON_TABLES}
    for table in PERSON_TABLES:
        assert kept.rows[table.name], f"{table.name} is empty: this test must fill it"
        assert all(set(row) == set(table.columns.keys()) for row in kept.rows[table.name])
    assert sum(map(len, kept.rows.values())) == await rows(store)
    (signature,), (subscriber,) = kept.rows["signature"], kept.rows["subscriber"]
    assert isinstance(signature["name"], Sealed) if kind is Kind.PRIVATE else signature["name"] == "Ann Example"
    assert subscriber["chat"] == ANN
    numbers = [(row["marked"], row["content"]["messages"]) for row in kept.rows["message"]]
    assert numbers == [(0, [2]), (1, [1])]


async def test_gathering_gives_nothing_of_others(store: Store) -> None:
    await in_every_table(store, ANN)
    kept = await store.person.gather(BOHDAN, await tag_of(store, BOHDAN))
    assert not any(kept.rows.values())


async def rows(store: Store) -> int:
    """In all tables of persons together."""
    async with store.database.read() as connection:
        counts = [
            (await connection.execute(select(func.count()).select_from(table))).scalar_one() for table in PERSON_TABLES
        ]
    return sum(counts)


async def test_erased_and_signed_again_is_a_new_number(store: Store) -> None:
    await sign(store, ANN)
    await store.person.erase(ANN, await tag_of(store, ANN))
    again = await sign(store, ANN)
    assert isinstance(again, Signed)
    assert again.signature.number == 68


async def test_what_several_processes_keep_to_clear_a_chat_has_a_meaning(
    store: Store, keys: Keys, clock: TurnedClock
) -> None:
    messages = Messages(store.database, Cipher(keys), clock, keep=True, shared=True)
    await messages.mark(ANN, last=7)
    async with store.database.read() as connection:
        (row,) = await messages.gather(connection, ANN)
    content = row["content"]
    assert isinstance(content, Mapping)
    assert content["upto"] == 7
    assert {f"message.content.{name}" for name in content} <= MEANINGS.keys()
