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

NEWS = "The count **grows**"


@pytest_asyncio.fixture(loop_scope=ONE_LOOP)
async def bot(phone: Phone, settings: Settings) -> AsyncIterator[asyncio.Task[None]]:
    """The whole bot; Daryna is its organiser."""
    owners = frozenset({phone.account("Daryna").id})
    async with serving(settings.model_copy(update={"owners": owners})) as intake:
        yield intake


async def test_the_organiser_is_told_apart(phone: Phone) -> None:
    await expect(phone.person("Daryna")).to_contain_text("organiser")
    await phone.person("Daryna").click()
    await expect(phone.person("Daryna")).to_have_attribute("aria-current", "true")
    await expect(phone.person("Ann")).to_have_attribute("aria-current", "false")


@pytest.mark.usefixtures("bot")
async def test_news_is_written_sent_and_seen_to_arrive(phone: Phone) -> None:
    await phone.start()
    await phone.press("Send me news")
    await phone.sees("You will get news here")
    await phone.person("Daryna").click()
    await phone.start()
    await phone.sees("66 people have signed")
    await phone.say("/broadcast")
    await phone.sees("Write the message and send it here")
    await phone.say(NEWS)
    await phone.sees("A text with formatting")
    await phone.press("Preview")
    written_and_previewed = phone.messages.filter(has=phone.page.locator("b, strong", has_text="grows"))
    await expect(written_and_previewed).to_have_count(2)
    await expect(written_and_previewed.last.locator("b, strong")).to_have_text("grows")
    await expect(phone.newest).to_contain_text("A text with formatting")
    await phone.press("Send to 1 person")
    await phone.press("Yes, send")
    await phone.sees("reached 1")
    await phone.person("Ann").click()
    news = phone.messages.filter(has_text="The count grows")
    await expect(news).to_have_count(1)
    await expect(news.locator("b, strong")).to_have_text("grows")
    await expect(news.get_by_role("button", name="Back")).to_have_count(0)
    await phone.say("/privacy")
    await phone.press("Clear this chat")
    await phone.press("Yes, clear")
    await phone.page.get_by_role("button", name="OK").click()
    await expect(phone.messages).to_have_count(0)


@pytest.mark.usefixtures("bot")
async def test_to_others_the_command_is_unknown(phone: Phone) -> None:
    await phone.start()
    await phone.sees("66 people have signed")
    await phone.say("/broadcast")
    await phone.sees("I do not know that command")


@pytest.mark.usefixtures("bot")
async def test_her_menu_alone_bears_it(phone: Phone) -> None:
    menu = phone.page.get_by_role("listbox", name="Commands")
    for name, shown in (("Daryna", 1), ("Ann", 0)):
        await phone.person(name).click()
        await phone.start()
        await phone.sees("66 people have signed")
        await phone.page.get_by_role("button", name="Commands").click()
        await expect(menu).to_contain_text("/sign")
        await expect(menu.get_by_text("/broadcast", exact=True)).to_have_count(shown)
        await phone.field.press("Escape")
