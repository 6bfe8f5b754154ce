"""Signatures: one a person, each with a number that is never given again."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Row, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage import erasure
from storage.cipher import Cipher
from storage.clock import Clock
from storage.database import Database
from storage.drafts import Draft, Drafts, Kind, Step
from storage.erasure_list import Entry, Erasable, ErasureList
from storage.numbers import Numbers
from storage.record import Record, Sealed, record
from storage.schema import COUNTER, SIGNATURE
from storage.standing import Standing, read_standing

ID_BYTES = 16


@dataclass(frozen=True)
class Signature:
    """One signature, as far as this server can read it."""

    number: int
    day: date
    kind: Kind
    name: str | None  # only of a shown one
    country: str | None
    language: str
    text_hash: bytes


@dataclass(frozen=True)
class Signed:
    """It is committed, with its number."""

    signature: Signature


@dataclass(frozen=True)
class AlreadySigned:
    """There was one before; it took no number."""

    signature: Signature


@dataclass(frozen=True)
class NoDraft:
    """There is nothing to sign, or no signature to change."""


@dataclass(frozen=True)
class StaleDraft:
    """The tap was for another state of the draft, for another text, or for nothing new."""

    draft: Draft


@dataclass(frozen=True)
class Changed:
    """What was changed is committed; number, day and text are what they were."""

    signature: Signature


@dataclass(frozen=True)
class NotTaken:
    """The petition is closed or frozen; the draft stays as it is."""

    standing: Standing
    draft: Draft


SignResult = Signed | AlreadySigned | NoDraft | StaleDraft | NotTaken
ChangeResult = Changed | NoDraft | StaleDraft


class Signatures:
    """The signing transaction, and what is read of signatures."""

    def __init__(
        self,
        database: Database,
        cipher: Cipher,
        drafts: Drafts,
        erased: ErasureList,
        numbers: Numbers,
        slug: str,
        clock: Clock,
    ) -> None:
        """`slug` is the petition's: a sealed name is bound to it. `erased` and `numbers` lie beside the backups."""
        self._database = database
        self._cipher = cipher
        self._drafts = drafts
        self._erased = erased
        self._numbers = numbers
        self._slug = slug
        self._clock = clock

    async def sign(
        self,
        person: int,
        signer_tag: bytes,
        update_id: int,
        version: int,
        *,
        text_hash: bytes,
        consent_hash: bytes,
        language: str,
    ) -> SignResult:
        """Turns the reviewed draft into a signature, once, in one transaction."""

        async def work(connection: AsyncConnection) -> SignResult:
            await connection.execute(select(COUNTER.c.next_number).with_for_update())
            found = await self._by_tag(connection, signer_tag)
            draft = await self._drafts.load(connection, person)
            amends = draft is not None and draft.amends is not None
            if found is not None:
                if not amends:
                    await self._drafts.erase(connection, person)
                return AlreadySigned(found)
            if draft is None or amends:
                return NoDraft()
            standing = await read_standing(connection)
            if not standing.takes_signatures:
                return NotTaken(standing, draft)
            if not _is_reviewed(draft, update_id, version) or draft.text_hash != text_hash:
                return StaleDraft(draft)
            number = await self._add(connection, draft, signer_tag, consent_hash, language)
            await self._drafts.erase(connection, person)
            return Signed(self._as_signed(draft, number, language))

        return await self._database.write(work)

    async def change(self, person: int, signer_tag: bytes, update_id: int, version: int) -> ChangeResult:
        """Makes the signature what the reviewed draft says, once, in one transaction.

        Its number, day, language and hashes stay. A signature withdrawn meanwhile is not brought back.
        """

        async def work(connection: AsyncConnection) -> ChangeResult:
            await connection.execute(select(COUNTER.c.next_number).with_for_update())
            draft = await self._drafts.load(connection, person)
            if draft is None:
                return NoDraft()
            if draft.amends is None or not draft.differs or not _is_reviewed(draft, update_id, version):
                return StaleDraft(draft)
            this = (SIGNATURE.c.tag == signer_tag, SIGNATURE.c.number == draft.amends.number)
            row = (await connection.execute(select(SIGNATURE).where(*this))).one_or_none()
            await self._drafts.erase(connection, person)
            if row is None:
                return NoDraft()
            await self._amend(connection, draft, row)
            return Changed(self._open((await connection.execute(select(SIGNATURE).where(*this))).one()))

        return await self._database.write(work)

    async def find(self, signer_tag: bytes) -> Signature | None:
        """The signature of this code."""
        async with self._database.read() as connection:
            return await self._by_tag(connection, signer_tag)

    async def withdraw(self, person: int, signer_tag: bytes, number: int) -> bool:
        """Erases the signature of this code and number, and no later one, with a change of it; True if it was there."""

        async def work(connection: AsyncConnection) -> bool:
            erased = await self.erase(connection, signer_tag, number)
            draft = await self._drafts.load(connection, person)
            if draft is not None and draft.amends is not None and draft.amends.number == number:
                await self._drafts.erase(connection, person)
            return erased

        return await self._database.write(work)

    async def erase(self, connection: AsyncConnection, signer_tag: bytes, number: int | None = None) -> bool:
        """Erases it inside another's transaction; any number if None."""
        await connection.execute(select(COUNTER.c.next_number).with_for_update())
        statement = delete(SIGNATURE).where(SIGNATURE.c.tag == signer_tag)
        if number is not None:
            statement = statement.where(SIGNATURE.c.number == number)
        erased = (await connection.execute(statement.returning(SIGNATURE.c.id))).scalar_one_or_none()
        if erased is None:
            return False
        await self._erased.note(Entry(Erasable.SIGNATURE, erased))
        await connection.execute(update(COUNTER).values(valid=COUNTER.c.valid - 1))
        await erasure.note(connection, erasure.ASKED, self._clock)
        return True

    async def gather(self, connection: AsyncConnection, signer_tag: bytes) -> tuple[Record, ...]:
        """All that is kept of a signer."""
        rows = (await connection.execute(select(SIGNATURE).where(SIGNATURE.c.tag == signer_tag))).all()
        return tuple(record(row, name=self._told_name(row)) for row in rows)

    async def count(self) -> int:
        """All valid ones, of the three kinds; first signatories are not in it."""
        async with self._database.read() as connection:
            return int((await connection.execute(select(COUNTER.c.valid))).scalar_one())

    async def shown_after(self, number: int, limit: int) -> list[Signature]:
        """The next shown ones, by number."""
        return await self._shown(SIGNATURE.c.number > number, SIGNATURE.c.number.asc(), limit)

    async def shown_before(self, number: int, limit: int) -> list[Signature]:
        """The last shown ones before a number, by number."""
        return (await self._shown(SIGNATURE.c.number < number, SIGNATURE.c.number.desc(), limit))[::-1]

    async def _shown(self, where: Any, order: Any, limit: int) -> list[Signature]:
        statement = select(SIGNATURE).where(SIGNATURE.c.kind == Kind.SHOWN.value, where).order_by(order).limit(limit)
        async with self._database.read() as connection:
            return [self._open(row) for row in (await connection.execute(statement)).all()]

    async def _by_tag(self, connection: AsyncConnection, signer_tag: bytes) -> Signature | None:
        row = (await connection.execute(select(SIGNATURE).where(SIGNATURE.c.tag == signer_tag))).one_or_none()
        return None if row is None else self._open(row)

    async def _add(
        self, connection: AsyncConnection, draft: Draft, signer_tag: bytes, consent_hash: bytes, language: str
    ) -> int:
        counted = update(COUNTER).values(next_number=COUNTER.c.next_number + 1, valid=COUNTER.c.valid + 1)
        number = int((await connection.execute(counted.returning(COUNTER.c.next_number))).scalar_one()) - 1
        await self._numbers.reserve(number)
        row = secrets.token_bytes(ID_BYTES)
        values = {
            "id": row,
            "number": number,
            "tag": signer_tag,
            "kind": _kind(draft).value,
            "name": self._close(draft, row),
            "country": draft.country,
            "language": language,
            "text_hash": draft.text_hash,
            "consent_hash": consent_hash,
            "day": self._today().isoformat(),
        }
        await connection.execute(insert(SIGNATURE).values(values))
        return number

    async def _amend(self, connection: AsyncConnection, draft: Draft, row: Row[Any]) -> None:
        name = self._amended_name(draft, row)
        values = {"kind": _kind(draft).value, "name": name, "country": draft.country}
        await connection.execute(update(SIGNATURE).where(SIGNATURE.c.id == row.id).values(values))
        if row.name is not None and name != row.name:
            await self._note_erased_name(connection, row)

    def _amended_name(self, draft: Draft, row: Row[Any]) -> bytes | None:
        """Under the id of the same row; a name that stays is not written anew."""
        was = draft.amends
        same = was is not None and (draft.kind, draft.name) == (was.kind, was.name)
        kept: bytes | None = row.name
        return kept if same else self._close(draft, row.id)

    async def _note_erased_name(self, connection: AsyncConnection, row: Row[Any]) -> None:
        """The one place that learns of a name erased or replaced while its signature stays."""
        await self._erased.note_name(row.id, row.name)
        await erasure.note(connection, erasure.ASKED, self._clock)

    def _close(self, draft: Draft, row: bytes) -> bytes | None:
        """A private name is sealed: from here on this server cannot read it."""
        if draft.kind is Kind.NAMELESS or draft.name is None:
            return None
        if draft.kind is Kind.PRIVATE:
            return self._cipher.seal(draft.name, slug=self._slug, row=row)
        return self._cipher.encrypt(draft.name.encode(), table="signature", row=row, column="name")

    def _open_name(self, row: Row[Any]) -> str | None:
        """A shown one; no other can be read here."""
        if row.kind != Kind.SHOWN.value:
            return None
        return self._cipher.decrypt(row.name, table="signature", row=row.id, column="name").decode()

    def _told_name(self, row: Row[Any]) -> str | Sealed | None:
        return Sealed(row.name) if row.kind == Kind.PRIVATE.value else self._open_name(row)

    def _open(self, row: Row[Any]) -> Signature:
        return Signature(
            number=row.number,
            day=date.fromisoformat(row.day),
            kind=Kind(row.kind),
            name=self._open_name(row),
            country=row.country,
            language=row.language,
            text_hash=row.text_hash,
        )

    def _as_signed(self, draft: Draft, number: int, language: str) -> Signature:
        kind = _kind(draft)
        name = draft.name if kind is Kind.SHOWN else None
        return Signature(number, self._today(), kind, name, draft.country, language, draft.text_hash)

    def _today(self) -> date:
        return self._clock().date()


def _kind(draft: Draft) -> Kind:
    if draft.kind is None:
        raise ValueError("a draft at its review has its kind")
    return draft.kind


def _is_reviewed(draft: Draft, update_id: int, version: int) -> bool:
    """Whether the tap was for this very state, once."""
    at_review = draft.is_complete and draft.step is Step.REVIEW
    return at_review and draft.version == version and update_id > draft.update_id
