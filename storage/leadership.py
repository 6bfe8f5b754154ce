"""Who delivers: a random token that the one who takes over writes, and everybody else is told apart by.

A process may lose its leader's lock without knowing it yet, and go on for a moment. What it would record or claim then
is refused by the token, in the same transaction.
"""

from __future__ import annotations

import secrets

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.schema import META
from storage.upsert import upsert

LEADER = "leader"  # the row of `meta`
TOKEN_BYTES = 16
NEWEST_TOKEN = select(META.c.value).where(META.c.key == LEADER).with_for_update(read=True)


async def take_over(connection: AsyncConnection) -> bytes:
    """The new token; it waits for what an earlier leader is just recording."""
    token = secrets.token_bytes(TOKEN_BYTES)
    await upsert(connection, META, {"key": LEADER}, {"value": token})
    return token


async def leads(connection: AsyncConnection, token: bytes) -> bool:
    """Whether it still does, until the end of this transaction."""
    return (await connection.execute(NEWEST_TOKEN)).scalar_one_or_none() == token
