"""Files that people upload and bots send: their real shapes, and where they may be used again."""

from __future__ import annotations

import struct
from typing import Any

import aiohttp
import pytest

from sandbox.odd_updates import PICTURE
from sandbox.pictures import size_of
from tests.bot_api import faults
from tests.people import Person
from tests.sandbox.conftest import BotApi

UPRIGHT = b"Exif\x00\x00II*\x00\x08\x00\x00\x00\x01\x00" + struct.pack("<HHIHH", 0x0112, 3, 1, 6, 0)


def jpeg(width: int, height: int, *before: bytes) -> bytes:
    """The head of a JPEG, with these application segments in it."""
    head = b"\xff\xd8" + b"".join(b"\xff\xe1" + struct.pack(">H", len(one) + 2) + one for one in before)
    return head + b"\xff\xc0\x00\x11\x08" + struct.pack(">HH", height, width) + b"\x03" * 10


@pytest.mark.parametrize(
    ("content", "size"),
    [
        (PICTURE, (1, 1)),
        (b"GIF89a" + struct.pack("<HH", 30, 20) + b"rest", (30, 20)),
        (jpeg(640, 480), (640, 480)),
        (jpeg(640, 480, UPRIGHT), (480, 640)),
        (jpeg(640, 480)[:8], None),
        (jpeg(640, 480, b"Exif\x00\x00II"), (640, 480)),
        (b"no picture", None),
        (b"", None),
    ],
)
def test_the_size_of_a_picture(content: bytes, size: tuple[int, int] | None) -> None:
    assert size_of(content) == size


async def upload(api: BotApi, person: Person, *files: tuple[str, bytes], **fields: str) -> int:
    form = aiohttp.FormData({"person": str(person.id), **fields})
    for name, content in files:
        form.add_field("file", content, filename=name)
    async with api.session.post(f"{api.telegram.url}/page/upload", data=form) as response:
        return response.status


async def told(api: BotApi) -> list[dict[str, Any]]:
    updates = await api.result("getUpdates")
    assert list(faults(updates, "Array of Update", "updates")) == []
    return [update["message"] for update in updates]


async def test_a_photo_with_a_caption(api: BotApi, ann: Person) -> None:
    assert await upload(api, ann, ("a.png", PICTURE), kind="media", caption="**Look**", spoiler="yes") == 200
    (message,) = await told(api)
    assert (message["caption"], message["caption_entities"][0]["type"]) == ("Look", "bold")
    assert message["has_media_spoiler"] is True
    assert message["photo"][0] | {"file_id": "", "file_unique_id": ""} == {
        "file_id": "", "file_unique_id": "", "file_size": len(PICTURE), "width": 1, "height": 1,
    }  # fmt: skip


async def test_a_film_is_as_its_sender_tells(api: BotApi, ann: Person) -> None:
    assert await upload(api, ann, ("a.mp4", b"film"), kind="media", told="640x360x12") == 200
    video = (await told(api))[0]["video"]
    assert (video["width"], video["height"], video["duration"], video["mime_type"]) == (640, 360, 12, "video/mp4")


async def test_an_album_bears_one_caption(api: BotApi, ann: Person) -> None:
    files = [("a.png", PICTURE), ("b.mp4", b"film"), ("c.png", PICTURE)]
    assert await upload(api, ann, *files, kind="media", caption="all") == 200
    messages = await told(api)
    assert [message.get("caption") for message in messages] == ["all", None, None]
    assert len({message["media_group_id"] for message in messages}) == 1
    assert ["video" in message for message in messages] == [False, True, False]


async def test_a_picture_may_be_sent_as_a_file(api: BotApi, ann: Person) -> None:
    assert await upload(api, ann, ("a.png", PICTURE), kind="document") == 200
    document = (await told(api))[0]["document"]
    assert (document["file_name"], document["mime_type"], document["file_size"]) == ("a.png", "image/png", len(PICTURE))


@pytest.mark.parametrize(("kind", "count"), [("else", 1), ("media", 0), ("media", 11)])
async def test_what_is_no_upload(api: BotApi, ann: Person, kind: str, count: int) -> None:
    assert await upload(api, ann, *[("a.png", PICTURE)] * count, kind=kind) == 400
    assert await told(api) == []


async def test_what_a_person_sent_is_sent_again_by_its_id(api: BotApi, ann: Person) -> None:
    await upload(api, ann, ("a.png", PICTURE), kind="media")
    await upload(api, ann, ("list.pdf", b"list"), kind="document")
    photo, document = await told(api)
    for kind, file in (("photo", photo["photo"][-1]), ("document", document["document"])):
        again = await api.result(f"send{kind.capitalize()}", chat_id=ann.id, **{kind: file["file_id"]})
        assert again[kind] == (photo if kind == "photo" else document)[kind]
    copied = await api.result("copyMessage", chat_id=ann.id, from_chat_id=ann.id, message_id=photo["message_id"])
    assert ann.chat()[-1].raw["photo"] == photo["photo"]
    assert copied["message_id"] == ann.chat()[-1].message_id


