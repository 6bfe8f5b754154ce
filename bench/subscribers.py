"""A file with many subscribers: rows as somebody's who subscribes, but thousands are written at once."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import exists, insert, literal, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.settings import HERE
from petition.content import load_petition
from storage.cipher import Keys, make_keys
from storage.deliveries import SETTLED
from storage.identity import PetitionIdentity
from storage.schema import DELIVERY, SUBSCRIBER
from storage.signer_tags import TagCost
from storage.store import Store

AT_ONCE = 20_000  # rows


@asynccontextmanager
async def store_in(folder: Path, address: str | None = None) -> AsyncIterator[Store]:
    """A store in the folder's `data`, as a bot on that folder opens it."""
    if not (folder / "keys").exists():
        make_keys(folder / "keys", folder / "offline")
    petition = load_petition(HERE / "petition" / "belarus")
    store = await Store.open(
        address or f"sqlite+aiosqlite:///{(folder / 'data' / 'undersigned.sqlite').resolve()}",
        folder=folder / "data",
        keys=Keys.load(folder / "keys"),
        petition=PetitionIdentity(petition.slug, len(petition.first_signatories)),
        tag_cost=TagCost(memory_kib=8, iterations=1),
    )
    try:
        yield store
    finally:
        await store.close()


async def subscribe(store: Store, people: Sequence[int]) -> None:
    """All of them, in the order of their rows' random ids."""
    for start in range(0, len(people), AT_ONCE):
        rows = [store.subscribers.new_row(person, person, "en", 0) for person in people[start : start + AT_ONCE]]
        rows.sort(key=lambda row: row["id"])
        await store.database.write(partial(_insert, rows))


async def _insert(rows: list[dict[str, Any]], connection: AsyncConnection) -> None:
    await connection.execute(insert(SUBSCRIBER), rows)


async def deliver_to(store: Store, broadcast: int, number: int) -> None:
    """So many have got it, as their rows come."""
    got = exists().where(DELIVERY.c.broadcast == broadcast, DELIVERY.c.tag == SUBSCRIBER.c.tag)
    fields = (literal(broadcast), SUBSCRIBER.c.tag, literal(SETTLED))
    first = select(SUBSCRIBER.c.id).order_by(SUBSCRIBER.c.id).limit(1).offset(number).scalar_subquery()
    rows = select(*fields).where(~got, SUBSCRIBER.c.id < first)
    statement = insert(DELIVERY).from_select(["broadcast", "tag", "state"], rows)

    async def work(connection: AsyncConnection) -> None:
        await connection.execute(statement)

    await store.database.write(work)
