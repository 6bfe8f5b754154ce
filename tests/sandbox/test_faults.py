"""Trouble on order, and that it ends."""

from __future__ import annotations

import asyncio

import aiohttp
import pytest

from sandbox.server import LocalTelegram
from tests.people import Person
from tests.sandbox.conftest import BotApi


async def test_a_flood_says_how_long_and_ends(api: BotApi, telegram: LocalTelegram) -> None:
    telegram.faults.flood(7, times=1)
    assert await api.call("getMe") == {
        "ok": False,
        "error_code": 429,
        "description": "Too Many Requests: retry after 7",
        "parameters": {"retry_after": 7},
    }
    await api.result("getMe")


async def test_a_refusal_is_for_its_method_and_chat(api: BotApi, telegram: LocalTelegram, ann: Person) -> None:
    telegram.faults.refuse(500, "Internal Server Error", method="sendMessage", chat=ann.id)
    assert (await api.refusal("sendMessage", chat_id=ann.id, text="x"))[0] == 500
    await api.result("sendChatAction", chat_id=ann.id, action="typing")
    bohdan = Person(telegram, "Bohdan")
    await bohdan.send("/start")
    await api.result("sendMessage", chat_id=bohdan.id, text="x")
    telegram.faults.clear()
    await api.result("sendMessage", chat_id=ann.id, text="x")


@pytest.mark.parametrize(("after", "arrived"), [(False, []), (True, ["x"])])
async def test_a_connection_breaks_before_or_after(
    api: BotApi, telegram: LocalTelegram, ann: Person, after: bool, arrived: list[str]
) -> None:
    telegram.faults.drop(after=after, times=1, method="sendMessage")
    with pytest.raises(aiohttp.ClientError):
        await api.call("sendMessage", chat_id=ann.id, text="x")
    assert [message.text for message in ann.chat()][1:] == arrived


async def test_a_held_answer_waits_beside_others(api: BotApi, telegram: LocalTelegram, ann: Person) -> None:
    let_go = asyncio.Event()
    telegram.faults.hold(let_go, method="sendMessage", times=1)
    async with asyncio.timeout(5), asyncio.TaskGroup() as tasks:
        held = tasks.create_task(api.result("sendMessage", chat_id=ann.id, text="held"))
        await ann.expect("held")
        await api.result("sendMessage", chat_id=ann.id, text="beside")
        assert not held.done()
        let_go.set()
    assert held.result()["text"] == "held"


async def test_slow_answers_take_their_time(api: BotApi, telegram: LocalTelegram) -> None:
    telegram.faults.slow(0.05)
    await api.result("getMe")
    call = telegram.calls[-1]
    assert call.ended is not None
    assert call.ended - call.started >= 0.05


async def test_calls_are_recorded_with_their_answers(api: BotApi, telegram: LocalTelegram, ann: Person) -> None:
    await api.result("sendMessage", chat_id=ann.id, text="x")
    await api.refusal("sendMessage", chat_id=ann.id, text="")
    first, second = telegram.calls
    assert (first.method, first.parameters, first.ok) == ("sendMessage", {"chat_id": ann.id, "text": "x"}, True)
    assert second.answer is not None
    assert (second.ok, second.answer["error_code"]) == (False, 400)
    assert telegram.sent(ann.id) == [first]
