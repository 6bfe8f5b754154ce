"""What a Person promises to the tests that use her."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from sandbox import odd_updates
from sandbox.server import LocalTelegram
from sandbox.world import with_commands
from tests.people import Person
from tests.sandbox.conftest import BotApi


async def test_she_waits_for_what_comes_later(api: BotApi, ann: Person) -> None:
    async with asyncio.timeout(5), asyncio.TaskGroup() as tasks:
        expected = tasks.create_task(ann.expect("hello"))
        await api.result("sendMessage", chat_id=ann.id, text="hello there")
    assert expected.result().text == "hello there"


async def test_what_she_misses_is_told_with_the_chat(api: BotApi, ann: Person) -> None:
    await api.result("sendMessage", chat_id=ann.id, text="something else")
    with pytest.raises(AssertionError, match=r"(?s)expected 'hello'.*bot: 'something else'"):
        await ann.expect("hello", seconds=0)


async def test_what_stood_there_before_her_act_is_not_an_answer(api: BotApi, ann: Person) -> None:
    await api.result("sendMessage", chat_id=ann.id, text="hello")
    await ann.send("again")
    with pytest.raises(AssertionError, match="expected 'hello'"):
        await ann.expect("hello", seconds=0)


async def test_a_button_that_is_not_there(ann: Person) -> None:
    with pytest.raises(AssertionError, match="expected a button 'Sign'"):
        await ann.press("Sign", seconds=0)


async def test_quiet_waits_until_all_is_confirmed(api: BotApi, ann: Person) -> None:
    await ann.send("hello")
    with pytest.raises(AssertionError, match="unconfirmed"):
        await ann.quiet(seconds=0)
    update = (await api.result("getUpdates"))[0]
    await api.result("sendMessage", chat_id=ann.id, text="answer")
    await api.result("getUpdates", offset=update["update_id"] + 1)
    assert [message.text for message in await ann.quiet()] == ["answer"]


async def test_the_cost_is_counted_since_the_mark(api: BotApi, ann: Person) -> None:
    message = await api.result("sendMessage", chat_id=ann.id, text="x")
    ann.mark()
    await api.result("editMessageText", chat_id=ann.id, message_id=message["message_id"], text="y")
    await api.result("sendChatAction", chat_id=ann.id, action="typing")
    await api.refusal("sendMessage", chat_id=ann.id, text="")
    assert ann.spent() == 1


async def test_all_that_she_sends_reaches_the_bot(api: BotApi, ann: Person, telegram: LocalTelegram) -> None:
    for act in (ann.sticker, ann.voice, ann.photo, ann.location, ann.contact):
        await act()
    await ann.album(3)
    await ann.edit(await ann.send("/start"), "changed")
    odd_updates.group_message(telegram.world, ann.id, with_commands("/start"))
    odd_updates.channel_post(telegram.world, {"text": "x"})
    odd_updates.business_message(telegram.world, ann.id, {"text": "x"})
    updates = await api.result("getUpdates")
    kinds = [next(key for key in update if key != "update_id") for update in updates]
    assert kinds == ["message"] * 9 + ["edited_message", "message", "channel_post", "business_message"]
    assert len({update["message"]["media_group_id"] for update in updates[5:8]}) == 1
    assert updates[9]["edited_message"]["text"] == "changed"
    assert "entities" not in updates[9]["edited_message"]


async def test_an_update_is_given_twice(api: BotApi, ann: Person, telegram: LocalTelegram) -> None:
    await ann.send("once")
    first = (await api.result("getUpdates"))[0]
    telegram.world.repeat(first)
    assert await api.result("getUpdates") == [first, first]


FILES = ("photo", "video", "animation", "audio", "document", "voice")


async def heard(api: BotApi) -> list[dict[str, Any]]:
    return [update["message"] for update in await api.result("getUpdates")]


@pytest.mark.parametrize("kind", FILES)
async def test_she_sends_a_file_of_any_kind_with_a_caption(api: BotApi, ann: Person, kind: str) -> None:
    await getattr(ann, kind)("**Look** at this")
    (message,) = await heard(api)
    assert (message["caption"], message["caption_entities"][0]["type"]) == ("Look at this", "bold")
    assert [name for name in FILES if name in message] == (["animation", "document"] if kind == "animation" else [kind])


async def test_an_animation_is_a_document_too_but_only_an_animation_to_send(api: BotApi, ann: Person) -> None:
    await ann.animation()
    (message,) = await heard(api)
    assert message["document"]["file_id"] == message["animation"]["file_id"]
    assert not {"width", "height", "duration"} & {*message["document"]}
    refused = await api.refusal("sendDocument", chat_id=ann.id, document=message["document"]["file_id"])
    assert refused == (400, "Bad Request: can't use file of type Animation as Document")


@pytest.mark.parametrize("kind", ["photo", "video", "audio", "document"])
async def test_an_albums_parts_come_one_by_one_with_their_captions(api: BotApi, ann: Person, kind: str) -> None:
    await ann.album(3, kind, ["first", "", "third"])
    messages = await heard(api)
    assert [message.get("caption") for message in messages] == ["first", None, "third"]
    assert len({message["media_group_id"] for message in messages}) == 1
    assert all(kind in message for message in messages)


@pytest.mark.parametrize("kind", FILES)
async def test_she_forwards_a_file(api: BotApi, ann: Person, kind: str) -> None:
    await ann.forward_again(await getattr(ann, kind)("words"))
    first, again = await heard(api)
    assert (again[kind], again["caption"]) == (first[kind], "words")
    assert again["forward_origin"]["sender_user"]["id"] == ann.id


async def test_an_album_is_forwarded_as_one_and_a_part_of_it_alone(api: BotApi, ann: Person) -> None:
    last = await ann.album(3)
    await ann.forward_again(last - 2, last - 1, last)
    await ann.forward_again(last)
    messages = await heard(api)
    first, again, alone = messages[:3], messages[3:6], messages[6]
    assert len({message["media_group_id"] for message in again}) == 1
    assert again[0]["media_group_id"] != first[0]["media_group_id"]
    assert "media_group_id" not in alone
