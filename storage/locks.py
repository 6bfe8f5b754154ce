"""What one transaction or process keeps others out of on PostgreSQL: advisory locks, by names of our own.

On SQLite one transaction writes at a time, and nothing of this is needed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection


def advisory_key(name: str) -> int:
    """A lock's number: PostgreSQL knows them by 64 bits, and other programs may use some in the same database."""
    return int.from_bytes(hashlib.sha256(f"undersigned {name}".encode()).digest()[:8], "big", signed=True)


AT_WORK, LEADER = advisory_key("at work"), advisory_key("leader")  # of processes (`membership.py`)
MIGRATION, SHARES = advisory_key("migration"), advisory_key("shares")  # of transactions
PERSON = advisory_key("person") >> 32  # the first half of those of persons, which are numbers of their own kind


async def lock_alone(connection: AsyncConnection, key: int) -> None:
    """Waits for whoever holds it, and holds it until the end of this transaction."""
    if connection.dialect.name == "postgresql":
        await connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": key})


async def lock_people(connection: AsyncConnection, tags: Iterable[bytes]) -> None:
    """The same for what is kept under these tags, whether or not a row is there yet: a row alone could not be locked.

    In one order, so that two who lock several never wait for each other. Tags that begin alike share a lock.
    """
    if connection.dialect.name == "postgresql":
        keys = sorted({int.from_bytes(tag[:4], "big", signed=True) for tag in tags})
        statement = text("SELECT pg_advisory_xact_lock(:kind, key) FROM unnest(CAST(:keys AS integer[])) AS key")
        await connection.execute(statement, {"kind": PERSON, "keys": keys})
