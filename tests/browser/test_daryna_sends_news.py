"""Daryna, the organiser, sends news to everyone who asked for it: her phone and theirs, in one window."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import expect

from bot.application import serving
from bot.settings import Settings
from tests.browser.conftest import ONE_LOOP
from tests.browser.phone import Phone


@pytest_asyncio.fixture(loop_scope=ONE_LOOP)
async def organised(phone: Phone, settings: Settings) -> AsyncIterator[asyncio.Task[None]]:
    """The whole bot, with Daryna as its owner."""
    owners = frozenset({phone.account("Daryna").id})
    async with serving(settings.model_copy(update={"owners": owners})) as intake:
        yield intake


async def test_the_organiser_is_told_apart(phone: Phone) -> None:
    await expect(phone.person("Daryna")).to_contain_text("organiser")
    await phone.person("Daryna").click()
    await expect(phone.person("Daryna")).to_have_attribute("aria-current", "true")
    await expect(phone.person("Ann")).to_have_attribute("aria-current", "false")


@pytest.mark.usefixtures("organised")
async def test_her_news_reaches_who_asked_for_it(phone: Phone) -> None:
    await ask_for_news(phone, "Bohdan")
    await hold(phone, "Daryna")
    await phone.say("/broadcast")
    await phone.sees("Write the message")
    await phone.say("**News:** handed over")
    await phone.press("Send to 1 person")
    await phone.press("Yes, send")
    await phone.sees("reached 1")
    await expect(phone.person("Bohdan").locator(".dot")).to_be_visible()
    await expect(phone.person("Ann").locator(".dot")).to_be_hidden()
    await phone.person("Bohdan").click()
    await phone.sees("News: handed over")
    await expect(phone.newest.locator("strong")).to_have_text("News:")


@pytest.mark.usefixtures("organised")
async def test_only_she_has_the_command_in_her_menu(phone: Phone) -> None:
    commands = phone.page.get_by_role("listbox", name="Commands")
    for name, shown in (("Daryna", 1), ("Ann", 0)):
        await hold(phone, name)
        await phone.page.get_by_role("button", name="Commands").click()
        await expect(commands).to_contain_text("/sign")
        await expect(commands.get_by_text("/broadcast")).to_have_count(shown)
        await phone.field.press("Escape")


async def ask_for_news(phone: Phone, name: str) -> None:
    await hold(phone, name)
    await phone.press("Send me news")
    await phone.sees("You will get news here")


async def hold(phone: Phone, name: str) -> None:
    """Takes her phone, and begins the chat."""
    await phone.person(name).click()
    await phone.start()
    await phone.sees("66 people have signed")
