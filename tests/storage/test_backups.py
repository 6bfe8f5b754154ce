"""A backup is made beside the running bot and becomes a database again, of either kind, without what was erased."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from storage import backups, restoring
from storage.announcement import DEFAULT, Announcement
from storage.backup_file import BackupRefused, BackupWriter
from storage.backups import KEPT, LEFT_OUT, prune_backups, write_backup
from storage.cipher import Cipher, Keys, KeysRefused, make_keys, read_key
from storage.database import DatabaseRefused
from storage.drafts import Kind
from storage.erasure_list import Entry, Erasable, read_erased
from storage.key_files import all_ciphers
from storage.news import News, NewsKind
from storage.numbers import reserved_in
from storage.restoring import Backup, Restored, restore
from storage.retention import erase_signatures
from storage.schema import METADATA, SIGNATURE, SIGNATURE_DAY
from storage.signatures import Changed, Signed
from storage.store import Store
from storage.unsealing import Unsealed, unsealed_from_backup, unsealed_from_database
from tests.storage.conftest import Open, TurnedClock, new_postgresql
from tests.storage.news import begun
from tests.storage.people import UPDATES, amending, reviewed, sign, tag_of

ANN, BOHDAN, CHANDRA = 712345678, 723456789, 734567890


class Operator:
    """Makes backups of one store, and restores them into a new place."""

    def __init__(self, address: str, folder: Path, keys: Keys, clock: TurnedClock) -> None:
        self.address, self.folder, self.keys, self.clock = address, folder, keys, clock
        self.backups = folder / "data" / "backups"
        self.private_key = read_key(folder / "offline" / "organisers.key")

    @property
    def new_place(self) -> str:
        return f"sqlite+aiosqlite:///{self.folder / 'new' / 'test.sqlite'}"

    async def back_up(self) -> Path:
        self.clock.turn(seconds=1)
        return await write_backup(self.address, self.backups, self.keys, self.clock)

    def opened(self, path: Path) -> Backup:
        older = all_ciphers(self.folder / "keys", self.keys)
        erased = read_erased(self.backups)
        assert erased is not None
        reserved = reserved_in(self.backups)
        return Backup(path, self.private_key, Cipher(self.keys), older, "test-petition", erased, reserved)

    async def restore(self, path: Path) -> Restored:
        return await restore(self.opened(path), self.new_place, self.folder / "new")


@pytest.fixture
def operator(address: str, tmp_path: Path, keys: Keys, clock: TurnedClock) -> Operator:
    return Operator(address, tmp_path, keys, clock)


@pytest.fixture
def sqlite_operator(sqlite_address: str, tmp_path: Path, keys: Keys, clock: TurnedClock) -> Operator:
    return Operator(sqlite_address, tmp_path, keys, clock)


async def all_of(names: AsyncIterator[Unsealed]) -> list[tuple[int, str | None, str | None]]:
    return [(one.number, one.name, one.country) async for one in names]


async def broadcasting(store: Store) -> int:
    """A broadcast under way."""
    return (await begun(store, CHANDRA, Announcement({DEFAULT: News(NewsKind.TEXT, "Zwnews")}))).number


def test_every_table_is_kept_or_left_out() -> None:
    assert set(METADATA.tables.values()) == {*KEPT, *LEFT_OUT}


async def test_what_is_restored_goes_on(store: Store, open_store: Open, operator: Operator) -> None:
    await sign(store, ANN, name="Ann Example", kind=Kind.SHOWN)
    await sign(store, BOHDAN, name="Bohdan Example")
    await store.subscribers.subscribe(ANN, ANN, "en")
    await reviewed(store, CHANDRA)
    store.messages.note(ANN, ANN, 1)
    await store.messages.flush()
    number = await broadcasting(store)
    path = await operator.back_up()
    lost = await sign(store, 1_000)
    assert path.stat().st_mode & 0o777 == 0o600
    assert sorted(one.name for one in path.parent.iterdir()) == [".lock", path.name, "erased", "numbers"]
    assert await operator.restore(path) == Restored(signatures=2, subscribers=1, erased=0)
    async with open_store(operator.new_place, folder=operator.folder / "new") as new:
        assert not new.made
        shown = await new.signatures.shown_after(0, 10)
        assert [(one.number, one.name) for one in shown] == [(67, "Ann Example")]
        assert await new.signatures.find(await tag_of(new, BOHDAN)) is not None
        assert await new.subscribers.has(ANN)
        assert await new.drafts.find(CHANDRA) is None
        assert await new.messages.marked(ANN) is None
        found = await new.broadcasts.find(number)
        assert found is not None
        assert (found.state.value, found.news.text) == ("stopped", "Zwnews"), "nobody gets it a second time"
        signed = await sign(new, CHANDRA)
        assert isinstance(lost, Signed)
        assert isinstance(signed, Signed)
        assert signed.signature.number > lost.signature.number, "that number was told to somebody"
        assert await new.signatures.count() == 3


async def test_a_backup_of_one_kind_restores_into_the_other(
    sqlite_store: Store, sqlite_operator: Operator, open_store: Open, postgresql: Any, tmp_path: Path
) -> None:
    await sign(sqlite_store, ANN, kind=Kind.SHOWN)
    await sqlite_store.subscribers.subscribe(ANN, ANN, "en")
    path = await sqlite_operator.back_up()
    place = await new_postgresql(postgresql)
    assert (await restore(sqlite_operator.opened(path), place, tmp_path / "new")).signatures == 1
    async with open_store(place, folder=tmp_path / "new") as new:
        assert [one.name for one in await new.signatures.shown_after(0, 10)] == ["Ann Example"]
        assert await new.subscribers.has(ANN)
    with pytest.raises(DatabaseRefused, match="a database already"):
        await restore(sqlite_operator.opened(path), place, tmp_path / "new")


async def test_no_backup_brings_back_what_was_erased(store: Store, open_store: Open, operator: Operator) -> None:
    for person, kind in ((ANN, Kind.SHOWN), (BOHDAN, Kind.PRIVATE), (CHANDRA, Kind.SHOWN)):
        await sign(store, person, kind=kind)
        await store.subscribers.subscribe(person, person, "en")
    path = await operator.back_up()
    await store.person.erase(ANN, await tag_of(store, ANN))
    await store.subscribers.unsubscribe(BOHDAN)
    await erase_name(store, CHANDRA)
    assert await operator.restore(path) == Restored(signatures=2, subscribers=1, erased=4)
    async with open_store(operator.new_place, folder=operator.folder / "new") as new:
        assert await new.signatures.find(await tag_of(new, ANN)) is None
        assert not await new.subscribers.has(ANN)
        assert not await new.subscribers.has(BOHDAN)
        nameless = await new.signatures.find(await tag_of(new, CHANDRA))
        assert nameless is not None
        assert (nameless.kind, nameless.name) == (Kind.NAMELESS, None)
        assert await new.signatures.count() == 2
    assert await all_of(unsealed_from_backup(path, operator.private_key, {})) == [(68, "Ann Example", "PL")]


async def test_signatures_that_went_by_their_time_stay_counted(
    store: Store, open_store: Open, operator: Operator
) -> None:
    for person in (ANN, BOHDAN):
        await sign(store, person)
    path = await operator.back_up()

    async def retire(connection: AsyncConnection) -> None:
        await store.erased.note(*(Entry(Erasable.RETIRED, row) for row in await erase_signatures(connection)))

    await store.database.write(retire)
    assert await operator.restore(path) == Restored(signatures=0, subscribers=0, erased=2)
    async with open_store(operator.new_place, folder=operator.folder / "new") as new:
        assert await new.signatures.count() == 2
        async with new.database.read() as connection:
            assert (await connection.execute(select(SIGNATURE_DAY))).all() == [("2026-11-23", 2)]


async def erase_name(store: Store, person: int) -> None:
    """She keeps her signature and bears another name, sealed."""
    draft = await amending(store, person, name="Another Example", kind=Kind.PRIVATE)
    changed = await store.signatures.change(person, await tag_of(store, person), next(UPDATES), draft.version)
    assert isinstance(changed, Changed)


async def test_an_erasure_that_failed_erases_nobody(store: Store, operator: Operator) -> None:
    await sign(store, ANN, kind=Kind.SHOWN)
    await store.subscribers.subscribe(ANN, ANN, "en")
    path = await operator.back_up()
    tag = await tag_of(store, ANN)

    async def failing(connection: AsyncConnection) -> None:
        row = (await connection.execute(select(SIGNATURE))).one()
        await store.erased.note_name(row.id, row.name)
        await store.signatures.erase(connection, tag)
        await store.subscribers.erase(connection, ANN)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await store.database.write(failing)
    entries = read_erased(operator.backups)
    assert entries is not None
    assert sorted(entry.kind for entry in entries) == [Erasable.NAME, Erasable.SIGNATURE, Erasable.SUBSCRIBER]
    await store.erased.settle(store.database)
    assert read_erased(operator.backups) == {}
    await store.signatures.withdraw(ANN, tag, 67)
    await store.erased.settle(store.database)
    assert len(read_erased(operator.backups) or {}) == 1
    assert (await operator.restore(path)).signatures == 0


async def test_the_first_backup_waits_for_an_erasure_under_way(store: Store, operator: Operator) -> None:
    """It found no folder, and noted nothing: its row must not be in the backup."""
    await store.subscribers.subscribe(ANN, ANN, "en")
    erased, commit = asyncio.Event(), asyncio.Event()

    async def slow(connection: AsyncConnection) -> None:
        await store.subscribers.erase(connection, ANN)
        erased.set()
        await commit.wait()

    erasing = asyncio.ensure_future(store.database.write(slow))
    await erased.wait()
    assert not operator.backups.exists()
    backing_up = asyncio.ensure_future(operator.back_up())
    done, _ = await asyncio.wait({backing_up}, timeout=0.3)
    assert not done
    commit.set()
    await erasing
    assert (await operator.restore(await backing_up)).subscribers == 0


async def test_a_torn_line_hurts_no_other(sqlite_store: Store, sqlite_operator: Operator) -> None:
    for person in (ANN, BOHDAN):
        await sqlite_store.subscribers.subscribe(person, person, "en")
    await sqlite_operator.back_up()
    await sqlite_store.subscribers.unsubscribe(ANN)
    with (sqlite_operator.backups / "erased").open("a") as file:
        file.write("signature 00ff")
    await sqlite_store.subscribers.unsubscribe(BOHDAN)
    assert len(read_erased(sqlite_operator.backups) or {}) == 2


def test_what_a_kill_left_unfinished_goes_but_not_one_being_made(tmp_path: Path, clock: TurnedClock) -> None:
    for name in ("20261123T030000Z.backup.part", "20261123T120000Z.backup.part", "20261123T040000Z.backup", "theirs"):
        (tmp_path / name).write_bytes(b"")
    os.utime(tmp_path / "20261123T030000Z.backup.part", (0, 0))
    assert prune_backups(tmp_path, clock()) == clock().date()
    left = sorted(path.name for path in tmp_path.iterdir() if path.is_file())
    assert left == ["20261123T040000Z.backup", "20261123T120000Z.backup.part", "theirs"]


async def test_old_backups_go_and_the_erasures_that_only_they_need(
    sqlite_store: Store, sqlite_operator: Operator, clock: TurnedClock
) -> None:
    folder = sqlite_operator.backups
    await sqlite_operator.back_up()
    await sqlite_store.subscribers.subscribe(ANN, ANN, "en")
    await sqlite_store.subscribers.unsubscribe(ANN)
    for _ in range(9):
        await sqlite_operator.back_up()
        clock.turn(days=1)
        sqlite_store.erased.prune(prune_backups(folder, clock()))
    names = sorted(path.name[:8] for path in folder.glob("*.backup"))
    assert names == [f"202611{day}" for day in (26, 27, 28, 29, 30)] + ["20261201"], "none is older than 7 days"
    assert read_erased(folder) == {}


@pytest.mark.parametrize("place", ["in the head", "in the middle", "at the end"])
async def test_a_changed_backup_is_refused_and_leaves_nothing(
    sqlite_store: Store, sqlite_operator: Operator, place: str
) -> None:
    await sign(sqlite_store, ANN)
    path = await sqlite_operator.back_up()
    content = bytearray(path.read_bytes())
    content[{"in the head": 60, "in the middle": len(content) // 2, "at the end": -1}[place]] ^= 1
    path.write_bytes(content)
    with pytest.raises(BackupRefused):
        await sqlite_operator.restore(path)
    assert not (sqlite_operator.folder / "new").exists()


async def test_what_does_not_fit_is_refused(
    sqlite_store: Store, sqlite_operator: Operator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    operator = sqlite_operator
    await sign(sqlite_store, ANN, kind=Kind.SHOWN)
    path = await operator.back_up()
    backup = operator.opened(path)
    make_keys(tmp_path / "other", tmp_path / "other-offline")
    other = Keys.load(tmp_path / "other")
    new = (operator.new_place, tmp_path / "new")

    def under(**changed: bytes) -> Backup:
        keys = replace(operator.keys, **changed)
        return replace(backup, cipher=Cipher(keys), older=all_ciphers(tmp_path / "none", keys))

    for wrong, told in (
        (replace(backup, slug="another"), "not of 'another'"),
        (replace(backup, private_key=read_key(tmp_path / "other-offline" / "organisers.key")), "does not open"),
        (under(pepper=other.pepper), r"pepper\.key is not the key"),
        (under(organisers_public=other.organisers_public), r"organisers\.pub is not the key"),
        (under(field_key=other.field_key), r"field\.key\.[0-9a-f]{8} is missing"),
        (replace(backup, path=tmp_path / "keys" / "field.key"), "no backup"),
        (replace(backup, path=tmp_path / "nowhere"), "cannot be read"),
    ):
        with pytest.raises((BackupRefused, KeysRefused), match=told):
            await restore(wrong, *new)
    with pytest.raises(DatabaseRefused, match="in use"):
        await restore(backup, operator.address, tmp_path / "data")
    monkeypatch.setattr(backups, "SECRET", "somebody else's")
    forged = await operator.back_up()
    with pytest.raises(BackupRefused, match="not made by this bot"):
        await operator.restore(forged)
    assert not (tmp_path / "new").exists()
    await operator.restore(path)
    with pytest.raises(DatabaseRefused, match="a database already"):
        await operator.restore(path)


async def test_a_restore_that_is_broken_off_leaves_no_database(
    sqlite_store: Store, sqlite_operator: Operator, monkeypatch: pytest.MonkeyPatch
) -> None:
    for person in (ANN, BOHDAN):
        await sign(sqlite_store, person)
    path = await sqlite_operator.back_up()
    with monkeypatch.context() as patch:
        patch.setattr(restoring, "FIELD", "nothing")  # the last step fails
        with pytest.raises(KeyError):
            await sqlite_operator.restore(path)
    assert not list((sqlite_operator.folder / "new").glob("test.sqlite*"))
    assert (await sqlite_operator.restore(path)).signatures == 2


async def test_what_a_killed_restore_leaves_takes_no_signatures(
    sqlite_store: Store, open_store: Open, sqlite_operator: Operator, monkeypatch: pytest.MonkeyPatch
) -> None:
    await sign(sqlite_store, ANN)
    path = await sqlite_operator.back_up()
    with monkeypatch.context() as patch:
        patch.setattr(restoring, "FIELD", "nothing")
        patch.setattr(restoring, "_remove", lambda _url: None)  # a kill removes nothing
        with pytest.raises(KeyError):
            await sqlite_operator.restore(path)
    place = {"folder": sqlite_operator.folder / "new"}
    with pytest.raises(DatabaseRefused, match="tells that there was one"):
        async with open_store(sqlite_operator.new_place, **place):
            pass
    assert (await sqlite_operator.restore(path)).signatures == 1
    async with open_store(sqlite_operator.new_place, **place) as store:
        assert await store.signatures.count() == 1


async def test_a_backup_that_is_broken_off_leaves_none(
    sqlite_store: Store, sqlite_operator: Operator, monkeypatch: pytest.MonkeyPatch
) -> None:
    await sign(sqlite_store, ANN)
    monkeypatch.setattr(BackupWriter, "finish", lambda _writer: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        await sqlite_operator.back_up()
    assert sorted(path.name for path in sqlite_operator.backups.iterdir()) == [".lock", "erased"]


async def test_an_older_and_a_newer_backup(
    sqlite_store: Store, sqlite_operator: Operator, open_store: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The older one is migrated. It had no broadcasts."""
    await sign(sqlite_store, ANN)

    async def grow_old(connection: AsyncConnection) -> None:
        for table in ("broadcast", "composition", "delivery", "report"):
            await connection.execute(text(f"DROP TABLE {table}"))
        await connection.execute(text("UPDATE alembic_version SET version_num = '0001'"))

    await sqlite_store.database.write(grow_old)
    path = await sqlite_operator.back_up()
    assert (await sqlite_operator.restore(path)).signatures == 1
    async with open_store(sqlite_operator.new_place, folder=sqlite_operator.folder / "new") as new:
        assert await new.broadcasts.sending() == []
        assert await new.signatures.count() == 1
    monkeypatch.setattr("storage.migrations.is_known", lambda _revision: False)
    with pytest.raises(BackupRefused, match="newer version"):
        await sqlite_operator.restore(path)


