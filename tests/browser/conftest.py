"""The chat page in a real Chromium, with the local Telegram behind it, and the whole bot where a test asks for it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Final

import pytest
import pytest_asyncio
from playwright.async_api import Browser, ViewportSize

from bot.application import serving
from bot.settings import Settings, load_settings
from sandbox.server import LocalTelegram
from storage.cipher import make_keys
from tests.bot_api import assert_allowed
from tests.browser.chromium import chromium, find_chromium
from tests.browser.phone import Phone

HERE = Path(__file__).parent
WIDE: ViewportSize = {"width": 1280, "height": 800}
PEOPLE = (("Ann Example", None), ("Bohdan Example", None), ("Daryna Example", "organiser"))


ONE_LOOP: Final = "session"  # one browser serves all tests, so all of them run in its loop


@pytest_asyncio.fixture(loop_scope=ONE_LOOP)
async def telegram() -> AsyncIterator[LocalTelegram]:
    async with LocalTelegram() as telegram:
        yield telegram
    assert telegram.unknown_methods == []
    assert_allowed(telegram.calls)


@pytest.fixture
def settings(telegram: LocalTelegram, tmp_path: Path) -> Settings:
    make_keys(tmp_path / "keys", tmp_path / "offline")
    return load_settings(
        _env_file=None,
        token=telegram.token,
        api_url=telegram.url,
        data=tmp_path / "data",
        keys=tmp_path / "keys",
        tag_memory_kib=8,
        listen="127.0.0.1:0",
    )


@pytest_asyncio.fixture(loop_scope=ONE_LOOP)
async def bot(settings: Settings) -> AsyncIterator[asyncio.Task[None]]:
    """The whole bot."""
    async with serving(settings) as intake:
        yield intake
        assert not intake.done(), "the intake ended by itself"


@pytest_asyncio.fixture(scope="session", loop_scope=ONE_LOOP)
async def browser() -> AsyncIterator[Browser]:
    async with chromium() as browser:
        yield browser


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Without a browser its tests are skipped."""
    mine = [item for item in items if HERE in item.path.parents]
    for item in mine:
        if pytest_asyncio.is_async_test(item):
            item.add_marker(pytest.mark.asyncio(loop_scope=ONE_LOOP), append=False)
    if find_chromium() is not None:
        return
    for item in mine:
        item.add_marker(pytest.mark.skip(reason="no Chromium"))


@pytest_asyncio.fixture(loop_scope=ONE_LOOP)
async def phone(telegram: LocalTelegram, browser: Browser) -> AsyncIterator[Phone]:
    """The page on a wide screen, with its people; the browser complains of nothing."""
    for name, role in PEOPLE:
        telegram.world.add_person(*name.split(), role=role)
    context = await browser.new_context(viewport=WIDE, locale="en-GB")
    await context.grant_permissions(["clipboard-read", "clipboard-write"], origin=telegram.url)
    phone = Phone(await context.new_page(), telegram)
    await phone.open()
    yield phone
    await context.close()
    assert phone.complaints == []
