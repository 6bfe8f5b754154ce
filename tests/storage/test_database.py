"""Transactions, migrations, and databases that must not be used."""

from __future__ import annotations

import asyncio
import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage import migrations
from storage.cipher import Keys, KeysRefused, make_keys
from storage.database import DatabaseRefused, StorageFault, database_url
from storage.identity import PetitionIdentity
from storage.inspection import inspect
from storage.schema import COUNTER, METADATA
from storage.signatures import Signed
from storage.store import Store
from tests.storage.conftest import Open
from tests.storage.people import sign

ANN = 712345678


async def test_the_migrations_end_in_the_schema(store: Store) -> None:
    def compare(connection: Connection) -> list[object]:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        return list(compare_metadata(context, METADATA))

    async with store.database.read() as connection:
        assert await connection.run_sync(compare) == []


async def test_the_migrations_write_the_very_tables_of_the_schema(sqlite_store: Store, tmp_path: Path) -> None:
    """SQLite keeps the words a table was made with: checks and WITHOUT ROWID too, which no comparison sees."""

    def tables(connection: Connection) -> dict[str, str]:
        found = connection.execute(text("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL")).all()
        return {name: " ".join(sorted(sql.replace(",", " ").split())) for name, sql in found if "alembic" not in name}

    async with sqlite_store.database.read() as connection:
        migrated = await connection.run_sync(tables)
    engine = create_engine(f"sqlite:///{tmp_path / 'schema.sqlite'}")
    with engine.begin() as plain:
        METADATA.create_all(plain)
        assert tables(plain) == migrated
    engine.dispose()


async def test_a_failed_transaction_leaves_nothing(store: Store) -> None:
    async def work(connection: AsyncConnection) -> None:
        await connection.execute(update(COUNTER).values(valid=5))
        raise RuntimeError

    with pytest.raises(RuntimeError):
        await store.database.write(work)
    assert await store.signatures.count() == 0


async def test_a_broken_rule_is_a_fault_and_leaves_nothing(store: Store) -> None:
    async def work(connection: AsyncConnection) -> None:
        await connection.execute(update(COUNTER).values(next_number=5))
        await connection.execute(update(COUNTER).values(valid=-1))

    with pytest.raises(StorageFault):
        await store.database.write(work)
    assert (await sign(store, ANN)).signature.number == 67  # type: ignore[union-attr] # Signed, or the test fails


async def test_a_cancelled_caller_leaves_a_whole_transaction(store: Store) -> None:
    begun = [asyncio.Event() for _ in range(40)]

    async def work(connection: AsyncConnection, event: asyncio.Event) -> None:
        await connection.execute(update(COUNTER).values(next_number=COUNTER.c.next_number + 1))
        event.set()
        await connection.execute(update(COUNTER).values(valid=COUNTER.c.valid + 1))

    async def cancel_when_begun(event: asyncio.Event) -> None:
        task = asyncio.ensure_future(store.database.write(lambda connection: work(connection, event)))
        await event.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    await asyncio.gather(*(cancel_when_begun(event) for event in begun))
    async with store.database.read() as connection:
        row = (await connection.execute(COUNTER.select())).one()
    assert (row.next_number, row.valid) == (67 + 40, 40)


def test_each_migrations_file_is_named_by_its_revision() -> None:
    """What is known is read from the names alone."""
    loaded = ScriptDirectory(str(migrations.VERSIONS.parent)).walk_revisions()
    assert [script.revision for script in loaded][::-1] == migrations.known()


async def test_sqlite_is_opened_as_promised(sqlite_store: Store) -> None:
    async with sqlite_store.database.writer.connect() as connection:
        found = {
            name: (await connection.execute(text(f"PRAGMA {name}"))).scalar()
            for name in ("journal_mode", "synchronous", "secure_delete", "foreign_keys")
        }
    assert found == {"journal_mode": "wal", "synchronous": 2, "secure_delete": 1, "foreign_keys": 1}


