"""Where an organiser reads how a broadcast goes. It is erased with what else is kept of the organiser."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import Row, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage import erasure
from storage.cipher import Cipher
from storage.clock import Clock
from storage.database import Database
from storage.schema import REPORT


@dataclass(frozen=True)
class Report:
    """One message that changes, in an organiser's chat; None until it is sent."""

    tag: bytes
    broadcast: int
    chat: int
    message: int | None
    language: str


class Reports:
    """One row an organiser and broadcast."""

    def __init__(self, database: Database, cipher: Cipher, clock: Clock) -> None:
        """`cipher` encrypts chat and message."""
        self._database = database
        self._cipher = cipher
        self._clock = clock

    async def add(
        self, connection: AsyncConnection, person: int, broadcast: int, chat: int, message: int | None, language: str
    ) -> None:
        """Adds one inside the transaction that begins the broadcast."""
        report = Report(self._tag(person), broadcast, chat, message, language)
        values = {"tag": report.tag, "broadcast": broadcast, "content": self._close(report)}
        await connection.execute(insert(REPORT).values(values))

    async def of(self, broadcast: int) -> list[Report]:
        """All of a broadcast."""
        async with self._database.read() as connection:
            rows = (await connection.execute(select(REPORT).where(REPORT.c.broadcast == broadcast))).all()
        return [self._open(row) for row in rows]

    async def move(self, report: Report, message: int) -> None:
        """It stands in another message from now on."""
        content = self._close(Report(report.tag, report.broadcast, report.chat, message, report.language))
        statement = (
            update(REPORT)
            .where(REPORT.c.tag == report.tag, REPORT.c.broadcast == report.broadcast)
            .values(content=content)
        )
        await self._database.write(lambda connection: connection.execute(statement))

    async def erase(self, connection: AsyncConnection, person: int) -> bool:
        """Erases an organiser's inside another's transaction."""
        return bool((await connection.execute(delete(REPORT).where(REPORT.c.tag == self._tag(person)))).rowcount)

    async def erase_of(self, connection: AsyncConnection, broadcasts: list[int]) -> None:
        """Erases those of broadcasts that ended long ago."""
        deleted = await connection.execute(delete(REPORT).where(REPORT.c.broadcast.in_(broadcasts)))
        if deleted.rowcount:
            await erasure.note(connection, erasure.EXPIRED, self._clock)

    def _tag(self, person: int) -> bytes:
        return self._cipher.tag("report", person)

    def _close(self, report: Report) -> bytes:
        content = orjson.dumps({"chat": report.chat, "message": report.message, "language": report.language})
        return self._cipher.encrypt(content, table="report", row=_place(report.tag, report.broadcast), column="content")

    def _open(self, row: Row[Any]) -> Report:
        place = _place(row.tag, row.broadcast)
        kept = orjson.loads(self._cipher.decrypt(row.content, table="report", row=place, column="content"))
        return Report(row.tag, row.broadcast, kept["chat"], kept["message"], kept["language"])


def _place(tag: bytes, broadcast: int) -> bytes:
    return tag + broadcast.to_bytes(8, "big")
