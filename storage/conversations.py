"""Rows of several steps: one a person, which survives a restart and keeps the update last applied to it."""

from __future__ import annotations

import secrets
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import Enum, StrEnum, auto
from typing import Any, Generic, TypedDict, TypeVar

import orjson
from sqlalchemy import Row, Select, Table, delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage import erasure
from storage.cipher import Cipher
from storage.clock import Clock, hours
from storage.database import Database
from storage.locks import lock_people
from storage.record import Record, record
from storage.upsert import upsert

LIFETIME = 24  # hours after the last change, at most: an update's number may begin anew after a quiet week


@dataclass(frozen=True, kw_only=True)
class Conversation:
    """Where a conversation stands, and in which message."""

    step: StrEnum  # the question that is open
    version: int = 0  # random, new at every change: what a button was drawn for
    update_id: int = 0  # the last one applied
    chat: int
    screen: int | None = None  # the number of the live message


class Common(TypedDict):
    """What every conversation keeps, beside its step."""

    version: int
    update_id: int
    chat: int
    screen: int | None


Kept = TypeVar("Kept", bound=Conversation)


class Outcome(Enum):
    """What became of an update."""

    APPLIED = auto()
    REPEATED = auto()  # this one or a later one was applied before
    STALE = auto()  # its button was drawn for another version


@dataclass(frozen=True)
class Change(Generic[Kept]):
    """The outcome, and the row as it stands now."""

    outcome: Outcome
    row: Kept


