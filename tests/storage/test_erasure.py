"""What a person erases is gone from the files, not only from view."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from pathlib import Path

import pytest
from sqlalchemy import select

from storage.drafts import Kind
from storage.erasure import Erasure
from storage.schema import DRAFT, SIGNATURE, SUBSCRIBER
from storage.store import Store
from tests.storage.conftest import TurnedClock
from tests.storage.people import UPDATES, consent, reviewed, sign, tag_of

PEOPLE = range(1_000, 1_100)
FEW = PEOPLE[:20]


class EnoughTurns(Exception):
    """Ends a loop that runs forever."""


async def blobs(store: Store) -> list[bytes]:
    """The ciphertexts and tags of all rows."""
    async with store.database.read() as connection:
        names = (await connection.execute(select(SIGNATURE.c.name, SIGNATURE.c.tag))).all()
        chats = (await connection.execute(select(SUBSCRIBER.c.chat, SUBSCRIBER.c.tag))).all()
    return [blob for row in (*names, *chats) for blob in row]


def left(folder: Path, wanted: list[bytes]) -> int:
    """How many of these stand in any file of the database."""
    content = b"\0".join(path.read_bytes() for path in folder.glob("test.sqlite*"))
    return sum(blob in content for blob in wanted)


async def fill(store: Store, people: Iterable[int] = PEOPLE) -> None:
    for person in people:
        await sign(store, person, kind=Kind.SHOWN)
        await store.subscribers.subscribe(person, person, "en")


async def test_erased_rows_are_gone_from_all_files(sqlite_store: Store, tmp_path: Path) -> None:
    store = sqlite_store
    await fill(store)
    wanted = await blobs(store)
    assert left(tmp_path / "data", wanted) == len(wanted)
    for person in PEOPLE:
        await store.person.erase(person, await tag_of(store, person))
    pending = await store.erasure.pending()
    assert pending.asked > 0
    assert pending.since is not None
    assert await store.erasure.vanish()
    assert left(tmp_path / "data", wanted) == 0
    assert await store.erasure.pending() == await store.erasure.pending()
    assert (await store.erasure.pending()).since is None


async def test_a_foreign_reader_holds_it_up_and_it_stays_pending(
    sqlite_store: Store, tmp_path: Path, clock: TurnedClock
) -> None:
    store = sqlite_store
    await fill(store, FEW)
    pauses: list[float] = []

    async def pause(seconds: float) -> None:
        pauses.append(seconds)

    erasure = Erasure(store.database, clock, pause)
    reader = sqlite3.connect(tmp_path / "data" / "test.sqlite", isolation_level=None)
    reader.execute("BEGIN")
    reader.execute("SELECT count(*) FROM signature").fetchone()
    wanted = await blobs(store)
    await store.signatures.withdraw(PEOPLE[0], await tag_of(store, PEOPLE[0]), 67)
    before = (await erasure.pending()).asked
    assert not await erasure.vanish()
    assert set(pauses) == {1.0}
    assert (await erasure.pending()).asked == before > 0
    reader.execute("COMMIT")
    reader.close()
    assert await erasure.vanish()
    assert (await erasure.pending()).asked == 0
    assert left(tmp_path / "data", wanted) == len(wanted) - 2


async def test_on_postgresql_it_ends_at_vacuum(store: Store) -> None:
    await sign(store, 1)
    assert await store.signatures.withdraw(1, await tag_of(store, 1), 67)
    assert (await store.erasure.pending()).asked == 2, "her draft when she signed, and the signature"
    assert await store.erasure.vanish()
    assert (await store.erasure.pending()).asked == 0


async def test_a_sealed_names_draft_is_gone_too(sqlite_store: Store, tmp_path: Path) -> None:
    """It was encrypted under the server's own key: while a copy is left, the server could read a private name."""
    store = sqlite_store
    wanted = []
    for person in FEW:
        await reviewed(store, person, kind=Kind.PRIVATE)
        async with store.database.read() as connection:
            wanted.append((await connection.execute(select(DRAFT.c.content))).scalar_one())
        draft = await store.drafts.find(person)
        assert draft is not None
        await consent(store, person, draft)
    assert left(tmp_path / "data", wanted) > 0
    assert await store.erasure.vanish()
    assert left(tmp_path / "data", wanted) == 0


@pytest.mark.parametrize("act", ["expired", "asked, but slow"])
async def test_what_is_not_quick_waits_for_the_night(
    sqlite_store: Store, clock: TurnedClock, monkeypatch: pytest.MonkeyPatch, act: str
) -> None:
    store = sqlite_store
    await reviewed(store, 1)
    if act == "expired":
        clock.turn(hours=24)
        assert await store.drafts.erase_expired() == 1
    else:
        monkeypatch.setattr("storage.erasure.QUICK", 0.0)
        assert await store.drafts.cancel(1, next(UPDATES))
    turns = 0

    async def pause(_seconds: float) -> None:
        nonlocal turns
        turns += 1
        if turns == 2:
            clock.turn(hours=14.6)  # 03:06 UTC
        if turns == 4:
            raise EnoughTurns

    erasure = Erasure(store.database, clock, pause)
    seen = []
    vanish = erasure.vanish

    async def watched() -> bool:
        seen.append(turns)
        return await vanish()

    erasure.vanish = watched  # type: ignore[method-assign] # to see when it is called
    with pytest.raises(EnoughTurns):
        await erasure.run_forever()
    assert seen == [2]
    assert (await erasure.pending()).since is None
