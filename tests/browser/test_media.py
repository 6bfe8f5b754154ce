"""Pictures, music, voices and albums as they are shown, and how a message came."""

from __future__ import annotations

import base64

import pytest
from playwright.async_api import FilePayload, expect

from sandbox.files import Told, as_sent, keep
from sandbox.odd_updates import PICTURE
from sandbox.world import Json
from tests.browser.phone import Phone
from tests.browser.sounds import tone

KEYBOARD = {
    "inline_keyboard": [
        [{"text": "Sign", "callback_data": "sign"}],
        [{"text": "A label that is longer than any small picture is wide, by far", "url": "https://example.org/a"}],
    ]
}


def post(phone: Phone, kind: str, told: Told, *, silent: bool = False, **beside: object) -> None:
    """A file from the bot to Ann."""
    name, content = ("a.png", PICTURE) if kind == "photo" else ("a.wav", tone(1.0))
    file = as_sent(kind, keep(phone.telegram.world, kind, name, content, told))
    phone.telegram.world.post(phone.account("Ann"), {**file, **beside}, silent=silent)


def album(phone: Phone, kind: str, size: int, **first: object) -> None:
    number = phone.telegram.world.album_number()
    for part in range(size):
        post(phone, kind, Told(), silent=False, media_group_id=number, **({} if part else first))


def audio(name: str) -> FilePayload:
    return {"name": name, "mimeType": "audio/wav", "buffer": tone(2.0)}


async def test_music_is_played_and_paused(phone: Phone) -> None:
    post(phone, "audio", Told(duration=184, performer="A choir", title="A song"), caption="For you")
    await phone.sees("For you")
    await expect(phone.newest).to_contain_text("A song")
    await expect(phone.newest).to_contain_text("A choir · 3:04")
    await phone.newest.get_by_role("button", name="Play: A song, 3:04").click()
    await phone.newest.get_by_role("button", name="Pause: A song").click()
    await expect(phone.newest.get_by_role("button", name="Play: A song")).to_be_visible()


async def test_a_voice_message_shows_how_long_it_is(phone: Phone) -> None:
    post(phone, "voice", Told(duration=75))
    await expect(phone.newest.get_by_role("button", name="Play: Voice message, 1:15")).to_be_visible()
    await expect(phone.newest.locator(".wave span")).to_have_count(32)


async def test_a_file_without_a_sound_says_so(phone: Phone) -> None:
    file = keep(phone.telegram.world, "voice", "a.ogg", b"no sound")
    phone.telegram.world.post(phone.account("Ann"), {"voice": file})
    await phone.newest.get_by_role("button", name="Play").click()
    await expect(phone.page.get_by_text("There is no sound in this file")).to_be_visible()


@pytest.mark.parametrize(("kind", "named"), [("audio", "Music"), ("voice", "Voice message")])
async def test_a_sound_is_chosen_and_sent(phone: Phone, kind: str, named: str) -> None:
    phone.post("hello")
    await phone.sees("hello")
    await phone.page.get_by_role("button", name="Attach").click()
    async with phone.page.expect_file_chooser() as chooser:
        await phone.page.get_by_role("menuitem", name=named).click()
    await (await chooser.value).set_files([audio("song.wav")])
    await expect(phone.page.get_by_role("dialog").locator("audio")).to_have_js_property("duration", 2)
    await phone.page.get_by_role("dialog").get_by_role("button", name="Send").click()
    await expect(phone.newest.get_by_role("button", name="Play")).to_be_visible()
    sent: Json = phone.telegram.world.pending()[-1]["message"][kind]
    assert sent["duration"] == 2


@pytest.mark.parametrize("size", range(2, 11))
async def test_an_album_is_one_grid_without_gaps(phone: Phone, size: int) -> None:
    album(phone, "photo", size, caption="An album")
    await phone.sees("An album")
    await expect(phone.messages).to_have_count(1)
    await expect(phone.newest.get_by_role("img", name="Photo")).to_have_count(size)
    boxes = [await one.bounding_box() for one in await phone.newest.locator(".picture").all()]
    grid = await phone.newest.locator(".pictures").bounding_box()
    assert grid is not None
    covered = sum((box["width"] + 2) * (box["height"] + 2) for box in boxes if box)
    assert covered == pytest.approx((grid["width"] + 2) * (grid["height"] + 2), rel=0.01)


