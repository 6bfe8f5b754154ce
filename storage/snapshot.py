"""One state of a database, read beside whoever writes it: nothing is changed, no lock is taken."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

from sqlalchemy import Table, select
from sqlalchemy.engine import URL
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection

from storage import identity, migrations
from storage.database import DatabaseRefused, StorageFault, database_url
from storage.engines import existing, is_sqlite, make_engine, read_only
from storage.schema import META


def is_missing(url: URL) -> bool:
    """Whether an SQLite file is not there."""
    return is_sqlite(url) and not Path(url.database or "").exists()


def refuse_missing(url: URL) -> None:
    """DatabaseRefused where there is none: nothing is made."""
    if is_missing(url):
        raise DatabaseRefused(f"{url.database} is not there: there is no database. Look at BOT_DATA.")


@asynccontextmanager
async def snapshot(address: str, *, long: bool = False) -> AsyncIterator[AsyncConnection]:
    """A connection that sees one state of a database of this program; DatabaseRefused where there is none.

    `long` where the reading takes a while and the folder can be written: a bot may start meanwhile, so that the log is
    needed, and made where none is.
    """
    url = database_url(address)
    refuse_missing(url)
    async with AsyncExitStack() as stack:
        engine = make_engine(existing(url) if long else read_only(url))
        stack.push_async_callback(engine.dispose)
        try:
            connection = await stack.enter_async_context(engine.connect())
            if connection.dialect.name == "postgresql":
                await connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
            await stack.enter_async_context(connection.begin())
            await _refuse_foreign(connection)
        except (SQLAlchemyError, OSError) as error:
            raise DatabaseRefused(f"The database cannot be read ({StorageFault(error).reason}).") from error
        try:
            yield connection
        except SQLAlchemyError as error:
            raise DatabaseRefused(f"The database cannot be read to its end ({StorageFault(error).reason}).") from error


async def wait_for_writers(address: str, *tables: Table) -> None:
    """Returns once every transaction has ended that had written to these tables before; DatabaseRefused after 5 s."""
    engine = make_engine(existing(database_url(address)), begin="BEGIN IMMEDIATE")
    try:
        async with engine.connect() as connection, connection.begin():
            if connection.dialect.name == "postgresql":
                names = ", ".join(table.name for table in tables)
                await connection.exec_driver_sql("SET LOCAL lock_timeout = '5s'")
                await connection.exec_driver_sql(f"LOCK TABLE {names} IN SHARE MODE")
    except (SQLAlchemyError, OSError) as error:
        raise DatabaseRefused(f"The database is busy ({StorageFault(error).reason}). Try again in a minute.") from error
    finally:
        await engine.dispose()


async def read_meta(connection: AsyncConnection) -> dict[str, bytes]:
    """What the database says of itself; DatabaseRefused for an unfinished copy: whoever uses a database asks here."""
    kept = {row.key: row.value for row in (await connection.execute(select(META))).all()}
    if identity.COPYING in kept:
        raise DatabaseRefused(identity.UNFINISHED)
    return kept


async def _refuse_foreign(connection: AsyncConnection) -> None:
    revision = await connection.run_sync(migrations.current)
    if revision is None:
        raise DatabaseRefused("The database is empty or not this program's: there is nothing to read.")
    if not migrations.is_known(revision):
        raise DatabaseRefused(identity.NEWER)
