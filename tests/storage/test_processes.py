"""Several processes lease parts of one budget, by the database's clock: on PostgreSQL."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
from sqlalchemy import update

from bot.budget import Budget
from bot.shares import sharing
from storage.processes import DEAD_AFTER, FLOOR, Processes, Wanted
from storage.schema import PROCESS
from storage.store import Store
from tests.storage.conftest import Open

WHOLE = 30
ALL = Wanted(0, broadcasts=True)


@pytest.fixture
async def shared_store(shared_address: str, open_store: Open) -> AsyncIterator[Store]:
    async with open_store(shared_address, shared=True) as store:
        yield store


async def pass_seconds(store: Store, seconds: int) -> None:
    """As if all rows had been written so much earlier."""
    earlier = update(PROCESS).values(seen=PROCESS.c.seen - seconds)
    await store.database.write(lambda connection: connection.execute(earlier))


async def test_a_share_grows_out_of_what_is_free_and_is_given_back(shared_store: Store) -> None:
    first, second = Processes(shared_store.database), Processes(shared_store.database)
    assert await first.renew(WHOLE, ALL, 0) == WHOLE
    assert await second.renew(WHOLE, ALL, 0) == 0, "nothing is free"
    assert await first.renew(WHOLE, ALL, WHOLE) == WHOLE // 2
    assert await second.renew(WHOLE, ALL, 0) == 0, "it was just sent by"
    assert await first.renew(WHOLE, ALL, WHOLE // 2) == WHOLE // 2
    assert await second.renew(WHOLE, ALL, 0) == WHOLE // 2
    await first.leave()
    assert await second.renew(WHOLE, ALL, WHOLE // 2) == WHOLE
    assert len(await second.leased()) == 1


async def test_who_does_not_renew_is_dead_by_the_databases_clock(shared_store: Store) -> None:
    first, second = Processes(shared_store.database), Processes(shared_store.database)
    await first.renew(WHOLE, ALL, 0)
    await pass_seconds(shared_store, DEAD_AFTER - 2)
    assert await second.renew(WHOLE, ALL, 0) == 0
    await pass_seconds(shared_store, 3)
    assert await second.renew(WHOLE, ALL, 0) == WHOLE
    assert len(await second.leased()) == 1
    assert await first.renew(WHOLE, ALL, WHOLE) == 0, "what it had is another's by now"


async def test_many_that_renew_at_once_never_lease_more_than_the_whole(shared_store: Store) -> None:
    many = [Processes(shared_store.database) for _ in range(8)]
    used = [0] * len(many)
    for _ in range(4):
        used = await asyncio.gather(*(one.renew(WHOLE, ALL, last) for one, last in zip(many, used, strict=True)))
        assert sum(lease.share for lease in (await many[0].leased()).values()) <= WHOLE
    assert sum(used) == WHOLE
    assert min(used) >= FLOOR


async def test_who_works_alone_has_the_whole_and_writes_nothing(store: Store) -> None:
    budget = Budget(WHOLE)
    async with sharing(store, budget):
        assert budget.per_second == WHOLE
        assert await store.processes.leased() == {}


async def test_who_works_beside_others_has_a_share_until_it_stops(shared_store: Store) -> None:
    budget = Budget(WHOLE)
    async with sharing(shared_store, budget):
        async with asyncio.timeout(5):
            while budget.per_second != FLOOR:  # noqa: ASYNC110 - nobody is told of it
                await asyncio.sleep(0.01)
        assert [lease.share for lease in (await shared_store.processes.leased()).values()] == [FLOOR]
    assert await shared_store.processes.leased() == {}
