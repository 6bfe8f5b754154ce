"""Who was sent a broadcast. A claim is committed before the send: whatever is killed when, nobody gets it twice."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, StrEnum, auto

from sqlalchemy import delete, exists, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage import erasure
from storage.broadcasts import BroadcastState
from storage.cipher import Cipher
from storage.clock import HOUR, Clock
from storage.database import Database
from storage.messages import Messages
from storage.record import Record, record
from storage.reports import Reports
from storage.schema import BROADCAST, DELIVERY, SUBSCRIBER
from storage.standing import read_standing
from storage.subscribers import Subscribers, open_chat

KEPT = 48  # hours after the end
CLAIMED, SETTLED, IN_DOUBT = "claimed", "settled", "in_doubt"
FIRST = b""  # before every id


class Delivered(StrEnum):
    """What came of a send, by the name of its figure."""

    REACHED = "reached"
    BLOCKED = "blocked"
    DEACTIVATED = "deactivated"
    FAILED = "failed"
    IN_DOUBT = "in_doubt"  # it may have arrived: it is not sent again


class Claim(Enum):
    """Whether it is to be sent now."""

    TAKEN = auto()
    REFUSED = auto()  # it has ended, she does not subscribe any more, or she was claimed before
    FROZEN = auto()  # it goes on later


GONE = frozenset({Delivered.BLOCKED, Delivered.DEACTIVATED})
"""Who cannot be reached any more is unsubscribed."""


@dataclass(frozen=True)
class Recipient:
    """A subscriber who is to get it."""

    id: bytes
    tag: bytes
    chat: int


class Deliveries:
    """One row a broadcast and recipient."""

    def __init__(
        self,
        database: Database,
        cipher: Cipher,
        subscribers: Subscribers,
        messages: Messages,
        reports: Reports,
        clock: Clock,
    ) -> None:
        """`subscribers` who cannot be reached any more are erased; `messages` are noted for clearing the chat."""
        self._database = database
        self._cipher = cipher
        self._subscribers = subscribers
        self._messages = messages
        self._reports = reports
        self._clock = clock

    async def next_recipients(self, broadcast: int, after: bytes, limit: int) -> list[Recipient]:
        """Those who subscribed before it began and have no claim yet, by their random id."""
        claimed = exists().where(DELIVERY.c.broadcast == broadcast, DELIVERY.c.tag == SUBSCRIBER.c.tag)
        statement = (
            select(SUBSCRIBER.c.id, SUBSCRIBER.c.tag, SUBSCRIBER.c.chat)
            .where(SUBSCRIBER.c.id > after, SUBSCRIBER.c.newest_broadcast < broadcast, ~claimed)
            .order_by(SUBSCRIBER.c.id)
            .limit(limit)
        )
        async with self._database.read() as connection:
            rows = (await connection.execute(statement)).all()
        return [Recipient(row.id, row.tag, open_chat(self._cipher, row.id, row.chat)) for row in rows]

    async def gather(self, connection: AsyncConnection, person: int) -> tuple[Record, ...]:
        """Which broadcasts were sent to a person in the last 48 hours."""
        mine = DELIVERY.c.tag == self._subscribers.tag(person)
        rows = (await connection.execute(select(DELIVERY).where(mine).order_by(DELIVERY.c.broadcast))).all()
        return tuple(record(row) for row in rows)

    async def claim(self, broadcast: int, recipient: Recipient) -> Claim:
        """Taken if the broadcast goes on, she still subscribes, and nobody claimed her before."""

        async def work(connection: AsyncConnection) -> Claim:
            going_on = exists().where(
                BROADCAST.c.number == broadcast, BROADCAST.c.state == BroadcastState.SENDING.value
            )
            subscribes = exists().where(SUBSCRIBER.c.id == recipient.id)
            claimed = exists().where(DELIVERY.c.broadcast == broadcast, DELIVERY.c.tag == recipient.tag)
            if not (await connection.execute(select(going_on & subscribes & ~claimed))).scalar_one():
                return Claim.REFUSED
            if (await read_standing(connection)).frozen.now:
                return Claim.FROZEN
            values = {"broadcast": broadcast, "tag": recipient.tag, "state": CLAIMED}
            await connection.execute(insert(DELIVERY).values(values))
            return Claim.TAKEN

        return await self._database.write(work)

    async def release(self, broadcast: int, recipient: Recipient) -> None:
        """Takes a claim back: it is certain that nothing was sent."""
        statement = delete(DELIVERY).where(DELIVERY.c.broadcast == broadcast, DELIVERY.c.tag == recipient.tag)
        await self._database.write(lambda connection: connection.execute(statement))

    async def settle(
        self, broadcast: int, recipient: Recipient, outcome: Delivered, message: int | None = None
    ) -> None:
        """Notes what came of a claim, and the message that arrived; who cannot be reached any more is unsubscribed.

        The message is noted inside the transaction, and only while there is a claim: one who had everything erased
        while it was under way must not come back by it.
        """

        async def work(connection: AsyncConnection) -> None:
            figure = BROADCAST.c[outcome.value]
            counted = update(BROADCAST).where(BROADCAST.c.number == broadcast).values({figure: figure + 1})
            await connection.execute(counted)
            if outcome in GONE:
                await self._subscribers.erase_row(connection, recipient.tag)
                return
            state = IN_DOUBT if outcome is Delivered.IN_DOUBT else SETTLED
            this = (DELIVERY.c.broadcast == broadcast, DELIVERY.c.tag == recipient.tag)
            settled = await connection.execute(update(DELIVERY).where(*this).values(state=state))
            if settled.rowcount and message is not None:
                self._messages.note(recipient.chat, recipient.chat, message)

        await self._database.write(work)

    async def are_open(self, broadcast: int) -> bool:
        """Whether a send is under way, or was when the process ended."""
        claimed = exists().where(DELIVERY.c.broadcast == broadcast, DELIVERY.c.state == CLAIMED)
        async with self._database.read() as connection:
            return bool((await connection.execute(select(claimed))).scalar_one())

    async def doubt_claims(self) -> int:
        """At start: what an earlier process had claimed and not settled is in doubt from now on; how many."""

        async def work(connection: AsyncConnection) -> int:
            open_claims = select(DELIVERY.c.broadcast, func.count()).where(DELIVERY.c.state == CLAIMED)
            found = (await connection.execute(open_claims.group_by(DELIVERY.c.broadcast))).all()
            for broadcast, number in found:
                figure = BROADCAST.c.in_doubt
                counted = update(BROADCAST).where(BROADCAST.c.number == broadcast).values(in_doubt=figure + number)
                await connection.execute(counted)
            await connection.execute(update(DELIVERY).where(DELIVERY.c.state == CLAIMED).values(state=IN_DOUBT))
            return sum(number for _, number in found)

        return await self._database.write(work)

    async def erase_expired(self) -> int:
        """Erases the claims and reports of what ended 48 hours ago; how many claims."""
        latest = int(self._clock().timestamp()) - KEPT * HOUR

        async def work(connection: AsyncConnection) -> int:
            over = (await connection.execute(select(BROADCAST.c.number).where(BROADCAST.c.ended <= latest))).all()
            numbers = [row.number for row in over]
            deleted = await connection.execute(delete(DELIVERY).where(DELIVERY.c.broadcast.in_(numbers)))
            if deleted.rowcount:
                await erasure.note(connection, erasure.EXPIRED, self._clock)
            await self._reports.erase_of(connection, numbers)
            return deleted.rowcount

        return await self._database.write(work)
