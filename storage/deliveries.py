"""Who was sent a broadcast. A claim is committed before the send: whatever is killed when, nobody gets it twice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import Enum, StrEnum, auto
from typing import Any

import structlog
from sqlalchemy import Integer, Row, bindparam, delete, exists, func, insert, literal, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage import audience, erasure, leadership
from storage.arrived import open_messages, opened, seal_messages
from storage.audience import IN_DOUBT, UNSETTLED, Audience, among, page_of
from storage.broadcast import KEPT_HOURS, BroadcastKind, BroadcastState, Figures, figure_values, open_figures
from storage.cipher import Cipher, KeysRefused
from storage.clock import HOUR, Clock
from storage.database import Database
from storage.record import Record, record
from storage.reports import Reports
from storage.schema import BROADCAST, DELIVERY, SUBSCRIBER
from storage.standing import read_standing
from storage.subscribers import Subscribers, open_chat

log = structlog.get_logger(__name__)

CLAIMED, SETTLED = "claimed", "settled"
FIRST, LAST = b"", b"\xff" * 33  # before and after every tag
BATCH = 500  # claims that are erased in one transaction: people who tap meanwhile are not kept waiting
REPEATABLE = (BroadcastKind.EDIT.value, BroadcastKind.DELETE.value)
"""What may be done twice without harm: an open claim of these is simply taken again."""

# Asked for a hundred recipients, and again for the next: so they are built once.
FIND = select(BROADCAST).where(BROADCAST.c.number == bindparam("broadcast"))
FIND_LOCKED = FIND.with_for_update()
KEEP_FIGURES = update(BROADCAST).where(BROADCAST.c.number == bindparam("of"))
THIS = (DELIVERY.c.broadcast == bindparam("of"), DELIVERY.c.tag == bindparam("to"))
CLAIM = insert(DELIVERY).from_select(
    ("broadcast", "tag", "state"),
    select(bindparam("of", type_=Integer), SUBSCRIBER.c.tag, literal(CLAIMED)).where(
        SUBSCRIBER.c.id.in_(bindparam("ids", expanding=True))
    ),
)
RELEASE = delete(DELIVERY).where(*THIS)
NOTE = update(DELIVERY).where(*THIS).values(state=bindparam("to_state"), message=bindparam("numbers"))
FORGET_MESSAGES = update(DELIVERY).where(*THIS).values(message=None)


class Delivered(StrEnum):
    """What came of a send, by the name of its figure."""

    REACHED = "reached"
    BLOCKED = "blocked"
    DEACTIVATED = "deactivated"
    FAILED = "failed"
    IN_DOUBT = "in_doubt"  # it may have arrived: it is not sent again
    MISSING = "missing"  # the chat has the message no more


GONE = frozenset({Delivered.BLOCKED, Delivered.DEACTIVATED})
"""Who cannot be reached any more is unsubscribed."""


@dataclass(frozen=True)
class Recipient:
    """A subscriber who is to get it."""

    id: bytes
    tag: bytes
    chat: int
    language: str
    silent: bool
    messages: tuple[int, ...] = ()  # what arrived, and is to be edited or deleted


@dataclass(frozen=True)
class Settled:
    """What came of one claim; None: it is certain that nothing was sent, and the claim is taken back."""

    recipient: Recipient
    outcome: Delivered | None
    messages: tuple[int, ...] = ()
    status: int = 0  # of a failure: Telegram's answer, as an HTTP status


class Course(Enum):
    """Whether it goes on."""

    GOES_ON = auto()
    FROZEN = auto()  # it goes on later
    OVER = auto()  # it is paused, or has ended
    DEPOSED = auto()  # another process delivers it by now: nothing was recorded, nobody is claimed


@dataclass(frozen=True)
class TakenOver:
    """By which token this one delivers, and how many messages are in doubt from now on."""

    token: bytes
    in_doubt: int


@dataclass(frozen=True)
class Turn:
    """What one transaction did: who is claimed now, how it goes on, and how it stands."""

    claimed: tuple[Recipient, ...]
    course: Course
    figures: Figures


class Deliveries:
    """One row a broadcast and recipient."""

    def __init__(
        self, database: Database, cipher: Cipher, subscribers: Subscribers, reports: Reports, clock: Clock
    ) -> None:
        """`subscribers` who cannot be reached any more are erased."""
        self._database = database
        self._cipher = cipher
        self._subscribers = subscribers
        self._reports = reports
        self._clock = clock
        self._token = b""  # of whoever took over last in this process

    async def furthest_claim(self, broadcast: int) -> bytes:
        """The last tag that has one: most of those before it have one too."""
        tag = DELIVERY.c.tag  # not max(): before version 18 PostgreSQL has none of bytes
        tags = select(tag).where(DELIVERY.c.broadcast == broadcast).order_by(tag.desc()).limit(1)
        async with self._database.read() as connection:
            return (await connection.execute(tags)).scalar_one_or_none() or FIRST

    async def next_recipients(
        self, broadcast: int, after: bytes, limit: int, *, until: bytes = LAST
    ) -> list[Recipient]:
        """Those whom it is for and who have no claim yet, by their tags: in the order in which claims are kept."""
        which = {"broadcast": broadcast, "after": after, "until": until, "most": limit}
        async with self._database.read() as connection:
            row = (await connection.execute(FIND, {"broadcast": broadcast})).one_or_none()
            if row is None:
                return []
            rows = (await connection.execute(page_of(Audience.of(row)), which)).all()
        found = (self._recipient(row.subject, one) for one in rows)
        return [recipient for recipient in found if recipient is not None]

    def _recipient(self, subject: int | None, row: Sequence[Any]) -> Recipient | None:
        """One row that does not open must not hold up the others."""
        place, tag, chat, language, silent, message = row
        try:
            messages = () if subject is None else open_messages(self._cipher, subject, tag, message)
            return Recipient(place, tag, open_chat(self._cipher, place, chat), language, silent, messages)
        except KeysRefused as refused:
            log.error("a subscriber's row does not open and is passed over", exc_info=refused)
            return None

    async def take_turn(
        self,
        broadcast: int,
        settled: Sequence[Settled],
        wanted: Sequence[Recipient],
        *,
        token: bytes | None = None,
    ) -> Turn:
        """Records a group of outcomes and claims the next recipients, in one transaction.

        Claimed is who still subscribes and was not claimed before, while the broadcast goes on. Of one who had all
        erased while it was under way nothing is noted but the figure. `token`: of who delivers, where another process
        might have taken over; what was claimed by a deposed one is in doubt already.
        """

        async def work(connection: AsyncConnection) -> Turn:
            deposed = token is not None and not await self._leads(connection, token)
            row = (await connection.execute(FIND_LOCKED, {"broadcast": broadcast})).one()
            if deposed:
                return Turn((), Course.DEPOSED, open_figures(row))
            figures = await self._record(connection, row, settled)
            course = await _course(connection, row)
            claimed = await _claim(connection, row, wanted) if course is Course.GOES_ON else ()
            return Turn(claimed, course, figures)

        return await self._database.write(work)

    async def _leads(self, connection: AsyncConnection, token: bytes) -> bool:
        """A file is for one process alone: there nobody takes over but this one itself, and no look is needed."""
        if connection.dialect.name == "sqlite":
            return token == self._token
        return await leadership.leads(connection, token)

    async def _record(self, connection: AsyncConnection, row: Row[Any], settled: Sequence[Settled]) -> Figures:
        figures = _counted(open_figures(row), settled)
        if not settled:
            return figures
        await _keep_figures(connection, row.number, figures)
        if row.kind == BroadcastKind.RESEND.value:
            await self._resolve_doubt(connection, row.subject, settled)
        if row.kind == BroadcastKind.DELETE.value:
            await _forget_messages(connection, row.subject, settled)
        await self._note(connection, row.number, settled, of_news=row.kind == BroadcastKind.NEWS.value)
        released = [{"of": row.number, "to": one.recipient.tag} for one in settled if one.outcome is None]
        if released:
            await connection.execute(RELEASE, released)
        for one in settled:
            if one.outcome in GONE:
                await self._subscribers.erase_row(connection, one.recipient.tag)
        return figures

    async def _resolve_doubt(self, connection: AsyncConnection, subject: int, settled: Sequence[Settled]) -> None:
        """What was sent again counts for the broadcast that it belongs to."""
        known = [one for one in settled if one.outcome not in (None, Delivered.IN_DOUBT)]
        row = (await connection.execute(FIND_LOCKED, {"broadcast": subject})).one()
        figures = _counted(open_figures(row), known)
        await _keep_figures(connection, subject, replace(figures, in_doubt=max(figures.in_doubt - len(known), 0)))
        await self._note(connection, subject, known, of_news=True)

    async def _note(
        self, connection: AsyncConnection, broadcast: int, settled: Sequence[Settled], *, of_news: bool
    ) -> None:
        """Of news the numbers of what arrived are kept."""
        values = [
            {
                "of": broadcast,
                "to": one.recipient.tag,
                "to_state": IN_DOUBT if one.outcome is Delivered.IN_DOUBT else SETTLED,
                "numbers": seal_messages(self._cipher, broadcast, one.recipient.tag, one.messages) if of_news else None,
            }
            for one in settled
            if one.outcome is not None and one.outcome not in GONE
        ]
        if values:
            await connection.execute(NOTE, values)

    async def reachable(self, broadcast: int) -> int:
        """How many chats have its messages, as far as is known."""
        async with self._database.read() as connection:
            return await audience.reachable(connection, broadcast)

    async def are_open(self, broadcast: int) -> bool:
        """Whether a send is under way, or was when the process ended."""
        claimed = exists().where(DELIVERY.c.broadcast == broadcast, DELIVERY.c.state == CLAIMED, UNSETTLED)
        async with self._database.read() as connection:
            return bool((await connection.execute(select(claimed))).scalar_one())

    async def take_over(self) -> TakenOver:
        """From here on this one delivers: what an earlier one had claimed and not settled is in doubt.

        What may be done twice without harm is done again instead.
        """

        async def work(connection: AsyncConnection) -> TakenOver:
            token = self._token = await leadership.take_over(connection)
            repeatable = select(BROADCAST.c.number).where(BROADCAST.c.kind.in_(REPEATABLE))
            is_open = (DELIVERY.c.state == CLAIMED, UNSETTLED)
            await connection.execute(delete(DELIVERY).where(*is_open, DELIVERY.c.broadcast.in_(repeatable)))
            open_claims = select(DELIVERY.c.broadcast, func.count()).where(*is_open).group_by(DELIVERY.c.broadcast)
            found = (await connection.execute(open_claims)).all()
            for broadcast, number in found:
                figure = BROADCAST.c.in_doubt
                counted = update(BROADCAST).where(BROADCAST.c.number == broadcast).values(in_doubt=figure + number)
                await connection.execute(counted)
            await connection.execute(update(DELIVERY).where(*is_open).values(state=IN_DOUBT))
            return TakenOver(token, sum(number for _, number in found))

        return await self._database.write(work)

    async def gather(self, connection: AsyncConnection, person: int) -> tuple[Record, ...]:
        """Which broadcasts were sent to a person in the last 48 hours."""
        mine = DELIVERY.c.tag == self._subscribers.tag(person)
        rows = (await connection.execute(select(DELIVERY).where(mine).order_by(DELIVERY.c.broadcast))).all()
        return tuple(record(row, message=list(opened(self._cipher, row))) for row in rows)

    async def erase_expired(self) -> int:
        """Erases the claims and reports of what ended 48 hours ago; how many claims.

        What was paused for so long is stopped: its claims may not stay.
        """
        over = await self._database.write(self._end_forgotten)
        erased = 0
        while batch := await self._database.write(lambda connection: self._erase_batch(connection, over)):
            erased += batch
        return erased

    async def _end_forgotten(self, connection: AsyncConnection) -> list[int]:
        now = int(self._clock().timestamp())
        latest = now - KEPT_HOURS * HOUR
        forgotten = (BROADCAST.c.state == BroadcastState.PAUSED.value, BROADCAST.c.paused <= latest)
        idle = BROADCAST.c.idle + now - BROADCAST.c.paused
        stopped = {
            "state": BroadcastState.STOPPED.value, "ended": now, "idle": idle, "paused": None, "reason": None,
        }  # fmt: skip
        await connection.execute(update(BROADCAST).where(*forgotten).values(stopped))
        over = list((await connection.execute(select(BROADCAST.c.number).where(BROADCAST.c.ended <= latest))).scalars())
        await self._reports.erase_of(connection, over)
        return over

    async def _erase_batch(self, connection: AsyncConnection, broadcasts: Sequence[int]) -> int:
        key = (DELIVERY.c.broadcast, DELIVERY.c.tag)
        statement = select(*key).where(DELIVERY.c.broadcast.in_(broadcasts)).limit(BATCH)
        found = [{"of": row.broadcast, "to": row.tag} for row in (await connection.execute(statement)).all()]
        if found:
            await connection.execute(RELEASE, found)
            await erasure.note(connection, erasure.EXPIRED, self._clock)
        return len(found)


def _counted(figures: Figures, settled: Sequence[Settled]) -> Figures:
    outcomes = Counter(one.outcome for one in settled if one.outcome is not None)
    added = {outcome.value: getattr(figures, outcome.value) + number for outcome, number in outcomes.items()}
    failures = Counter(figures.failures)
    failures.update(one.status for one in settled if one.outcome is Delivered.FAILED)
    return replace(figures, **added, failures=dict(failures))


async def _keep_figures(connection: AsyncConnection, broadcast: int, figures: Figures) -> None:
    await connection.execute(KEEP_FIGURES, {"of": broadcast, **figure_values(figures)})


async def _forget_messages(connection: AsyncConnection, subject: int, settled: Sequence[Settled]) -> None:
    """What was deleted in a chat is not there to be edited."""
    deleted = (Delivered.REACHED, Delivered.MISSING)
    done = [{"of": subject, "to": one.recipient.tag} for one in settled if one.outcome in deleted]
    if done:
        await connection.execute(FORGET_MESSAGES, done)


async def _course(connection: AsyncConnection, broadcast: Row[Any]) -> Course:
    if broadcast.state != BroadcastState.SENDING.value:
        return Course.OVER
    if broadcast.kind == BroadcastKind.DELETE.value:  # what was wrong is taken back while nothing new goes out
        return Course.GOES_ON
    return Course.FROZEN if (await read_standing(connection)).frozen.now else Course.GOES_ON


async def _claim(
    connection: AsyncConnection, broadcast: Row[Any], wanted: Sequence[Recipient]
) -> tuple[Recipient, ...]:
    """On the terms of this moment. A row that is being erased is waited for, and then gone."""
    if not wanted:
        return ()
    which = {"broadcast": broadcast.number, "ids": [recipient.id for recipient in wanted]}
    found = (await connection.execute(among(Audience.of(broadcast)), which)).all()
    terms = {tag: (language, silent) for tag, language, silent in found}
    claimed = tuple(_as_now(recipient, *terms[recipient.tag]) for recipient in wanted if recipient.tag in terms)
    if claimed:
        await connection.execute(CLAIM, {"of": broadcast.number, "ids": [recipient.id for recipient in claimed]})
    return claimed


def _as_now(recipient: Recipient, language: str, silent: bool) -> Recipient:
    if (recipient.language, recipient.silent) == (language, silent):
        return recipient
    return replace(recipient, language=language, silent=silent)
