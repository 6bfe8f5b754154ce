"""A database is copied into another one as it is: SQLite to PostgreSQL, back, or from one PostgreSQL to the next.

Rows go in the order of their primary keys, a batch a transaction, so that the last key in the target tells where a
killed copy goes on. Until all is there and was compared, a mark in the target's `meta` keeps every other command away
from it. The mark holds what the source held when the copy began: a source that changed since is not taken for the same.
"""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy import ColumnElement, Row, Select, String, Table, collate, delete, insert, select, tuple_
from sqlalchemy.engine import URL
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection

from storage import identity, migrations
from storage.cipher import Cipher, Keys
from storage.database import Database, DatabaseRefused, StorageFault, database_url
from storage.engines import is_sqlite
from storage.identity import COPYING
from storage.rotation import refuse_unfit
from storage.schema import META, METADATA
from storage.snapshot import refuse_missing

BATCH = 2_000  # rows a transaction
FROM, TO = "FROM", "TO"
SAME = "FROM and TO are one database. Give two."
FULL = "holds a database already. Give an empty one: a new file, or a database of PostgreSQL without tables."
BEGIN_ANEW = "Make it empty (remove the file with its -wal and -shm, or drop and make the database), and begin anew."


@dataclass(frozen=True)
class Content:
    """What one table holds: two that tell the same hold the same."""

    rows: int
    digest: str  # SHA-256 of its rows, by their keys


Contents = Mapping[str, Content]
"""By the tables' names."""


async def copy_database(
    source: str, target: str, *, folder: Path, keys: Keys, told: Callable[[str, int], None] = lambda _table, _rows: None
) -> Contents:
    """Copies all of it, or what an earlier run left, and compares; gives what was copied. `told` hears of each table.

    `folder` is BOT_DATA. DatabaseRefused and KeysRefused say in one line why not, and name FROM or TO; nothing says a
    password. FROM is not changed, and cannot be while it is copied.
    """
    from_url, to_url = database_url(source, FROM), database_url(target, TO)
    if is_sqlite(from_url) and is_sqlite(to_url):
        raise DatabaseRefused("FROM and TO are both SQLite files: stop the bot and copy the file with its -wal.")
    if from_url == to_url:
        raise DatabaseRefused(SAME)
    async with AsyncExitStack() as stack:
        with _naming(FROM):
            refuse_missing(from_url)
            cipher = Cipher(keys)
            origin = await stack.enter_async_context(_opened(source, folder))
            await refuse_unfit(origin, {cipher.key_id: cipher})
        with _naming(TO):
            _remove_void(to_url)
            copy = await stack.enter_async_context(_opened(target, folder))
            await _refuse_full(copy)
        with _naming(FROM):
            stack.enter_context(_naming_faults(FROM))  # a lost connection cannot be given back either
            rows = await stack.enter_async_context(_held(origin))
            contents = await _contents(rows)
        with _naming(TO):
            await copy.write(partial(_begin, mark=_packed(contents)))
        for table in METADATA.sorted_tables:
            await _copy_table(table, rows, copy)
            told(table.name, contents[table.name].rows)
        with _naming(TO):
            await _compare(copy, contents)
            await copy.write(_finish)
    return contents


def tell_removal(address: str) -> str:
    """How a database is removed that is needed no more: what to do, without its password."""
    url = database_url(address)
    if is_sqlite(url):
        return f"remove {url.database}, and {Path(url.database or '').name}-wal and -shm where they lie beside it."
    return f"drop the database {url.database} on {url.host or 'its server'}, and whatever copies its server keeps."


@asynccontextmanager
async def _opened(address: str, folder: Path) -> AsyncIterator[Database]:
    """Alone: no bot runs on it meanwhile."""
    database = await Database.open(address, folder=folder)
    try:
        yield database
    finally:
        await database.close()


def _remove_void(url: URL) -> None:
    """A kill may leave a file that not a byte was written to: it holds nothing, and `open` takes it for a loss."""
    file = Path(url.database or "")
    beside = file.with_name(f"{file.name}-wal")
    if is_sqlite(url) and file.is_file() and not file.stat().st_size and not beside.exists():
        file.unlink()


@contextmanager
def _naming(end: str) -> Iterator[None]:
    """Says of which of the two a refusal or a fault is."""
    with _naming_faults(end):
        try:
            yield
        except DatabaseRefused as refusal:
            raise DatabaseRefused(f"{end}: {refusal}") from None


@contextmanager
def _naming_faults(end: str) -> Iterator[None]:
    """Likewise, of what bears no name yet; a refusal that has its own is left as it is."""
    try:
        yield
    except (StorageFault, SQLAlchemyError, OSError) as error:
        fault = error if isinstance(error, StorageFault) else StorageFault(error)
        raise DatabaseRefused(
            f"{end}: it cannot be read or written ({fault.reason}). It is to be whole and running, with room on its "
            "disk. What is copied is not lost: the same command goes on."
        ) from None


