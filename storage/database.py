"""Engines, transactions, pragmas; migrations run at start."""

from __future__ import annotations

import asyncio
import fcntl
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import IO, Any, TypeVar

from sqlalchemy import event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

Result = TypeVar("Result")

DRIVERS = {"sqlite": "sqlite+aiosqlite", "postgresql": "postgresql+asyncpg"}
PRAGMAS = {"journal_mode": "wal", "synchronous": "full", "secure_delete": "on", "foreign_keys": "on"}
CHECKED = {"journal_mode": "wal", "synchronous": 2, "secure_delete": 1}
BUSY_MILLISECONDS = 5_000
READERS = 4
POOL_SECONDS = 10


class StorageFault(Exception):
    """The database could not be read or written; nothing was committed."""

    def __init__(self, error: BaseException) -> None:
        """Keeps the kind of the driver's error, never its text: that may hold a statement's values."""
        cause = error.orig if isinstance(error, DBAPIError) and error.orig is not None else error
        self.reason = type(getattr(cause, "__cause__", None) or cause).__name__
        super().__init__(self.reason)


class DatabaseRefused(Exception):
    """This database must not be used; the text is one clear line that says what to do."""


def database_url(address: str) -> URL:
    """The address with the driver that is used; DatabaseRefused for a database that is not known."""
    try:
        url = make_url(address)
    except (ArgumentError, ValueError):
        raise DatabaseRefused("BOT_DATABASE_URL cannot be read as an address of a database.") from None
    kind = url.get_backend_name()
    if kind not in DRIVERS:
        raise DatabaseRefused("BOT_DATABASE_URL takes sqlite+aiosqlite:///FILE or postgresql+asyncpg://...")
    return url.set(drivername=DRIVERS[kind])


class Database:
    """One writer and several readers of one database."""

    def __init__(self, writer: AsyncEngine, readers: AsyncEngine, lock: IO[str]) -> None:
        """Made by `open`."""
        self.writer = writer
        self._readers = readers
        self._lock = lock
        self._writing: set[asyncio.Task[Any]] = set()

    @classmethod
    async def open(cls, address: str, *, folder: Path) -> Database:
        """Opens or makes the database. `folder` takes SQLite's temporary files; the lock lies beside the file.

        DatabaseRefused when it is not ours, in use by another process, or cannot be written.
        """
        url = database_url(address)
        _take_folder(folder)
        lock = _lock(_place(url) or folder)
        try:
            return await cls._open(url, lock, folder)
        except BaseException:
            lock.close()
            raise

    @classmethod
    async def _open(cls, url: URL, lock: IO[str], folder: Path) -> Database:
        if url.get_backend_name() != "sqlite":
            engine = create_async_engine(url, hide_parameters=True, pool_pre_ping=True)
            return cls(engine, engine, lock)
        _make_file(url)
        writer = _sqlite(url, "BEGIN IMMEDIATE", pool_size=1)
        database = cls(writer, _sqlite(url, "BEGIN", pool_size=READERS), lock)
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
        self._lock.close()

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        """A connection that sees one state of the database; StorageFault when it cannot be read."""
        try:
            async with self._readers.connect() as connection, connection.begin():
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
        try:
            async with self.writer.connect() as connection, connection.begin():
                return await work(connection)
        except (DBAPIError, PoolTimeout, OSError) as error:
            raise StorageFault(error) from error

    async def _check_pragmas(self, url: URL) -> None:
        try:
            async with self.writer.connect() as connection:
                for name, wanted in CHECKED.items():
                    found = (await connection.exec_driver_sql(f"PRAGMA {name}")).scalar()
                    if found != wanted:
                        raise DatabaseRefused(f"{url.database}: this SQLite does not take {name}={wanted}.")
        except SQLAlchemyError as error:
            raise DatabaseRefused(f"{url.database} cannot be opened as a database ({_cause(error)}).") from error

    async def _keep_temporary_files_in(self, folder: Path) -> None:
        """VACUUM makes a copy of the file: other places may be read-only, small or less private.

        SQLite reads SQLITE_TMPDIR only when its library is loaded: to set it here would come too late.
        """
        try:
            async with self.writer.connect() as connection:
                await connection.exec_driver_sql(f"PRAGMA temp_store_directory={_quoted(folder)}")
        except SQLAlchemyError as error:
            raise DatabaseRefused(f"{folder} cannot take temporary files ({_cause(error)}).") from error


def _quoted(folder: Path) -> str:
    """For a PRAGMA, which takes no parameters."""
    return "'" + str(folder.resolve()).replace("'", "''") + "'"


def _cause(error: SQLAlchemyError) -> str:
    """The driver's own words: at opening they speak of the file, never of a person."""
    return str(error.orig) if isinstance(error, DBAPIError) else type(error).__name__


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
    if url.get_backend_name() != "sqlite":
        return None
    if not url.database:
        raise DatabaseRefused("BOT_DATABASE_URL names no file.")
    return Path(url.database).resolve().parent


def _lock(folder: Path) -> IO[str]:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        file = (folder / "lock").open("a", encoding="ascii")
    except OSError as error:
        raise DatabaseRefused(f"{folder} cannot be written ({error.strerror}). Choose a place that can.") from None
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        file.close()
        raise DatabaseRefused(f"{folder} is in use by another running bot. Stop that one first.") from None
    return file


def _make_file(url: URL) -> None:
    """Made by us, so that nobody else may read it; SQLite would ask the umask."""
    path = Path(url.database or "")
    try:
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    except OSError as error:
        raise DatabaseRefused(f"{path} cannot be written ({error.strerror}). Choose a place that can.") from None


def _sqlite(url: URL, begin: str, *, pool_size: int) -> AsyncEngine:
    engine = create_async_engine(
        url,
        hide_parameters=True,
        pool_size=pool_size,
        max_overflow=0,
        pool_timeout=POOL_SECONDS,
        connect_args={"timeout": BUSY_MILLISECONDS / 1000},
    )

    @event.listens_for(engine.sync_engine, "connect")
    def on_connect(connection: Any, _record: object) -> None:
        connection.isolation_level = None  # else the driver begins transactions by itself, and never for DDL
        cursor = connection.cursor()
        for name, value in PRAGMAS.items():
            cursor.execute(f"PRAGMA {name}={value}")
        cursor.close()

    @event.listens_for(engine.sync_engine, "begin")
    def on_begin(connection: Any) -> None:
        connection.exec_driver_sql(begin)

    return engine
