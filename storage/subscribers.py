"""Who wants news. A list of subscribers is as dangerous as a list of signers."""

from __future__ import annotations

import secrets
from collections.abc import Collection

from sqlalchemy import delete, func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage import erasure
from storage.arrived import recipient_tag
from storage.audience import ALL, newest_turn, wanted
from storage.cipher import Cipher
from storage.clock import Clock
from storage.database import Database
from storage.erasure_list import Entry, Erasable, ErasureList
from storage.messages import Messages
from storage.record import Record, record
from storage.schema import DELIVERY, SUBSCRIBER
from storage.standing import read_standing

ID_BYTES = 16
CHAT_DIGITS = 20
CHAT_PLACE = {"table": "subscriber", "column": "chat"}


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
        """True if she did not subscribe before; once subscribers are erased for good nobody is one any more."""

        async def work(connection: AsyncConnection) -> bool:
            if await self._is_there(connection, person):
                return False
            if (await read_standing(connection)).erased is not None:
                return False
            row = secrets.token_bytes(ID_BYTES)
            values = {
                "id": row,
                "tag": self.tag(person),
                "chat": self._cipher.encrypt(_padded(chat), row=row, **CHAT_PLACE),
                "language": language,
                "level": ALL,
                "silent": False,
                "newest_broadcast": await newest_turn(connection),
            }
            await connection.execute(insert(SUBSCRIBER).values(values))
            return True

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
        rows = (await connection.execute(select(SUBSCRIBER).where(SUBSCRIBER.c.tag == self.tag(person)))).all()
        return tuple(record(row, chat=open_chat(self._cipher, row.id, row.chat)) for row in rows)

    async def count(self, languages: Collection[str] = (), *, important: bool = True) -> int:
        """How many get such news: of these languages (none: of all), and not those who want important news only."""
        counted = select(func.count()).select_from(SUBSCRIBER).where(wanted(languages, important=important))
        async with self._database.read() as connection:
            return int((await connection.execute(counted)).scalar_one())

    async def _is_there(self, connection: AsyncConnection, person: int) -> bool:
        statement = select(SUBSCRIBER.c.id).where(SUBSCRIBER.c.tag == self.tag(person))
        return (await connection.execute(statement)).first() is not None

    def tag(self, person: int) -> bytes:
        """What a person's row is found by, and what was sent to her."""
        return recipient_tag(self._cipher, person)


def _padded(chat: int) -> bytes:
    """All of one length: a ciphertext must not tell how old an account is by its digits."""
    return f"{chat:0{CHAT_DIGITS}}".encode()


def open_chat(cipher: Cipher, row: bytes, sealed: bytes) -> int:
    """The number of a subscriber's chat, from the row of this id."""
    return int(cipher.decrypt(sealed, row=row, **CHAT_PLACE))
