"""What outlives a restart: when Telegram was there last, and which webhook is this bot's own."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from storage.schema import META
from storage.store import Store
from storage.webhook_address import REMEMBERED
from tests.storage.conftest import Open, TurnedClock

OURS, OTHER = "https://us.example/telegram", "https://us.example/telegram2"


@pytest.mark.parametrize(("minutes", "hours"), [(0, 0), (29, 0), (30, 1), (60, 1), (24 * 60, 24), (-120, 0)])
async def test_hours_since_it_was_heard_last(
    address: str, open_store: Open, clock: TurnedClock, minutes: int, hours: int
) -> None:
    async with open_store(address) as store:
        assert await store.last_heard.hours_ago() == 0, "it never was"
        for _ in range(2):
            await store.last_heard.note()
    clock.turn(minutes=minutes)  # from half past
    async with open_store(address) as store:
        assert await store.last_heard.hours_ago() == hours


async def test_the_newest_webhooks_are_known_by_their_digests_alone(store: Store) -> None:
    assert not await store.webhook_address.is_known(OURS)
    assert not await store.webhook_address.is_known("")
    await store.webhook_address.remember(OURS)
    assert await store.webhook_address.is_known(OURS)
    assert not await store.webhook_address.is_known(OTHER)
    async with store.database.read() as connection:
        values = (await connection.scalars(select(META.c.value))).all()
    assert not [value for value in values if b"example" in value]
    for _ in range(REMEMBERED):
        await store.webhook_address.remember(OTHER)
    assert await store.webhook_address.is_known(OTHER)
    assert await store.webhook_address.is_known(OURS), "Telegram may still have it"
    for number in range(REMEMBERED - 1):
        await store.webhook_address.remember(f"{OTHER}/{number}")
    assert await store.webhook_address.is_known(OTHER)
    assert not await store.webhook_address.is_known(OURS)
    await store.webhook_address.forget_older(OURS)
    assert await store.webhook_address.is_known(OURS)
    assert not await store.webhook_address.is_known(OTHER)
