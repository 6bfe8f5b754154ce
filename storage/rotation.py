"""A change of the field key: everything under it is encrypted anew, in batches, and a kill only means to go on."""

from __future__ import annotations

from functools import partial
from typing import Any

from sqlalchemy import Column, Row, bindparam, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage import erasure, identity, migrations
from storage.cipher import FIELD, Cipher
from storage.clock import Clock
from storage.database import Database, DatabaseRefused
from storage.encrypted import ENCRYPTED, Ciphers, Encrypted
from storage.erasure import Erasure
from storage.schema import META
from storage.snapshot import read_meta

BATCH = 500  # rows a transaction


async def refuse_unfit(database: Database, ciphers: Ciphers) -> None:
    """Before anything changes: the database must be of this version, and under one of these field keys."""

    async def look(connection: AsyncConnection) -> None:
        revision = await connection.run_sync(migrations.current)
        if revision is None or revision != migrations.newest():
            raise DatabaseRefused("The database is not of this version. Start the bot once: run brings it up to date.")
        kept = await read_meta(connection)
        fitting = [one for one in ciphers.values() if one.check_values()[FIELD] == kept.get(f"check {FIELD}")]
        identity.check(kept, (fitting or list(ciphers.values()))[0], None)

    await database.write(look)


class Rotation:
    """Works on a database that nobody else writes to."""

    def __init__(self, database: Database, cipher: Cipher, older: Ciphers, clock: Clock) -> None:
        """`cipher` holds the next key; `older` every one that may have been used, by key id."""
        self._database = database
        self._cipher = cipher
        self._older = older
        self._clock = clock

    async def run(self) -> int:
        """Encrypts anew what is not yet, and then tells the database; how many values."""
        renewed = sum([await self._renew(encrypted) for encrypted in ENCRYPTED])
        await self._database.write(self._finish)
        return renewed

    async def vanish(self) -> bool:
        """Makes the old ciphertexts vanish from the files; False where a reader holds them: `run` goes on with it."""
        return await Erasure(self._database, self._clock).vanish()

    async def _renew(self, encrypted: Encrypted) -> int:
        """Row by row in the order of the primary key: what an earlier run did is only passed over."""
        renewed, last = 0, None
        while True:
            rows, count = await self._database.write(partial(self._batch, encrypted=encrypted, last=last))
            if not rows:
                return renewed
            renewed, last = renewed + count, _key(encrypted, rows[-1])

    async def _batch(
        self, connection: AsyncConnection, encrypted: Encrypted, last: tuple[Any, ...] | None
    ) -> tuple[list[Row[Any]], int]:
        key = list(encrypted.table.primary_key)
        statement = select(encrypted.table).order_by(*key).limit(BATCH)
        if last is not None:
            statement = statement.where(tuple_(*key) > tuple_(*last))
        rows = list((await connection.execute(statement)).all())
        changes = []
        for row in rows:
            value = encrypted.renewed(row._asdict(), self._cipher, self._older)
            if value is not None:
                changes.append({"value": value, **dict(zip(_names(key), _key(encrypted, row), strict=True))})
        if changes:
            this = (column == bindparam(name) for column, name in zip(key, _names(key), strict=True))
            change = update(encrypted.table).where(*this).values({encrypted.column: bindparam("value")})
            await connection.execute(change, changes)
        return rows, len(changes)

    async def _finish(self, connection: AsyncConnection) -> None:
        check = self._cipher.check_values()[FIELD]
        await connection.execute(update(META).where(META.c.key == f"check {FIELD}").values(value=check))
        await erasure.note(connection, erasure.ASKED, self._clock)


def _names(key: list[Column[Any]]) -> list[str]:
    """What a statement calls the parts of the key; their own names it would take for columns to set."""
    return [f"key_{column.name}" for column in key]


def _key(encrypted: Encrypted, row: Row[Any]) -> tuple[Any, ...]:
    values = row._asdict()
    return tuple(values[column.name] for column in encrypted.table.primary_key)
