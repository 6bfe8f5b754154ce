"""Broadcasts from the moment that they are confirmed: planned, begun, paused, ended; each step once."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, insert, literal, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage import audience
from storage.announcement import Announcement
from storage.broadcast import (
    ENDED,
    UNDER_WAY,
    WAITING,
    Broadcast,
    BroadcastKind,
    BroadcastState,
    Figures,
    PauseReason,
    figure_values,
    open_broadcast,
    seal,
    seal_reason,
)
from storage.cipher import Cipher
from storage.clock import HOUR, Clock
from storage.compositions import Composition, Compositions, Step
from storage.database import Database
from storage.reports import Reports, Role
from storage.schema import BROADCAST, COUNTER
from storage.standing import read_standing

MISSED_AFTER = HOUR  # seconds: what was to go out long ago may be wrong by now
URGENT = (BroadcastKind.DELETE, BroadcastKind.EDIT, BroadcastKind.RESEND, BroadcastKind.NEWS)
"""What sets something right goes before what says something new."""


@dataclass(frozen=True)
class Confirmed:
    """It is committed: whatever happens now, it goes on. Asked again, the same one."""

    broadcast: Broadcast


@dataclass(frozen=True)
class NotReady:
    """Nothing was confirmed: this is what is being written now, if anything is."""

    composition: Composition | None


@dataclass(frozen=True)
class NotNow:
    """Nothing was confirmed while news is frozen; what is written stays."""

    composition: Composition


ConfirmResult = Confirmed | NotReady | NotNow


class Broadcasts:
    """One row each. A number is never given again."""

    def __init__(
        self, database: Database, cipher: Cipher, compositions: Compositions, reports: Reports, clock: Clock
    ) -> None:
        """`reports` keep where the organisers read how it goes."""
        self._database = database
        self._cipher = cipher
        self._compositions = compositions
        self._reports = reports
        self._clock = clock

    # Planned.

    async def confirm(
        self,
        person: int,
        update_id: int,
        version: int,
        *,
        language: str,
        screen: int | None,
        approvers: Collection[int] = (),
        delay: int = 0,
    ) -> ConfirmResult:
        """Turns the composition that was confirmed into a broadcast, once, in one transaction.

        Its report stands in `screen`, a message of the organiser's chat; each of the `approvers` gets one too, and one
        of them must approve. `delay`: seconds until it begins.
        """

        async def work(connection: AsyncConnection) -> ConfirmResult:
            await _in_turn(connection)
            before = (await connection.execute(select(BROADCAST).where(BROADCAST.c.version == version))).first()
            if before is not None:
                return Confirmed(open_broadcast(self._cipher, before))
            composed = await self._compositions.load(connection, person)
            if composed is None or composed.news is None or composed.step is not Step.READY:
                return NotReady(composed)
            if composed.version != version or update_id <= composed.update_id:
                return NotReady(composed)
            if composed.edits is not None and not await self._can_change(connection, composed.edits):
                return NotReady(composed)
            if (await read_standing(connection)).frozen.now:
                return NotNow(composed)
            state = BroadcastState.PROPOSED if approvers else BroadcastState.SCHEDULED
            at = composed.at if approvers else max(composed.at or 0, self._now() + delay)
            kind = BroadcastKind.NEWS if composed.edits is None else BroadcastKind.EDIT
            broadcast = await self._add(
                connection, kind, composed.announcement, state=state, at=at, version=version, subject=composed.edits
            )
            await self._compositions.erase(connection, person)
            await self._reports.add(connection, person, broadcast.number, composed.chat, screen, language)
            for approver in approvers:
                await self._reports.add(
                    connection, approver, broadcast.number, approver, None, language, role=Role.APPROVER
                )
            return Confirmed(broadcast)

        return await self._database.write(work)

    async def delete_everywhere(
        self, person: int, number: int, *, chat: int, language: str, screen: int | None
    ) -> Broadcast | None:
        """Begins to delete what an ended one sent; the same one when it is asked again, None where it cannot be."""
        return await self._follow(BroadcastKind.DELETE, person, number, chat, language, screen)

    async def resend(
        self, person: int, number: int, *, chat: int, language: str, screen: int | None
    ) -> Broadcast | None:
        """Begins to send again what is in doubt; the same one when it is asked again, None where it cannot be."""
        return await self._follow(BroadcastKind.RESEND, person, number, chat, language, screen)

    async def _follow(
        self, kind: BroadcastKind, person: int, number: int, chat: int, language: str, screen: int | None
    ) -> Broadcast | None:
        async def work(connection: AsyncConnection) -> Broadcast | None:
            await _in_turn(connection)
            running = await self._one(connection, _same(kind, number), BROADCAST.c.ended.is_(None))
            if running is not None:
                return running
            subject = await self._one(connection, BROADCAST.c.number == number)
            if subject is None or not subject.is_kept(self._clock()):
                return None
            if kind is BroadcastKind.DELETE:
                if subject.withdrawn and not await audience.reachable(connection, number):
                    return None
                await self._withdraw(connection, number)
            elif subject.withdrawn or subject.doubt_left or not subject.figures.in_doubt:
                return None
            following = await self._add(
                connection, kind, subject.announcement, state=BroadcastState.SCHEDULED, at=self._now(), subject=number
            )
            await self._reports.add(connection, person, following.number, chat, screen, language)
            return following

        return await self._database.write(work)

    async def _withdraw(self, connection: AsyncConnection, number: int) -> None:
        """What is to vanish is not edited or sent again meanwhile, nor afterwards."""
        for one in await self._all(connection, BROADCAST.c.subject == number, BROADCAST.c.ended.is_(None), lock=True):
            await _change(connection, one.number, **self._stopped(one))
        await _change(connection, number, withdrawn=True)
        await self._reports.reopen(connection, number)

    async def can_change(self, number: int) -> bool:
        """Whether its messages can be edited: it ended at most 48 hours ago, and is not deleted everywhere."""
        async with self._database.read() as connection:
            return await self._can_change(connection, number)

    async def _can_change(self, connection: AsyncConnection, number: int) -> bool:
        subject = await self._one(connection, BROADCAST.c.number == number)
        return subject is not None and subject.is_kept(self._clock()) and not subject.withdrawn

    async def leave_doubt(self, number: int) -> None:
        """What is in doubt is left so: the number stays in the report."""

        async def work(connection: AsyncConnection) -> None:
            await _change(connection, number, doubt_left=True)
            await self._reports.reopen(connection, number)

        await self._database.write(work)

    # Begun.

    async def begin_due(self, owners: Collection[int]) -> bool:
        """Begins all whose time has come, deletions alone while news is frozen; whether anything changed.

        One that is late by over an hour, or whose author is not among the `owners` any more, waits to be confirmed
        anew. A deletion is never too late.
        """

        async def work(connection: AsyncConnection) -> bool:
            frozen = (await read_standing(connection)).frozen.now
            await _in_turn(connection)
            now = self._now()
            may = BROADCAST.c.kind == BroadcastKind.DELETE.value if frozen else literal(True)
            scheduled = BROADCAST.c.state == BroadcastState.SCHEDULED.value
            due = await self._all(connection, scheduled, BROADCAST.c.at <= now, may, lock=True)
            for broadcast in due:
                at = now if broadcast.at is None else int(broadcast.at.timestamp())
                author = await self._reports.author(connection, broadcast.number)
                late = now - at > MISSED_AFTER and broadcast.kind is not BroadcastKind.DELETE
                if late or (author is not None and author not in owners):
                    await _change(connection, broadcast.number, state=BroadcastState.MISSED.value)
                else:
                    await self._begin(connection, broadcast)
            return bool(due)

        return await self._database.write(work)

    async def _begin(self, connection: AsyncConnection, broadcast: Broadcast) -> None:
        if broadcast.kind is BroadcastKind.EDIT:
            await self._outdate(connection, broadcast)
        news = broadcast.kind is BroadcastKind.NEWS
        turn = await audience.newest_turn(connection) + 1 if news else None
        values = {"state": BroadcastState.SENDING.value, "began": self._now(), "turn": turn}
        await _change(connection, broadcast.number, **values)
        begun = (await connection.execute(_by_number(broadcast.number))).one()
        await _change(connection, broadcast.number, recipients=await audience.count(connection, begun))

    async def _outdate(self, connection: AsyncConnection, edit: Broadcast) -> None:
        """An older edit that went on would undo this one. What was rejected goes out as a newer one, if ever."""
        unfinished = and_(BROADCAST.c.ended.is_(None), BROADCAST.c.state != BroadcastState.REJECTED.value)
        older = and_(_same(BroadcastKind.EDIT, edit.subject), BROADCAST.c.number < edit.number)
        for one in await self._all(connection, older, unfinished, lock=True):
            await self._change_to(connection, one, self._stopped(one))

    async def next_due(self) -> datetime | None:
        """When the next one is to begin."""
        scheduled = BROADCAST.c.state == BroadcastState.SCHEDULED.value
        async with self._database.read() as connection:
            found = await self._all(connection, scheduled)
        return min((one.at for one in found if one.at is not None), default=None)

    async def pause(self, number: int, reason: PauseReason, *, detail: str = "", pauses: int | None = None) -> bool:
        """Pauses one that is sent; `pauses`: only if it was paused so often before."""
        sealed = seal_reason(self._cipher, number, reason, detail)
        changes = {"state": BroadcastState.PAUSED.value, "paused": self._now(), "reason": sealed}
        return await self._step(
            number, {BroadcastState.SENDING}, lambda one: {**changes, "pauses": one.pauses + 1}, pauses
        )

    async def resume(self, number: int, pauses: int) -> bool:
        """Goes on with one that was paused so often."""
        return await self._step(number, {BroadcastState.PAUSED}, self._resumed, pauses)

    async def stop(self, number: int) -> bool:
        """Ends one that waits or is under way: what is not sent yet is not sent any more."""
        return await self._step(number, WAITING | UNDER_WAY, self._stopped)

    async def end(self, number: int) -> bool:
        """All are sent."""
        sent = {"state": BroadcastState.SENT.value, "ended": self._now()}
        return await self._step(number, {BroadcastState.SENDING}, lambda _: sent)

    def _stopped(self, one: Broadcast) -> dict[str, Any]:
        return {**self._resumed(one), "state": BroadcastState.STOPPED.value, "ended": self._now()}

    def _resumed(self, one: Broadcast) -> dict[str, Any]:
        state = BroadcastState.SENDING.value
        if one.pause is None:
            return {"state": state}
        idle = int(one.idle.total_seconds()) + self._now() - int(one.pause.since.timestamp())
        return {"state": state, "paused": None, "reason": None, "idle": idle}

    async def _step(
        self,
        number: int,
        states: Collection[BroadcastState],
        changes: Callable[[Broadcast], dict[str, Any]],
        pauses: int | None = None,
    ) -> bool:
        """From one of these states; False where it stands elsewhere."""

        async def work(connection: AsyncConnection) -> bool:
            found = await self._one(connection, BROADCAST.c.number == number, lock=True)
            if found is None or found.state not in states or pauses not in (None, found.pauses):
                return False
            await self._change_to(connection, found, changes(found))
            return True

        return await self._database.write(work)

    async def _change_to(self, connection: AsyncConnection, found: Broadcast, changed: dict[str, Any]) -> None:
        """With what its end means for the earlier one."""
        await _change(connection, found.number, **changed)
        if found.kind is BroadcastKind.EDIT and changed["state"] in ENDED and found.figures.reached:
            await self._take_over(connection, found)
        if found.kind is BroadcastKind.RESEND and changed["state"] == BroadcastState.SENT.value:
            await self._leave_who_left(connection, found)
        if found.subject is not None and changed["state"] in ENDED:
            await self._reports.reopen(connection, found.subject)

    async def _leave_who_left(self, connection: AsyncConnection, resend: Broadcast) -> None:
        """Where all who are still in doubt have left, there is nothing to be sent once more."""
        row = (await connection.execute(_by_number(resend.number))).one()
        if resend.subject is not None and not await audience.count(connection, row):
            await _change(connection, resend.subject, doubt_left=True)

    async def _take_over(self, connection: AsyncConnection, edit: Broadcast) -> None:
        """From now on the earlier one says what was edited into it."""
        subject = None if edit.subject is None else await self._one(connection, BROADCAST.c.number == edit.subject)
        if subject is not None:
            said = replace(subject.announcement, versions=edit.announcement.versions, buttons=edit.announcement.buttons)
            await _change(connection, subject.number, content=seal(self._cipher, subject.number, said.to_json()))

    # Looked at.

    async def find(self, number: int) -> Broadcast | None:
        """One of them."""
        async with self._database.read() as connection:
            return await self._one(connection, BROADCAST.c.number == number)

    async def sending(self) -> list[Broadcast]:
        """Those under way that are not paused, the most urgent first, then the oldest."""
        async with self._database.read() as connection:
            found = await self._all(connection, BROADCAST.c.state == BroadcastState.SENDING.value)
        return sorted(found, key=lambda one: (URGENT.index(one.kind), one.number))

    async def following(self, number: int) -> list[Broadcast]:
        """What was done with the messages of one, the oldest first."""
        async with self._database.read() as connection:
            return await self._all(connection, BROADCAST.c.subject == number)

    async def last_began(self) -> datetime | None:
        """When the newest news began, one that was stopped too."""
        news, newest = BROADCAST.c.turn.is_not(None), BROADCAST.c.turn.desc()
        async with self._database.read() as connection:
            row = (await connection.execute(select(BROADCAST.c.began).where(news).order_by(newest).limit(1))).first()
        return None if row is None else datetime.fromtimestamp(row.began, UTC)

    async def pages(self) -> list[int]:
        """Every number as organisers leaf through them: what waits or is under way first, then the newest."""
        statement = select(BROADCAST.c.number, BROADCAST.c.state).where(
            BROADCAST.c.state != BroadcastState.RECALLED.value
        )
        async with self._database.read() as connection:
            rows = (await connection.execute(statement.order_by(BROADCAST.c.number))).all()
        active = [row.number for row in rows if BroadcastState(row.state) in WAITING | UNDER_WAY]
        return active + [row.number for row in reversed(rows) if row.number not in active]

    # Rows.

    async def _add(
        self,
        connection: AsyncConnection,
        kind: BroadcastKind,
        announcement: Announcement,
        *,
        state: BroadcastState,
        at: int | None,
        version: int | None = None,
        subject: int | None = None,
    ) -> Broadcast:
        newest = select(func.coalesce(func.max(BROADCAST.c.number), 0))
        number = int((await connection.execute(newest)).scalar_one()) + 1
        languages = ",".join(["", *sorted(announcement.languages), ""]) if announcement.languages else ""
        values = {
            "number": number,
            "kind": kind.value,
            "subject": subject,
            "version": version,
            "content": seal(self._cipher, number, announcement.to_json()),
            "languages": languages,
            "important": announcement.important,
            "state": state.value,
            "at": at,
            "pauses": 0,
            "idle": 0,
            "withdrawn": False,
            "doubt_left": False,
            **figure_values(Figures(0)),
        }
        await connection.execute(insert(BROADCAST).values(values))
        return open_broadcast(self._cipher, (await connection.execute(_by_number(number))).one())

    async def _one(
        self, connection: AsyncConnection, *where: ColumnElement[bool], lock: bool = False
    ) -> Broadcast | None:
        statement = select(BROADCAST).where(*where).order_by(BROADCAST.c.number)
        row = (await connection.execute(statement.with_for_update() if lock else statement)).first()
        return None if row is None else open_broadcast(self._cipher, row)

    async def _all(
        self, connection: AsyncConnection, *where: ColumnElement[bool], lock: bool = False
    ) -> list[Broadcast]:
        """`lock`: whoever changes one of them is waited for, and what no longer fits then is left out."""
        statement = select(BROADCAST).where(*where).order_by(BROADCAST.c.number)
        rows = (await connection.execute(statement.with_for_update() if lock else statement)).all()
        return [open_broadcast(self._cipher, row) for row in rows]

    def _now(self) -> int:
        return int(self._clock().timestamp())


async def _in_turn(connection: AsyncConnection) -> None:
    """One at a time gives numbers and turns."""
    await connection.execute(select(COUNTER.c.next_number).with_for_update())


async def _change(connection: AsyncConnection, number: int, **values: Any) -> None:
    await connection.execute(update(BROADCAST).where(BROADCAST.c.number == number).values(values))


def _by_number(number: int) -> Select[Any]:
    return select(BROADCAST).where(BROADCAST.c.number == number)


def _same(kind: BroadcastKind, subject: int | None) -> ColumnElement[bool]:
    return and_(BROADCAST.c.kind == kind.value, BROADCAST.c.subject == subject)