async def test_an_id_is_of_its_kind(api: BotApi, ann: Person) -> None:
    await upload(api, ann, ("list.pdf", b"list"), kind="document")
    file_id = (await told(api))[0]["document"]["file_id"]
    refused = await api.refusal("sendPhoto", chat_id=ann.id, photo=file_id)
    assert refused == (400, "Bad Request: can't use file of type Document as Photo")
    unknown = await api.refusal("sendPhoto", chat_id=ann.id, photo="another bot's")
    assert unknown == (400, "Bad Request: wrong file identifier/HTTP URL specified")


async def test_a_message_bears_how_it_is_to_be_shown(api: BotApi, ann: Person) -> None:
    await upload(api, ann, ("a.png", PICTURE), kind="media")
    file_id = (await told(api))[0]["photo"][0]["file_id"]
    asked = {"has_spoiler": True, "show_caption_above_media": True, "protect_content": True, "caption": "x"}
    quiet = {"disable_notification": True, "allow_paid_broadcast": True, "message_effect_id": "5104841245755180586"}
    sent = await api.result("sendPhoto", chat_id=ann.id, photo=file_id, **asked, **quiet)
    marks = ("has_media_spoiler", "show_caption_above_media", "has_protected_content")
    assert [sent[mark] for mark in marks] == [True] * 3
    options = {"is_disabled": True}
    text = await api.result("sendMessage", chat_id=ann.id, text="https://example.org", link_preview_options=options)
    assert text["link_preview_options"] == options
    assert list(faults([sent, text], "Array of Message", "messages")) == []


@pytest.mark.parametrize(
    ("name", "kind"),
    [("a.png", "image/png"), ("a.svg", "application/octet-stream"), ("a.html", "application/octet-stream")],
)
async def test_the_page_shows_pictures_and_saves_the_rest(api: BotApi, ann: Person, name: str, kind: str) -> None:
    await upload(api, ann, (name, PICTURE), kind="document")
    file_id = (await told(api))[0]["document"]["file_id"]
    async with api.session.get(f"{api.telegram.url}/page/media/{file_id}") as response:
        assert response.content_type == kind
        assert "sandbox" in response.headers["Content-Security-Policy"]
        assert ("Content-Disposition" in response.headers) is (kind != "image/png")
    async with api.session.get(f"{api.telegram.url}/page/media/none") as response:
        assert response.status == 400


@pytest.mark.parametrize(
    ("kind", "names", "told_as", "album"),
    [
        ("media", ["a.png", "b.mp4"], ["photo", "video"], True),
        ("media", ["a.gif"], ["animation"], False),
        ("media", ["a.png", "b.gif"], ["photo", "animation"], False),
        ("media", ["a.png", "b.pdf"], ["photo", "document"], False),
        ("media", ["a.png", "b.mp3"], ["photo", "document"], False),
        ("document", ["a.png", "b.mp3", "c.pdf"], ["document"] * 3, True),
        ("audio", ["a.mp3", "b.mp3"], ["audio"] * 2, True),
        ("audio", ["a.mp3"], ["audio"], False),
        ("voice", ["a.ogg", "b.ogg"], ["voice"] * 2, False),
    ],
)
async def test_files_that_fit_together_are_an_album(
    api: BotApi, ann: Person, kind: str, names: list[str], told_as: list[str], album: bool
) -> None:
    assert await upload(api, ann, *((name, b"content") for name in names), kind=kind, caption="x", told="0x0x75") == 200
    messages = await told(api)
    assert all(one in message for one, message in zip(told_as, messages, strict=True))
    assert len({message.get("media_group_id", message["message_id"]) for message in messages}) == (
        1 if album else len(names)
    )
    assert [message.get("caption") for message in messages] == ["x"] + [None] * (len(names) - 1)
    first = messages[0][told_as[0]]
    assert not {"audio", "voice", "animation"} & {*told_as[:1]} or first["duration"] == 75


async def test_the_bot_tells_of_the_music_that_it_uploads(api: BotApi, ann: Person) -> None:
    form = aiohttp.FormData({"chat_id": str(ann.id), "duration": "75", "performer": "A choir", "title": "A song"})
    form.add_field("audio", b"content", filename="song.mp3")
    async with api.session.post(f"{api.telegram.url}/bot{api.telegram.token}/sendAudio", data=form) as response:
        audio = (await response.json())["result"]["audio"]
    assert list(faults(audio, "Audio", "audio")) == []
    assert [audio[key] for key in ("duration", "performer", "title")] == [75, "A choir", "A song"]
