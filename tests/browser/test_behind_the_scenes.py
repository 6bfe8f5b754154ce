"""The drawer for the curious: the bot's last calls, and a Telegram in trouble."""

from __future__ import annotations

from playwright.async_api import expect

from sandbox.calls import Call
from sandbox.faults import Trouble
from tests.browser.phone import Phone


async def open_drawer(phone: Phone) -> None:
    await phone.page.get_by_role("button", name="Behind the scenes").click()


async def test_each_trouble_is_shown_and_ended(phone: Phone) -> None:
    await open_drawer(phone)
    faults = phone.telegram.faults
    for label, trouble, told in (
        ("Slow", Trouble.SLOW, "Telegram is slow"),
        ("Refuses", Trouble.REFUSE, "Telegram refuses every call"),
        ("Asks to wait", Trouble.FLOOD, "Telegram asks the bot to wait"),
    ):
        await phone.page.get_by_role("radio", name=label).check()
        await expect(phone.page.get_by_text(told)).to_be_visible()
        assert faults.ordered() is trouble
    await phone.page.get_by_role("button", name="All well again").click()
    await expect(phone.page.get_by_role("radio", name="All well")).to_be_checked()
    assert faults.ordered() is Trouble.NONE


async def test_the_last_calls_tell_how_they_went(phone: Phone) -> None:
    ann = phone.account("Ann")
    refusal = {"ok": False, "error_code": 403, "description": "Forbidden: bot was blocked by the user"}
    calls = phone.telegram.calls
    calls.append(Call("getMe", {}, 1.0, 1.012, {"ok": True, "result": {}}))
    calls.append(Call("sendMessage", {"chat_id": ann.id, "text": "hello"}, 2.0, 2.5, refusal))
    await open_drawer(phone)
    entries = phone.page.get_by_label("The bot's last calls, newest first").get_by_role("listitem")
    await expect(entries.nth(0)).to_contain_text("sendMessage Ann Forbidden: bot was blocked by the user")
    await expect(entries.nth(1)).to_contain_text("12 ms")
    await entries.nth(0).locator("summary").click()
    await expect(entries.nth(0)).to_contain_text('"text": "hello"')


async def test_escape_closes_and_gives_focus_back(phone: Phone) -> None:
    toggle = phone.page.get_by_role("button", name="Behind the scenes")
    for width in (1280, 390):
        await phone.page.set_viewport_size({"width": width, "height": 800})
        await open_drawer(phone)
        await expect(phone.page.get_by_role("radio", name="All well")).to_be_focused()
        await phone.page.keyboard.press("Escape")
        await expect(phone.page.get_by_role("radio", name="All well")).to_be_hidden()
        await expect(toggle).to_be_focused()
        await expect(toggle).to_have_attribute("aria-expanded", "false")
