"""A file with many signatures: rows as somebody's who signs, but thousands are written at once, under random codes."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime
from functools import partial
from typing import Any

from sqlalchemy import insert, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from petition.content import Petition
from storage.cipher import Cipher, Keys
from storage.schema import COUNTER, SIGNATURE
from storage.signatures import ID_BYTES
from storage.signer_tags import TAG_BYTES
from storage.store import Store

AT_ONCE = 20_000  # rows
LARGE_CACHE = "PRAGMA cache_size=-300000"  # KiB: codes are random, so that each row goes to another page


async def add_signatures(store: Store, keys: Keys, petition: Petition, number: int) -> None:
    """So many, all of them shown, in the order of their rows' random ids."""
    cipher, first = Cipher(keys), len(petition.first_signatories) + 1
    ids = sorted(secrets.token_bytes(ID_BYTES) for _ in range(number))
    numbers = list(range(first, first + number))
    secrets.SystemRandom().shuffle(numbers)
    for start in range(0, number, AT_ONCE):
        part = zip(ids[start : start + AT_ONCE], numbers[start : start + AT_ONCE], strict=True)
        await store.database.write(partial(_insert, [_row(cipher, petition, *one) for one in part]))
    counter = update(COUNTER).values(next_number=first + number, valid=number)
    await store.database.write(lambda connection: connection.execute(counter))


async def _insert(rows: list[dict[str, Any]], connection: AsyncConnection) -> None:
    await connection.execute(text(LARGE_CACHE))
    await connection.execute(insert(SIGNATURE), rows)


def _row(cipher: Cipher, petition: Petition, row: bytes, number: int) -> dict[str, Any]:
    name = f"Person {number}".encode()
    return {
        "id": row, "number": number, "tag": secrets.token_bytes(TAG_BYTES), "kind": "shown",
        "name": cipher.encrypt(name, table="signature", row=row, column="name"), "country": "PL", "language": "en",
        "text_hash": petition.text("en").hash, "consent_hash": bytes(32),
        "day": datetime.now(UTC).date().isoformat(),
    }  # fmt: skip


async def number_before(store: Store, rows: int) -> int:
    """The number of the last one before so many rows of the list."""
    numbers = select(SIGNATURE.c.number).order_by(SIGNATURE.c.number).limit(1).offset(rows - 1)
    async with store.database.read() as connection:
        return int((await connection.execute(numbers)).scalar_one())
