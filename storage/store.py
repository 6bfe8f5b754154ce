"""The stores, opened together on one database."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import structlog
from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from storage import identity, migrations
from storage.approvals import Approvals
from storage.broadcasts import Broadcasts
from storage.cipher import Cipher, Keys
from storage.clock import Clock, utc_now
from storage.compositions import Compositions
from storage.conversations import LIFETIME
from storage.database import Database, DatabaseRefused, StorageFault, database_url
from storage.deliveries import Deliveries
from storage.drafts import Drafts
from storage.engines import POOL
from storage.erasure import Erasure
from storage.erasure_list import BACKUPS, ErasureList
from storage.identity import PetitionIdentity
from storage.last_heard import LastHeard
from storage.locks import MIGRATION, lock_alone
from storage.messages import Messages
from storage.numbers import Numbers
from storage.past_news import PastNews
from storage.person import Person
from storage.processes import Processes
from storage.reports import Reports
from storage.retention import Retention
from storage.schema import COUNTER, META
from storage.signatures import Signatures
from storage.signer_tags import ARGON2ID, SignerTags, TagCost
from storage.snapshot import is_missing, read_meta
from storage.standing import PetitionStanding
from storage.subscribers import Subscribers
from storage.webhook_address import WebhookAddress

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Store:
    """Every store, one a thing kept. `made` tells whether the database is new."""

    database: Database
    clock: Clock
    made: bool
    signatures: Signatures
    drafts: Drafts
    subscribers: Subscribers
    messages: Messages
    compositions: Compositions
    broadcasts: Broadcasts
    approvals: Approvals
    past_news: PastNews
    reports: Reports
    deliveries: Deliveries
    person: Person
    erasure: Erasure
    erased: ErasureList
    standing: PetitionStanding
    retention: Retention
    signer_tags: SignerTags
    last_heard: LastHeard
    webhook_address: WebhookAddress
    processes: Processes

    @classmethod
    async def open(
        cls,
        address: str,
        *,
        folder: Path,
        keys: Keys,
        petition: PetitionIdentity,
        clock: Clock = utc_now,
        tag_cost: TagCost = ARGON2ID,
        keep_messages: bool = True,
        draft_hours: int = LIFETIME,
        retention_days: int = 0,
        connections: int = POOL,
        shared: bool = False,
    ) -> Store:
        """Opens the database, makes an empty one where there is none, brings an older one up to date.

        `connections`: how many at most, on PostgreSQL; `shared`: whether other processes may be at work beside this one
        there.
        DatabaseRefused and KeysRefused say in one line why it must not be used.
        """
        cipher = Cipher(keys)
        erased = ErasureList(folder / BACKUPS, clock)
        if is_missing(database_url(address)):
            erased.refuse_anew()
        database = await Database.open(address, folder=folder, connections=connections, shared=shared)
        try:
            made, cost = await _prepared(database, cipher, petition, tag_cost, erased)
            await erased.settle(database)
            if database.membership.is_shared:  # on a file system of several machines a new folder may be seen late
                await asyncio.to_thread(erased.make)
        except BaseException:
            await database.close()
            raise
        drafts = Drafts(database, cipher, clock, draft_hours)
        compositions = Compositions(database, cipher, clock)
        signatures = Signatures(database, cipher, drafts, erased, Numbers(folder / BACKUPS), petition.slug, clock)
        messages = Messages(database, cipher, clock, keep=keep_messages, shared=database.membership.is_shared)
        subscribers = Subscribers(database, cipher, messages, erased, clock)
        reports = Reports(database, cipher, clock)
        deliveries = Deliveries(database, cipher, subscribers, reports, clock)
        return cls(
            database=database,
            clock=clock,
            made=made,
            signatures=signatures,
            drafts=drafts,
            subscribers=subscribers,
            messages=messages,
            compositions=compositions,
            broadcasts=Broadcasts(database, cipher, compositions, reports, clock),
            approvals=Approvals(database, cipher, compositions, reports, clock),
            past_news=PastNews(database, cipher),
            reports=reports,
            deliveries=deliveries,
            person=Person(
                database, signatures, drafts, subscribers, messages, compositions, reports, deliveries, clock
            ),
            erasure=Erasure(database, clock),
            erased=erased,
            standing=PetitionStanding(database),
            retention=Retention(database, erased, clock, retention_days),
            signer_tags=SignerTags(cipher, petition.slug, cost),
            last_heard=LastHeard(database, clock),
            webhook_address=WebhookAddress(database),
            processes=Processes(database),
        )

    async def erase_expired(self) -> None:
        """Erases all that is kept for a while only, and whose while is over."""
        await self.retention.erase_due()
        await self.drafts.erase_expired()
        await self.compositions.erase_expired()
        await self.messages.erase_expired()
        await self.deliveries.erase_expired()

    async def close(self) -> None:
        """Writes the numbers of messages that wait, and closes everything; without a database they are lost."""
        try:
            await self.messages.flush()
        except StorageFault as fault:
            log.warning("the numbers of the last messages could not be written", exc_info=fault)
        finally:
            self.signer_tags.close()
            await self.database.close()


async def _prepared(
    database: Database, cipher: Cipher, petition: PetitionIdentity, tag_cost: TagCost, erased: ErasureList
) -> tuple[bool, TagCost]:
    try:
        return await database.write(lambda connection: _prepare(connection, cipher, petition, tag_cost, erased))
    except StorageFault as fault:
        raise DatabaseRefused(
            f"The database cannot be opened ({fault.reason}). It is to be whole, running, and the one that "
            "BOT_DATABASE_URL means."
        ) from fault


async def _prepare(
    connection: AsyncConnection, cipher: Cipher, petition: PetitionIdentity, tag_cost: TagCost, erased: ErasureList
) -> tuple[bool, TagCost]:
    """One transaction: migrations, and the identity of a new database or a check of an older one's.

    Where nothing is to be done nothing is locked, so that those at work are not disturbed; else one alone does it.
    """
    revision = await connection.run_sync(migrations.current)
    if revision != migrations.newest():
        await lock_alone(connection, MIGRATION)
        revision = await connection.run_sync(migrations.current)  # another one may have brought it up to date
    if revision is None:
        await connection.run_sync(identity.refuse_foreign)
        erased.refuse_anew()  # a restore that was killed leaves an empty database
    elif not await connection.run_sync(lambda _: migrations.is_known(revision)):
        raise DatabaseRefused(identity.NEWER)
    if revision != migrations.newest():
        await connection.run_sync(migrations.upgrade)
    kept = await read_meta(connection)
    if revision is not None:
        identity.check(kept, cipher, petition.slug)
        return False, identity.tag_cost(kept)
    await _found(connection, identity.values(cipher, petition.slug, tag_cost), petition)
    return True, tag_cost


async def _found(connection: AsyncConnection, values: Mapping[str, bytes], petition: PetitionIdentity) -> None:
    rows = [{"key": key, "value": value} for key, value in values.items()]
    await connection.execute(insert(META), rows)
    counter = {"id": 1, "next_number": petition.first_signatories + 1, "valid": 0}
    await connection.execute(insert(COUNTER).values(counter))
