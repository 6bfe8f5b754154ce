"""Messages come, change in place and vanish, and nothing else moves."""

from __future__ import annotations

from playwright.async_api import expect

from tests.browser.phone import Phone

KEYBOARD = {"inline_keyboard": [[{"text": "Go", "callback_data": "go"}, {"text": "Stay", "callback_data": "stay"}]]}


async def test_a_changed_message_stays_the_same_node(phone: Phone) -> None:
    first = phone.post("first", reply_markup=KEYBOARD)
    phone.post("second")
    await phone.sees("second")
    node = await phone.messages.first.element_handle()
    assert node is not None
    await phone.button("Stay").focus()
    phone.message(first).update(text="first, changed", edit_date=1)
    phone.telegram.world.touch()
    await expect(phone.messages.first).to_contain_text("first, changed")
    await expect(phone.messages.first).to_contain_text("edited")
    assert await node.evaluate("node => node.isConnected")
    await expect(phone.button("Stay")).to_be_focused()


async def test_a_deleted_message_vanishes_and_focus_goes_on(phone: Phone) -> None:
    phone.post("stays")
    gone = phone.post("goes", reply_markup=KEYBOARD)
    await phone.button("Go").focus()
    phone.telegram.world.delete(phone.account("Ann").id, gone)
    await expect(phone.messages).to_have_count(1)
    await expect(phone.field).to_be_focused()


async def test_who_reads_above_is_not_pulled_down(phone: Phone) -> None:
    numbers = [phone.post(f"message {number}\n" * 4) for number in range(20)]
    await phone.sees("message 19")
    log = phone.page.get_by_role("log")
    await log.evaluate("log => { log.scrollTop = 300; }")
    await expect(phone.page.get_by_role("button", name="To the newest message")).to_be_visible()
    phone.post("below")
    phone.message(numbers[-1]).update(text="changed")
    phone.telegram.world.touch()
    await phone.sees("below")
    assert await log.evaluate("log => log.scrollTop") == 300
    await phone.page.get_by_role("button", name="To the newest message").click()
    await expect(phone.newest).to_be_in_viewport()


async def test_who_is_at_the_end_stays_there(phone: Phone) -> None:
    for number in range(20):
        phone.post(f"message {number}\n" * 4)
    await phone.sees("message 19")
    await phone.page.get_by_role("button", name="Behind the scenes").click()
    await expect(phone.newest).to_be_in_viewport()


async def test_rows_stand_as_they_were_sent_and_fill_the_width(phone: Phone) -> None:
    rows = [["1", "2", "3"], ["Sign"]]
    phone.post("x", reply_markup={"inline_keyboard": [[{"text": t, "callback_data": t} for t in row] for row in rows]})
    await phone.sees("x")
    shown = await phone.newest.locator(".row").evaluate_all(
        "rows => rows.map(row => [...row.children].map(one => one.textContent))"
    )
    assert shown == rows
    bubble, keyboard = [await phone.newest.locator(name).bounding_box() for name in (".bubble", ".keyboard")]
    assert bubble is not None
    assert keyboard is not None
    assert bubble["width"] == keyboard["width"]


async def test_typing_is_shown_until_the_message_comes(phone: Phone) -> None:
    ann = phone.account("Ann")
    ann.typing = phone.telegram.world.clock()
    phone.telegram.world.touch()
    await expect(phone.page.get_by_text("typing…").first).to_be_visible()
    phone.post("here it is")
    await phone.sees("here it is")
    await expect(phone.page.get_by_text("typing…")).to_have_count(0)
