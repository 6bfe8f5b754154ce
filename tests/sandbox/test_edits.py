"""What the bot may change in a message that it sent: its text, caption, file and buttons."""

from __future__ import annotations

from typing import Any

import aiohttp
import pytest

from sandbox.edits import EDITABLE
from sandbox.files import keep
from sandbox.server import LocalTelegram
from tests.bot_api import faults
from tests.people import Person
from tests.sandbox.conftest import BotApi, Clock

KEYBOARD = {"inline_keyboard": [[{"text": "Sign", "callback_data": "sign"}]]}
NOTHING_TO_EDIT = "Bad Request: there is no media in the message to edit"
NO_SUCH_TYPE = "Bad Request: can't parse InputMedia: unsupported type specified"
NOT_ANOTHER_KIND = "Bad Request: can't change media type in the album"


def file_of(telegram: LocalTelegram, kind: str) -> str:
    return str(keep(telegram.world, kind, "a.bin", b"content")["file_id"])


async def sent(api: BotApi, person: Person, kind: str, **parameters: Any) -> int:
    content = {"text": "words"} if kind == "message" else {kind: file_of(api.telegram, kind)}
    message = await api.result(f"send{kind.capitalize()}", chat_id=person.id, **content, **parameters)
    return int(message["message_id"])


async def change(api: BotApi, person: Person, number: int, kind: str, **parameters: Any) -> dict[str, Any]:
    media = {"type": kind, "media": file_of(api.telegram, kind), "caption": "<b>new</b>", "parse_mode": "HTML"}
    return await api.call("editMessageMedia", chat_id=person.id, message_id=number, media=media, **parameters)


@pytest.mark.parametrize("old", ["message", *EDITABLE])
@pytest.mark.parametrize("new", EDITABLE)
async def test_a_file_takes_the_place_of_a_text_or_of_any_file(
    api: BotApi, ann: Person, clock: Clock, old: str, new: str
) -> None:
    number = await sent(api, ann, old, reply_markup=KEYBOARD, **({} if old == "message" else {"caption": "old"}))
    clock.now += 60
    body = await change(api, ann, number, new, reply_markup=KEYBOARD)
    changed = body["result"]
    assert list(faults(changed, "Message", "message")) == []
    assert (changed["caption"], changed["edit_date"], changed["reply_markup"]) == ("new", int(clock.now), KEYBOARD)
    assert new in changed
    assert [kind for kind in ("text", *EDITABLE) if kind in changed and kind != new] == (
        ["document"] if new == "animation" else []
    )


async def test_buttons_go_where_none_are_given(api: BotApi, ann: Person) -> None:
    number = await sent(api, ann, "photo", reply_markup=KEYBOARD)
    assert "reply_markup" not in (await change(api, ann, number, "photo"))["result"]


@pytest.mark.parametrize("kind", ["voice", "sticker"])
async def test_what_holds_no_such_file_is_not_changed_into_one(api: BotApi, ann: Person, kind: str) -> None:
    number = await sent(api, ann, kind)
    assert (await change(api, ann, number, "photo"))["description"] == NOTHING_TO_EDIT


@pytest.mark.parametrize("media", [None, "x", {}, {"type": "voice", "media": "voice-1"}, {"type": "sticker"}])
async def test_a_voice_is_no_input_media(api: BotApi, ann: Person, media: object) -> None:
    number = await sent(api, ann, "photo")
    body = await api.call("editMessageMedia", chat_id=ann.id, message_id=number, media=media)
    assert body["description"] in (NO_SUCH_TYPE, "Bad Request: can't parse media JSON object")


async def test_the_same_file_and_words_again_are_refused(api: BotApi, ann: Person) -> None:
    number = await sent(api, ann, "photo", caption="x")
    media = {"type": "photo", "media": ann.chat()[-1].raw["photo"][0]["file_id"], "caption": "x"}
    code, words = await api.refusal("editMessageMedia", chat_id=ann.id, message_id=number, media=media)
    assert (code, "message is not modified" in words) == (400, True)


async def album(api: BotApi, person: Person, *kinds: str) -> list[int]:
    items = [{"type": kind, "media": file_of(api.telegram, kind)} for kind in kinds]
    messages = await api.result("sendMediaGroup", chat_id=person.id, media=items)
    return [message["message_id"] for message in messages]


@pytest.mark.parametrize(
    ("kinds", "new", "refused"),
    [
        (("photo", "video"), "video", None),
        (("photo", "video"), "photo", None),
        (("photo", "photo"), "animation", "Bad Request: message content type can't be used in an album"),
        (("photo", "photo"), "document", NOT_ANOTHER_KIND),
        (("photo", "photo"), "audio", NOT_ANOTHER_KIND),
        (("document", "document"), "document", None),
        (("document", "document"), "photo", NOT_ANOTHER_KIND),
        (("audio", "audio"), "audio", None),
        (("audio", "audio"), "document", NOT_ANOTHER_KIND),
    ],
)
async def test_an_album_stays_one(
    api: BotApi, ann: Person, kinds: tuple[str, ...], new: str, refused: str | None
) -> None:
    number = (await album(api, ann, *kinds))[0]
    body = await change(api, ann, number, new, reply_markup=KEYBOARD)
    assert body.get("description") == refused
    if refused is None:
        assert "media_group_id" in body["result"]
        assert "reply_markup" not in body["result"], "a part of an album bears no buttons"


async def test_the_caption_of_an_albums_part_is_changed(api: BotApi, ann: Person) -> None:
    number = (await album(api, ann, "photo", "photo"))[0]
    where = {"chat_id": ann.id, "message_id": number}
    changed = await api.result("editMessageCaption", **where, caption="new", reply_markup=KEYBOARD)
    assert (changed["caption"], "reply_markup" in changed) == ("new", False)


async def test_a_caption_moves_above_its_picture_and_back(api: BotApi, ann: Person) -> None:
    where = {"chat_id": ann.id, "message_id": await sent(api, ann, "photo", caption="x")}
    above = await api.result("editMessageCaption", **where, caption="x", show_caption_above_media=True)
    below = await api.result("editMessageCaption", **where, caption="x")
    assert (above["show_caption_above_media"], "show_caption_above_media" in below) == (True, False)


async def test_a_file_may_come_along_with_the_edit(api: BotApi, ann: Person, session: aiohttp.ClientSession) -> None:
    number = await sent(api, ann, "message")
    fields = {"chat_id": str(ann.id), "message_id": str(number)}
    form = aiohttp.FormData({**fields, "media": '{"type": "document", "media": "attach://file"}'})
    form.add_field("file", b"list", filename="list.pdf")
    url = f"{api.telegram.url}/bot{api.telegram.token}/editMessageMedia"
    async with session.post(url, data=form) as response:
        assert (await response.json())["result"]["document"]["file_name"] == "list.pdf"
