"""Which addresses were this bot's own webhook, so that none is taken for somebody else's: one row of `meta`."""

from __future__ import annotations

import hashlib

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.database import Database
from storage.schema import META
from storage.upsert import upsert

WEBHOOK = "webhook"
REMEMBERED = 5  # the newest: Telegram still has an older one while it does not take the new one
DIGEST = hashlib.sha256


class WebhookAddress:
    """The newest ones; only their digests are kept."""

    def __init__(self, database: Database) -> None:
        """Nothing is read yet."""
        self._database = database

    async def remember(self, url: str) -> None:
        """Before Telegram is told of it: a kill in between does no harm."""
        newest = _digest(url)

        async def write(connection: AsyncConnection) -> None:
            older = [one for one in await _kept(connection) if one != newest]
            value = b"".join([newest, *older][:REMEMBERED])
            await upsert(connection, META, {"key": WEBHOOK}, {"value": value})

        await self._database.write(write)

    async def forget_older(self, url: str) -> None:
        """Once Telegram has this one: whoever holds an older address by now is somebody else."""
        await self._database.write(
            lambda connection: upsert(connection, META, {"key": WEBHOOK}, {"value": _digest(url)})
        )

    async def is_known(self, url: str) -> bool:
        """Whether this bot had set it."""
        async with self._database.read() as connection:
            return _digest(url) in await _kept(connection)


async def _kept(connection: AsyncConnection) -> list[bytes]:
    """The newest first."""
    kept = await connection.scalar(select(META.c.value).where(META.c.key == WEBHOOK)) or b""
    size = DIGEST().digest_size
    return [kept[at : at + size] for at in range(0, len(kept), size)]


def _digest(url: str) -> bytes:
    return DIGEST(url.encode()).digest()
