"""Half-filled signatures: one row a person, which survives a restart and keeps the update last applied to it."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import Enum, StrEnum, auto
from typing import Any

import orjson
from sqlalchemy import Row, Select, delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage import erasure
from storage.cipher import Cipher
from storage.clock import Clock, hours
from storage.database import Database
from storage.schema import DRAFT
from storage.upsert import upsert

LIFETIME = 24  # hours after the last change


class Step(StrEnum):
    """The question that is open."""

    NAME = "name"
    TYPED_NAME = "typed_name"
    COUNTRY = "country"
    SHOWN = "shown"
    REVIEW = "review"


class Kind(StrEnum):
    """How a signature bears its name."""

    SHOWN = "shown"
    PRIVATE = "private"
    NAMELESS = "nameless"


@dataclass(frozen=True)
class Draft:
    """What was answered so far, and where it is asked."""

    step: Step
    version: int  # random, new at every change: what a button was drawn for
    update_id: int  # the last one applied
    chat: int
    screen: int | None  # the number of the live message
    text_hash: bytes  # of the text it began with
    offered_name: str | None
    name: str | None = None
    kind: Kind | None = None
    country: str | None = None
    changing: bool = False  # one answer is given anew, from the review
    signer_tag: bytes | None = None


class Outcome(Enum):
    """What became of an update."""

    APPLIED = auto()
    REPEATED = auto()  # this one or a later one was applied before
    STALE = auto()  # its button was drawn for another version


@dataclass(frozen=True)
class Change:
    """The outcome, and the draft as it stands now."""

    outcome: Outcome
    draft: Draft


class Drafts:
    """Every change is one transaction."""

    def __init__(self, database: Database, cipher: Cipher, clock: Clock) -> None:
        """`clock` tells when a draft has expired."""
        self._database = database
        self._cipher = cipher
        self._clock = clock

    def tag(self, person: int) -> bytes:
        """What a person's draft is found by."""
        return self._cipher.tag("draft", person)

    async def begin(
        self,
        person: int,
        update_id: int,
        chat: int,
        *,
        text_hash: bytes,
        offered_name: str | None,
        signer_tag: bytes | None = None,
    ) -> Change:
        """A new draft at its first question; one that is there goes on where it stands."""
        fresh = Draft(
            step=Step.NAME,
            version=0,
            update_id=0,
            chat=chat,
            screen=None,
            text_hash=text_hash,
            offered_name=offered_name,
            signer_tag=signer_tag,
        )

        async def work(connection: AsyncConnection) -> Change:
            found = await self.load(connection, person)
            if found is not None and update_id <= found.update_id:
                return Change(Outcome.REPEATED, found)
            return Change(Outcome.APPLIED, await self._save(connection, person, update_id, found or fresh))

        return await self._database.write(work)

    async def find(self, person: int) -> Draft | None:
        """The draft; an expired one counts as none."""
        async with self._database.read() as connection:
            return await self._load(connection, self._row(person))

    async def apply(
        self, person: int, update_id: int, change: Callable[[Draft], Draft], *, version: int | None
    ) -> Change | None:
        """Applies a change drawn for `version` (None: for any) once; None when there is no draft."""

        async def work(connection: AsyncConnection) -> Change | None:
            found = await self.load(connection, person)
            if found is None:
                return None
            if update_id <= found.update_id:
                return Change(Outcome.REPEATED, found)
            if version is not None and version != found.version:
                return Change(Outcome.STALE, found)
            return Change(Outcome.APPLIED, await self._save(connection, person, update_id, change(found)))

        return await self._database.write(work)

    async def note_screen(self, person: int, version: int, message: int) -> None:
        """Notes the live message, unless the draft has gone on since."""

        async def work(connection: AsyncConnection) -> None:
            found = await self.load(connection, person)
            if found is not None and found.version == version:
                await self._write(connection, person, replace(found, screen=message))

        await self._database.write(work)

    async def cancel(self, person: int, update_id: int) -> bool:
        """Erases the draft, unless this update or a later one was applied to it; True if one was erased."""

        async def work(connection: AsyncConnection) -> bool:
            found = await self.load(connection, person)
            if found is None or update_id <= found.update_id:
                return False
            return await self.erase(connection, person)

        return await self._database.write(work)

    async def erase(self, connection: AsyncConnection, person: int) -> bool:
        """Erases the draft inside another's transaction."""
        deleted = await connection.execute(delete(DRAFT).where(DRAFT.c.tag == self.tag(person)))
        if deleted.rowcount:
            await erasure.note(connection, erasure.EXPIRED, self._clock)
        return bool(deleted.rowcount)

    async def erase_expired(self) -> int:
        """Erases those that nobody went on with; how many."""
        now = hours(self._clock())

        async def work(connection: AsyncConnection) -> int:
            deleted = await connection.execute(delete(DRAFT).where(DRAFT.c.expires <= now))
            if deleted.rowcount:
                await erasure.note(connection, erasure.EXPIRED, self._clock)
            return deleted.rowcount

        return await self._database.write(work)

    async def load(self, connection: AsyncConnection, person: int) -> Draft | None:
        """The draft inside a writing transaction, where nobody else changes it until its end."""
        return await self._load(connection, self._row(person).with_for_update())

    def _row(self, person: int) -> Select[Any]:
        return select(DRAFT).where(DRAFT.c.tag == self.tag(person), DRAFT.c.expires > hours(self._clock()))

    async def _load(self, connection: AsyncConnection, statement: Select[Any]) -> Draft | None:
        row = (await connection.execute(statement)).one_or_none()
        return None if row is None else self._open(row)

    async def _save(self, connection: AsyncConnection, person: int, update_id: int, draft: Draft) -> Draft:
        saved = replace(draft, version=secrets.randbits(32), update_id=update_id)
        await self._write(connection, person, saved)
        return saved

    async def _write(self, connection: AsyncConnection, person: int, draft: Draft) -> None:
        tag = self.tag(person)
        values = {
            "content": self._cipher.encrypt(_pack(draft), table="draft", row=tag, column="content"),
            "step": draft.step.value,
            "update_id": draft.update_id,
            "expires": hours(self._clock()) + LIFETIME,
        }
        await upsert(connection, DRAFT, {"tag": tag}, values)

    def _open(self, row: Row[Any]) -> Draft:
        content = self._cipher.decrypt(row.content, table="draft", row=row.tag, column="content")
        return _unpack(content, Step(row.step), row.update_id)


def _pack(draft: Draft) -> bytes:
    """What nobody but the bot may read, as JSON."""
    return orjson.dumps(
        {
            "version": draft.version,
            "chat": draft.chat,
            "screen": draft.screen,
            "text": draft.text_hash.hex(),
            "offered": draft.offered_name,
            "name": draft.name,
            "kind": draft.kind,
            "country": draft.country,
            "changing": draft.changing,
            "signer": draft.signer_tag.hex() if draft.signer_tag is not None else None,
        }
    )


def _unpack(content: bytes, step: Step, update_id: int) -> Draft:
    kept = orjson.loads(content)
    return Draft(
        step=step,
        version=kept["version"],
        update_id=update_id,
        chat=kept["chat"],
        screen=kept["screen"],
        text_hash=bytes.fromhex(kept["text"]),
        offered_name=kept["offered"],
        name=kept["name"],
        kind=Kind(kept["kind"]) if kept["kind"] is not None else None,
        country=kept["country"],
        changing=kept["changing"],
        signer_tag=bytes.fromhex(kept["signer"]) if kept["signer"] is not None else None,
    )
