"""The routes of the demo's page, and whom they are served to."""

from __future__ import annotations

import asyncio
import re
from typing import Any

import aiohttp
import orjson
import pytest

from sandbox.page_routes import FILES
from sandbox.server import LocalTelegram
from sandbox.world import QUERY_SECONDS
from tests.people import Person
from tests.sandbox.conftest import BotApi, Clock

KEYBOARD = {"inline_keyboard": [[{"text": "Go", "callback_data": "go"}]]}


async def post(api: BotApi, action: str, **body: Any) -> Any:
    async with api.session.post(f"{api.telegram.url}/page/{action}", json=body) as response:
        assert response.status == 200
        return await response.json()


async def state(api: BotApi, person: int) -> Any:
    async with api.session.get(f"{api.telegram.url}/page/state", params={"person": person}) as response:
        return await response.json()


async def test_a_newcomer_talks_to_the_bot(api: BotApi) -> None:
    newcomer = (await post(api, "people", first_name="<b>Ann", language_code="be"))["id"]
    await post(api, "send", person=newcomer, text="/start website")
    await api.result("sendMessage", chat_id=newcomer, text="hello", reply_markup=KEYBOARD)
    shown = await state(api, newcomer)
    assert shown["people"][0]["first_name"] == "<b>Ann"
    assert [message["text"] for message in shown["messages"]] == ["/start website", "hello"]
    assert [call["method"] for call in shown["calls"]] == ["sendMessage"]


async def test_people_stand_in_their_order_with_their_roles(api: BotApi, telegram: LocalTelegram) -> None:
    telegram.world.add_person("Zoe")
    telegram.world.add_person("Nobody", listed=False)
    telegram.world.add_person("Daryna", role="organiser")
    async with api.session.get(f"{telegram.url}/page/state") as response:
        people = (await response.json())["people"]
    assert [(one["first_name"], one["role"]) for one in people] == [("Zoe", None), ("Daryna", "organiser")]


async def test_a_press_waits_until_it_is_answered(api: BotApi, ann: Person, clock: Clock) -> None:
    message = await api.result("sendMessage", chat_id=ann.id, text="x", reply_markup=KEYBOARD)
    press = {"person": ann.id, "message": message["message_id"], "data": "go"}
    query = (await post(api, "press", **press))["query"]
    assert [(tap["query"], tap["waits"]) for tap in (await state(api, ann.id))["taps"]] == [(query, True)]
    await api.result("answerCallbackQuery", callback_query_id=query, text="Done")
    answered = (await state(api, ann.id))["taps"][0]
    assert (answered["waits"], answered["text"], answered["alert"], answered["shown"]) == (False, "Done", False, True)
    await post(api, "press", **press)
    clock.now += QUERY_SECONDS
    assert [tap["waits"] for tap in (await state(api, ann.id))["taps"]] == [False, False]


async def test_the_last_calls_are_not_hidden_by_polls(api: BotApi, ann: Person) -> None:
    await api.result("sendMessage", chat_id=ann.id, text="x")
    for _ in range(60):
        await api.result("getUpdates")
    assert [call["method"] for call in (await state(api, ann.id))["calls"]] == ["sendMessage"]


async def test_block_edit_and_an_emptied_chat(api: BotApi, ann: Person) -> None:
    await post(api, "block", person=ann.id, blocked=True)
    assert (await state(api, ann.id))["people"][0]["blocked"] is True
    await post(api, "edit", person=ann.id, message=ann.chat()[0].message_id, text="changed")
    assert (await state(api, ann.id))["messages"][0]["text"] == "changed"
    await post(api, "attach", person=ann.id, kind="sticker")
    await post(api, "delete_chat", person=ann.id)
    assert (await state(api, ann.id))["messages"] == []


@pytest.mark.parametrize(("kind", "code"), [("refuse", 500), ("flood", 429)])
async def test_trouble_is_ordered_and_ended(api: BotApi, kind: str, code: int) -> None:
    await post(api, "faults", kind=kind)
    assert (await api.refusal("getMe"))[0] == code
    await post(api, "faults", kind="none")
    await api.result("getMe")


@pytest.mark.parametrize("headers", [{"Host": "example.org"}, {"Origin": "http://example.org"}, {"Origin": "null"}])
@pytest.mark.parametrize("path", ["/", "/page/state", "/page/files/main.js", "/page/events"])
async def test_other_pages_are_not_served(
    telegram: LocalTelegram, session: aiohttp.ClientSession, headers: dict[str, str], path: str
) -> None:
    async with session.get(telegram.url + path, headers=headers) as response:
        assert response.status == 403