async def test_a_backup_is_read_while_people_go_on(sqlite_store: Store, sqlite_operator: Operator,
                                                   monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    """One state of the database: what happens between two of its rows is not in it."""
    for person in range(1_000, 1_010):
        await sign(sqlite_store, person)
    monkeypatch.setattr(backups, "GROUP", 2)
    lines = backups._lines  # noqa: SLF001 - between whose lines people act
    people = count(2_000)

    async def busy(connection: AsyncConnection) -> AsyncIterator[bytes]:
        async for line in lines(connection):
            yield line
            await sign(sqlite_store, next(people))
            await sqlite_store.signatures.withdraw(1_000, await tag_of(sqlite_store, 1_000), 67)

    monkeypatch.setattr(backups, "_lines", busy)
    path = await sqlite_operator.back_up()
    assert next(people) > 2_008
    assert await sqlite_operator.restore(path) == Restored(signatures=9, subscribers=0, erased=1)


async def test_no_byte_of_a_name_or_an_id_in_a_backup(store: Store, operator: Operator) -> None:
    for person in range(712345000, 712345020):
        await sign(store, person, name="Qxmarker Zwsurname", kind=Kind.SHOWN if person % 2 else Kind.PRIVATE)
        await store.subscribers.subscribe(person, person, "en")
    path = await operator.back_up()
    await store.person.erase(712345000, await tag_of(store, 712345000))
    for file in (path, operator.backups / "erased"):
        content = file.read_bytes()
        assert b"Qxmarker" not in content
        for person in range(712345000, 712345020):
            assert str(person).encode() not in content
            assert person.to_bytes(8, "big") not in content


async def test_the_offline_key_alone_opens_the_private_names(store: Store, operator: Operator) -> None:
    for person, name in ((BOHDAN, "Bohdan Example"), (ANN, "Ann Example")):
        await sign(store, person, name=name)
    await sign(store, CHANDRA, kind=Kind.SHOWN)
    wanted = [(67, "Bohdan Example", "PL"), (68, "Ann Example", "PL")]
    path = await operator.back_up()
    assert await all_of(unsealed_from_database(operator.address, operator.private_key)) == wanted
    assert await all_of(unsealed_from_backup(path, operator.private_key, {})) == wanted
    await store.signatures.withdraw(BOHDAN, await tag_of(store, BOHDAN), 67)
    erased = read_erased(operator.backups)
    assert erased is not None
    assert await all_of(unsealed_from_backup(path, operator.private_key, erased)) == wanted[1:]
    with pytest.raises(KeysRefused, match="not the one"):
        await all_of(unsealed_from_database(operator.address, b"k" * 32))
    with pytest.raises(BackupRefused):
        await all_of(unsealed_from_backup(path, b"k" * 32, {}))


async def test_under_another_organisers_key_no_backup_is_made(store: Store, operator: Operator, tmp_path: Path) -> None:
    make_keys(tmp_path / "other")
    operator.keys = replace(operator.keys, organisers_public=Keys.load(tmp_path / "other").organisers_public)
    with pytest.raises(KeysRefused, match=r"organisers\.pub"):
        await operator.back_up()
    assert not list(operator.backups.glob("*.backup*"))
    assert store.made
