"""Ann opens the page, reads, signs, sees her number, and clears the chat: with the whole bot behind it."""

from __future__ import annotations

import asyncio

import pytest
from playwright.async_api import expect

from tests.browser.phone import Phone

pytestmark = pytest.mark.usefixtures("bot")


async def test_the_first_thing_seen_is_anns_chat_with_its_start_button(phone: Phone) -> None:
    await expect(phone.person("Ann")).to_have_attribute("aria-current", "true")
    await expect(phone.page.get_by_role("button", name="Start", exact=True)).to_be_visible()
    await expect(phone.field).to_be_hidden()


async def test_she_reads_signs_and_clears(phone: Phone) -> None:
    await phone.start()
    await phone.sees("66 people have signed")
    await phone.press("Read the appeal")
    for part in range(1, 6):
        await phone.sees(f"The appeal · {part} / 5")
        await phone.press("Next")
    await phone.sees("12 demands")
    await phone.press("Sign")
    await phone.press("Sign as Ann Example")
    await phone.press("Poland")
    await phone.press("Keep my name private")
    await phone.press("I sign")
    await phone.sees("You are signatory No. 67")
    await clear(phone)


async def clear(phone: Phone) -> None:
    await phone.press("Clear this chat")
    await phone.press("Yes, clear")
    window = phone.page.get_by_role("alertdialog")
    await expect(window).to_contain_text("your signature stays")
    await phone.page.keyboard.press("Enter")
    await expect(window).to_be_hidden()
    await expect(phone.messages).to_have_count(0)
    await expect(phone.page.get_by_role("button", name="Start", exact=True)).to_be_visible()


async def test_by_keyboard_alone(phone: Phone) -> None:
    keys = phone.page.keyboard
    for step, answer in (
        ("Start", "66 people have signed"),
        ("Read the appeal", "The appeal · 1 / 5"),
        ("Next", "The appeal · 2 / 5"),
        ("Next", "The appeal · 3 / 5"),
        ("Sign", "Under which name do you sign?"),
        ("Sign as Ann Example", "Where do you live?"),
    ):
        await phone.tab_to(step)
        await keys.press("Enter")
        await phone.sees(answer)
    await phone.tab_to("Message")
    await keys.type("Lithuania")
    await keys.press("Enter")
    await phone.sees("Your name")


async def test_focus_stays_with_the_button_that_stays(phone: Phone) -> None:
    await phone.start()
    await phone.press("Read the appeal")
    await phone.sees("1 / 5")
    await phone.press("Next")
    await phone.sees("2 / 5")
    await expect(phone.button("Next")).to_be_focused()


async def test_a_slow_telegram_is_seen(phone: Phone, bot: asyncio.Task[None]) -> None:
    await phone.start()
    await phone.sees("66 people have signed")
    await phone.page.get_by_role("button", name="Behind the scenes").click()
    await phone.page.get_by_role("radio", name="Slow").check()
    await expect(phone.page.get_by_text("Telegram is slow")).to_be_visible()
    await phone.press("The demands")
    await expect(phone.button("The demands")).to_have_attribute("aria-busy", "true")
    await phone.page.get_by_role("button", name="All well again").click()
    await phone.sees("12 demands")
    assert not bot.done()
