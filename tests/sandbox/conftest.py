"""A local Telegram, a bot's end of its HTTP, a person, and a clock that moves when told to."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import aiohttp
import pytest

from sandbox.server import LocalTelegram
from sandbox.world import Json
from tests.people import Person


@dataclass
class Clock:
    now: float = 1_750_000_000.0

    def __call__(self) -> float:
        return self.now


@dataclass(frozen=True)
class BotApi:
    """What a bot's library does, with nothing in between."""

    telegram: LocalTelegram
    session: aiohttp.ClientSession

    async def call(self, method: str, **parameters: Any) -> Json:
        url = f"{self.telegram.url}/bot{self.telegram.token}/{method}"
        async with self.session.post(url, json=parameters) as response:
            body: Json = await response.json()
            assert response.status == (200 if body["ok"] else body["error_code"])
            return body

    async def result(self, method: str, **parameters: Any) -> Any:
        body = await self.call(method, **parameters)
        assert body["ok"], body
        return body["result"]

    async def refusal(self, method: str, **parameters: Any) -> tuple[int, str]:
        body = await self.call(method, **parameters)
        assert not body["ok"], body
        return body["error_code"], body["description"]


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def telegram(clock: Clock) -> AsyncIterator[LocalTelegram]:
    async with LocalTelegram(clock=clock) as telegram:
        yield telegram


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


@pytest.fixture
def api(telegram: LocalTelegram, session: aiohttp.ClientSession) -> BotApi:
    return BotApi(telegram, session)


@pytest.fixture
def ann(telegram: LocalTelegram) -> Person:
    """She has started the bot, and the bot has confirmed it."""
    ann = Person(telegram, "Ann Example")
    telegram.world.text(ann.id, "/start")
    telegram.world.confirm(10**12)
    return ann
