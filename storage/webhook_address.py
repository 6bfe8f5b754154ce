"""Which address was this bot's own webhook, so that it is not taken for somebody else's: one row of `meta`."""

from __future__ import annotations

import hashlib
import hmac

from sqlalchemy import select

from storage.database import Database
from storage.schema import META
from storage.upsert import upsert

WEBHOOK = "webhook"


class WebhookAddress:
    """The newest one; only its digest is kept."""

    def __init__(self, database: Database) -> None:
        """Nothing is read yet."""
        self._database = database

    async def remember(self, url: str) -> None:
        """Before Telegram is told of it: a kill in between does no harm."""
        await self._database.write(
            lambda connection: upsert(connection, META, {"key": WEBHOOK}, {"value": _digest(url)})
        )

    async def is_known(self, url: str) -> bool:
        """Whether this bot had set it."""
        async with self._database.read() as connection:
            kept = await connection.scalar(select(META.c.value).where(META.c.key == WEBHOOK))
        return kept is not None and hmac.compare_digest(kept, _digest(url))


def _digest(url: str) -> bytes:
    return hashlib.sha256(url.encode()).digest()
