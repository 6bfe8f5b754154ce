"""A store of its own, a local Telegram, and a client of it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from telegram.ext import ExtBot

from bot.client import build_bot
from bot.rate_limiter import Urgency
from bot.settings import load_settings
from sandbox.server import LocalTelegram
from storage.cipher import Keys, make_keys
from storage.identity import PetitionIdentity
from storage.signer_tags import TagCost
from storage.store import Store
from tests.people import Person


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    make_keys(tmp_path / "keys", tmp_path / "offline")
    store = await Store.open(
        f"sqlite+aiosqlite:///{tmp_path / 'data' / 'x.sqlite'}",
        folder=tmp_path / "data",
        keys=Keys.load(tmp_path / "keys"),
        petition=PetitionIdentity("test-petition", 0),
        tag_cost=TagCost(memory_kib=8, iterations=1),
    )
    yield store
    await store.close()


@pytest.fixture
async def telegram() -> AsyncIterator[LocalTelegram]:
    async with LocalTelegram() as telegram:
        yield telegram


@pytest.fixture
async def bot(telegram: LocalTelegram) -> AsyncIterator[ExtBot[Urgency]]:
    async with build_bot(load_settings(_env_file=None, token=telegram.token, api_url=telegram.url)) as bot:
        yield bot


@pytest.fixture
def chat(telegram: LocalTelegram) -> int:
    ann = Person(telegram)
    telegram.world.text(ann.id, "/start")
    return ann.id
