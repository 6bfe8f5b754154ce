"""What a Person promises to the tests that use her."""

from __future__ import annotations

import asyncio

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
