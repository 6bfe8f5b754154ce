"""A tapped button shows that it works until it is answered, and the answer is shown as the bot asked."""

from __future__ import annotations

from playwright.async_api import expect

from tests.browser.phone import Phone

KEYBOARD = {"inline_keyboard": [[{"text": "Go", "callback_data": "go"}]]}


async def tapped(phone: Phone) -> str:
    """Taps, and waits until the sandbox knows; the tap's number."""
    await phone.press("Go")
    world = phone.telegram.world
    assert await world.wait_for(lambda: any(not tap.done for tap in world.taps.values()), 5)
    return next(reversed(world.taps))


async def test_a_tap_is_busy_until_it_is_answered(phone: Phone) -> None:
    phone.post("x", reply_markup=KEYBOARD)
    query = await tapped(phone)
    await expect(phone.button("Go")).to_have_attribute("aria-busy", "true")
    phone.telegram.world.answer(query, "Done", alert=False)
    await expect(phone.button("Go")).to_have_attribute("aria-busy", "false")
    await expect(phone.page.locator("#toast")).to_have_text("Done")
    await expect(phone.button("Go")).to_be_focused()


async def test_an_impatient_second_tap_is_none(phone: Phone) -> None:
    phone.post("x", reply_markup=KEYBOARD)
    await tapped(phone)
    await phone.press("Go")
    phone.post("later")
    await phone.sees("later")
    assert len(phone.telegram.world.taps) == 1


async def test_an_alert_waits_and_gives_focus_back(phone: Phone) -> None:
    phone.post("x", reply_markup=KEYBOARD)
    phone.telegram.world.answer(await tapped(phone), "Read\nthis", alert=True)
    window = phone.page.get_by_role("alertdialog")
    await expect(window).to_contain_text("Read\nthis")
    await expect(window.get_by_role("button", name="OK")).to_be_focused()
    await phone.page.keyboard.press("Escape")
    await expect(window).to_be_hidden()
    await expect(phone.button("Go")).to_be_focused()


async def test_an_answer_is_dropped_when_its_message_is_gone(phone: Phone) -> None:
    number = phone.post("x", reply_markup=KEYBOARD)
    query = await tapped(phone)
    phone.telegram.world.delete(phone.account("Ann").id, number)
    phone.telegram.world.answer(query, "Goodbye", alert=True)
    phone.post("later")
    await phone.sees("later")
    await expect(phone.page.get_by_role("alertdialog")).to_be_hidden()


async def test_a_button_may_copy(phone: Phone) -> None:
    phone.post("x", reply_markup={"inline_keyboard": [[{"text": "Go", "copy_text": {"text": "copied words"}}]]})
    await phone.press("Go")
    await expect(phone.page.locator("#toast")).to_have_text("Copied")
    assert await phone.page.evaluate("navigator.clipboard.readText()") == "copied words"
