"""The numbers of news that arrived, encrypted with each delivery: news can be edited, deleted, and cleared by them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.cipher import Cipher
from storage.clock import HOUR
from storage.schema import BROADCAST, DELIVERY

WIDTH = 8  # bytes a number, all of one length: how many digits it has would tell how old an account is


def seal_messages(cipher: Cipher, broadcast: int, tag: bytes, numbers: tuple[int, ...]) -> bytes | None:
    """None where none arrived."""
    if not numbers:
        return None
    packed = b"".join(number.to_bytes(WIDTH, "big") for number in numbers)
    return cipher.encrypt(packed, table=DELIVERY.name, row=place(broadcast, tag), column="message")


def open_messages(cipher: Cipher, broadcast: int, tag: bytes, sealed: bytes | None) -> tuple[int, ...]:
    """What was sealed; an album has several."""
    if sealed is None:
        return ()
    packed = cipher.decrypt(sealed, table=DELIVERY.name, row=place(broadcast, tag), column="message")
    return tuple(int.from_bytes(packed[start : start + WIDTH], "big") for start in range(0, len(packed), WIDTH))


def recipient_tag(cipher: Cipher, person: int) -> bytes:
    """What a subscriber's row is found by, and what was sent to her."""
    return cipher.tag("subscriber", person)


async def take_arrived(connection: AsyncConnection, cipher: Cipher, person: int) -> dict[int, tuple[int, ...]]:
    """A subscriber's, by the hour in which their broadcast began (none arrived before); they stay here no longer."""
    mine = (DELIVERY.c.tag == recipient_tag(cipher, person), DELIVERY.c.message.is_not(None))
    joined = DELIVERY.join(BROADCAST, BROADCAST.c.number == DELIVERY.c.broadcast)
    rows = (await connection.execute(select(DELIVERY, BROADCAST.c.began).select_from(joined).where(*mine))).all()
    found: dict[int, tuple[int, ...]] = {}
    for row in rows:
        hour = row.began // HOUR
        found[hour] = found.get(hour, ()) + opened(cipher, row)
    if rows:
        await connection.execute(update(DELIVERY).where(*mine).values(message=None))
    return found


def opened(cipher: Cipher, row: Row[Any]) -> tuple[int, ...]:
    """Those of one row."""
    return open_messages(cipher, row.broadcast, row.tag, row.message)


def place(broadcast: int, tag: bytes) -> bytes:
    """What a row's numbers are bound to."""
    return tag + broadcast.to_bytes(8, "big")
