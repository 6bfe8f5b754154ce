"""The numbers of news that arrived, encrypted with each delivery: news can be edited, deleted, and cleared by them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.broadcast import BroadcastKind
from storage.cipher import Cipher
from storage.clock import HOUR
from storage.schema import BROADCAST, DELIVERY

BRINGS = (BroadcastKind.NEWS.value, BroadcastKind.RESEND.value)
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


async def take_arrived(
    connection: AsyncConnection, cipher: Cipher, person: int, now: int
) -> dict[int, tuple[int, ...]]:
    """A subscriber's, by the last hour in which they may have arrived; they stay here no longer."""
    mine = (DELIVERY.c.tag == recipient_tag(cipher, person), DELIVERY.c.message.is_not(None))
    rows = (await connection.execute(select(DELIVERY).where(*mine))).all()
    if not rows:
        return {}
    latest = await _latest(connection, cipher, person, now)
    found: dict[int, tuple[int, ...]] = {}
    for row in rows:
        hour = latest[row.broadcast] // HOUR
        found[hour] = found.get(hour, ()) + opened(cipher, row)
    await connection.execute(update(DELIVERY).where(*mine).values(message=None))
    return found


async def _latest(connection: AsyncConnection, cipher: Cipher, person: int, now: int) -> dict[int, int]:
    """By news, the end of what brought it, or brought it again: a broadcast may take long, or be paused."""
    news = func.coalesce(BROADCAST.c.subject, BROADCAST.c.number).label("news")
    statement = (
        select(news, func.max(func.coalesce(BROADCAST.c.ended, now)).label("ended"))
        .select_from(DELIVERY.join(BROADCAST, BROADCAST.c.number == DELIVERY.c.broadcast))
        .where(DELIVERY.c.tag == recipient_tag(cipher, person), BROADCAST.c.kind.in_(BRINGS))
        .group_by(news)
    )
    return {row.news: row.ended for row in (await connection.execute(statement)).all()}


def opened(cipher: Cipher, row: Row[Any]) -> tuple[int, ...]:
    """Those of one row."""
    return open_messages(cipher, row.broadcast, row.tag, row.message)


def place(broadcast: int, tag: bytes) -> bytes:
    """What a row's numbers are bound to."""
    return tag + broadcast.to_bytes(8, "big")
