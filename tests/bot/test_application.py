"""The bot starts as soon as Telegram lets it, and stops though Telegram is silent."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from bot import application
from bot.application import serving
from bot.client import StartRefused
from bot.settings import Settings, load_settings
from sandbox.server import LocalTelegram
from storage.cipher import make_keys
from tests.people import Person


@pytest.fixture
def settings(telegram: LocalTelegram, tmp_path: Path) -> Settings:
    make_keys(tmp_path / "keys", tmp_path / "offline")
    return load_settings(
        _env_file=None, token=telegram.token, api_url=telegram.url, data=tmp_path / "data", keys=tmp_path / "keys",
        tag_memory_kib=8, listen="127.0.0.1:0",
    )  # fmt: skip


@pytest.mark.parametrize("method", ["getMe", "deleteWebhook"])
async def test_a_telegram_that_cannot_be_reached_yet_is_waited_for(
    settings: Settings, telegram: LocalTelegram, method: str
) -> None:
    telegram.faults.refuse(502, "Bad Gateway", times=1, method=method)
    async with serving(settings):
        ann = Person(telegram)
        await ann.send("/start")
        await ann.expect("66 people have signed")


async def test_a_token_that_is_not_accepted_is_one_line(settings: Settings) -> None:
    wrong = settings.model_copy(update={"token": settings.token.__class__("1:wrong")})
    with pytest.raises(StartRefused, match="BOT_TOKEN is not accepted"):
        async with serving(wrong):
            pass


async def test_it_stops_within_its_time_though_telegram_is_silent(settings: Settings, telegram: LocalTelegram) -> None:
    release = asyncio.Event()
    loop = asyncio.get_running_loop()
    async with serving(settings):
        ann = Person(telegram)
        telegram.faults.hold(release, method="sendMessage")
        await ann.send("/start")
        assert await telegram.world.wait_for(lambda: any(call.method == "sendMessage" for call in telegram.calls), 5)
        telegram.faults.hold(release)
        began = loop.time()
    assert loop.time() - began < 10 - application.STOP_SECONDS
    release.set()