class Conversations(ABC, Generic[Kept]):
    """Every change is one transaction. A kind of conversation names its table, and packs what is encrypted in it."""

    table: Table

    def __init__(self, database: Database, cipher: Cipher, clock: Clock, lifetime: int = LIFETIME) -> None:
        """`clock` tells when a row has expired: `lifetime` hours after its last change, in whole hours."""
        self._database = database
        self._cipher = cipher
        self._clock = clock
        self._lifetime = lifetime

    @abstractmethod
    def _pack(self, row: Kept) -> dict[str, Any]:
        """What this kind of conversation keeps, for JSON; nobody but the bot may read it."""

    @abstractmethod
    def _unpack(self, kept: dict[str, Any], step: str, common: Common) -> Kept:
        """The row again."""

    def _goes_on(self, found: Kept, fresh: Kept) -> bool:  # noqa: ARG002 - a kind of conversation may look at both
        """Whether what is begun anew goes on with the row that is there, rather than taking its place."""
        return True

    def tag(self, person: int) -> bytes:
        """What a person's row is found by."""
        return self._cipher.tag(self.table.name, person)

    async def begin(self, person: int, update_id: int, fresh: Kept) -> Change[Kept]:
        """A new row; one that is there goes on where it stands, unless it is of another kind."""

        async def work(connection: AsyncConnection) -> Change[Kept]:
            found = await self.load(connection, person)
            if found is not None and update_id <= found.update_id:
                return Change(Outcome.REPEATED, found)
            if found is not None and not self._goes_on(found, fresh):
                found = replace(fresh, screen=found.screen)
            return Change(Outcome.APPLIED, await self._save(connection, person, update_id, found or fresh))

        return await self._database.write(work)

    async def find(self, person: int) -> Kept | None:
        """The row; an expired one counts as none."""
        async with self._database.read() as connection:
            return await self._load(connection, self._row(person))

    async def apply(
        self, person: int, update_id: int, change: Callable[[Kept], Kept], *, version: int | None
    ) -> Change[Kept] | None:
        """Applies a change drawn for `version` (None: for any) once; None when there is no row."""

        async def work(connection: AsyncConnection) -> Change[Kept] | None:
            found = await self.load(connection, person)
            if found is None:
                return None
            if update_id <= found.update_id:
                return Change(Outcome.REPEATED, found)
            if version is not None and version != found.version:
                return Change(Outcome.STALE, found)
            return Change(Outcome.APPLIED, await self._save(connection, person, update_id, change(found)))

        return await self._database.write(work)

    async def look(self, person: int, update_id: int) -> None:
        """Notes an update that only looked: of two conversations, what is typed is for the one that moved last."""

        async def work(connection: AsyncConnection) -> None:
            found = await self.load(connection, person)
            if found is not None and update_id > found.update_id:
                await self._write(connection, person, replace(found, update_id=update_id))

        await self._database.write(work)

    async def note_screen(self, person: int, version: int, message: int) -> None:
        """Notes the live message, unless the row has gone on since."""

        async def work(connection: AsyncConnection) -> None:
            found = await self.load(connection, person)
            if found is not None and found.version == version and found.screen != message:
                await self._write(connection, person, replace(found, screen=message))

        await self._database.write(work)

    async def cancel(self, person: int, update_id: int) -> bool:
        """Erases the row, unless this update or a later one was applied to it; True if one was erased."""

        async def work(connection: AsyncConnection) -> bool:
            found = await self.load(connection, person)
            if found is not None and update_id <= found.update_id:
                return False
            return await self.erase(connection, person)  # one that has expired too

        return await self._database.write(work)

    async def erase(self, connection: AsyncConnection, person: int) -> bool:
        """Erases the row inside another's transaction: an act of the person's, so that it vanishes soon.

        A name stood in it that the server must not be able to read once it is sealed.
        """
        return bool(await self._erase(connection, self.table.c.tag == self.tag(person), erasure.ASKED))

    async def gather(self, connection: AsyncConnection, person: int) -> tuple[Record, ...]:
        """All that is kept of a person's conversation, one that has expired and waits to be erased included."""
        rows = (await connection.execute(select(self.table).where(self.table.c.tag == self.tag(person)))).all()
        return tuple(record(row, content=self._opened(row)) for row in rows)

    async def erase_expired(self) -> int:
        """Erases those that nobody went on with; how many."""
        now = hours(self._clock())
        expired = self.table.c.expires <= now
        return await self._database.write(lambda connection: self._erase(connection, expired, erasure.EXPIRED))

    async def _erase(self, connection: AsyncConnection, where: Any, kind: str) -> int:
        deleted = await connection.execute(delete(self.table).where(where))
        if deleted.rowcount:
            await erasure.note(connection, kind, self._clock)
        return deleted.rowcount

    async def add(self, connection: AsyncConnection, person: int, update_id: int, row: Kept) -> Kept:
        """Adds a row inside another's transaction."""
        return await self._save(connection, person, update_id, row)

    async def load(self, connection: AsyncConnection, person: int) -> Kept | None:
        """The row inside a writing transaction, where nobody else changes it until its end, nor makes one."""
        locked = self._row(person).with_for_update()
        found = await self._load(connection, locked)
        if found is None:  # there is nothing to lock but the place, and what was made meanwhile
            await lock_people(connection, [self.tag(person)])
            found = await self._load(connection, locked)
        return found

    def _row(self, person: int) -> Select[Any]:
        columns = self.table.c
        return select(self.table).where(columns.tag == self.tag(person), columns.expires > hours(self._clock()))

    async def _load(self, connection: AsyncConnection, statement: Select[Any]) -> Kept | None:
        row = (await connection.execute(statement)).one_or_none()
        return None if row is None else self._open(row)

    async def _save(self, connection: AsyncConnection, person: int, update_id: int, row: Kept) -> Kept:
        saved = replace(row, version=secrets.randbits(31), update_id=update_id)
        await self._write(connection, person, saved)
        return saved

    async def _write(self, connection: AsyncConnection, person: int, row: Kept) -> None:
        tag = self.tag(person)
        common = {"version": row.version, "chat": row.chat, "screen": row.screen}
        content = orjson.dumps({**common, "kept": self._pack(row)})
        values = {
            "content": self._cipher.encrypt(content, table=self.table.name, row=tag, column="content"),
            "step": row.step.value,
            "update_id": row.update_id,
            "expires": hours(self._clock()) + self._lifetime,
        }
        await upsert(connection, self.table, {"tag": tag}, values)

    def _opened(self, row: Row[Any]) -> dict[str, Any]:
        content = self._cipher.decrypt(row.content, table=self.table.name, row=row.tag, column="content")
        opened: dict[str, Any] = orjson.loads(content)
        return opened

    def _open(self, row: Row[Any]) -> Kept:
        opened = self._opened(row)
        common = Common(
            version=opened["version"], update_id=row.update_id, chat=opened["chat"], screen=opened["screen"]
        )
        return self._unpack(opened["kept"], row.step, common)
