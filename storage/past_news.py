"""News that went out, as everybody may read it: one at a time, in her language."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select, true
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.broadcast import Broadcast, BroadcastState, open_broadcast
from storage.cipher import Cipher
from storage.database import Database
from storage.schema import BROADCAST

SHOWN = (BroadcastState.SENDING.value, BroadcastState.SENT.value)
NEWEST, OLDEST = BROADCAST.c.turn.desc(), BROADCAST.c.turn


@dataclass(frozen=True)
class Past:
    """One of the news that went out, and whether there are others beside it."""

    broadcast: Broadcast
    newer: bool
    older: bool


class PastNews:
    """What was deleted everywhere, stopped, or paused, is not in it; what is being sent is."""

    def __init__(self, database: Database, cipher: Cipher) -> None:
        """`cipher` opens what was said."""
        self._database = database
        self._cipher = cipher

    async def find(self, language: str, *, before: int | None = None, after: int | None = None) -> Past | None:
        """News for everyone or for this language: the newest, or the one next to one of these numbers."""
        async with self._database.read() as connection:
            if after is not None:
                found = await self._first(connection, language, BROADCAST.c.turn > _turn_of(after), OLDEST)
            elif before is not None:
                found = await self._first(connection, language, BROADCAST.c.turn < _turn_of(before), NEWEST)
            else:
                found = await self._first(connection, language, true(), NEWEST)
            if found is None:
                return None
            newer = await self._first(connection, language, BROADCAST.c.turn > _turn_of(found.number), OLDEST)
            older = await self._first(connection, language, BROADCAST.c.turn < _turn_of(found.number), NEWEST)
            return Past(found, newer is not None, older is not None)

    async def _first(
        self, connection: AsyncConnection, language: str, where: ColumnElement[bool], order: Any
    ) -> Broadcast | None:
        shown = and_(
            BROADCAST.c.turn.is_not(None),
            BROADCAST.c.state.in_(SHOWN),
            ~BROADCAST.c.withdrawn,
            or_(BROADCAST.c.languages == "", BROADCAST.c.languages.contains(f",{language},")),
        )
        row = (await connection.execute(select(BROADCAST).where(shown, where).order_by(order).limit(1))).first()
        return None if row is None else open_broadcast(self._cipher, row)


def _turn_of(number: int) -> Any:
    return select(BROADCAST.c.turn).where(BROADCAST.c.number == number).scalar_subquery()
