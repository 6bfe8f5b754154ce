"""Two who decide of one broadcast in the same moment: on PostgreSQL their transactions run side by side."""

from __future__ import annotations

import asyncio

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.broadcast import BroadcastState
from storage.schema import BROADCAST
from storage.store import Store
from tests.storage.news import confirmed, found

OLGA = 701234567
READER = 811000000


async def test_what_is_stopped_in_the_moment_when_it_is_due_does_not_begin(store: Store) -> None:
    await store.subscribers.subscribe(READER, READER, "en")
    number = (await confirmed(store, OLGA)).number
    stopped, goes_on = asyncio.Event(), asyncio.Event()

    async def stop(connection: AsyncConnection) -> None:
        changes = {"state": BroadcastState.STOPPED.value, "ended": 1}
        await connection.execute(update(BROADCAST).where(BROADCAST.c.number == number).values(changes))
        stopped.set()
        await goes_on.wait()

    stopping = asyncio.create_task(store.database.write(stop))
    await stopped.wait()
    beginning = asyncio.create_task(store.broadcasts.begin_due({OLGA}))
    await asyncio.wait({beginning}, timeout=0.3)  # as far as it gets while the other has not committed
    goes_on.set()
    await stopping
    await beginning
    assert (await found(store, number)).state is BroadcastState.STOPPED
