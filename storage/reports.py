"""Where an organiser reads how a broadcast goes. It is erased with what else is kept of the organiser."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

import orjson
from sqlalchemy import Row, delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage import erasure
from storage.cipher import Cipher
from storage.clock import Clock
from storage.database import Database
from storage.record import Record, record
from storage.schema import REPORT
from storage.upsert import upsert


class Role(StrEnum):
    """What the organiser has to do with the broadcast."""

    AUTHOR = "author"
    APPROVER = "approver"  # was asked to approve it
    WATCHER = "watcher"  # looked it up


@dataclass(frozen=True)
class Report:
    """One message that changes, in an organiser's chat; None until it is sent."""

    tag: bytes
    broadcast: int
    chat: int
    message: int | None
    language: str
    told: bool = False  # it shows how the broadcast ended
    role: Role = Role.AUTHOR
    previewed: bool = False  # an approver was shown what she is to approve
    paged: bool = False  # it stands among all broadcasts, which can be leafed through
    opened: int = 0  # how often there was more to tell


class Reports:
    """One row an organiser and broadcast."""

    def __init__(self, database: Database, cipher: Cipher, clock: Clock) -> None:
        """`cipher` encrypts chat and message."""
        self._database = database
        self._cipher = cipher
        self._clock = clock

    async def add(
        self,
        connection: AsyncConnection,
        person: int,
        broadcast: int,
        chat: int,
        message: int | None,
        language: str,
        *,
        role: Role = Role.AUTHOR,
    ) -> None:
        """Adds one inside the transaction that plans the broadcast."""
        await self._keep(connection, Report(self._tag(person), broadcast, chat, message, language, role=role))

    async def watch(
        self, person: int, broadcast: int, chat: int, message: int | None, language: str, *, paged: bool = False
    ) -> int | None:
        """The organiser reads it in this message from now on; the message where she did before."""

        async def work(connection: AsyncConnection) -> int | None:
            found = await self._find(connection, person, broadcast)
            fresh = found or Report(self._tag(person), broadcast, chat, None, language, role=Role.WATCHER)
            anew = replace(_reopened(fresh), message=message, language=language, paged=paged)
            await self._keep(connection, anew)
            return fresh.message if fresh.message != message else None

        return await self._database.write(work)

    async def standing_in(self, person: int, broadcast: int, message: int | None) -> Report | None:
        """The organiser's report, where it stands in this message or is just on its way there."""
        async with self._database.read() as connection:
            found = await self._one(connection, self._tag(person), broadcast, lock=False)
        return found if found is not None and message is not None and found.message in (None, message) else None

    async def leaf_on(self, person: int, broadcast: int, message: int) -> bool:
        """The organiser leafs on from the message where it stands; whether it keeps that, because it is not over."""

        async def work(connection: AsyncConnection) -> bool:
            found = await self._find(connection, person, broadcast)
            if found is None or found.message not in (None, message):
                return False
            if found.told:
                await self._keep(connection, replace(found, message=None, paged=False))
            else:
                await self._keep(connection, replace(found, paged=False))
            return not found.told

        return await self._database.write(work)

    async def current(self, report: Report) -> Report | None:
        """As it stands now; None where it was given up, or taken to another message."""
        async with self._database.read() as connection:
            found = await self._same(connection, report, lock=False)
        return found if found is not None and found.message == report.message else None

    async def reopen(self, connection: AsyncConnection, broadcast: int) -> None:
        """What they show is no longer all, though their broadcast has ended."""
        for report in await self._of(connection, broadcast):
            if report.message is not None:
                await self._keep(connection, _reopened(report))

    async def role(self, connection: AsyncConnection, person: int, broadcast: int) -> Role | None:
        """What an organiser has to do with it."""
        found = await self._find(connection, person, broadcast)
        return None if found is None else found.role

    async def author(self, connection: AsyncConnection, broadcast: int) -> int | None:
        """The chat of the organiser who confirmed it last; None where she had everything erased."""
        for report in await self._of(connection, broadcast):
            if report.role is Role.AUTHOR:
                return report.chat
        return None

    async def make_author(self, connection: AsyncConnection, person: int, broadcast: int, language: str) -> None:
        """The organiser answers for it from now on, and nobody else."""
        for report in await self._of(connection, broadcast):
            if report.role is Role.AUTHOR and report.tag != self._tag(person):
                await self._keep(connection, replace(report, role=Role.WATCHER))
        found = await self._find(connection, person, broadcast)
        if found is None:
            await self.add(connection, person, broadcast, person, None, language)
        else:
            await self._keep(connection, replace(found, role=Role.AUTHOR))

    async def leave(self, connection: AsyncConnection, person: int, broadcast: int) -> None:
        """The organiser's message becomes something else."""
        mine = (REPORT.c.tag == self._tag(person), REPORT.c.broadcast == broadcast)
        await connection.execute(delete(REPORT).where(*mine))

    async def untold(self) -> list[Report]:
        """Those that do not show yet how their broadcast ended."""
        async with self._database.read() as connection:
            reports = [self._open(row) for row in (await connection.execute(select(REPORT))).all()]
        return [report for report in reports if not report.told]

    async def note(self, report: Report, message: int | None, *, told: bool, previewed: bool | None = None) -> None:
        """It stands in this message from now on, unless it was taken elsewhere meanwhile.

        Told is what there was to tell when the report was read.
        """

        async def work(connection: AsyncConnection) -> None:
            found = await self._same(connection, report)
            if found is None or found.message != report.message:
                return
            seen = found.previewed if previewed is None else previewed
            all_told = told and found.opened == report.opened
            await self._keep(connection, replace(found, message=message, told=all_told, previewed=seen))

        await self._database.write(work)

    async def _find(self, connection: AsyncConnection, person: int, broadcast: int) -> Report | None:
        return await self._one(connection, self._tag(person), broadcast)

    async def _same(self, connection: AsyncConnection, report: Report, *, lock: bool = True) -> Report | None:
        return await self._one(connection, report.tag, report.broadcast, lock=lock)

    async def _one(
        self, connection: AsyncConnection, tag: bytes, broadcast: int, *, lock: bool = True
    ) -> Report | None:
        statement = select(REPORT).where(REPORT.c.tag == tag, REPORT.c.broadcast == broadcast)
        row = (await connection.execute(statement.with_for_update() if lock else statement)).one_or_none()
        return None if row is None else self._open(row)

    async def _of(self, connection: AsyncConnection, broadcast: int) -> list[Report]:
        """For writing: nobody changes them until the end of this transaction."""
        statement = select(REPORT).where(REPORT.c.broadcast == broadcast).order_by(REPORT.c.tag).with_for_update()
        return [self._open(row) for row in (await connection.execute(statement)).all()]

    async def _keep(self, connection: AsyncConnection, report: Report) -> None:
        key = {"tag": report.tag, "broadcast": report.broadcast}
        await upsert(connection, REPORT, key, {"content": self._close(report)})

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
        kept = {
            "chat": report.chat,
            "message": report.message,
            "language": report.language,
            "told": report.told,
            "role": report.role,
            "previewed": report.previewed,
            "paged": report.paged,
            "opened": report.opened,
        }
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
        return Report(
            row.tag,
            row.broadcast,
            kept["chat"],
            kept["message"],
            kept["language"],
            kept["told"],
            Role(kept.get("role", Role.AUTHOR)),  # there was none but the author's
            kept.get("previewed", False),
            kept.get("paged", False),
            kept.get("opened", 0),
        )


def _reopened(report: Report) -> Report:
    return replace(report, told=False, opened=report.opened + 1)


def place(tag: bytes, broadcast: int) -> bytes:
    """What a row's content is bound to."""
    return tag + broadcast.to_bytes(8, "big")
