"""How several processes share one budget of messages: each leases a part, and renews it every few seconds.

Of what is leased no two use the same: a share grows only out of what is free, and what is given up is free only once
nothing was sent by it for a second. Who does not renew for ten seconds is dead, and its share is free. The database's
clock tells, not a machine's.
"""

from __future__ import annotations

import math
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, delete, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.database import Database
from storage.locks import SHARES, lock_alone
from storage.schema import PROCESS
from storage.upsert import upsert

ID_BYTES = 16
DEAD_AFTER = 10  # seconds
FLOOR = 2  # messages a second that each process has at once, whoever else wants them
FOR_BROADCASTS = 5  # a broadcast keeps one of so many parts, whatever answers take


@dataclass(frozen=True)
class Wanted:
    """What a process could use: answers a second; and whether it sends a broadcast, which takes all that is left."""

    answers: int = 0
    broadcasts: bool = False


@dataclass(frozen=True)
class Lease:
    """One process's: its share, and what it wanted then."""

    share: int
    wanted: Wanted


NOTHING = Lease(0, Wanted())


def divided(whole: int, wanted: Sequence[Wanted]) -> list[int]:
    """What each is to have: a floor; then answers, the least first; then broadcasts. What nobody wants is left free."""
    floor = min(FLOOR, whole // max(len(wanted), 1))
    left = whole - floor * len(wanted)
    broadcasting = [place for place, one in enumerate(wanted) if one.broadcasts]
    kept = math.ceil(whole / FOR_BROADCASTS) if broadcasting else 0
    more = _filled([max(one.answers - floor, 0) for one in wanted], max(left - kept, 0))
    left -= sum(more)
    for number, place in enumerate(broadcasting):
        part = left // (len(broadcasting) - number)
        more[place] += part
        left -= part
    return [floor + one for one in more]


def _filled(wishes: Sequence[int], room: int) -> list[int]:
    """Nobody gets more than another who wants more: small wishes come true."""
    given = [0] * len(wishes)
    for number, place in enumerate(sorted(range(len(wishes)), key=lambda place: wishes[place])):
        given[place] = min(wishes[place], room // (len(wishes) - number))
        room -= given[place]
    return given


def renewed(whole: int, leases: Mapping[bytes, Lease], me: bytes, wanted: Wanted, used: int) -> tuple[int, int]:
    """What `me` may use from now on, and what stays leased to it: more for as long as it has just `used` more.

    `leases`: of all who live; what is leased to others is theirs until they give it up themselves.
    """
    everybody = {**leases, me: Lease(0, wanted)}
    order = sorted(everybody)
    shares = divided(whole, [everybody[one].wanted for one in order])
    room = max(whole - sum(lease.share for one, lease in leases.items() if one != me), 0)
    granted = min(shares[order.index(me)], room)
    still = min(used, room) if me in leases else 0  # who was taken for dead has lost it
    return granted, max(granted, still)


class Processes:
    """One row a process that is at work beside others."""

    def __init__(self, database: Database) -> None:
        """Nothing is leased yet."""
        self._database = database
        self._me = secrets.token_bytes(ID_BYTES)

    async def renew(self, whole: int, wanted: Wanted, used: int) -> int:
        """Renews this process's lease for DEAD_AFTER seconds; how many messages a second it may send from now on.

        `whole`: of all together. `used`: the most that it may have sent in a second since the last time.
        """

        async def work(connection: AsyncConnection) -> int:
            await lock_alone(connection, SHARES)
            now = await _now(connection)
            rows = (await connection.execute(select(PROCESS))).all()
            dead = [row.id for row in rows if now - row.seen > DEAD_AFTER]
            if dead:
                await connection.execute(delete(PROCESS).where(PROCESS.c.id.in_(dead)))
            leases = {row.id: _lease(row) for row in rows if row.id not in dead}
            granted, leased = renewed(whole, leases, self._me, wanted, used)
            values = {"seen": now, "share": leased, "answers": wanted.answers, "broadcasts": wanted.broadcasts}
            await upsert(connection, PROCESS, {"id": self._me}, values)
            return granted

        return await self._database.write(work)

    async def leave(self) -> None:
        """Gives back what is leased: nothing is sent any more."""
        mine = delete(PROCESS).where(PROCESS.c.id == self._me)
        await self._database.write(lambda connection: connection.execute(mine))

    async def leased(self) -> dict[bytes, Lease]:
        """By process, the dead whose rows are still there included."""
        async with self._database.read() as connection:
            return {row.id: _lease(row) for row in (await connection.execute(select(PROCESS))).all()}


def _lease(row: Row[Any]) -> Lease:
    return Lease(row.share, Wanted(row.answers, row.broadcasts))


async def _now(connection: AsyncConnection) -> int:
    """Seconds since 1970 by the database's clock: of this moment, for the transaction may have waited for its turn."""
    postgresql = connection.dialect.name == "postgresql"
    now = func.extract("epoch", func.clock_timestamp()) if postgresql else func.unixepoch()
    return int((await connection.execute(select(now))).scalar_one())
