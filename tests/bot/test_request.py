"""HTTP to the Bot API: what is sent, and which failures may be tried again."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st
from telegram.error import BadRequest, Forbidden, InvalidToken, NetworkError, RetryAfter, TelegramError, TimedOut
from telegram.ext import ExtBot

from bot.client import build_bot
from bot.rate_limiter import Urgency
from bot.request import AiohttpRequest, CouldNotConnect
from bot.settings import load_settings
from sandbox.server import LocalTelegram
from tests.people import Person


@pytest.fixture
async def telegram() -> AsyncIterator[LocalTelegram]:
    async with LocalTelegram() as telegram:
        yield telegram


@pytest.fixture
async def bot(telegram: LocalTelegram) -> AsyncIterator[ExtBot[Urgency]]:
    async with build_bot(load_settings(_env_file=None, token=telegram.token, api_url=telegram.url)) as bot:
        yield bot


@pytest.fixture
def chat(telegram: LocalTelegram) -> int:
    ann = Person(telegram)
    telegram.world.text(ann.id, "/start")
    return ann.id


async def test_a_body_without_files_goes_as_json(bot: ExtBot[Urgency], telegram: LocalTelegram, chat: int) -> None:
    sent = await bot.send_message(chat, "<b>Hello</b> &amp; welcome", parse_mode="HTML")
    assert sent.text == "Hello & welcome"
    assert telegram.calls[-1].parameters == {
        "chat_id": chat, "text": "<b>Hello</b> &amp; welcome", "parse_mode": "HTML",
    }  # fmt: skip


async def test_a_file_goes_along(bot: ExtBot[Urgency], telegram: LocalTelegram, chat: int) -> None:
    sent = await bot.send_document(chat, b"some bytes", filename="list.txt", caption="<i>a list</i>", parse_mode="HTML")
    assert sent.caption == "a list"
    assert sent.document is not None
    assert telegram.world.files[sent.document.file_id][1] == b"some bytes"


@pytest.mark.parametrize(
    ("code", "kind"),
    [(400, BadRequest), (403, Forbidden), (401, InvalidToken), (500, NetworkError), (502, NetworkError)],
)
async def test_a_refusal_is_of_its_own_kind(
    bot: ExtBot[Urgency], telegram: LocalTelegram, chat: int, code: int, kind: type[TelegramError]
) -> None:
    telegram.faults.refuse(code, "No", times=1)
    with pytest.raises(kind, match="No"):
        await bot.send_message(chat, "x")


async def test_a_call_that_never_left_is_told_from_one_that_broke(
    bot: ExtBot[Urgency], telegram: LocalTelegram, chat: int
) -> None:
    telegram.faults.drop(after=True, times=1)
    with pytest.raises(NetworkError) as broken:
        await bot.send_message(chat, "x")
    assert not isinstance(broken.value, CouldNotConnect)
    nowhere = build_bot(load_settings(_env_file=None, token=telegram.token, api_url="http://127.0.0.1:1"))
    with pytest.raises(CouldNotConnect) as refused:
        await nowhere.initialize()
    await nowhere.shutdown()
    assert telegram.token not in str(refused.value)


async def test_an_answer_that_does_not_come_is_a_time_out(
    bot: ExtBot[Urgency], telegram: LocalTelegram, chat: int
) -> None:
    release = asyncio.Event()
    telegram.faults.hold(release, method="sendMessage")
    with pytest.raises(TimedOut):
        await bot.send_message(chat, "x", read_timeout=0.05)
    release.set()


@pytest.mark.parametrize(
    "payload",
    [
        b"", b"<html>", b"[]", b"null", b"5", b"{}", b'{"error": "x"}', b'{"ok": true}', b"\xff", b'{"a": 1',
        b'{"ok": false, "error_code": 400, "description": "x", "parameters": [1]}',
    ],
)  # fmt: skip
def test_an_answer_of_another_form_is_an_error_without_its_text(payload: bytes) -> None:
    with pytest.raises(TelegramError, match=r"^Invalid server response$"):
        AiohttpRequest.parse_json_payload(payload)


@given(st.binary() | st.text().map(str.encode) | st.recursive(st.none() | st.integers() | st.text(), st.lists).map(
    lambda value: json.dumps({"ok": True, "parameters": value}).encode()))  # fmt: skip
def test_nothing_else_ever_rises(payload: bytes) -> None:
    with suppress(TelegramError):
        assert "result" in AiohttpRequest.parse_json_payload(payload)


def test_half_of_a_surrogate_pair_hides_nothing_beside_it() -> None:
    parsed = AiohttpRequest.parse_json_payload(b'{"ok": true, "result": ["\\ud800", "\\ud83d\\ude00", "Ann"]}')
    assert parsed["result"] == ["?", "\N{GRINNING FACE}", "Ann"]


async def test_this_very_machine_is_reached_without_a_proxy(
    telegram: LocalTelegram, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.delenv("NO_PROXY", raising=False)
    async with build_bot(load_settings(_env_file=None, token=telegram.token, api_url=telegram.url)) as bot:
        assert bot.username


async def test_elsewhere_is_reached_through_the_proxy_that_the_environment_names(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[bytes] = []

    async def proxy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok")
        writer.close()

    server = await asyncio.start_server(proxy, "127.0.0.1", 0)
    monkeypatch.setenv("HTTP_PROXY", f"http://me:secret@127.0.0.1:{server.sockets[0].getsockname()[1]}")
    monkeypatch.delenv("NO_PROXY", raising=False)
    request = AiohttpRequest("http://telegram.example")
    await request.initialize()
    assert await request.do_request("http://telegram.example/bot", "POST") == (200, b"ok")
    await request.shutdown()
    server.close()
    assert asked[0].startswith(b"POST http://telegram.example/bot HTTP/1.1")
    assert b"Proxy-Authorization: Basic" in asked[0]


async def test_a_429_is_waited_out(bot: ExtBot[Urgency], telegram: LocalTelegram, chat: int) -> None:
    telegram.faults.flood(1, times=1, method="sendMessage")
    loop = asyncio.get_running_loop()
    began = loop.time()
    await bot.send_message(chat, "x")
    assert loop.time() - began >= 1.0


async def test_an_answer_to_a_tap_never_waits(bot: ExtBot[Urgency], telegram: LocalTelegram, chat: int) -> None:
    telegram.faults.flood(60, times=1, method="answerCallbackQuery")
    message = await bot.send_message(chat, "x")
    tap = telegram.world.tap(chat, message.message_id, "data")
    with pytest.raises(RetryAfter):
        await bot.answer_callback_query(tap.query)
    await bot.answer_callback_query(tap.query)
    assert tap.done
