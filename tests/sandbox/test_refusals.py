"""Telegram's own codes and words for what it refuses."""

from __future__ import annotations

from typing import Any

import aiohttp
import pytest
from structlog.testing import capture_logs

from sandbox import errors
from sandbox.server import LocalTelegram
from tests.people import Person
from tests.sandbox.conftest import BotApi

NO_ROWS = "can't parse inline keyboard: an Array of Arrays is expected"
FORMS: list[tuple[dict[str, Any], str]] = [
    ({"text": ""}, "message text is empty"),
    ({"text": " \n "}, "message text is empty"),
    ({"text": "<b> </b>", "parse_mode": "HTML"}, "message text is empty"),
    ({"text": "x" * 4_097}, "message is too long"),
    ({"text": "😀" * 2_049}, "message is too long"),
    ({"text": "x", "parse_mode": "Nonsense"}, "unsupported parse_mode"),
    ({"text": "x", "reply_markup": "{"}, "can't parse reply_markup JSON object"),
    ({"text": "x", "reply_markup": [1]}, "object expected as reply markup"),
    ({"text": "x", "reply_markup": {"inline_keyboard": 5}}, NO_ROWS),
    ({"text": "x", "reply_markup": {"inline_keyboard": [5]}}, NO_ROWS),
    (
        {"text": "x", "reply_markup": {"inline_keyboard": [[5]]}},
        "can't parse inline keyboard button: InlineKeyboardButton must be an Object",
    ),
    (
        {"text": "x", "reply_markup": {"inline_keyboard": [[{"text": "x"}]]}},
        "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard",
    ),
    ({"text": "x", "entities": [1]}, "can't parse entities JSON object"),
    ({"text": "x", "entities": [{"type": "bold"}]}, "can't parse MessageEntity: type, offset and length are expected"),
]  # fmt: skip


@pytest.mark.parametrize(("parameters", "words"), FORMS, ids=[str(number) for number in range(len(FORMS))])
async def test_a_message_of_no_form(api: BotApi, ann: Person, parameters: dict[str, Any], words: str) -> None:
    before = len(ann.chat())
    assert await api.refusal("sendMessage", chat_id=ann.id, **parameters) == (400, f"Bad Request: {words}")
    assert len(ann.chat()) == before


@pytest.mark.parametrize("text", ["x" * 4_096, "😀" * 2_048, "<b>" + "x" * 4_096 + "</b>"])
async def test_a_message_is_measured_after_parsing_in_utf_16(api: BotApi, ann: Person, text: str) -> None:
    await api.result("sendMessage", chat_id=ann.id, text=text, parse_mode="HTML")


@pytest.mark.parametrize(("data", "granted"), [("", False), ("x", True), ("é" * 32, True), ("é" * 33, False)])
async def test_a_button_holds_one_to_64_bytes(api: BotApi, ann: Person, data: str, granted: bool) -> None:
    markup = {"inline_keyboard": [[{"text": "Go", "callback_data": data}]]}
    body = await api.call("sendMessage", chat_id=ann.id, text="x", reply_markup=markup)
    assert body["ok"] is granted
    assert granted or body["description"] == "Bad Request: BUTTON_DATA_INVALID"


@pytest.mark.parametrize("chat", [1, "nobody", None, "@channel"])
async def test_an_unknown_chat(api: BotApi, chat: object) -> None:
    assert await api.refusal("sendMessage", chat_id=chat, text="x") == (400, "Bad Request: chat not found")


async def test_somebody_who_never_started_the_bot(api: BotApi, telegram: LocalTelegram) -> None:
    refused = await api.refusal("sendMessage", chat_id=Person(telegram).id, text="x")
    assert refused == (403, "Forbidden: bot can't initiate conversation with a user")


async def test_somebody_who_blocked_the_bot_and_unblocked_it(api: BotApi, ann: Person) -> None:
    ann.block()
    refused = await api.refusal("sendMessage", chat_id=ann.id, text="x")
    assert refused == (403, "Forbidden: bot was blocked by the user")
    ann.telegram.world.block(ann.id, blocked=False)
    await api.result("sendMessage", chat_id=ann.id, text="x")
    members = [update["my_chat_member"] for update in await api.result("getUpdates")]
    assert [one["new_chat_member"]["status"] for one in members] == ["kicked", "member"]


async def test_a_wrong_token(telegram: LocalTelegram, session: aiohttp.ClientSession) -> None:
    async with session.post(f"{telegram.url}/bot1:wrong/getMe") as response:
        assert response.status == 401
        assert await response.json() == {"ok": False, "error_code": 401, "description": "Unauthorized"}


async def test_an_unknown_method_is_a_loud_named_error(api: BotApi, telegram: LocalTelegram) -> None:
    with capture_logs() as logged:
        assert await api.refusal("sendSomething") == (404, "Not Found")
    assert telegram.unknown_methods == ["sendSomething"]
    assert [(one["log_level"], one["method"]) for one in logged] == [("error", "sendSomething")]


async def test_method_names_are_taken_in_any_case(api: BotApi, telegram: LocalTelegram) -> None:
    assert (await api.result("GETME"))["id"] == telegram.bot_user["id"]


@pytest.mark.parametrize("body", [b"[1]", b"{", b"null", b'"x"'])
async def test_a_body_that_is_no_object(telegram: LocalTelegram, session: aiohttp.ClientSession, body: bytes) -> None:
    url = f"{telegram.url}/bot{telegram.token}/getMe"
    async with session.post(url, data=body, headers={"Content-Type": "application/json"}) as response:
        assert response.status == 400
        assert (await response.json())["description"] == "Bad Request: can't parse request body as JSON object"


async def test_a_refusal_keeps_no_trace_of_the_call(api: BotApi) -> None:
    for _ in range(3):
        await api.refusal("sendMessage", chat_id=1, text="somebody's words")
    assert errors.CHAT_NOT_FOUND.__traceback__ is None


async def test_a_taken_port(telegram: LocalTelegram) -> None:
    with pytest.raises(OSError, match="in use"):
        async with LocalTelegram(port=int(telegram.url.rsplit(":", 1)[1])):
            pass


@pytest.mark.parametrize(
    ("url", "granted"),
    [
        ("https://example.org", True),
        ("http://example.org/news?a=1#b", True),
        ("example.org", True),
        ("https://пример.рф/страница", True),
        ("https://user@example.org:8080/", True),
        ("http://192.0.2.1/x", True),
        ("https://t.me/share/url?url=https%3A%2F%2Fexample.org&text=x", True),
        ("tg://resolve?domain=example", True),
        ("https://xn--e1afmkfd.xn--p1ai/", True),
        ("https://localhost", False),
        ("https://example", False),
        ("https://example.o", False),
        ("https://exa mple.org", False),
        ("https://example..org", False),
        ("ftp://example.org", False),
        ("javascript:alert(1)", False),
        ("@example", False),
        ("example", False),
        ("https://", False),
        ("", False),
    ],
)
async def test_a_button_leads_to_a_real_address(api: BotApi, ann: Person, url: str, granted: bool) -> None:
    markup = {"inline_keyboard": [[{"text": "Our page", "url": url}]]}
    body = await api.call("sendMessage", chat_id=ann.id, text="x", reply_markup=markup)
    assert body["ok"] is granted
    assert granted or body["description"] == "Bad Request: BUTTON_URL_INVALID"