async def test_only_its_owner_may_read_the_file(sqlite_address: str, open_store: Open, tmp_path: Path) -> None:
    async with open_store(sqlite_address) as store:
        assert store.made
    assert (tmp_path / "data" / "test.sqlite").stat().st_mode & 0o077 == 0


async def test_a_second_bot_on_the_same_folder_is_refused(sqlite_address: str, open_store: Open) -> None:
    async with open_store(sqlite_address):
        with pytest.raises(DatabaseRefused, match="in use by another running bot"):
            async with open_store(sqlite_address):
                pass


async def test_another_petitions_database_is_refused(address: str, open_store: Open) -> None:
    async with open_store(address):
        pass
    with pytest.raises(DatabaseRefused, match="test-petition"):
        async with open_store(address, petition=PetitionIdentity("another", 0)):
            pass


@pytest.mark.parametrize("field", ["pepper", "field_key", "organisers_public"])
async def test_a_wrong_key_is_named(address: str, open_store: Open, keys: Keys, tmp_path: Path, field: str) -> None:
    async with open_store(address):
        pass
    make_keys(tmp_path / "other")
    other = Keys.load(tmp_path / "other")
    names = {"pepper": "pepper.key", "field_key": "field.key", "organisers_public": "organisers.pub"}
    wrong = replace(keys, **{field: getattr(other, field)})
    with pytest.raises(KeysRefused, match=names[field]):
        async with open_store(address, keys=wrong):
            pass
    with pytest.raises(KeysRefused, match=names[field]):
        await inspect(address, keys=wrong, slug="test-petition")


async def test_a_newer_database_is_refused(address: str, open_store: Open) -> None:
    async with open_store(address) as store:
        await store.database.write(
            lambda connection: connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
        )
    with pytest.raises(DatabaseRefused, match="newer version"):
        async with open_store(address):
            pass
    with pytest.raises(DatabaseRefused, match="newer version"):
        await inspect(address, keys=None, slug=None)


async def test_somebody_elses_database_is_refused(tmp_path: Path, sqlite_address: str, open_store: Open) -> None:
    (tmp_path / "data").mkdir()
    connection = sqlite3.connect(tmp_path / "data" / "test.sqlite")
    connection.execute("CREATE TABLE theirs (one)")
    connection.close()
    with pytest.raises(DatabaseRefused, match="not this program's"):
        async with open_store(sqlite_address):
            pass


async def test_a_file_that_is_no_database_is_refused(tmp_path: Path, sqlite_address: str, open_store: Open) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "test.sqlite").write_bytes(b"something else entirely" * 100)
    with pytest.raises(DatabaseRefused, match="cannot be opened as a database"):
        async with open_store(sqlite_address):
            pass
    with pytest.raises(DatabaseRefused):
        await inspect(sqlite_address, keys=None, slug=None)


@pytest.mark.parametrize("left", ["", "-wal"], ids=["an empty file", "a log without its database"])
async def test_no_new_database_takes_the_place_of_one_that_was_there(
    sqlite_address: str, open_store: Open, tmp_path: Path, left: str
) -> None:
    file = tmp_path / "data" / f"test.sqlite{left}"
    async with open_store(sqlite_address) as store:
        await sign(store, ANN)
        log = (tmp_path / "data" / "test.sqlite-wal").read_bytes()
    (tmp_path / "data" / "test.sqlite").unlink()
    file.write_bytes(log if left else b"")
    before = file.read_bytes()
    with pytest.raises(DatabaseRefused, match="Bring back the database"):
        async with open_store(sqlite_address):
            pass
    assert file.read_bytes() == before
    assert [path.name for path in file.parent.glob("test.sqlite*")] == [file.name]


async def test_a_damaged_database_is_refused(sqlite_address: str, open_store: Open, tmp_path: Path) -> None:
    async with open_store(sqlite_address):
        pass
    file = tmp_path / "data" / "test.sqlite"
    content = file.read_bytes()
    file.write_bytes(content[:4_096] + b"\xff" * (len(content) - 4_096))
    with pytest.raises(DatabaseRefused, match="it is damaged: bring back a backup"):
        async with open_store(sqlite_address):
            pass
    with pytest.raises(DatabaseRefused, match="cannot be read"):
        await inspect(sqlite_address, keys=None, slug=None)


