"""All that is kept of one person, gathered or erased in one transaction."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncConnection

from storage import erasure
from storage.clock import Clock
from storage.compositions import Compositions
from storage.database import Database
from storage.deliveries import Deliveries
from storage.drafts import Drafts
from storage.messages import Messages
from storage.record import Record
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


@dataclass(frozen=True)
class Kept:
    """All that is kept of one person: the rows of every table of persons, by the table's name."""

    rows: Mapping[str, tuple[Record, ...]]


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
        deliveries: Deliveries,
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
        self._deliveries = deliveries
        self._clock = clock

    async def gather(self, person: int, signer_tag: bytes) -> Kept:
        """All that is kept, as it stands at one moment; message numbers that wait in memory are written first."""
        await self._messages.flush()
        async with self._database.read() as connection:
            return Kept(
                {
                    SIGNATURE.name: await self._signatures.gather(connection, signer_tag),
                    DRAFT.name: await self._drafts.gather(connection, person),
                    SUBSCRIBER.name: await self._subscribers.gather(connection, person),
                    DELIVERY.name: await self._deliveries.gather(connection, person),
                    MESSAGE.name: await self._messages.gather(connection, person),
                    COMPOSITION.name: await self._compositions.gather(connection, person),
                    REPORT.name: await self._reports.gather(connection, person),
                }
            )

    async def erase(self, person: int, signer_tag: bytes) -> Erased:
        """Erases all but the numbers of messages, which it marks: they go once Telegram has deleted those."""

        async def work(connection: AsyncConnection) -> Erased:
            await self._messages.mark_within(connection, person, noted)  # arrived news is known until she is erased
            erased = Erased(
                signature=await self._signatures.erase(connection, signer_tag),
                draft=await self._drafts.erase(connection, person),
                subscriber=await self._subscribers.erase(connection, person),
            )
            await self._compositions.erase(connection, person)
            await self._reports.erase(connection, person)
            await erasure.note(connection, erasure.ASKED, self._clock)
            return erased

        with self._messages.handing_over(person) as noted:
            return await self._database.write(work)
