"""Four eyes: what one owner confirmed another approves, exactly as it was shown; and what waits can be taken back."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.broadcast import WAITING, Broadcast, BroadcastKind, BroadcastState, open_broadcast
from storage.cipher import Cipher
from storage.clock import Clock
from storage.compositions import Composition, Compositions, Step
from storage.database import Database
from storage.reports import Reports, Role
from storage.schema import BROADCAST

WRITTEN = (BroadcastKind.NEWS, BroadcastKind.EDIT)
"""Only what somebody wrote can be a draft again."""


class Approval(Enum):
    """What became of an owner's word."""

    DONE = auto()
    OWN = auto()  # it takes another owner than the one who confirmed it
    STALE = auto()  # it is not what was shown, or stands elsewhere by now


@dataclass(frozen=True)
class Recalled:
    """It is a draft again; approval and time are void."""

    composition: Composition


@dataclass(frozen=True)
class Busy:
    """Nothing was changed: something else is being written."""

    composition: Composition


class Approvals:
    """Every step is one transaction that looks at the digest of what was shown."""

    def __init__(
        self, database: Database, cipher: Cipher, compositions: Compositions, reports: Reports, clock: Clock
    ) -> None:
        """`reports` tell who confirmed it; one that is taken back becomes a composition."""
        self._database = database
        self._cipher = cipher
        self._compositions = compositions
        self._reports = reports
        self._clock = clock

    async def approve(
        self, person: int, number: int, digest: str, *, owners: Collection[int], delay: int = 0
    ) -> Approval:
        """It goes out at its time, or after `delay` seconds. Its author must still be one of the `owners`."""

        async def decide(connection: AsyncConnection, found: Broadcast) -> dict[str, Any] | None:
            if await self._reports.author(connection, number) not in owners:
                return None
            now = int(self._clock().timestamp())
            at = now + delay if found.at is None else max(int(found.at.timestamp()), now + delay)
            return {"state": BroadcastState.SCHEDULED.value, "at": at}

        return await self._decide(person, number, digest, decide)

    async def reject(self, person: int, number: int, digest: str) -> Approval:
        """It does not go out; its author can take it back as a draft."""

        async def decide(_connection: AsyncConnection, _found: Broadcast) -> dict[str, Any] | None:
            return {"state": BroadcastState.REJECTED.value}

        return await self._decide(person, number, digest, decide)

    async def _decide(
        self,
        person: int,
        number: int,
        digest: str,
        decide: Callable[[AsyncConnection, Broadcast], Awaitable[dict[str, Any] | None]],
    ) -> Approval:
        async def work(connection: AsyncConnection) -> Approval:
            found = await self._find(connection, number)
            if found is None or found.state is not BroadcastState.PROPOSED or found.digest != digest:
                return Approval.STALE
            if await self._reports.role(connection, person, number) is Role.AUTHOR:
                return Approval.OWN
            changes = await decide(connection, found)
            if changes is None:
                return Approval.STALE
            await connection.execute(update(BROADCAST).where(BROADCAST.c.number == number).values(changes))
            return Approval.DONE

        return await self._database.write(work)

    async def confirm_again(self, person: int, number: int, digest: str, *, language: str, delay: int = 0) -> Approval:
        """What missed its time goes out after `delay` seconds; whoever says so answers for it from now on."""

        async def work(connection: AsyncConnection) -> Approval:
            found = await self._find(connection, number)
            if found is None or found.state is not BroadcastState.MISSED or found.digest != digest:
                return Approval.STALE
            await self._reports.make_author(connection, person, number, language)
            at = int(self._clock().timestamp()) + delay
            changes = {"state": BroadcastState.SCHEDULED.value, "at": at}
            await connection.execute(update(BROADCAST).where(BROADCAST.c.number == number).values(changes))
            return Approval.DONE

        return await self._database.write(work)

    async def recall(
        self, person: int, update_id: int, number: int, *, chat: int, screen: int | None
    ) -> Recalled | Busy | None:
        """Back to the draft, for its author, before it begins; None where it cannot be taken back."""

        async def work(connection: AsyncConnection) -> Recalled | Busy | None:
            found = await self._find(connection, number)
            written = await self._compositions.load(connection, person)
            if found is None or found.state not in WAITING or found.kind not in WRITTEN:
                return None
            if await self._reports.role(connection, person, number) is not Role.AUTHOR:
                return None
            if written is not None:
                return Busy(written)
            changes = {"state": BroadcastState.RECALLED.value, "ended": int(self._clock().timestamp())}
            await connection.execute(update(BROADCAST).where(BROADCAST.c.number == number).values(changes))
            await self._reports.leave(connection, person, number)
            draft = Composition(
                chat=chat, screen=screen, step=Step.READY, announcement=found.announcement, edits=found.subject
            )
            return Recalled(await self._compositions.add(connection, person, update_id, draft))

        return await self._database.write(work)

    async def _find(self, connection: AsyncConnection, number: int) -> Broadcast | None:
        statement = select(BROADCAST).where(BROADCAST.c.number == number).with_for_update()
        row = (await connection.execute(statement)).one_or_none()
        return None if row is None else open_broadcast(self._cipher, row)
