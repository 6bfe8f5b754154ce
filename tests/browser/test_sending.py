"""What a person sends: formatted text, commands, files, and messages that she changes or forwards."""

from __future__ import annotations

from typing import Any

from playwright.async_api import FilePayload, expect

from sandbox.odd_updates import PICTURE
from tests.browser.phone import Phone


def picture(name: str = "photo.png") -> FilePayload:
    return {"name": name, "mimeType": "image/png", "buffer": PICTURE}


def heard(phone: Phone) -> list[dict[str, Any]]:
    """What the bot would be told."""
    return [
        next(value for key, value in update.items() if key != "update_id") for update in phone.telegram.world.pending()
    ]


async def test_marks_become_formatting(phone: Phone) -> None:
    phone.post("hello")
    await phone.say("**bold** and [a link](https://example.org/)")
    await expect(phone.newest.locator("strong")).to_have_text("bold")
    await expect(phone.newest.get_by_role("link")).to_have_text("a link")
    assert heard(phone)[-1]["text"] == "bold and a link"


async def test_a_shortcut_marks_what_is_selected(phone: Phone) -> None:
    phone.post("hello")
    await phone.field.fill("word")
    await phone.field.press("ControlOrMeta+a")
    await phone.field.press("ControlOrMeta+b")
    await expect(phone.field).to_have_value("**word**")


async def test_a_slash_opens_the_menu_and_narrows_it(phone: Phone) -> None:
    commands = [("sign", "Sign"), ("start", "Begin"), ("help", "Help")]
    phone.telegram.world.commands = lambda *_: [{"command": c, "description": d} for c, d in commands]  # type: ignore[method-assign] # no bot has set any
    phone.post("hello")
    await phone.sees("hello")
    await phone.field.press_sequentially("/s")
    options = phone.page.get_by_role("listbox", name="Commands").get_by_role("option")
    await expect(options).to_have_count(2)
    await phone.field.press("ArrowDown")
    await expect(options.nth(1)).to_have_attribute("aria-selected", "true")
    await phone.field.press("Enter")
    await phone.sees("/start")
    await expect(options).to_have_count(0)


async def test_a_photo_is_sent_with_its_caption_and_shown(phone: Phone) -> None:
    phone.post("hello")
    await phone.page.get_by_label("Files to send").set_input_files([picture()])
    await phone.page.get_by_label("Caption").fill("**Look**")
    await phone.page.get_by_role("dialog").get_by_role("button", name="Send").click()
    await expect(phone.newest.locator("strong")).to_have_text("Look")
    await expect(phone.newest.get_by_role("img", name="Photo")).to_have_js_property("naturalWidth", 1)
    message = heard(phone)[-1]
    assert [(size["width"], size["height"], size["file_size"]) for size in message["photo"]] == [(1, 1, len(PICTURE))]


async def test_several_are_an_album_and_one_message_to_the_eye(phone: Phone) -> None:
    phone.post("hello")
    await phone.page.get_by_label("Files to send").set_input_files([picture("a.png"), picture("b.png")])
    await phone.page.get_by_role("dialog").get_by_role("button", name="Send").click()
    await expect(phone.newest.get_by_role("img", name="Photo")).to_have_count(2)
    await expect(phone.messages).to_have_count(2)
    assert len({message["media_group_id"] for message in heard(phone)}) == 1


async def test_a_file_is_chosen_from_the_attach_menu(phone: Phone) -> None:
    phone.post("hello")
    await phone.sees("hello")
    await phone.page.get_by_role("button", name="Attach").click()
    async with phone.page.expect_file_chooser() as chooser:
        await phone.page.get_by_role("menuitem", name="File").click()
    await (await chooser.value).set_files([picture("list.png")])
    await phone.page.get_by_role("dialog").get_by_role("button", name="Send").click()
    await phone.sees("list.png")
    document = heard(phone)[-1]["document"]
    assert (document["file_name"], document["mime_type"]) == ("list.png", "image/png")


async def test_what_is_not_sent_after_all_is_not_sent(phone: Phone) -> None:
    phone.post("hello")
    await phone.page.get_by_label("Files to send").set_input_files([picture()])
    await phone.page.get_by_role("dialog").get_by_role("button", name="Cancel").click()
    await expect(phone.messages).to_have_count(1)
    assert heard(phone) == []


async def test_she_changes_what_she_wrote(phone: Phone) -> None:
    phone.post("hello")
    await phone.say("a mistake")
    await act_on_newest(phone, "Edit")
    await expect(phone.field).to_have_value("a mistake")
    await phone.say("no mistake")
    await expect(phone.newest).to_contain_text("no mistake")
    await expect(phone.newest).to_contain_text("edited")
    assert heard(phone)[-1]["text"] == "no mistake"


async def test_she_forwards_a_message(phone: Phone) -> None:
    phone.post("news for all")
    await act_on_newest(phone, "Forward to the bot")
    await expect(phone.newest).to_contain_text("Forwarded from Undersigned")
    assert heard(phone)[-1]["forward_origin"]["type"] == "user"


async def test_she_deletes_a_message_on_her_side(phone: Phone) -> None:
    phone.post("hello")
    await phone.say("oops")
    await phone.sees("oops")
    await act_on_newest(phone, "Delete for me")
    await expect(phone.messages).to_have_count(1)


async def act_on_newest(phone: Phone, what: str) -> None:
    await phone.newest.hover()
    await phone.newest.get_by_role("button", name="What to do with this message").click()
    await phone.page.get_by_role("menuitem", name=what).click()