@asynccontextmanager
async def _held(database: Database) -> AsyncIterator[AsyncConnection]:
    """One state of it; nobody writes while it lasts, `close` and `unfreeze` neither."""
    async with database.writer.connect() as connection:
        if database.dialect == "postgresql":
            await connection.execution_options(isolation_level="REPEATABLE READ")
        async with connection.begin():
            if database.dialect == "postgresql":
                names = ", ".join(table.name for table in METADATA.sorted_tables)
                await connection.exec_driver_sql("SET LOCAL lock_timeout = '5s'")
                await connection.exec_driver_sql("SET LOCAL idle_in_transaction_session_timeout = 0")
                await connection.exec_driver_sql(f"LOCK TABLE {names} IN SHARE MODE")
            yield connection


async def _refuse_full(database: Database) -> None:
    """At once where there is no copy to go on with; what the mark says is looked at later."""

    async def look(connection: AsyncConnection) -> None:
        if await connection.run_sync(migrations.current) is None:
            await connection.run_sync(identity.refuse_foreign)
        else:
            await _read_mark(connection)

    await database.write(look)


async def _begin(connection: AsyncConnection, mark: bytes) -> None:
    """Makes the tables and the mark in one transaction, or sees that this copy has begun."""
    if await connection.run_sync(migrations.current) is not None:
        if await _read_mark(connection) != mark:
            raise DatabaseRefused(f"it is an unfinished copy, but not of what FROM holds now. {BEGIN_ANEW}")
        return
    await connection.run_sync(identity.refuse_foreign)
    await connection.run_sync(migrations.upgrade)
    for table in METADATA.sorted_tables:  # what migrations may have written comes with the copy
        await connection.execute(delete(table))
    await connection.execute(insert(META).values(key=COPYING, value=mark))


async def _read_mark(connection: AsyncConnection) -> bytes:
    """DatabaseRefused for a database that is no unfinished copy of this version."""
    if await connection.run_sync(migrations.current) != migrations.newest():
        raise DatabaseRefused(f"it {FULL}")
    mark = (await connection.execute(select(META.c.value).where(META.c.key == COPYING))).scalar()
    if mark is None:
        raise DatabaseRefused(f"it {FULL}")
    return bytes(mark)


async def _copy_table(table: Table, source: AsyncConnection, copy: Database) -> None:
    """What comes after the last key that is there."""
    with _naming(TO):
        last = await _last_key(table, copy)
    batches = _batches(source, _in_order(table, source.dialect.name, after=last))
    while True:
        with _naming(FROM):
            rows = await anext(batches, None)
        if rows is None:
            return
        with _naming(TO):
            await copy.write(partial(_add, table=table, rows=[row._asdict() for row in rows]))


async def _add(connection: AsyncConnection, table: Table, rows: list[dict[str, Any]]) -> None:
    await connection.execute(insert(table), rows)


async def _last_key(table: Table, copy: Database) -> Sequence[Any] | None:
    """None while the table is empty."""
    key = [column.desc() for column in _key(table, copy.dialect)]
    statement = _without_mark(select(*table.primary_key)).order_by(*key).limit(1)
    async with copy.read() as connection:
        row = (await connection.execute(statement)).first()
    return None if row is None else tuple(row)


def _in_order(table: Table, dialect: str, after: Sequence[Any] | None = None) -> Select[Any]:
    key = _key(table, dialect)
    statement = _without_mark(select(table)).order_by(*key)
    return statement if after is None else statement.where(tuple_(*key) > tuple_(*after))


def _key(table: Table, dialect: str) -> list[ColumnElement[Any]]:
    """Both databases are to order alike: SQLite compares text by its bytes, PostgreSQL as its locale does."""
    return [
        collate(column, "C") if dialect == "postgresql" and isinstance(column.type, String) else column
        for column in table.primary_key
    ]


def _without_mark(statement: Select[Any]) -> Select[Any]:
    """The mark is the copy's own, and never copied."""
    is_meta = META in statement.get_final_froms()
    return statement.where(META.c.key != COPYING) if is_meta else statement


async def _batches(connection: AsyncConnection, statement: Select[Any]) -> AsyncIterator[Sequence[Row[Any]]]:
    result = await connection.stream(statement)
    async for rows in result.partitions(BATCH):
        yield rows


async def _contents(connection: AsyncConnection) -> Contents:
    return {table.name: await _content(table, connection) for table in METADATA.sorted_tables}


async def _content(table: Table, connection: AsyncConnection) -> Content:
    """Python's own notation of plain values tells each from every other."""
    number, digest = 0, hashlib.sha256()
    async for rows in _batches(connection, _in_order(table, connection.dialect.name)):
        number += len(rows)
        digest.update(b"".join(repr(tuple(row)).encode() + b"\n" for row in rows))
    return Content(number, digest.hexdigest())


def _packed(contents: Contents) -> bytes:
    told = {name: asdict(content) for name, content in contents.items()}
    return orjson.dumps(
        told, option=orjson.OPT_SORT_KEYS | orjson.OPT_NON_STR_KEYS
    )  # SQLAlchemy's names are no plain ones


async def _compare(copy: Database, contents: Contents) -> None:
    async with copy.read() as connection:
        found = await _contents(connection)
    differing = [name for name, content in contents.items() if found[name] != content]
    if differing:
        raise DatabaseRefused(f"the copy differs from FROM in {', '.join(differing)}: it is not used. {BEGIN_ANEW}")


async def _finish(connection: AsyncConnection) -> None:
    await connection.execute(delete(META).where(META.c.key == COPYING))
