"""A change of the field key, broken off anywhere, is finished by doing it again; older backups still open."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import LargeBinary, select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage import rotation
from storage.cipher import Cipher, Keys, KeysRefused, key_id, read_key
from storage.clock import Clock
from storage.compositions import Composition
from storage.database import Database, DatabaseRefused
from storage.drafts import Kind
from storage.erasure_list import read_erased
from storage.key_files import all_ciphers, make_next, prune_older, take_next
from storage.rotation import Rotation, refuse_unfit
from storage.schema import METADATA
from storage.store import Store
from tests.storage.conftest import Open, TurnedClock
from tests.storage.people import UPDATES, reviewed, sign, tag_of
from tests.storage.test_backups import Operator, broadcasting, erase_name

PEOPLE = range(1_000, 1_012)


async def fill(store: Store) -> None:
    """Something in every table."""
    for person in PEOPLE:
        await sign(store, person, kind=Kind.SHOWN if person % 2 else Kind.PRIVATE)
        await store.subscribers.subscribe(person, person, "en")
    await reviewed(store, 1)
    await broadcasting(store)
    await store.compositions.begin(2, next(UPDATES), Composition(chat=2))
    store.messages.note(1, 1, 1)
    await store.messages.flush()


async def rotate(address: str, folder: Path, clock: Clock) -> Keys:
    """As the command does it; the new keys."""
    keys = Keys.load_unfinished(folder / "keys")
    database = await Database.open(address, folder=folder / "data")
    try:
        ciphers = all_ciphers(folder / "keys", keys)
        await refuse_unfit(database, ciphers)
        cipher = Cipher(replace(keys, field_key=make_next(folder / "keys")))
        await Rotation(database, cipher, ciphers, clock).run()
        take_next(folder / "keys", clock())
    finally:
        await database.close()
    return Keys.load(folder / "keys")


async def blobs(store: Store) -> list[bytes]:
    """Every value of bytes in every table."""
    found = []
    async with store.database.read() as connection:
        for table in METADATA.tables.values():
            columns = [column for column in table.columns if isinstance(column.type, LargeBinary)]
            if columns:
                rows = (await connection.execute(select(*columns))).all()
                found += [value for row in rows for value in row if value is not None]
    return found


async def test_everything_is_under_the_new_key(
    address: str, open_store: Open, tmp_path: Path, keys: Keys, clock: TurnedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rotation, "BATCH", 5)
    old = key_id(keys.field_key)
    async with open_store(address) as store:
        await fill(store)
        assert sum(blob.startswith(old) for blob in await blobs(store)) > len(PEOPLE)
        with pytest.raises(DatabaseRefused, match="in use by another running bot"):
            await rotate(address, tmp_path, clock)
    new = await rotate(address, tmp_path, clock)
    assert read_key(tmp_path / "keys" / f"field.key.{old.hex()}") == keys.field_key
    with pytest.raises(KeysRefused, match=r"field\.key"):
        async with open_store(address):
            pass
    async with open_store(address, keys=new) as store:
        assert not [blob for blob in await blobs(store) if blob.startswith(old)]
        assert len(await store.signatures.shown_after(0, 100)) == len(PEOPLE) // 2
        assert len(await store.deliveries.next_recipients(1, b"", 100)) == len(PEOPLE)
        assert await store.drafts.find(1) is not None
        assert await store.compositions.find(2) is not None
        assert await store.reports.untold() != []
        await store.messages.mark(1)
        assert await store.messages.marked(1) is not None
        assert (await store.erasure.pending()).asked > 0, "the old ciphertexts are still to vanish"


@pytest.mark.parametrize("moment", ["third batch", "before the end", "between the files"])
async def test_a_rotation_that_is_broken_off_is_finished(
    sqlite_address: str,
    open_store: Open,
    tmp_path: Path,
    keys: Keys,
    clock: TurnedClock,
    monkeypatch: pytest.MonkeyPatch,
    moment: str,
) -> None:
    monkeypatch.setattr(rotation, "BATCH", 5)
    async with open_store(sqlite_address) as store:
        await fill(store)
    with monkeypatch.context() as patch:
        if moment == "between the files":
            patch.setattr(Path, "replace", failing)
        elif moment == "before the end":
            patch.setattr(Rotation, "_finish", failing)
        else:
            batch, times = Rotation._batch, iter(range(3))  # noqa: SLF001 - to fail in it

            async def third(self: Rotation, connection: AsyncConnection, **what: object) -> object:
                found = await batch(self, connection, **what)  # type: ignore[arg-type] # handed on
                return found if next(times) < 2 else failing()

            patch.setattr(Rotation, "_batch", third)
        with pytest.raises(ZeroDivisionError):
            await rotate(sqlite_address, tmp_path, clock)
    with pytest.raises(KeysRefused, match="Finish it: python -m bot rotate-keys"):
        Keys.load(tmp_path / "keys")
    new = await rotate(sqlite_address, tmp_path, clock)
    assert sorted(path.name for path in (tmp_path / "keys").glob("field*")) == [
        "field.key", f"field.key.{key_id(keys.field_key).hex()}",
    ]  # fmt: skip
    async with open_store(sqlite_address, keys=new) as store:
        assert len(await store.signatures.shown_after(0, 100)) == len(PEOPLE) // 2
        assert len(await store.deliveries.next_recipients(1, b"", 100)) == len(PEOPLE)


def failing(*_arguments: object) -> object:
    raise ZeroDivisionError


async def test_a_backup_of_before_opens_while_its_key_is_kept(
    address: str, open_store: Open, tmp_path: Path, keys: Keys, clock: TurnedClock
) -> None:
    operator = Operator(address, tmp_path, keys, clock)
    async with open_store(address) as store:
        await fill(store)
        path = await operator.back_up()
    clock.turn(minutes=1)
    new = await rotate(address, tmp_path, clock)
    async with open_store(address, keys=new) as store:
        await erase_name(store, PEOPLE[1])
        await store.person.erase(PEOPLE[3], await tag_of(store, PEOPLE[3]))
        assert len(read_erased(operator.backups) or {}) == 3
    operator.keys = new
    assert (await operator.restore(path)).erased == 3
    async with open_store(operator.new_place, folder=tmp_path / "new", keys=new) as restored:
        shown = await restored.signatures.shown_after(0, 100)
        assert len(shown) == len(PEOPLE) // 2 - 2, "a name erased after the change of keys does not come back"
        assert await restored.subscribers.count() == len(PEOPLE) - 1


async def test_the_old_key_goes_when_no_backup_can_need_it(
    sqlite_address: str, open_store: Open, tmp_path: Path, keys: Keys, clock: TurnedClock
) -> None:
    operator = Operator(sqlite_address, tmp_path, keys, clock)
    async with open_store(sqlite_address) as store:
        await sign(store, 1)
    path = await operator.back_up()
    clock.turn(minutes=1)
    await rotate(sqlite_address, tmp_path, clock)
    assert prune_older(tmp_path / "keys", operator.backups, clock()) == []
    clock.turn(days=7)
    assert prune_older(tmp_path / "keys", operator.backups, clock()) == []
    path.unlink()
    assert len(prune_older(tmp_path / "keys", operator.backups, clock())) == 1
    assert sorted(one.name for one in (tmp_path / "keys").iterdir()) == ["field.key", "organisers.pub", "pepper.key"]


async def test_a_database_of_other_keys_is_refused_before_anything_changes(
    sqlite_address: str, open_store: Open, tmp_path: Path, clock: TurnedClock
) -> None:
    async with open_store(sqlite_address):
        pass
    for name in ("pepper.key", "field.key"):
        path = tmp_path / "keys" / name
        before = path.read_text()
        path.write_text("ab" * 32)
        with pytest.raises(KeysRefused, match=name):
            await rotate(sqlite_address, tmp_path, clock)
        path.write_text(before)
    assert not (tmp_path / "keys" / "field.key.new").exists()
