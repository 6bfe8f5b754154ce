"""PostgreSQL ends every connection while people tap: each tap is answered, and all is well again."""

from __future__ import annotations

import asyncio
from typing import Any

import aiohttp
import asyncpg
import pytest
from pydantic import SecretStr

from bot.application import serving
from bot.settings import Address, Settings
from tests.people import Newcomer
from tests.storage.conftest import new_postgresql, postgresql
from tests.storage.test_lost_connections import Administrator

__all__ = ["postgresql"]  # the fixture


@pytest.fixture
async def place(postgresql: Any) -> str:
    return await new_postgresql(postgresql)


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
