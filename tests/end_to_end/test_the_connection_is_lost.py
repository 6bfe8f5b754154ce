"""PostgreSQL ends every connection while people tap: each tap is answered, and all is well again; or it is gone."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from typing import Any

import aiohttp
import asyncpg
import pytest
from pydantic import SecretStr

from bot.application import serving
from bot.intake import Intake
from bot.settings import Address, Settings
from storage.membership import CONNECT_SECONDS
from tests.people import Newcomer
from tests.postgresql import PostgreSQL
from tests.storage.test_lost_connections import Administrator


@pytest.fixture
async def place(postgresql: PostgreSQL) -> str:
    return await postgresql.new_address()


async def test_ann_signs_all_the_same(settings: Settings, newcomer: Newcomer, place: str, address: Address) -> None:
    on_postgresql = {"database_url": SecretStr(place), "database_pool": 4, "listen": address}
    connection = await asyncpg.connect(place.replace("+asyncpg", ""))
    administrator = Administrator(connection)
    async with serving(settings.model_copy(update=on_postgresql)):
        ann = newcomer("Ann Example")
        await ann.send("/sign")
        for label in ("Sign as Ann Example", "Skip", "Show my name", "I sign"):
            assert await administrator.end_all()
            _, told = await asyncio.gather(administrator.end_all(), ann.press(label))
            assert not (await told.answered()).alert
        await ann.expect("You are signatory No. 67")
        await administrator.end_all()
        async with aiohttp.ClientSession() as session, session.get(f"http://{address}/healthz") as response:
            assert (response.status, (await response.json())["troubles"]) == (200, [])
    await connection.close()


async def test_a_stop_does_not_wait_for_a_database_that_is_gone(
    settings: Settings, newcomer: Newcomer, postgresql: PostgreSQL, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As where a host stops all at once: updates are in hand, and come again after the next start."""
    database = await postgresql.new_database()
    on_postgresql = settings.model_copy(update={"database_url": SecretStr(postgresql.address(database))})
    people = [newcomer(name) for name in ("Ann Example", "Bohdan Example", "Olga Example")]
    intakes: list[Intake] = []

    def intake(*arguments: Any) -> Intake:
        intakes.append(Intake(*arguments))
        return intakes[-1]

    monkeypatch.setattr("bot.application.Intake", intake)
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(serving(on_postgresql))
        for person in people:
            await person.send("/start")
            await person.expect("A Call for Solidarity")
        await let_in(postgresql, database, anybody=False)
        for person in people:
            await person.send("/subscribe")
        while len(intakes[0].in_hand) < len(people):  # noqa: ASYNC110 - the intake tells nobody
            await asyncio.sleep(0.01)
        async with asyncio.timeout(CONNECT_SECONDS):  # for which others wait until it is there again
            await stack.aclose()
    await let_in(postgresql, database, anybody=True)
    async with serving(on_postgresql):
        for person in people:
            await person.expect("You will get news here")


async def let_in(postgresql: PostgreSQL, database: str, *, anybody: bool) -> None:
    """Or nobody; then nobody is in it any more either."""
    connection = await asyncpg.connect(postgresql.address("postgres").replace("+asyncpg", ""))
    await connection.execute(f'ALTER DATABASE "{database}" WITH ALLOW_CONNECTIONS {anybody}')
    if not anybody:
        await connection.fetch("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1", database)
    await connection.close()
