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
    """There is nothing to sign."""


@dataclass(frozen=True)
class StaleDraft:
    """The consent was given to another state of the draft, or to another text."""

    draft: Draft


@dataclass(frozen=True)
class NotTaken:
    """The petition is closed or frozen; the draft stays as it is."""

    standing: Standing
    draft: Draft


SignResult = Signed | AlreadySigned | NoDraft | StaleDraft | NotTaken


class Signatures:
    """The signing transaction, and what is read of signatures."""

    def __init__(self, database: Database, cipher: Cipher, drafts: Drafts, slug: str, clock: Clock) -> None:
        """`slug` is the petition's: a sealed name is bound to it."""
        self._database = database
        self._cipher = cipher
        self._drafts = drafts
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
            if found is not None:
                await self._drafts.erase(connection, person)
                return AlreadySigned(found)
            draft = await self._drafts.load(connection, person)
            if draft is None:
                return NoDraft()
            standing = await read_standing(connection)
            if not standing.takes_signatures:
                return NotTaken(standing, draft)
            if not _is_reviewed(draft, update_id, version, text_hash):
                return StaleDraft(draft)
            number = await self._add(connection, draft, signer_tag, consent_hash, language)
            await self._drafts.erase(connection, person)
            return Signed(self._as_signed(draft, number, language))

        return await self._database.write(work)

    async def find(self, signer_tag: bytes) -> Signature | None:
        """The signature of this code."""
        async with self._database.read() as connection:
            return await self._by_tag(connection, signer_tag)

    async def withdraw(self, signer_tag: bytes, number: int) -> bool:
        """Erases the signature of this code and number, and no later one; True if it was there."""
        return await self._database.write(lambda connection: self.erase(connection, signer_tag, number))

    async def erase(self, connection: AsyncConnection, signer_tag: bytes, number: int | None = None) -> bool:
        """Erases it inside another's transaction; any number if None."""
        await connection.execute(select(COUNTER.c.next_number).with_for_update())
        statement = delete(SIGNATURE).where(SIGNATURE.c.tag == signer_tag)
        if number is not None:
            statement = statement.where(SIGNATURE.c.number == number)
        if not (await connection.execute(statement)).rowcount:
            return False
        await connection.execute(update(COUNTER).values(valid=COUNTER.c.valid - 1))
        await erasure.note(connection, erasure.ASKED, self._clock)
        return True

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

    def _close(self, draft: Draft, row: bytes) -> bytes | None:
        """A private name is sealed: from here on this server cannot read it."""
        if draft.kind is Kind.NAMELESS or draft.name is None:
            return None
        if draft.kind is Kind.PRIVATE:
            return self._cipher.seal(draft.name, slug=self._slug, row=row)
        return self._cipher.encrypt(draft.name.encode(), table="signature", row=row, column="name")

    def _open(self, row: Row[Any]) -> Signature:
        name = None
        if row.kind == Kind.SHOWN.value:
            name = self._cipher.decrypt(row.name, table="signature", row=row.id, column="name").decode()
        return Signature(
            number=row.number,
            day=date.fromisoformat(row.day),
            kind=Kind(row.kind),
            name=name,
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


def _is_reviewed(draft: Draft, update_id: int, version: int, text_hash: bytes) -> bool:
    """Whether the consent was given to this very state, once, and to the text that is shown now."""
    complete = draft.kind is Kind.NAMELESS or (draft.kind is not None and draft.name is not None)
    return (
        complete
        and draft.step is Step.REVIEW
        and draft.version == version
        and update_id > draft.update_id
        and draft.text_hash == text_hash
    )
