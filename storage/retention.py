"""Some days after the petition closed for good: signatures and subscribers go, how many signed on which day stays."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import timedelta

import structlog
from sqlalchemy import Table, delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from storage import erasure
from storage.clock import Clock
from storage.database import Database
from storage.erasure_list import Entry, Erasable, ErasureList
from storage.messages import LIVE
from storage.schema import COMPOSITION, DELIVERY, DRAFT, MESSAGE, REPORT, SIGNATURE, SIGNATURE_DAY, SUBSCRIBER
from storage.standing import Erased, Standing, lock_standing, note_erased

log = structlog.get_logger(__name__)

BATCH = 500  # rows a transaction: people who tap meanwhile are not kept waiting
OTHERS = (DRAFT, COMPOSITION, DELIVERY, REPORT, MESSAGE)
"""What else says anything of a person. Messages that are to be deleted in Telegram stay until they are, or 48 hours."""


class Retention:
    """Erases in batches, each one transaction: a kill between them loses nothing, and it goes on where it stood."""

    def __init__(self, database: Database, erased: ErasureList, clock: Clock, days: int) -> None:
        """`days` after closing for good; 0: never. `erased`: the list beside the backups."""
        self._database = database
        self._erased = erased
        self._clock = clock
        self._days = days

    async def erase_due(self) -> None:
        """Erases all, if it is time."""
        while await self.erase_batch():
            pass

    async def erase_batch(self) -> bool:
        """One batch; False when it is not time, or nothing is left."""
        return await self._database.write(self._erase_batch)

    async def _erase_batch(self, connection: AsyncConnection) -> bool:
        standing = await lock_standing(connection)
        if not self._is_time(standing):
            return False
        if standing.erased is None:
            log.warning("the petition closed for good long ago: its signatures and subscribers are erased now")
            await note_erased(connection, Erased(self._days, done=False))
        if (
            await self._note(Erasable.RETIRED, await erase_signatures(connection))
            or await self._note(Erasable.SUBSCRIBER, await erase_subscribers(connection))
            or any([await _erase_other(connection, table) for table in OTHERS])
        ):
            await erasure.note(connection, erasure.EXPIRED, self._clock)
            return True
        await note_erased(connection, Erased(standing.erased.days if standing.erased else self._days, done=True))
        return False

    async def _note(self, kind: Erasable, rows: list[bytes]) -> bool:
        """True if any were erased: no backup must bring them back."""
        await self._erased.note(*(Entry(kind, row) for row in rows))
        return bool(rows)

    def _is_time(self, standing: Standing) -> bool:
        """What has begun goes on to its end, whatever the setting says by then."""
        if standing.erased is not None:
            return not standing.erased.done
        if not self._days or standing.closed is None or standing.closed.for_good is None:
            return False
        return self._clock().date() >= standing.closed.for_good + timedelta(days=self._days)


async def erase_signatures(connection: AsyncConnection) -> list[bytes]:
    """Erases one batch, and counts its days; the ids of the rows."""
    rows = (await connection.execute(select(SIGNATURE.c.id, SIGNATURE.c.day).limit(BATCH))).all()
    ids = [row.id for row in rows]
    await count_days(connection, Counter(row.day for row in rows))
    await connection.execute(delete(SIGNATURE).where(SIGNATURE.c.id.in_(ids)))
    return ids


async def count_days(connection: AsyncConnection, days: Mapping[str, int]) -> None:
    """Adds so many signatures to each day."""
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    for day, number in days.items():
        statement = insert(SIGNATURE_DAY).values(day=day, number=number)
        added = {"number": SIGNATURE_DAY.c.number + number}
        await connection.execute(statement.on_conflict_do_update(index_elements=[SIGNATURE_DAY.c.day], set_=added))


async def erase_subscribers(connection: AsyncConnection) -> list[bytes]:
    """Erases one batch; the ids of the rows."""
    ids = list((await connection.execute(select(SUBSCRIBER.c.id).limit(BATCH))).scalars())
    await connection.execute(delete(SUBSCRIBER).where(SUBSCRIBER.c.id.in_(ids)))
    return ids


async def _erase_other(connection: AsyncConnection, table: Table) -> bool:
    """Erases what is kept of so many people in one table."""
    kept = table.c.marked == LIVE if table is MESSAGE else table.c.tag.is_not(None)
    tags = list((await connection.execute(select(table.c.tag).where(kept).distinct().limit(BATCH))).scalars())
    await connection.execute(delete(table).where(table.c.tag.in_(tags), kept))
    return bool(tags)