@pytest.mark.parametrize("body", [{}, {"person": "x"}, {"person": 1, "text": "x"}, []])
async def test_a_request_of_no_form(telegram: LocalTelegram, session: aiohttp.ClientSession, body: object) -> None:
    async with session.post(f"{telegram.url}/page/send", json=body) as response:
        assert response.status == 400


@pytest.mark.parametrize("name", sorted(path.name for path in FILES.iterdir()))
async def test_the_page_asks_no_other_address(
    telegram: LocalTelegram, session: aiohttp.ClientSession, name: str
) -> None:
    async with session.get(f"{telegram.url}/page/files/{name}") as response:
        assert response.status == 200
        assert "default-src 'self'" in response.headers["Content-Security-Policy"]
        text = await response.text()
    assert not re.search(r"https?://(?!www\.w3\.org/2000/svg)\w", text)  # that one is a name, not an address
    assert not re.search(r"\s(?:style|on\w+)=\"", text)  # the policy would refuse them
    assert "innerHTML" not in text


async def test_no_other_file_is_served(telegram: LocalTelegram, session: aiohttp.ClientSession) -> None:
    for name in ("..%2fserver.py", "nothing.js"):
        async with session.get(f"{telegram.url}/page/files/{name}") as response:
            assert response.status == 404


async def test_changes_are_told_and_the_stream_ends_with_the_server(session: aiohttp.ClientSession) -> None:
    async with asyncio.timeout(5):
        async with LocalTelegram() as telegram:
            response = await session.get(f"{telegram.url}/page/events")
            first = orjson.loads((await response.content.readline()).removeprefix(b"data: "))
            await response.content.readline()
            telegram.world.add_person("Ann")
            second = orjson.loads((await response.content.readline()).removeprefix(b"data: "))
            assert second > first
        await response.content.read()
        response.close()


async def test_service_lines_stand_where_they_happened(api: BotApi, ann: Person) -> None:
    await post(api, "block", person=ann.id, blocked=True)
    await post(api, "block", person=ann.id, blocked=False)
    lines = (await state(api, ann.id))["service"]
    last = ann.chat()[-1].message_id
    assert [(line["after"], line["blocked"]) for line in lines] == [(last, True), (last, False)]
    await post(api, "delete_chat", person=ann.id)
    assert (await state(api, ann.id))["service"] == []


async def test_each_persons_newest_message_is_told(api: BotApi, ann: Person) -> None:
    await api.result("sendMessage", chat_id=ann.id, text="two\nlines")
    await post(api, "attach", person=ann.id, kind="voice")
    one = (await state(api, ann.id))["people"][0]
    assert (one["newest"]["snippet"], one["newest"]["own"]) == ("Voice", True)
    assert one["heard"] == ann.chat()[-2].message_id


async def test_typing_lasts_five_seconds(api: BotApi, ann: Person, clock: Clock) -> None:
    await api.result("sendChatAction", chat_id=ann.id, action="typing")
    clock.now += 2
    assert (await state(api, ann.id))["people"][0]["typing"] == 3
    clock.now += 4
    assert (await state(api, ann.id))["people"][0]["typing"] == 0


async def test_a_message_is_forwarded_edited_and_deleted(api: BotApi, ann: Person) -> None:
    number = (await api.result("sendMessage", chat_id=ann.id, text="news"))["message_id"]
    await post(api, "forward", person=ann.id, messages=[number])
    assert ann.chat()[-1].raw["forward_origin"]["sender_user"]["is_bot"] is True
    await post(api, "delete", person=ann.id, message=number)
    assert number not in [message.message_id for message in ann.chat()]
    await post(api, "edit", person=ann.id, message=ann.chat()[0].message_id, text="**x**")
    assert (ann.chat()[0].text, ann.chat()[0].raw["entities"][0]["type"]) == ("x", "bold")


async def test_trouble_lets_the_bot_hear(api: BotApi, ann: Person) -> None:
    await ann.send("hello")
    await post(api, "faults", kind="flood")
    assert (await state(api, ann.id))["trouble"] == "flood"
    assert len(await api.result("getUpdates")) == 1
    assert (await api.refusal("sendMessage", chat_id=ann.id, text="x"))[0] == 429
    call = (await state(api, ann.id))["calls"][-1]
    assert (call["to"], call["ok"], call["answer"]) == ("Ann", False, "Too Many Requests: retry after 3")
