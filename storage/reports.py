"""Where an organiser reads how a broadcast goes. It is erased with what else is kept of the organiser."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import orjson
from sqlalchemy import Row, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage import erasure
from storage.cipher import Cipher
from storage.clock import Clock
from storage.database import Database
from storage.record import Record, record
from storage.schema import REPORT


@dataclass(frozen=True)
class Report:
    """One message that changes, in an organiser's chat; None until it is sent."""

    tag: bytes
    broadcast: int
    chat: int
    message: int | None
    language: str
    told: bool = False  # it shows how the broadcast ended


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

    async def untold(self) -> list[Report]:
        """Those that do not show yet how their broadcast ended."""
        async with self._database.read() as connection:
            reports = [self._open(row) for row in (await connection.execute(select(REPORT))).all()]
        return [report for report in reports if not report.told]

    async def note(self, report: Report, message: int, *, told: bool) -> None:
        """It stands in this message from now on."""
        content = self._close(replace(report, message=message, told=told))
        statement = (
            update(REPORT)
            .where(REPORT.c.tag == report.tag, REPORT.c.broadcast == report.broadcast)
            .values(content=content)
        )
        await self._database.write(lambda connection: connection.execute(statement))

    async def gather(self, connection: AsyncConnection, person: int) -> tuple[Record, ...]:
        """All that is kept of an organiser's reports."""
        mine = select(REPORT).where(REPORT.c.tag == self._tag(person)).order_by(REPORT.c.broadcast)
        return tuple(record(row, content=self._opened(row)) for row in (await connection.execute(mine)).all())

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
        kept = {"chat": report.chat, "message": report.message, "language": report.language, "told": report.told}
        content = orjson.dumps(kept)
        return self._cipher.encrypt(content, table="report", row=place(report.tag, report.broadcast), column="content")

    def _opened(self, row: Row[Any]) -> dict[str, Any]:
        sealed_in = place(row.tag, row.broadcast)
        opened: dict[str, Any] = orjson.loads(
            self._cipher.decrypt(row.content, table="report", row=sealed_in, column="content")
        )
        return opened

    def _open(self, row: Row[Any]) -> Report:
        kept = self._opened(row)
        return Report(row.tag, row.broadcast, kept["chat"], kept["message"], kept["language"], kept["told"])


def place(tag: bytes, broadcast: int) -> bytes:
    """What a row's content is bound to."""
    return tag + broadcast.to_bytes(8, "big")
