"""Several people in one window: who has news, newcomers, blocks, deep links."""

from __future__ import annotations

import re

from playwright.async_api import expect

from sandbox.menus import Menu
from tests.browser.phone import Phone


async def test_a_dot_tells_of_news_until_it_is_looked_at(phone: Phone) -> None:
    bohdan = phone.account("Bohdan")
    news = phone.person("Bohdan").get_by_text("something new")
    await expect(news).to_be_hidden()
    phone.telegram.world.post(bohdan, {"text": "news"})
    await expect(news).to_be_attached()
    await expect(phone.person("Bohdan").locator(".dot")).to_be_visible()
    await phone.person("Bohdan").click()
    await phone.sees("news")
    await expect(phone.person("Bohdan").locator(".dot")).to_be_hidden()


async def test_on_a_phone_the_way_back_bears_the_dot(phone: Phone) -> None:
    await phone.page.set_viewport_size({"width": 390, "height": 844})
    await expect(phone.person("Ann")).to_be_hidden()
    phone.telegram.world.post(phone.account("Bohdan"), {"text": "news"})
    await phone.page.get_by_role("button", name="People, something new for 1").click()
    await phone.person("Bohdan").click()
    await phone.sees("news")
    await expect(phone.page.get_by_role("button", name="People", exact=True)).to_be_visible()


async def test_a_newcomer_has_a_name_and_a_language(phone: Phone) -> None:
    await phone.page.get_by_text("A newcomer").click()
    await phone.page.get_by_label("Name").fill("Żofia Nowa Kowalska")
    await phone.page.get_by_label("Language").select_option("pl")
    await phone.page.get_by_role("button", name="Add").click()
    await expect(phone.person("Żofia")).to_have_attribute("aria-current", "true")
    await phone.start()
    await phone.sees("/start")
    newcomer = phone.account("Żofia")
    assert (newcomer.last_name, newcomer.language_code) == ("Nowa Kowalska", "pl")


async def test_a_block_is_told_and_lifted(phone: Phone) -> None:
    phone.post("hello")
    await phone.page.get_by_role("button", name="More").click()
    await phone.page.get_by_role("menuitem", name="Block bot").click()
    await expect(phone.page.get_by_text("Ann Example has blocked the bot")).to_be_visible()
    await expect(phone.field).to_be_hidden()
    assert phone.account("Ann").blocked
    await phone.page.get_by_role("button", name="Unblock bot").click()
    await expect(phone.page.get_by_text("Ann Example has let the bot in again")).to_be_visible()
    await expect(phone.field).to_be_visible()


async def test_a_deleted_chat_begins_anew(phone: Phone) -> None:
    phone.post("hello")
    await phone.sees("hello")
    await phone.page.get_by_role("button", name="More").click()
    await phone.page.get_by_role("menuitem", name="Delete chat").click()
    await phone.page.get_by_role("alertdialog").get_by_role("button", name="Delete chat").click()
    await expect(phone.messages).to_have_count(0)
    await expect(phone.page.get_by_role("button", name="Start", exact=True)).to_be_visible()


async def test_a_deep_link_waits_behind_start(phone: Phone) -> None:
    phone.post("hello")
    await phone.open("?start=poster-7")
    await phone.sees("hello")
    await phone.start()
    await phone.sees("/start poster-7")
    await expect(phone.field).to_be_visible()


async def test_each_person_has_a_menu_of_her_own(phone: Phone) -> None:
    menus = phone.telegram.world.menus
    menus[Menu("all_private_chats")] = [{"command": "sign", "description": "Sign"}]
    daryna = str(phone.account("Daryna").id)
    menus[Menu("chat", daryna)] = [{"command": "broadcast", "description": "Send news"}]
    phone.post("hello")
    phone.telegram.world.post(phone.account("Daryna"), {"text": "hello"})
    commands = phone.page.get_by_role("listbox", name="Commands").get_by_role("option")
    for name, command in (("Ann", "/sign Sign"), ("Daryna", "/broadcast Send news")):
        await phone.person(name).click()
        await phone.page.get_by_role("button", name="Commands").click()
        await expect(commands).to_have_text([re.compile(re.escape(command))])
        await phone.page.keyboard.press("Escape")
        await expect(commands).to_have_count(0)
