"""People by the thousand: cheap, unseen by the page, and as real to the bot as anybody."""

from __future__ import annotations

import asyncio

import orjson
import pytest

from sandbox.crowd import Crowd
from sandbox.server import LocalTelegram
from sandbox.world import World
from tests.people import Person
from tests.sandbox.conftest import BotApi


def test_nobody_is_made_before_somebody_asks() -> None:
    world = World()
    crowd = Crowd(world, 1_000_000)
    assert len(crowd.ids) == 1_000_000
    assert (len(world.people), len(world.chats)) == (0, 0)
    world.post(world.people[crowd.ids[5]], {"text": "x"})
    assert (len(world.people), crowd.received()) == (1, {crowd.ids[5]: 1})
    with pytest.raises(KeyError):
        world.people[crowd.ids[-1] + 1]


async def test_each_is_as_reachable_as_was_ordered(api: BotApi, telegram: LocalTelegram) -> None:
    crowd = Crowd(telegram.world, 4)
    well, blocked, gone, nobody = crowd.ids
    crowd.block([blocked])
    crowd.deactivate([gone])
    crowd.vanish([nobody])
    assert telegram.world.pending() == [], "the bot is told of none of it"
    await api.result("sendMessage", chat_id=well, text="news")
    refusals = [await api.refusal("sendMessage", chat_id=chat, text="news") for chat in (blocked, gone, nobody)]
    assert refusals == [
        (403, "Forbidden: bot was blocked by the user"),
        (403, "Forbidden: user is deactivated"),
        (400, "Bad Request: chat not found"),
    ]
    assert crowd.received() == {well: 1}


async def test_what_they_have_is_counted_by_its_words(api: BotApi, telegram: LocalTelegram) -> None:
    crowd = Crowd(telegram.world, 2)
    one, other = crowd.ids
    for chat, text in ((one, "news"), (one, "news"), (other, "welcome")):
        await api.result("sendMessage", chat_id=chat, text=text)
    assert (crowd.received("news"), crowd.received()) == ({one: 2}, {one: 2, other: 1})
    last = max(telegram.world.chats[other])
    await api.result("editMessageText", chat_id=other, message_id=last, text="news")
    assert crowd.received("news") == {one: 2, other: 1}
    await api.result("deleteMessages", chat_id=other, message_ids=[last])
    assert crowd.received() == {one: 2}


async def test_the_page_neither_shows_them_nor_hears_of_them(api: BotApi, telegram: LocalTelegram, ann: Person) -> None:
    crowd = Crowd(telegram.world, 10)
    response = await api.session.get(f"{telegram.url}/page/events")
    before = orjson.loads((await response.content.readline()).removeprefix(b"data: "))
    await response.content.readline()
    for chat in crowd.ids:
        await api.result("sendMessage", chat_id=chat, text="news")
    assert telegram.world.revision == before
    await api.result("sendMessage", chat_id=ann.id, text="news")
    async with asyncio.timeout(5):
        after = orjson.loads((await response.content.readline()).removeprefix(b"data: "))
    assert after == before + 1, "one change was told, of one that is shown"
    response.close()
    async with api.session.get(f"{telegram.url}/page/state") as state:
        assert [one["id"] for one in (await state.json())["people"]] == [ann.id]


async def test_who_waits_for_one_of_them_is_woken(api: BotApi, telegram: LocalTelegram) -> None:
    crowd = Crowd(telegram.world, 1)
    async with asyncio.timeout(5), asyncio.TaskGroup() as tasks:
        waits = [
            tasks.create_task(telegram.world.wait_for(lambda: bool(crowd.received()), 5, whose))
            for whose in (None, crowd.ids[0])
        ]
        await api.result("sendMessage", chat_id=crowd.ids[0], text="news")
    assert [wait.result() for wait in waits] == [True, True]


async def test_calls_that_are_only_counted_take_no_memory(api: BotApi, telegram: LocalTelegram, ann: Person) -> None:
    telegram.keeps_calls = False
    await api.result("sendMessage", chat_id=ann.id, text="x")
    await api.refusal("sendMessage", chat_id=1, text="x")
    assert (telegram.calls, telegram.made) == ([], 2)
    assert telegram.counts == {("sendMessage", 200): 1, ("sendMessage", 400): 1}