async def test_a_damaged_page_is_a_fault_of_those_who_need_it_alone(
    sqlite_address: str, open_store: Open, tmp_path: Path
) -> None:
    """The bot goes on for all others; who meets it is told, and nothing is made up in its place."""
    async with open_store(sqlite_address) as store:
        await store.subscribers.subscribe(ANN, ANN, "en")
    file = tmp_path / "data" / "test.sqlite"
    connection = sqlite3.connect(file)
    page = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = 'subscriber'").fetchone()[0]
    connection.close()
    with file.open("r+b") as damaged:
        damaged.seek((page - 1) * 4_096)
        damaged.write(b"\xff" * 4_096)
    async with open_store(sqlite_address) as store:
        with pytest.raises(StorageFault, match="it is damaged"):
            await store.subscribers.find(ANN)
        assert isinstance(await sign(store, ANN), Signed)


async def test_a_database_that_another_program_holds_is_refused(
    sqlite_address: str, open_store: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("storage.engines.BUSY_MILLISECONDS", 50)
    async with open_store(sqlite_address):
        pass
    connection = sqlite3.connect(tmp_path / "data" / "test.sqlite", isolation_level=None)
    connection.execute("BEGIN EXCLUSIVE")
    with pytest.raises(DatabaseRefused, match="another program holds it locked: end that one"):
        async with open_store(sqlite_address):
            pass
    connection.close()


async def test_a_place_that_cannot_be_made_is_refused(tmp_path: Path, open_store: Open) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(DatabaseRefused, match="cannot be written"):
        async with open_store(f"sqlite+aiosqlite:///{tmp_path / 'file' / 'x.sqlite'}"):
            pass
    with pytest.raises(DatabaseRefused, match="BOT_DATA takes a folder"):
        async with open_store("sqlite+aiosqlite:///x", folder=tmp_path / "file" / "data"):
            pass


async def test_a_postgresql_that_does_not_answer_is_refused(open_store: Open) -> None:
    with pytest.raises((DatabaseRefused, StorageFault)):
        async with open_store("postgresql+asyncpg://nobody@127.0.0.1:1/nothing"):
            pass
    with pytest.raises(DatabaseRefused, match="cannot be re"):
        await inspect("postgresql+asyncpg://nobody@127.0.0.1:1/nothing", keys=None, slug=None)


@pytest.mark.parametrize("wrong", ["", "mysql://x/y", "nonsense", "sqlite:///", "postgresql://x/y?sslmode=require"])
def test_an_unknown_database_is_refused(wrong: str) -> None:
    with pytest.raises(DatabaseRefused, match="BOT_DATABASE_URL"):
        database_url(wrong)


async def test_looking_creates_nothing(tmp_path: Path, sqlite_address: str, open_store: Open, keys: Keys) -> None:
    found = await inspect(sqlite_address, keys=keys, slug="test-petition")
    assert not found.exists
    assert not (tmp_path / "data").exists()
    async with open_store(sqlite_address) as store:
        await sign(store, ANN)
        found = await inspect(sqlite_address, keys=keys, slug="test-petition")
        assert found.exists
        assert found.detail.startswith("1 signature")
    before = {path: path.read_bytes() for path in (tmp_path / "data").iterdir()}
    await inspect(sqlite_address, keys=keys, slug="test-petition")
    assert {path: path.read_bytes() for path in (tmp_path / "data").iterdir()} == before


async def test_temporary_files_lie_in_the_folder(sqlite_store: Store, tmp_path: Path) -> None:
    """SQLite itself is asked: what SQLITE_TMPDIR says after its library is loaded, it never reads."""
    async with sqlite_store.database.read() as connection:
        found = (await connection.exec_driver_sql("PRAGMA temp_store_directory")).scalar()
    assert found is not None
    assert str(found).startswith(str(tmp_path))
