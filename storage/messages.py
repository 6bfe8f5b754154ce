"""The numbers of the last 48 hours' messages, by which a chat can be cleared. Texts are not kept."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import orjson
import structlog
from sqlalchemy import Row, delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage import erasure
from storage.arrived import take_arrived
from storage.cipher import Cipher, KeysRefused
from storage.clock import Clock, hours
from storage.database import Database
from storage.locks import lock_people
from storage.record import Record, record
from storage.schema import MESSAGE
from storage.upsert import upsert

log = structlog.get_logger(__name__)

KEPT = 48  # hours: https://core.telegram.org/bots/api#deletemessage
DELETABLE = 47  # hours; what is older may be too old by the time the call arrives
LATE = 600  # seconds for which another process's numbers may still wait in its memory
LIVE, MARKED = 0, 1


@dataclass(frozen=True)
class Marked:
    """Messages to be deleted in one chat."""

    tag: bytes
    chat: int
    messages: tuple[int, ...]


@dataclass
class _Waiting:
    """Numbers not written yet, of one person in one hour."""

    chat: int
    messages: set[int]


Noted = Mapping[int, _Waiting]
"""What waits of one person, by hour."""


class Messages:
    """Numbers are noted in memory and written in groups, one encrypted row a person and hour.

    Where several processes are at work, one may clear a chat while numbers of its messages wait in another's memory.
    So a mark says for a while up to which number all is to be deleted: numbers of a chat only grow.
    """

    def __init__(self, database: Database, cipher: Cipher, clock: Clock, *, keep: bool, shared: bool = False) -> None:
        """`keep`: whether numbers are noted at all; `shared`: whether other processes may note some too."""
        self._database = database
        self._cipher = cipher
        self._clock = clock
        self._keep = keep
        self._shared = shared
        self._waiting: dict[tuple[int, int], _Waiting] = {}  # by person and hour

    def note(self, person: int, chat: int, message: int) -> None:
        """Notes a message of the person's or of the bot's."""
        if self._keep:
            hour = hours(self._clock())
            self._waiting.setdefault((person, hour), _Waiting(chat, set())).messages.add(message)

    @contextmanager
    def handing_over(self, person: int) -> Iterator[Noted]:
        """What waits in memory, for a transaction that writes it, and that may be tried twice; back where it failed."""
        keys = [key for key in self._waiting if key[0] == person]
        group = {key: self._waiting.pop(key) for key in keys}
        try:
            yield {hour: waiting for (_, hour), waiting in group.items()}
        except Exception:
            self._take_back(group)
            raise

    def _take_back(self, group: Mapping[tuple[int, int], _Waiting]) -> None:
        for key, waiting in group.items():
            self._waiting.setdefault(key, _Waiting(waiting.chat, set())).messages |= waiting.messages

    async def flush(self) -> None:
        """Writes what waits, in one transaction; on a fault it goes on waiting."""
        if not self._waiting:
            return
        group, self._waiting = self._waiting, {}

        async def work(connection: AsyncConnection) -> None:
            tags = {person: self.tag(person) for person, _ in group}
            await lock_people(connection, tags.values())
            cleared = await self._cleared(connection, tags.values()) if self._shared else {}
            for (person, hour), waiting in group.items():
                tag, late = tags[person], cleared.get(tags[person], 0)
                for marked in (LIVE, MARKED):
                    numbers = [one for one in waiting.messages if (one <= late) == (marked == MARKED)]
                    if numbers:
                        await self._merge(connection, tag, hour, marked, waiting.chat, numbers)

        try:
            await self._database.write(work)
        except BaseException:
            self._take_back(group)
            raise

    async def _cleared(self, connection: AsyncConnection, tags: Iterable[bytes]) -> dict[bytes, int]:
        """Up to which number all is to be deleted, of those who cleared their chat lately."""
        marked = select(MESSAGE).where(MESSAGE.c.marked == MARKED, MESSAGE.c.tag.in_(list(tags)))
        found: dict[bytes, int] = {}
        for row in (await connection.execute(marked)).all():
            if self._try_to_open(row) is not None:
                found[row.tag] = max(found.get(row.tag, 0), self._opened(row).get("upto", 0))
        return found

    async def mark(self, person: int, last: int | None = None) -> None:
        """Marks all that is kept and all that waits, to be deleted; `last`: the newest message that is known."""
        with self.handing_over(person) as noted:
            await self._database.write(lambda connection: self.mark_within(connection, person, noted, last))

    async def mark_within(
        self, connection: AsyncConnection, person: int, noted: Noted, last: int | None = None
    ) -> None:
        """Marks inside another's transaction; what was handed over is in it, and not written again."""
        tag = self.tag(person)
        await lock_people(connection, [tag])
        found = await self._mark_all(connection, person, tag, noted)
        upto = max((*found, last or 0))
        if self._shared and self._keep and upto:
            await self._merge(connection, tag, hours(self._clock()), MARKED, person, (), upto=upto)

    async def _mark_all(self, connection: AsyncConnection, person: int, tag: bytes, noted: Noted) -> set[int]:
        """The numbers that were not marked before."""
        found: set[int] = set()
        live = select(MESSAGE).where(MESSAGE.c.tag == tag, MESSAGE.c.marked == LIVE).with_for_update()
        rows = (await connection.execute(live)).all()
        for row in rows:
            chat, numbers = self._open(row)
            await self._replace(connection, row, chat, [])
            await self._merge(connection, tag, row.hour, MARKED, chat, numbers)
            found.update(numbers)
        for hour, waiting in noted.items():
            await self._merge(connection, tag, hour, MARKED, waiting.chat, waiting.messages)
            found |= waiting.messages
        if self._keep:
            for hour, news in (await self._take_arrived(connection, person)).items():
                await self._merge(connection, tag, hour, MARKED, person, news)
                found.update(news)
        return found

    async def keep_news(self, connection: AsyncConnection, person: int) -> None:
        """Notes the news that arrived, inside the transaction that erases the subscriber: else it could not be cleared.

        In a private chat the chat's number is the person's.
        """
        if self._keep:
            await lock_people(connection, [self.tag(person)])  # before the news, as in `mark_within`
            for hour, news in (await self._take_arrived(connection, person)).items():
                await self._merge(connection, self.tag(person), hour, LIVE, person, news)

    async def _take_arrived(self, connection: AsyncConnection, person: int) -> dict[int, tuple[int, ...]]:
        return await take_arrived(connection, self._cipher, person, int(self._clock().timestamp()))

    async def gather(self, connection: AsyncConnection, person: int) -> tuple[Record, ...]:
        """All numbers of a person's messages, by hour, those to be deleted marked."""
        mine = select(MESSAGE).where(MESSAGE.c.tag == self.tag(person)).order_by(MESSAGE.c.hour, MESSAGE.c.marked)
        return tuple(record(row, content=self._opened(row)) for row in (await connection.execute(mine)).all())

    async def marked(self, person: int) -> Marked | None:
        """What is marked for one person."""
        found = await self._marked(MESSAGE.c.tag == self.tag(person))
        return found[0] if found else None

    async def all_marked(self) -> list[Marked]:
        """What is marked for anybody: it could not be deleted yet, or an earlier process did not finish it."""
        return await self._marked(MESSAGE.c.marked == MARKED)

    async def erase_marked(self, tag: bytes, gone: Collection[int]) -> None:
        """Erases the marks of one person's messages that are gone, and of those too old to be deleted.

        All others stay: what could not be deleted, and what was marked since.
        """
        marked = select(MESSAGE).where(MESSAGE.c.tag == tag, MESSAGE.c.marked == MARKED).with_for_update()

        async def work(connection: AsyncConnection) -> None:
            await lock_people(connection, [tag])
            rows = (await connection.execute(marked)).all()
            if sum([await self._shorten(connection, row, set(gone)) for row in rows]):
                await erasure.note(connection, erasure.ASKED, self._clock)

        await self._database.write(work)

    async def _shorten(self, connection: AsyncConnection, row: Row[Any], gone: set[int]) -> bool:
        """Whether anything of the row was erased."""
        opened = self._try_to_open(row)
        if opened is None:
            return False
        chat, numbers = opened
        left = [number for number in numbers if number not in gone] if row.hour >= self._oldest() else []
        upto = self._upto(row)
        if left == numbers and (left or upto):
            return False
        await self._replace(connection, row, chat, left, upto)
        return True

    def _upto(self, row: Row[Any]) -> int:
        """Up to which number what comes late is to be deleted too; 0 once nothing comes any more."""
        kept = self._opened(row)
        return int(kept["upto"]) if kept.get("at", 0) > int(self._clock().timestamp()) - LATE else 0

    async def _replace(
        self, connection: AsyncConnection, row: Row[Any], chat: int, numbers: list[int], upto: int = 0
    ) -> None:
        key = {"tag": row.tag, "hour": row.hour, "marked": row.marked}
        if not numbers and not upto:
            await connection.execute(delete(MESSAGE).where(*(MESSAGE.c[name] == value for name, value in key.items())))
            return
        at = self._opened(row).get("at", 0) if upto else 0
        await self._write(connection, key, {"chat": chat, "messages": numbers, **_late(upto, at)})

    def _oldest(self) -> int:
        """The hour of the oldest messages that Telegram still deletes."""
        return hours(self._clock()) - DELETABLE

    async def erase_expired(self) -> int:
        """Erases what is older than 48 hours; how many rows."""
        oldest = hours(self._clock()) - KEPT

        async def work(connection: AsyncConnection) -> int:
            deleted = await connection.execute(delete(MESSAGE).where(MESSAGE.c.hour <= oldest))
            if deleted.rowcount:
                await erasure.note(connection, erasure.EXPIRED, self._clock)
            return deleted.rowcount

        return await self._database.write(work)

    def tag(self, person: int) -> bytes:
        """What a person's rows are found by."""
        return self._cipher.tag("message", person)

    async def _marked(self, where: Any) -> list[Marked]:
        statement = select(MESSAGE).where(MESSAGE.c.marked == MARKED, where)
        async with self._database.read() as connection:
            rows = (await connection.execute(statement)).all()
        return await asyncio.to_thread(self._together, rows)  # after a flood of requests they are many

    def _together(self, rows: Sequence[Row[Any]]) -> list[Marked]:
        oldest = self._oldest()
        found: dict[bytes, tuple[int, set[int]]] = {}
        for row in rows:
            opened = self._try_to_open(row)
            if opened is None:
                continue
            chat, numbers = opened
            kept = found.setdefault(row.tag, (chat, set()))
            if row.hour >= oldest:
                kept[1].update(numbers)
        return [Marked(tag, chat, tuple(sorted(numbers))) for tag, (chat, numbers) in found.items()]

    async def _merge(
        self,
        connection: AsyncConnection,
        tag: bytes,
        hour: int,
        marked: int,
        chat: int,
        numbers: Iterable[int],
        *,
        upto: int = 0,
    ) -> None:
        key = {"tag": tag, "hour": hour, "marked": marked}
        there = select(MESSAGE).where(*(MESSAGE.c[name] == value for name, value in key.items()))
        row = (await connection.execute(there.with_for_update())).one_or_none()
        kept = self._opened(row) if row is not None else {"messages": []}
        at = int(self._clock().timestamp()) if upto else kept.get("at", 0)
        late = _late(max(upto, kept.get("upto", 0)), at)
        await self._write(connection, key, {"chat": chat, "messages": sorted({*numbers, *kept["messages"]}), **late})

    async def _write(self, connection: AsyncConnection, key: dict[str, Any], content: dict[str, Any]) -> None:
        row = place(key["tag"], key["hour"], key["marked"])
        sealed = self._cipher.encrypt(orjson.dumps(content), table="message", row=row, column="content")
        await upsert(connection, MESSAGE, key, {"content": sealed})

    def _opened(self, row: Row[Any]) -> dict[str, Any]:
        sealed_in = place(row.tag, row.hour, row.marked)
        opened: dict[str, Any] = orjson.loads(
            self._cipher.decrypt(row.content, table="message", row=sealed_in, column="content")
        )
        return opened

    def _try_to_open(self, row: Row[Any]) -> tuple[int, list[int]] | None:
        """One row that does not open must not hold up the others."""
        try:
            return self._open(row)
        except KeysRefused as refused:
            log.error("message numbers do not open and are passed over", exc_info=refused)
            return None

    def _open(self, row: Row[Any]) -> tuple[int, list[int]]:
        kept = self._opened(row)
        return kept["chat"], kept["messages"]


def _late(upto: int, at: int) -> dict[str, int]:
    """What a row says of numbers that come late, since a time in seconds since 1970."""
    return {"upto": upto, "at": at} if upto else {}


def place(tag: bytes, hour: int, marked: int) -> bytes:
    """What a row's content is bound to."""
    return tag + hour.to_bytes(8, "big") + bytes([marked])
