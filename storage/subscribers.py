"""Who wants news. A list of subscribers is as dangerous as a list of signers."""

from __future__ import annotations

import secrets
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage import erasure
from storage.arrived import recipient_tag
from storage.audience import Level, newest_turn, wanted
from storage.cipher import Cipher
from storage.clock import Clock
from storage.database import Database
from storage.erasure_list import Entry, Erasable, ErasureList
from storage.messages import Messages
from storage.record import Record, record
from storage.schema import DELIVERY, SUBSCRIBER
from storage.standing import lock_standing
from storage.upsert import insert_once

ID_BYTES = 16
CHAT_DIGITS = 20
CHAT_PLACE = {"table": "subscriber", "column": "chat"}


@dataclass(frozen=True)
class Subscription:
    """On which terms somebody gets news."""

    level: Level
    silent: bool


class Subscribers:
    """One row a person, found by a tag of this table alone."""

    def __init__(
        self, database: Database, cipher: Cipher, messages: Messages, erased: ErasureList, clock: Clock
    ) -> None:
        """`cipher` encrypts the chat's number; `messages` take over the news of one who unsubscribes."""
        self._database = database
        self._cipher = cipher
        self._messages = messages
        self._erased = erased
        self._clock = clock

    async def subscribe(self, person: int, chat: int, language: str) -> bool:
        """True if she did not subscribe before: who did keeps her terms.

        Once subscribers are erased for good nobody is one any more.
        """

        async def work(connection: AsyncConnection) -> bool:
            if await self._is_there(connection, person):
                return False
            if (await lock_standing(connection)).erased is not None:
                return False
            values = self.new_row(person, chat, language, await newest_turn(connection))
            return await insert_once(connection, SUBSCRIBER, values, key=["tag"])

        return await self._database.write(work)

    def new_row(self, person: int, chat: int, language: str, newest: int) -> dict[str, Any]:
        """Of one who subscribes; `newest`: the turn of the news that began last."""
        row = secrets.token_bytes(ID_BYTES)
        return {
            "id": row,
            "tag": self.tag(person),
            "chat": self._cipher.encrypt(_padded(chat), row=row, **CHAT_PLACE),
            "language": language,
            "level": Level.ALL.value,
            "silent": False,
            "newest_broadcast": newest,
        }

    async def find(self, person: int) -> Subscription | None:
        """On which terms she gets news; None if she does not."""
        async with self._database.read() as connection:
            return await self._find(connection, person)

    async def set_level(self, person: int, level: Level) -> Subscription | None:
        """Her terms from now on; None if she does not subscribe, and this makes her no subscriber."""
        return await self._set(person, level=level.value)

    async def set_silent(self, person: int, *, silent: bool) -> Subscription | None:
        """The same for the sound."""
        return await self._set(person, silent=silent)

    async def _set(self, person: int, **terms: object) -> Subscription | None:
        async def work(connection: AsyncConnection) -> Subscription | None:
            await connection.execute(update(SUBSCRIBER).where(self._is(person)).values(terms))
            return await self._find(connection, person)

        return await self._database.write(work)

    async def unsubscribe(self, person: int) -> bool:
        """True if she subscribed before."""

        async def work(connection: AsyncConnection) -> bool:
            await self._messages.keep_news(connection, person)
            return await self.erase(connection, person)

        return await self._database.write(work)

    async def erase(self, connection: AsyncConnection, person: int) -> bool:
        """Erases the row inside another's transaction."""
        return await self.erase_row(connection, self.tag(person))

    async def erase_row(self, connection: AsyncConnection, tag: bytes) -> bool:
        """Erases a row, and which broadcasts were sent by it: one who subscribes anew gets only newer ones.

        The row goes first: a claim that is being made of it is waited for, and then goes too.
        """
        statement = delete(SUBSCRIBER).where(SUBSCRIBER.c.tag == tag).returning(SUBSCRIBER.c.id)
        row = (await connection.execute(statement)).scalar_one_or_none()
        await connection.execute(delete(DELIVERY).where(DELIVERY.c.tag == tag))
        if row is None:
            return False
        await self._erased.note(Entry(Erasable.SUBSCRIBER, row))
        await erasure.note(connection, erasure.ASKED, self._clock)
        return True

    async def has(self, person: int) -> bool:
        """Whether she subscribes."""
        async with self._database.read() as connection:
            return await self._is_there(connection, person)

    async def gather(self, connection: AsyncConnection, person: int) -> tuple[Record, ...]:
        """All that is kept of a subscriber."""
        rows = (await connection.execute(select(SUBSCRIBER).where(self._is(person)))).all()
        return tuple(record(row, chat=open_chat(self._cipher, row.id, row.chat)) for row in rows)

    async def count(self, languages: Collection[str] = (), *, important: bool = True) -> int:
        """How many get such news: of these languages (none: of all), and not those who want important news only."""
        counted = select(func.count()).select_from(SUBSCRIBER).where(wanted(languages, important=important))
        async with self._database.read() as connection:
            return int((await connection.execute(counted)).scalar_one())

    async def _is_there(self, connection: AsyncConnection, person: int) -> bool:
        return (await connection.execute(select(SUBSCRIBER.c.id).where(self._is(person)))).first() is not None

    async def _find(self, connection: AsyncConnection, person: int) -> Subscription | None:
        statement = select(SUBSCRIBER.c.level, SUBSCRIBER.c.silent).where(self._is(person))
        row = (await connection.execute(statement)).first()
        return None if row is None else Subscription(Level(row.level), row.silent)

    def _is(self, person: int) -> ColumnElement[bool]:
        return SUBSCRIBER.c.tag == self.tag(person)

    def tag(self, person: int) -> bytes:
        """What a person's row is found by, and what was sent to her."""
        return recipient_tag(self._cipher, person)


def _padded(chat: int) -> bytes:
    """All of one length: a ciphertext must not tell how old an account is by its digits."""
    return f"{chat:0{CHAT_DIGITS}}".encode()


def open_chat(cipher: Cipher, row: bytes, sealed: bytes) -> int:
    """The number of a subscriber's chat, from the row of this id."""
    return int(cipher.decrypt(sealed, row=row, **CHAT_PLACE))
