"""Broadcasts: news on its way to everybody who subscribed before it began, or sent."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Row, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.announcement import DEFAULT, Announcement
from storage.cipher import Cipher
from storage.clock import Clock
from storage.compositions import Composition, Compositions, Step
from storage.database import Database
from storage.news import News
from storage.reports import Reports
from storage.schema import BROADCAST, COUNTER, SUBSCRIBER
from storage.standing import read_standing
from storage.subscribers import newest_broadcast

NUMBER_BYTES = 8


class BroadcastState(StrEnum):
    """Where it stands."""

    SENDING = "sending"
    STOPPED = "stopped"
    SENT = "sent"


@dataclass(frozen=True)
class Figures:
    """How it went; they stay when the claims are gone."""

    recipients: int  # subscribers when it began
    reached: int = 0
    blocked: int = 0
    deactivated: int = 0
    failed: int = 0
    in_doubt: int = 0

    @property
    def tried(self) -> int:
        """All that have an outcome."""
        return self.reached + self.blocked + self.deactivated + self.failed + self.in_doubt

    @property
    def left(self) -> int:
        """All that have none yet, those included who unsubscribed meanwhile."""
        return max(self.recipients - self.tried, 0)


@dataclass(frozen=True)
class Broadcast:
    """One of them. Numbers begin with 1."""

    number: int
    announcement: Announcement
    state: BroadcastState
    began: datetime
    ended: datetime | None
    figures: Figures

    @property
    def news(self) -> News:
        """The default version."""
        return self.announcement.version(DEFAULT)


@dataclass(frozen=True)
class Begun:
    """It is committed: whatever happens now, it goes on. Asked again, the same one."""

    broadcast: Broadcast


@dataclass(frozen=True)
class NotReady:
    """Nothing was begun: this is what is being written now, if anything is."""

    composition: Composition | None


@dataclass(frozen=True)
class NotNow:
    """Nothing was begun while news is frozen; what is written stays."""

    composition: Composition


BeginResult = Begun | NotReady | NotNow


class Broadcasts:
    """Only a composition begins one, once."""

    def __init__(
        self, database: Database, cipher: Cipher, compositions: Compositions, reports: Reports, clock: Clock
    ) -> None:
        """`reports` keep where the organiser reads how it goes."""
        self._database = database
        self._cipher = cipher
        self._compositions = compositions
        self._reports = reports
        self._clock = clock

    async def begin(
        self, person: int, update_id: int, version: int, *, language: str, screen: int | None
    ) -> BeginResult:
        """Turns the composition that was confirmed into a broadcast, once, in one transaction.

        Its report stands in `screen`, a message of the organiser's chat.
        """

        async def work(connection: AsyncConnection) -> BeginResult:
            await connection.execute(select(COUNTER.c.next_number).with_for_update())
            before = (await connection.execute(select(BROADCAST).where(BROADCAST.c.version == version))).first()
            if before is not None:
                return Begun(self._open(before))
            composed = await self._compositions.load(connection, person)
            if composed is None or composed.news is None or composed.step is not Step.READY:
                return NotReady(composed)
            if composed.version != version or update_id <= composed.update_id:
                return NotReady(composed)
            if (await read_standing(connection)).frozen.now:
                return NotNow(composed)
            broadcast = await self._add(connection, version, composed.announcement)
            await self._compositions.erase(connection, person)
            await self._reports.add(connection, person, broadcast.number, composed.chat, screen, language)
            return Begun(broadcast)

        return await self._database.write(work)

    async def find(self, number: int) -> Broadcast | None:
        """One of them."""
        found = await self._select(BROADCAST.c.number == number)
        return found[0] if found else None

    async def sending(self) -> list[Broadcast]:
        """Those under way, the oldest first."""
        return await self._select(BROADCAST.c.state == BroadcastState.SENDING.value)

    async def last_began(self) -> datetime | None:
        """When the newest one began."""
        async with self._database.read() as connection:
            began = (await connection.execute(select(func.max(BROADCAST.c.began)))).scalar_one()
        return None if began is None else datetime.fromtimestamp(began, UTC)

    async def end(self, number: int, state: BroadcastState) -> Broadcast | None:
        """Ends one under way; one that has ended stays as it is."""
        ending = (
            update(BROADCAST)
            .where(BROADCAST.c.number == number, BROADCAST.c.state == BroadcastState.SENDING.value)
            .values(state=state.value, ended=self._now())
        )
        await self._database.write(lambda connection: connection.execute(ending))
        return await self.find(number)

    async def _add(self, connection: AsyncConnection, version: int, announcement: Announcement) -> Broadcast:
        number = await newest_broadcast(connection) + 1
        recipients = (await connection.execute(select(func.count()).select_from(SUBSCRIBER))).scalar_one()
        row = number.to_bytes(NUMBER_BYTES, "big")
        values = {
            "number": number,
            "version": version,
            "content": self._cipher.encrypt(announcement.to_json(), table="broadcast", row=row, column="content"),
            "state": BroadcastState.SENDING.value,
            "began": self._now(),
            "recipients": recipients,
            **dict.fromkeys(("reached", "blocked", "deactivated", "failed", "in_doubt"), 0),
        }
        await connection.execute(insert(BROADCAST).values(values))
        return self._open((await connection.execute(select(BROADCAST).where(BROADCAST.c.number == number))).one())

    async def _select(self, where: Any) -> list[Broadcast]:
        statement = select(BROADCAST).where(where).order_by(BROADCAST.c.number)
        async with self._database.read() as connection:
            return [self._open(row) for row in (await connection.execute(statement)).all()]

    def _open(self, row: Row[Any]) -> Broadcast:
        place = row.number.to_bytes(NUMBER_BYTES, "big")
        content = self._cipher.decrypt(row.content, table="broadcast", row=place, column="content")
        return Broadcast(
            number=row.number,
            announcement=Announcement.from_json(content),
            state=BroadcastState(row.state),
            began=datetime.fromtimestamp(row.began, UTC),
            ended=None if row.ended is None else datetime.fromtimestamp(row.ended, UTC),
            figures=Figures(row.recipients, row.reached, row.blocked, row.deactivated, row.failed, row.in_doubt),
        )

    def _now(self) -> int:
        return int(self._clock().timestamp())
