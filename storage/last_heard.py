"""When updates could arrive last, by the hour: one row of `meta`."""

from __future__ import annotations

from sqlalchemy import select

from storage.clock import Clock, hours
from storage.database import Database
from storage.schema import META
from storage.upsert import upsert

LAST_HEARD = "last heard"


class LastHeard:
    """It outlives the process. A backup keeps it too: what it restores knows of nothing newer."""

    def __init__(self, database: Database, clock: Clock) -> None:
        """`clock` tells the hour."""
        self._database = database
        self._clock = clock

    async def hours_ago(self) -> int:
        """Whole hours since it was noted last; 0 where it never was."""
        async with self._database.read() as connection:
            kept = await connection.scalar(select(META.c.value).where(META.c.key == LAST_HEARD))
        return 0 if kept is None else max(hours(self._clock()) - int(kept), 0)

    async def note(self) -> None:
        """Updates can arrive now."""
        hour = str(hours(self._clock())).encode()
        await self._database.write(lambda connection: upsert(connection, META, {"key": LAST_HEARD}, {"value": hour}))
