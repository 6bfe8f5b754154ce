"""Transactions, in one writer and several readers."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, TypeVar

import structlog
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from storage.engines import (
    PATIENCE_SECONDS,
    POOL,
    Reading,
    existing,
    has_unknown_options,
    is_lost,
    is_sqlite,
    make_engine,
)
from storage.membership import Membership, join
from storage.refused import DatabaseRefused as DatabaseRefused  # known to everybody by this name

log = structlog.get_logger(__name__)
Result = TypeVar("Result")

DRIVERS = {"sqlite": "sqlite+aiosqlite", "postgresql": "postgresql+asyncpg"}
PRAGMAS = {"journal_mode": "wal", "synchronous": "full", "secure_delete": "on", "foreign_keys": "on"}
CHECKED = {"journal_mode": "wal", "synchronous": 2, "secure_delete": 1}
READERS = 4
POOL_SECONDS = 8  # with BUSY_MILLISECONDS less than 15 s: later Telegram takes no answer to a tap

# What SQLite's results mean to an operator, by how their names begin: https://www.sqlite.org/rescode.html
MEANINGS = {
    "SQLITE_BUSY": "another program holds it locked: end that one",
    "SQLITE_FULL": "the disk is full: make room",
    "SQLITE_IOERR": "the disk is full or faulty: make room, or look at it",
    "SQLITE_CORRUPT": "it is damaged: bring back a backup",
    "SQLITE_NOTADB": "it is damaged, or no database: bring back a backup",
    "SQLITE_READONLY": "it cannot be written: look at who may",
    "SQLITE_CANTOPEN": "it cannot be opened: look at who may",
}


class StorageFault(Exception):
    """The database could not be read or written; nothing was committed, unless it `may_be_done`."""

    def __init__(self, error: BaseException, *, may_be_done: bool = False) -> None:
        """Keeps the kind of the driver's error, never its text: that may hold a statement's values.

        `may_be_done`: COMMIT was sent to a server, and no answer came.
        """
        self.may_be_done = may_be_done
        cause = error.orig if isinstance(error, DBAPIError) and error.orig is not None else error
        kind = type(getattr(cause, "__cause__", None) or cause).__name__
        result = str(getattr(cause, "sqlite_errorname", ""))
        self.waited = result.startswith("SQLITE_BUSY") or isinstance(error, PoolTimeout)  # to no avail, for long
        self.reason = next((told for name, told in MEANINGS.items() if result.startswith(name)), kind)
        super().__init__(self.reason)


def database_url(address: str, name: str = "BOT_DATABASE_URL") -> URL:
    """The address with the driver that is used; DatabaseRefused, by what it is named, for one that is not known."""
    try:
        url = make_url(address)
    except (ArgumentError, ValueError):
        raise DatabaseRefused(f"{name} cannot be read as an address of a database.") from None
    kind = url.get_backend_name()
    if kind not in DRIVERS:
        raise DatabaseRefused(f"{name} takes sqlite+aiosqlite:///FILE or postgresql+asyncpg://...")
    if is_sqlite(url) and url.database in (None, "", ":memory:"):
        raise DatabaseRefused(f"{name} names no file.")
    if has_unknown_options(url):
        raise DatabaseRefused(f"{name} has an unknown option behind its ?. TLS is ssl=verify-full, no sslmode.")
    return url.set(drivername=DRIVERS[kind])


class Database:
    """One writer and several readers of one database."""

    def __init__(
        self,
        writer: AsyncEngine,
        readers: AsyncEngine,
        membership: Membership,
        is_in_place: Callable[[], bool] = lambda: True,
    ) -> None:
        """Made by `open`."""
        self.writer = writer
        self.membership = membership
        self._readers = readers
        self._is_in_place = is_in_place
        self._writing: set[asyncio.Task[Any]] = set()

    @classmethod
    async def open(cls, address: str, *, folder: Path, connections: int = POOL, shared: bool = False) -> Database:
        """Opens or makes the database. `folder` takes SQLite's temporary files; the lock lies beside the file.

        `connections`: how many at most, on PostgreSQL; `shared`: there others may be at work beside this one, all of
        them such.
        DatabaseRefused when it is not ours, in use by another process, or cannot be written.
        """
        url = database_url(address)
        _take_folder(folder)
        membership = await join(url, _place(url) or folder, shared=shared)
        try:
            return await cls._open(url, membership, folder, connections)
        except BaseException:
            await membership.leave()
            raise

    @classmethod
    async def _open(cls, url: URL, membership: Membership, folder: Path, connections: int) -> Database:
        pool: dict[str, Any] = {"max_overflow": 0, "pool_timeout": POOL_SECONDS}
        if not is_sqlite(url):
            engine = make_engine(url, patience=PATIENCE_SECONDS, at_work=True, pool_size=connections, **pool)
            return cls(engine, engine, membership)
        is_in_place = _make_file(Path(url.database or ""))
        pool["pragmas"] = PRAGMAS
        writer = make_engine(existing(url), begin="BEGIN IMMEDIATE", pool_size=1, **pool)
        database = cls(writer, make_engine(existing(url), pool_size=READERS, **pool), membership, is_in_place)
        try:
            await database._check_pragmas(url)
            await database._keep_temporary_files_in(folder)
        except BaseException:
            await database.close()
            raise
        return database

    @property
    def dialect(self) -> str:
        """ "sqlite" or "postgresql"."""
        return self.writer.dialect.name

    async def close(self) -> None:
        """Waits for what is being written, closes every connection, and lets another process in."""
        if self._writing:
            await asyncio.wait(self._writing)
        await self._readers.dispose()
        await self.writer.dispose()
        await self.membership.leave()

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        """A connection that sees one state of the database; StorageFault when it cannot be read."""
        try:
            async with Reading(self._readers) as connection:
                yield connection
        except (DBAPIError, PoolTimeout, OSError) as error:
            raise StorageFault(error) from error

    async def write(self, work: Callable[[AsyncConnection], Awaitable[Result]]) -> Result:
        """One transaction, whole or not at all, also when the caller is cancelled; StorageFault when it failed.

        It runs in a task of its own: a cancelled caller waits for its end before the cancellation goes on.
        """
        task = asyncio.ensure_future(self._transaction(work))
        self._writing.add(task)
        task.add_done_callback(self._writing.discard)
        try:
            return await asyncio.shield(task)
        except asyncio.CancelledError:
            await asyncio.wait({task})
            if not task.cancelled():
                task.exception()  # seen: the caller is gone
            raise

    async def _transaction(self, work: Callable[[AsyncConnection], Awaitable[Result]]) -> Result:
        if not self._is_in_place():
            log.error("the database's file was removed or replaced while the bot runs: stop it, bring the file back")
            raise StorageFault(FileNotFoundError())
        if not await self.membership.present():
            raise StorageFault(ConnectionError())  # somebody may work alone by now, and would be in for a surprise
        return await self._attempt(work, again=True)

    async def _attempt(self, work: Callable[[AsyncConnection], Awaitable[Result]], *, again: bool) -> Result:
        """Once more where the connection was lost before COMMIT was sent: after it, it may have been carried out."""
        committing = False
        try:
            async with self.writer.connect() as connection, connection.begin():
                result = await work(connection)
                committing = True
        except (DBAPIError, PoolTimeout, OSError) as error:
            if committing or not again or not is_lost(error):
                may_be_done = committing and self.dialect == "postgresql"
                raise StorageFault(error, may_be_done=may_be_done) from error
        else:
            return result
        if not await self.membership.present():
            raise StorageFault(ConnectionError())
        log.warning("the connection to the database was lost, trying once more")
        return await self._attempt(work, again=False)

    async def _check_pragmas(self, url: URL) -> None:
        try:
            async with self.writer.connect() as connection:
                for name, wanted in CHECKED.items():
                    found = (await connection.exec_driver_sql(f"PRAGMA {name}")).scalar()
                    if found != wanted:
                        raise DatabaseRefused(f"{url.database}: this SQLite does not take {name}={wanted}.")
        except SQLAlchemyError as error:
            raise DatabaseRefused(
                f"{url.database} cannot be opened as a database ({StorageFault(error).reason})."
            ) from error

    async def _keep_temporary_files_in(self, folder: Path) -> None:
        """VACUUM makes a copy of the file: other places may be read-only, small or less private.

        SQLite reads SQLITE_TMPDIR only when its library is loaded: to set it here would come too late.
        """
        try:
            async with self.writer.connect() as connection:
                await connection.exec_driver_sql(f"PRAGMA temp_store_directory={_quoted(folder)}")
        except SQLAlchemyError as error:
            raise DatabaseRefused(f"{folder} cannot take temporary files ({StorageFault(error).reason}).") from error


def _quoted(folder: Path) -> str:
    """For a PRAGMA, which takes no parameters."""
    return "'" + str(folder.resolve()).replace("'", "''") + "'"


def _take_folder(folder: Path) -> None:
    """Made where it is missing."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise DatabaseRefused(
            f"{folder} cannot be written ({error.strerror}). BOT_DATA takes a folder that can."
        ) from None


