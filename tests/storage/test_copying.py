"""A database copied into one of the other kind: as it is, whole or not used at all, and gone on with after a kill."""

from __future__ import annotations

import asyncio
import random
import secrets
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Integer,
    LargeBinary,
    SmallInteger,
    String,
    Table,
    delete,
    insert,
    select,
    text,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from storage import copying
from storage.change_standing import change_standing
from storage.cipher import Keys, KeysRefused, make_keys
from storage.copying import Contents, copy_database, tell_removal
from storage.database import Database, DatabaseRefused
from storage.drafts import Kind
from storage.inspection import inspect
from storage.schema import META, METADATA, SIGNATURE, SUBSCRIBER
from storage.snapshot import snapshot
from storage.standing import open_again
from tests.postgresql import PostgreSQL
from tests.storage.conftest import Open, TurnedClock
from tests.storage.people import in_every_table, sign, tag_of
from tests.storage.test_backups import Operator

ANN, BOHDAN = 712345678, 723456789
PEOPLE = range(1_000, 1_012)
MORE_THAN_IS_READ_AT_ONCE = 10_000  # rows
ROWS = 12  # of a table, at most
Copy = Callable[..., Any]


@pytest.fixture
def copy(keys: Keys, tmp_path: Path) -> Copy:
    return partial(copy_database, folder=tmp_path / "data", keys=keys)


