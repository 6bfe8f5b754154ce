"""All that is kept of one person, erased in one transaction."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncConnection

from storage import erasure
from storage.clock import Clock
from storage.compositions import Compositions
from storage.database import Database
from storage.drafts import Drafts
from storage.messages import Messages
from storage.reports import Reports
from storage.schema import COMPOSITION, DELIVERY, DRAFT, MESSAGE, REPORT, SIGNATURE, SUBSCRIBER
from storage.signatures import Signatures
from storage.subscribers import Subscribers

PERSON_TABLES = (SIGNATURE, DRAFT, SUBSCRIBER, DELIVERY, MESSAGE, COMPOSITION, REPORT)
"""Every table that says anything of a person."""


@dataclass(frozen=True)
class Erased:
    """What there was."""

    signature: bool
    draft: bool
    subscriber: bool


class Person:
    """Knows every table of persons."""

    def __init__(
        self,
        database: Database,
        signatures: Signatures,
        drafts: Drafts,
        subscribers: Subscribers,
        messages: Messages,
        compositions: Compositions,
        reports: Reports,
        clock: Clock,
    ) -> None:
        """The stores of what is kept of a person."""
        self._database = database
        self._signatures = signatures
        self._drafts = drafts
        self._subscribers = subscribers
        self._messages = messages
        self._compositions = compositions
        self._reports = reports
        self._clock = clock

    async def erase(self, person: int, signer_tag: bytes) -> Erased:
        """Erases all but the numbers of messages, which it marks: they go once Telegram has deleted those."""

        async def work(connection: AsyncConnection) -> Erased:
            erased = Erased(
                signature=await self._signatures.erase(connection, signer_tag),
                draft=await self._drafts.erase(connection, person),
                subscriber=await self._subscribers.erase(connection, person),
            )
            await self._compositions.erase(connection, person)
            await self._reports.erase(connection, person)
            await self._messages.mark_within(connection, person)
            await erasure.note(connection, erasure.ASKED, self._clock)
            return erased

        return await self._database.write(work)