def _place(url: URL) -> Path | None:
    """The folder of an SQLite file: whoever uses the same file meets there."""
    return Path(url.database or "").resolve().parent if is_sqlite(url) else None


def refuse_empty(path: Path) -> None:
    """DatabaseRefused for a file without a byte: a database that was there is lost, and none is made in its place."""
    if path.exists() and not path.stat().st_size:
        raise DatabaseRefused(f"{path} is empty. Bring back the database that was there; if none was, remove it.")


def _make_file(path: Path) -> Callable[[], bool]:
    """Made by us, so that nobody else may read it; SQLite would ask the umask. Never in place of one that was there.

    Gives what tells whether the file is still in its place: what is written to one that was removed is lost at the end.
    """
    log_beside = path.with_name(f"{path.name}-wal")
    try:
        refuse_empty(path)
        if not path.exists() and log_beside.exists() and log_beside.stat().st_size:
            raise DatabaseRefused(
                f"{path} is missing, and {log_beside.name} beside it is not. Bring back the database, or move it away."
            )
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
        made = path.stat()
    except OSError as error:
        raise DatabaseRefused(f"{path} cannot be written ({error.strerror}). Choose a place that can.") from None

    def is_in_place() -> bool:
        try:
            return os.path.samestat(path.stat(), made)
        except OSError:
            return False

    return is_in_place
