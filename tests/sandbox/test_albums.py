"""Albums: which files may stand in one, and that all of it is sent or nothing."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.errors import ApiError
from sandbox.files import keep
from sandbox.media import send_media_group
from sandbox.parameters import Parameters
from sandbox.world import World
from tests.bot_api import faults
from tests.people import Person
from tests.sandbox.conftest import BotApi

KINDS = ("photo", "video", "audio", "document", "animation", "voice", "sticker")
MAY_MIX = {"photo", "video"}


def allowed(kinds: list[str]) -> bool:
    """https://core.telegram.org/bots/api#sendmediagroup"""
    together = {*kinds}
    return 2 <= len(kinds) <= 10 and (together <= MAY_MIX or together in ({"audio"}, {"document"}))


ANY = st.lists(st.sampled_from(KINDS), max_size=12)
ALIKE = st.builds(lambda kind, size: [kind] * size, st.sampled_from(KINDS), st.integers(1, 11))
PICTURES = st.lists(st.sampled_from(["photo", "video"]), min_size=1, max_size=11)


@given(kinds=ANY | ALIKE | PICTURES)
def test_an_album_of_what_may_stand_together(kinds: list[str]) -> None:
    world = World()
    ann = world.add_person("Ann")
    ann.started = True
    items = [{"type": kind, "media": keep(world, kind, "a.bin", b"content")["file_id"]} for kind in kinds]
    asked = Parameters(chat_id=ann.id, media=items, disable_notification=True, reply_markup={"inline_keyboard": [[]]})
    if not allowed(kinds):
        with pytest.raises(ApiError):
            send_media_group(world, asked)
        assert world.chats[ann.id] == {}, "nothing of a refused album is sent"
        return
    sent = send_media_group(world, asked)
    assert [next(kind for kind in kinds if kind in message) for message in sent] == kinds
    assert len({message["media_group_id"] for message in sent}) == 1
    assert {message["message_id"] for message in sent} == world.silent
    assert list(faults(sent, "Array of Message", "album")) == []


@pytest.mark.parametrize(
    ("kinds", "words"),
    [
        (["document", "photo"], "document can't be mixed with other media types"),
        (["audio", "video"], "audio can't be mixed with other media types"),
        (["photo", "animation"], "can't parse InputMedia: unsupported type specified"),
        (["voice", "voice"], "can't parse InputMedia: unsupported type specified"),
        (["photo"], "there must be 2-10 items in an album"),
    ],
)
async def test_the_words_of_a_refusal(api: BotApi, ann: Person, kinds: list[str], words: str) -> None:
    items = [{"type": kind, "media": keep(api.telegram.world, kind, "a.bin", b"x")["file_id"]} for kind in kinds]
    assert await api.refusal("sendMediaGroup", chat_id=ann.id, media=items) == (400, f"Bad Request: {words}")


async def test_one_unknown_file_keeps_the_whole_album_back(api: BotApi, ann: Person) -> None:
    known = keep(api.telegram.world, "photo", "a.png", b"x")["file_id"]
    items = [{"type": "photo", "media": media} for media in (known, "another bot's")]
    assert (await api.refusal("sendMediaGroup", chat_id=ann.id, media=items))[0] == 400
    assert len(ann.chat()) == 1


async def test_captions_of_an_album_stand_all_above_or_all_below(api: BotApi, ann: Person) -> None:
    photo = keep(api.telegram.world, "photo", "a.png", b"x")["file_id"]
    items: list[dict[str, Any]] = [{"type": "photo", "media": photo, "caption": "x"} for _ in range(2)]
    items[0]["show_caption_above_media"] = True
    assert "must be the same" in (await api.refusal("sendMediaGroup", chat_id=ann.id, media=items))[1]
    items[1]["show_caption_above_media"] = True
    await api.result("sendMediaGroup", chat_id=ann.id, media=items)


async def test_an_album_bears_no_buttons(api: BotApi, ann: Person) -> None:
    photo = keep(api.telegram.world, "photo", "a.png", b"x")["file_id"]
    items = [{"type": "photo", "media": photo}] * 2
    markup = {"inline_keyboard": [[{"text": "Go", "callback_data": "go"}]]}
    sent = await api.result("sendMediaGroup", chat_id=ann.id, media=items, reply_markup=markup)
    assert not any("reply_markup" in message for message in sent)