async def test_each_file_of_an_album_has_its_own_words(phone: Phone) -> None:
    number = phone.telegram.world.album_number()
    for words in ("first", "second"):
        post(phone, "document", Told(), media_group_id=number, caption=words)
    await phone.sees("second")
    await expect(phone.messages).to_have_count(1)
    lines = await phone.newest.locator(".file, .text").all_inner_texts()
    assert [line.split()[0] for line in lines] == ["📄", "first", "📄", "second"]


async def test_words_and_buttons_are_as_wide_as_their_picture(phone: Phone) -> None:
    post(phone, "photo", Told(), caption="Words without end. " * 20, reply_markup=KEYBOARD)
    await phone.sees("Words without end")
    boxes = [await phone.newest.locator(name).bounding_box() for name in (".bubble", ".pictures", ".keyboard")]
    assert len({round(box["width"]) for box in boxes if box}) == 1


async def test_a_button_with_a_link_bears_an_arrow_and_asks_before_it_opens(phone: Phone) -> None:
    phone.post("x", reply_markup=KEYBOARD)
    link = phone.newest.get_by_role("link", name="A label that is longer")
    assert "↗" in await link.evaluate("one => getComputedStyle(one, '::after').content")
    await link.click()
    await expect(phone.page.get_by_role("alertdialog")).to_contain_text("https://example.org/a")


async def test_what_came_without_a_sound_is_marked(phone: Phone) -> None:
    post(phone, "photo", Told(), silent=True)
    await expect(phone.newest.get_by_title("It came without a sound")).to_be_visible()
    phone.post("loud")
    await phone.sees("loud")
    await expect(phone.newest.get_by_title("It came without a sound")).to_have_count(0)


async def test_a_gif_is_an_animation_and_moves_by_itself(phone: Phone) -> None:
    phone.post("hello")
    gif = base64.b64decode("R0lGODlhAQABAIAAAP///wAAACH5BAAAAAAALAAAAAABAAEAAAICRAEAOw==")
    files: list[FilePayload] = [{"name": "wave.gif", "mimeType": "image/gif", "buffer": gif}]
    await phone.page.get_by_label("Files to send").set_input_files(files)
    await phone.page.get_by_role("dialog").get_by_role("button", name="Send").click()
    await expect(phone.newest.get_by_role("img", name="Animation")).to_have_js_property("naturalWidth", 1)
    message = phone.telegram.world.pending()[-1]["message"]
    assert message["document"]["file_id"] == message["animation"]["file_id"]


async def test_an_album_is_forwarded_as_one(phone: Phone) -> None:
    album(phone, "photo", 3, caption="An album")
    await phone.sees("An album")
    await phone.newest.hover()
    await phone.newest.get_by_role("button", name="What to do with this message").click()
    await phone.page.get_by_role("menuitem", name="Forward to the bot").click()
    await expect(phone.messages).to_have_count(2)
    await expect(phone.newest).to_contain_text("Forwarded from Undersigned")
    await expect(phone.newest.get_by_role("img", name="Photo")).to_have_count(3)


async def test_a_changed_caption_says_so(phone: Phone) -> None:
    post(phone, "photo", Told(), caption="x", edit_date=1)
    await expect(phone.newest).to_contain_text("edited")


async def test_the_field_keeps_its_height_from_an_empty_chat_to_another(phone: Phone) -> None:
    world, bohdan = phone.telegram.world, phone.account("Bohdan")
    bohdan.started = True
    world.post(bohdan, {"text": "hello"})
    await phone.person("Bohdan").click()
    await phone.sees("hello")
    box = await phone.field.bounding_box()
    assert box is not None
    assert box["height"] > 30
