"""`/healthz` tells whether the bot is at work, and nothing of anybody."""

from __future__ import annotations

import socket
from pathlib import Path

import aiohttp
import pytest

from bot.application import serving
from bot.health import LONGEST_SILENCE, health
from bot.settings import Address, load_settings
from bot.site import ListenRefused
from sandbox.server import LocalTelegram
from storage.cipher import make_keys
from storage.store import Store


@pytest.fixture
def address() -> Address:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return Address("127.0.0.1", free.getsockname()[1])


async def asked(address: Address) -> tuple[int, object]:
    async with aiohttp.ClientSession() as session, session.get(f"http://{address}/healthz") as response:
        return response.status, await response.json()


async def test_a_bot_at_work_is_well(address: Address, tmp_path: Path) -> None:
    make_keys(tmp_path / "keys", tmp_path / "offline")
    async with LocalTelegram() as telegram:
        settings = load_settings(
            _env_file=None, token=telegram.token, api_url=telegram.url, data=tmp_path / "data",
            keys=tmp_path / "keys", tag_memory_kib=8, listen=str(address),
        )  # fmt: skip
        async with serving(settings):
            assert await asked(address) == (200, {"ok": True, "troubles": []})


async def test_a_silent_telegram_is_told(address: Address, store: Store) -> None:
    async with health(address, store, lambda: LONGEST_SILENCE + 1):
        assert await asked(address) == (503, {"ok": False, "troubles": ["the Bot API does not answer"]})


async def test_a_database_that_is_gone_is_told(address: Address, store: Store) -> None:
    async with health(address, store, lambda: 0.0):
        await store.database.write(lambda connection: connection.exec_driver_sql("DROP TABLE counter"))
        assert await asked(address) == (503, {"ok": False, "troubles": ["the database cannot be read"]})


async def test_a_taken_port_names_the_setting(address: Address, store: Store) -> None:
    async with health(address, store, lambda: 0.0):
        with pytest.raises(ListenRefused, match=f"BOT_LISTEN is {address}, which cannot be listened on"):
            async with health(address, store, lambda: 0.0):
                pass
