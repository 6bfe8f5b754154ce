"""Makes what was deleted vanish from the files.

Deleting overwrites a value where it stood, but earlier copies remain in the log and in unused parts of pages. So: the
log is written back and cut to nothing, the whole file is written anew, and the log is cut again. Whoever reads the
database at that moment holds all of it up: then it stays pending.
"""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeVar

import asyncpg
import structlog
from sqlalchemy import case, delete, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.clock import MINUTE, Clock
from storage.database import Database, StorageFault
from storage.engines import BUSY_MILLISECONDS
from storage.schema import PENDING_ERASURE

log = structlog.get_logger(__name__)
Result = TypeVar("Result")

ASKED, EXPIRED = "asked", "expired"
TRIES = 10  # to cut the log, a second apart
NIGHT = 3  # the hour, UTC, in which what merely expired vanishes
DAY = 24 * 60  # minutes
INTERVAL = 30.0  # seconds
QUICK = 0.5  # seconds: while writing the file anew takes less, what people erase vanishes at once
TRY_MILLISECONDS = 100


@dataclass(frozen=True)
class Pending:
    """What is still to vanish: erased by people, merely expired, and since when the oldest waits."""

    asked: int
    expired: int
    since: datetime | None


async def note(connection: AsyncConnection, kind: str, clock: Clock) -> None:
    """Notes one more erasure, inside the transaction that erases."""
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    statement = insert(PENDING_ERASURE).values(kind=kind, number=1, since=int(clock().timestamp()) // MINUTE)
    await connection.execute(
        statement.on_conflict_do_update(
            index_elements=[PENDING_ERASURE.c.kind], set_={"number": PENDING_ERASURE.c.number + 1}
        )
    )


async def read_pending(connection: AsyncConnection) -> Pending:
    """What is pending, by one statement."""
    rows = {row.kind: row for row in (await connection.execute(select(PENDING_ERASURE))).all()}
    since = min((row.since for row in rows.values()), default=None)
    return Pending(
        asked=rows[ASKED].number if ASKED in rows else 0,
        expired=rows[EXPIRED].number if EXPIRED in rows else 0,
        since=None if since is None else datetime.fromtimestamp(since * MINUTE, UTC),
    )


class Erasure:
    """Finishes what erasing transactions began."""

    def __init__(
        self, database: Database, clock: Clock, pause: Callable[[float], Awaitable[None]] = asyncio.sleep
    ) -> None:
        """`pause` waits a number of seconds between tries."""
        self._database = database
        self._clock = clock
        self._pause = pause
        self._written_anew: dict[str, int] | None = None  # what was pending when the file was last written anew
        self._lasted = 0.0  # seconds that it took

    async def pending(self) -> Pending:
        """What is still to vanish."""
        async with self._database.read() as connection:
            return await read_pending(connection)

    async def vanish(self) -> bool:
        """Makes all that is pending vanish; False when somebody's reader held it up, and it stays pending."""
        if self._written_anew is None:
            async with self._database.read() as connection:
                rows = (await connection.execute(select(PENDING_ERASURE))).all()
            if not rows:
                return True
            if not await self._cut_log():
                return False
            began = time.monotonic()
            await self._on_driver(_vacuum)
            self._lasted = time.monotonic() - began
            self._written_anew = {row.kind: row.number for row in rows}
        if not await self._cut_log():
            return False  # the file is written anew already: the next time only the log is left
        vanished, self._written_anew = self._written_anew, None
        await self._database.write(lambda connection: _settle(connection, vanished))
        return True

    async def _cut_log(self) -> bool:
        """Writes the log back and cuts it to nothing; False when a reader still needs it after all tries.

        Between the tries the writer's connection is free for others.
        """
        if self._database.dialect != "sqlite":
            return True
        for attempt in range(TRIES):
            if attempt:
                await self._pause(1.0)
            if await self._on_driver(_truncate_log):
                return True
        return False

    async def _on_driver(self, work: Callable[[Any], Awaitable[Result]]) -> Result:
        """Works on the driver's own connection, outside of any transaction."""
        try:
            async with self._database.writer.connect() as connection:
                return await work((await connection.get_raw_connection()).driver_connection)
        except (
            DBAPIError,
            PoolTimeout,
            OSError,
            sqlite3.Error,
            asyncpg.PostgresError,
            asyncpg.InterfaceError,
        ) as error:
            raise StorageFault(error) from error

    async def run_forever(self, interval: float = INTERVAL) -> None:
        """Looks every `interval` seconds whether something is to vanish; a fault is logged and tried again."""
        while True:
            await self._pause(interval)
            try:
                if self._is_due(await self.pending()) and not await self.vanish():
                    log.warning("an erasure waits: somebody else reads the database")
            except StorageFault as fault:
                log.warning("an erasure failed and will be tried again", exc_info=fault)

    def _is_due(self, pending: Pending) -> bool:
        """What a person erased is due at once while that is quick; all else waits for the night, or a day at most."""
        if pending.since is None:
            return False
        now = self._clock()
        return (
            (pending.asked > 0 and self._lasted < QUICK)
            or now.hour == NIGHT
            or (now - pending.since).total_seconds() >= DAY * MINUTE
        )


async def _truncate_log(driver: Any) -> bool:
    """Tries once, and waits for a reader only shortly: nobody can write meanwhile."""
    await driver.execute(f"PRAGMA busy_timeout={TRY_MILLISECONDS}")
    try:
        async with driver.execute("PRAGMA wal_checkpoint(TRUNCATE)") as cursor:
            busy, _, _ = await cursor.fetchone()
    finally:
        await driver.execute(f"PRAGMA busy_timeout={BUSY_MILLISECONDS}")
    return bool(busy == 0)


async def _vacuum(driver: Any) -> None:
    """Writes the file anew. On PostgreSQL the log and backups keep old bytes until they are recycled."""
    await driver.execute("VACUUM")


async def _settle(connection: AsyncConnection, vanished: dict[str, int]) -> None:
    """Takes what has vanished from the count; what came meanwhile stays."""
    number = PENDING_ERASURE.c.number
    left = number - case(vanished, value=PENDING_ERASURE.c.kind, else_=0)
    await connection.execute(update(PENDING_ERASURE).values(number=left))
    await connection.execute(delete(PENDING_ERASURE).where(number <= 0))