@pytest.fixture
async def other(address: str, request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty place of the other kind."""
    if address.startswith("postgresql"):
        return f"sqlite+aiosqlite:///{tmp_path / 'other' / 'copy.sqlite'}"
    postgresql: PostgreSQL = request.getfixturevalue("postgresql")
    return await postgresql.new_address()


async def everything(address: str) -> dict[str, set[tuple[Any, ...]]]:
    """Every row of every table."""
    async with snapshot(address) as connection:
        return {
            str(table.name): {tuple(row) for row in (await connection.execute(select(table))).all()}
            for table in METADATA.sorted_tables
        }


async def filled(address: str, open_store: Open) -> dict[str, set[tuple[Any, ...]]]:
    """A database with something in every table of persons."""
    async with open_store(address) as store:
        await in_every_table(store, ANN)
        for person in PEOPLE:
            await sign(store, person)
            await store.subscribers.subscribe(person, person, "be")
    return await everything(address)


async def change(address: str, folder: Path, work: Callable[[AsyncConnection], Any]) -> None:
    """Somebody's hand in a database that no bot has open."""
    database = await Database.open(address, folder=folder)
    try:
        await database.write(work)
    finally:
        await database.close()


async def test_the_copy_holds_the_same_and_goes_on(
    address: str, other: str, open_store: Open, copy: Copy, tmp_path: Path
) -> None:
    before = await filled(address, open_store)
    contents: Contents = await copy(address, other)
    assert await everything(other) == before == await everything(address)
    assert {name: content.rows for name, content in contents.items()} == {
        name: len(rows) for name, rows in before.items()
    }
    async with open_store(other, folder=tmp_path / "elsewhere") as store:
        assert not store.made
        found = await store.signatures.find(await tag_of(store, ANN))
        assert found is not None
        assert (found.kind, found.country) == (Kind.SHOWN, "PL")
        assert await store.subscribers.has(ANN)
        assert await store.drafts.find(ANN) is not None
        new = await sign(store, BOHDAN)
        assert new.signature.number == 67 + 1 + len(PEOPLE)  # type: ignore[union-attr] # Signed, or the test fails


async def test_from_one_postgresql_to_another(postgresql: PostgreSQL, open_store: Open, copy: Copy) -> None:
    first, second = await postgresql.new_address(), await postgresql.new_address()
    before = await filled(first, open_store)
    await copy(first, second)
    assert await everything(second) == before


@pytest.mark.parametrize("moment", ["between the batches", "before the end"])
async def test_a_copy_that_is_broken_off_goes_on_and_is_used_by_nobody_until_then(
    address: str, other: str, open_store: Open, copy: Copy, keys: Keys, tmp_path: Path, clock: TurnedClock,
    monkeypatch: pytest.MonkeyPatch, moment: str,
) -> None:  # fmt: skip
    monkeypatch.setattr(copying, "BATCH", 5)
    before = await filled(address, open_store)
    with monkeypatch.context() as patch:
        if moment == "before the end":
            patch.setattr(copying, "_compare", failing)
        else:
            patch.setattr(copying, "_add", failing_after(2, copying._add))  # noqa: SLF001 - to fail in it
        with pytest.raises(ZeroDivisionError):
            await copy(address, other)
    for use in (
        open_store(other, folder=tmp_path / "elsewhere").__aenter__(),
        inspect(other, keys=keys, slug="test-petition"),
        change_standing(other, "test-petition", open_again),
        Operator(other, tmp_path, keys, clock).back_up(),
        copy(other, address),
    ):
        with pytest.raises(DatabaseRefused) as refused:
            await use
        assert "copy" in str(refused.value) or "holds a database" in str(refused.value)
        assert "\n" not in str(refused.value)
    added: list[tuple[str, int]] = []
    add = copying._add  # noqa: SLF001 - to count what it adds

    async def counted(connection: AsyncConnection, table: Table, rows: list[dict[str, Any]]) -> None:
        added.append((table.name, len(rows)))
        await add(connection, table, rows)

    monkeypatch.setattr(copying, "_add", counted)
    await copy(address, other)
    whole = sum(map(len, before.values()))
    assert sum(rows for _, rows in added) == (0 if moment == "before the end" else whole - already(before, 2))
    assert await everything(other) == before
    with pytest.raises(DatabaseRefused, match="TO: it holds a database already"):
        await copy(address, other)


def already(contents: dict[str, set[tuple[Any, ...]]], batches: int) -> int:
    """How many rows so many batches hold."""
    sizes = [
        size
        for table in METADATA.sorted_tables
        for size in [5] * (len(contents[table.name]) // 5) + [len(contents[table.name]) % 5]
        if size
    ]
    return sum(sizes[:batches])


async def failing(*_arguments: object, **_named: object) -> None:
    raise ZeroDivisionError


def failing_after(times: int, work: Callable[..., Any]) -> Callable[..., Any]:
    left = iter(range(times))

    async def fail(*arguments: Any, **named: Any) -> None:
        if next(left, None) is None:
            raise ZeroDivisionError
        await work(*arguments, **named)

    return fail


async def test_a_source_that_is_lost_meanwhile_is_told_in_one_line_and_gone_on_with(
    postgresql: PostgreSQL, open_store: Open, copy: Copy, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = await postgresql.new_address(), await postgresql.new_address()
    async with open_store(first) as store:
        people = range(10**9, 10**9 + MORE_THAN_IS_READ_AT_ONCE)
        rows = [store.subscribers.new_row(person, person, "en", 0) for person in people]
        await store.database.write(lambda connection: connection.execute(insert(SUBSCRIBER), rows))
    before = await everything(first)
    ending: list[asyncio.Task[None]] = []
    add = copying._add  # noqa: SLF001 - to end the source's connections in it

    async def lost(connection: AsyncConnection, **what: Any) -> None:
        await add(connection, **what)
        if what["table"] is SUBSCRIBER:
            ending.append(asyncio.create_task(postgresql.end_connections(first)))  # while it is read on

    with monkeypatch.context() as patch:
        patch.setattr(copying, "_add", lost)
        with pytest.raises(DatabaseRefused, match=r"^FROM: it cannot be read .* the same command goes on\.$"):
            await copy(first, second)
    await asyncio.gather(*ending)
    await copy(first, second)
    assert await everything(second) == before


@pytest.mark.parametrize("harm", ["changed", "removed", "added"])
async def test_a_copy_that_differs_is_found_and_not_used(
    address: str, other: str, open_store: Open, copy: Copy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, harm: str
) -> None:
    await filled(address, open_store)
    with monkeypatch.context() as patch:
        patch.setattr(copying, "_compare", failing)
        with pytest.raises(ZeroDivisionError):
            await copy(address, other)

    async def tamper(connection: AsyncConnection) -> None:
        first = select(SIGNATURE.c.id).order_by(SIGNATURE.c.id).limit(1).scalar_subquery()  # copied long ago
        if harm == "changed":
            await connection.execute(update(SIGNATURE).where(SIGNATURE.c.id == first).values(country="XX"))
        elif harm == "removed":
            await connection.execute(delete(SIGNATURE).where(SIGNATURE.c.id == first))
        else:
            row = (await connection.execute(select(SIGNATURE).limit(1))).one()._asdict()
            forged = {**row, "id": b"\0" * 16, "number": 9_999, "tag": secrets.token_bytes(32)}
            await connection.execute(insert(SIGNATURE), [forged])

    await change(other, tmp_path / "elsewhere", tamper)
    for _ in range(2):
        with pytest.raises(DatabaseRefused, match=r"TO: the copy differs from FROM in signature: it is not used\."):
            await copy(address, other)
    with pytest.raises(DatabaseRefused, match="unfinished copy"):
        await inspect(other, keys=None, slug=None)


async def test_a_source_that_changed_since_is_not_mixed_with_what_it_was(
    address: str, other: str, open_store: Open, copy: Copy, monkeypatch: pytest.MonkeyPatch
) -> None:
    await filled(address, open_store)
    with monkeypatch.context() as patch:
        patch.setattr(copying, "_copy_table", failing)
        with pytest.raises(ZeroDivisionError):
            await copy(address, other)
    async with open_store(address) as store:
        await sign(store, BOHDAN)
    with pytest.raises(DatabaseRefused, match=r"TO: it is an unfinished copy, but not of what FROM holds now\."):
        await copy(address, other)


async def test_a_running_bot_is_not_copied_nor_copied_into(
    address: str, other: str, open_store: Open, copy: Copy, tmp_path: Path
) -> None:
    async with open_store(address):
        with pytest.raises(DatabaseRefused, match=r"FROM: .*in use by another running bot"):
            await copy(address, other)
    async with open_store(other, folder=tmp_path / ("other" if "sqlite" in other else "data")):
        with pytest.raises(DatabaseRefused, match=r"TO: .*in use by another running bot"):
            await copy(address, other)


async def test_nobody_writes_to_the_source_meanwhile(
    sqlite_address: str, postgresql: PostgreSQL, open_store: Open, copy: Copy, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`close` and `unfreeze` take no lock: what they write would be missing in the copy."""
    monkeypatch.setattr("storage.engines.BUSY_MILLISECONDS", 50)
    await filled(sqlite_address, open_store)
    tries = []

    async def try_to_write(*_: object) -> None:
        with pytest.raises(DatabaseRefused, match="cannot be written now"):
            await change_standing(sqlite_address, "test-petition", open_again)
        tries.append(1)

    monkeypatch.setattr(copying, "_compare", try_to_write)
    await copy(sqlite_address, await postgresql.new_address())
    assert tries


async def test_what_cannot_be_copied_is_refused_in_one_line(
    address: str, other: str, open_store: Open, copy: Copy, tmp_path: Path, postgresql: PostgreSQL
) -> None:
    async def refused(source: str, target: str, told: str, **changed: Any) -> None:
        with pytest.raises((DatabaseRefused, KeysRefused), match=told) as refusal:
            await copy(source, target, **changed)
        assert "\n" not in str(refusal.value)
        assert "hush" not in str(refusal.value)

    missing = f"sqlite:///{tmp_path / 'missing' / 'none.sqlite'}"
    await refused(missing, await postgresql.new_address(), "FROM: .* is not there")
    assert not (tmp_path / "missing").exists()
    await filled(address, open_store)
    await refused(address, address, "both SQLite" if "sqlite" in address else "FROM and TO are one database")
    await refused("mysql://me:hush@x/y", other, "FROM takes sqlite")
    await refused(address, "postgresql://me:hush@host:port/x", "TO cannot be read")
    if "sqlite" in address:
        await refused(address, "postgresql://me:hush@127.0.0.1:1/x", r"TO: .*\(Conn")
    make_keys(tmp_path / "others")
    await refused(address, other, "pepper.key|field.key", keys=Keys.load(tmp_path / "others"))
    await change(
        other, tmp_path / "other", lambda connection: connection.execute(text("CREATE TABLE theirs (one INT)"))
    )
    await refused(address, other, "TO: .*not this program's")


async def test_one_database_by_two_addresses_is_refused(postgresql: PostgreSQL, open_store: Open, copy: Copy) -> None:
    address = await postgresql.new_address()
    await filled(address, open_store)
    with pytest.raises(DatabaseRefused, match="TO: "):
        await copy(address, address.replace("?host=/", "?host=//"))


async def test_an_older_version_is_brought_up_to_date_first(
    address: str, other: str, open_store: Open, copy: Copy, tmp_path: Path
) -> None:
    await filled(address, open_store)
    older = text("UPDATE alembic_version SET version_num = '0003'")
    await change(address, tmp_path / "data", lambda connection: connection.execute(older))
    with pytest.raises(DatabaseRefused, match=r"FROM: The database is not of this version\. Start the bot once"):
        await copy(address, other)


async def test_a_file_that_a_kill_left_without_a_byte_is_taken(
    postgresql: PostgreSQL, open_store: Open, copy: Copy, tmp_path: Path
) -> None:
    address = await postgresql.new_address()
    before = await filled(address, open_store)
    void = tmp_path / "new.sqlite"
    void.write_bytes(b"")
    await copy(address, f"sqlite:///{void}")
    assert await everything(f"sqlite:///{void}") == before
    assert void.stat().st_mode & 0o077 == 0


async def test_a_source_without_a_byte_is_a_loss_and_stays(postgresql: PostgreSQL, copy: Copy, tmp_path: Path) -> None:
    void = tmp_path / "lost.sqlite"
    void.write_bytes(b"")
    with pytest.raises(DatabaseRefused, match=r"FROM: .*Bring back the database"):
        await copy(f"sqlite:///{void}", await postgresql.new_address())
    assert void.read_bytes() == b""


async def test_rows_lie_in_the_order_of_their_keys(
    sqlite_address: str, postgresql: PostgreSQL, open_store: Open, copy: Copy
) -> None:
    """Not as people came: signature No. N could else be laid beside the N-th subscriber."""
    other = await postgresql.new_address()
    await filled(sqlite_address, open_store)
    await copy(sqlite_address, other)
    async with snapshot(other) as connection:
        for table in (SIGNATURE, SUBSCRIBER):
            ids = list((await connection.execute(select(table.c.id).order_by(text("ctid")))).scalars())
            assert ids == sorted(ids)


def test_how_the_old_one_is_removed_is_told_without_its_password() -> None:
    told = tell_removal("postgresql://me:hush@db.example/petition")
    assert "drop the database petition on db.example" in told
    assert "hush" not in told
    assert "x.sqlite-wal" in tell_removal("sqlite:////data/x.sqlite")


KINDS: dict[tuple[str, str], list[Any]] = {
    ("signature", "kind"): ["shown", "private", "nameless"],
    ("subscriber", "level"): ["all", "important"],
    ("message", "marked"): [0, 1],
    ("broadcast", "kind"): ["news"],
    ("broadcast", "state"): ["scheduled", "sending", "sent"],
    ("delivery", "state"): ["claimed", "settled", "in_doubt"],
    ("pending_erasure", "kind"): ["asked", "expired"],
    ("counter", "id"): [1],
}
LETTERS = "aZ09_ -äßłґїў漢😀'\"\\%"


def value(table: Table, column: Column[Any], chance: random.Random) -> Any:
    """Any that the column takes, the least and the longest among them."""
    kinds = KINDS.get((table.name, column.name))
    if kinds is not None:
        return chance.choice(kinds)
    if column.nullable and chance.random() < 0.3:
        return None
    if isinstance(column.type, LargeBinary):
        return chance.randbytes(column.type.length or chance.choice([0, 1, 700]))
    if isinstance(column.type, Boolean):
        return chance.random() < 0.5
    if isinstance(column.type, SmallInteger | Integer):
        bits = 62 if isinstance(column.type, BigInteger) else 31
        return chance.choice([0, 1, chance.randrange(2**bits), 2**bits - 1])
    assert isinstance(column.type, String)
    length = column.type.length or 9
    return "".join(chance.choice(LETTERS) for _ in range(chance.randint(1, length)))


def any_row(table: Table, chance: random.Random) -> dict[str, Any]:
    row = {column.name: value(table, column, chance) for column in table.columns}
    if table is SIGNATURE:
        row["name"] = None if row["kind"] == "nameless" else chance.randbytes(560)
    if table.name == "broadcast":
        row["subject"] = None
    if table.name == "signature_day":
        row["number"] = 1 + row["number"] // 2
    return row


def any_rows(table: Table, chance: random.Random) -> list[dict[str, Any]]:
    """Keys, and what else may be there once only, are not given twice."""
    once = [column.name for column in table.columns if column.primary_key or column.unique]
    rows: list[dict[str, Any]] = []
    for _ in range(chance.randint(0, ROWS)):
        row = any_row(table, chance)
        if all(row[name] != earlier[name] for name in once for earlier in rows):
            rows.append(row)
    return rows


@hypothesis_settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 10**6))
async def test_whatever_is_in_it_goes_there_and_back(
    postgresql: PostgreSQL, open_store: Open, tmp_path: Path, copy: Copy, seed: int
) -> None:
    folder, chance = tmp_path / secrets.token_hex(8), random.Random(seed)  # noqa: S311 - chance is no secret
    there, back = await postgresql.new_address(), f"sqlite:///{folder / 'back' / 'x.sqlite'}"
    address = f"sqlite:///{folder / 'x.sqlite'}"
    async with open_store(address, folder=folder):
        pass

    async def fill(connection: AsyncConnection) -> None:
        for table in METADATA.sorted_tables:
            rows = any_rows(table, chance)
            if table is not META:
                await connection.execute(delete(table))
            if rows:
                await connection.execute(insert(table), rows)

    await change(address, folder, fill)
    before = await everything(address)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(copying, "BATCH", chance.randint(1, ROWS))
        await copy(address, there)
        await copy(there, back)
    assert await everything(there) == before
    assert await everything(back) == before
