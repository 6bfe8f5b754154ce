"""HTTP to the Bot API: what is sent, and which failures may be tried again."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

import aiohttp
import pytest
from hypothesis import given
from hypothesis import strategies as st
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
    TimedOut,
)
from telegram.ext import ExtBot
from telegram.request import BaseRequest

from bot.client import build_bot
from bot.rate_limiter import Urgency
from bot.request import (
    CONNECT_SECONDS,
    READ_SECONDS,
    AiohttpRequest,
    CallOutcome,
    CouldNotConnect,
    NoConnectionFree,
    request_of,
)
from bot.settings import load_settings
from sandbox.server import LocalTelegram


@asynccontextmanager
async def answering(status: int, body: bytes, *headers: bytes) -> AsyncIterator[tuple[AiohttpRequest, str]]:
    """A request class, and the address of a server that answers whatever comes with this."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        lines = (b"HTTP/1.1 %d x" % status, b"Content-Length: %d" % len(body), b"Connection: close", *headers)
        writer.write(b"\r\n".join((*lines, b"", body)))
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    async with server, AiohttpRequest(url) as request:
        yield request, url


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
        b'{"ok": false, "parameters": {"retry_after": "soon"}}', b'{"ok": false, "parameters": {"retry_after": null}}',
        b"[" * 100_000,
    ],
)  # fmt: skip
def test_an_answer_of_another_form_is_an_error_without_its_text(payload: bytes) -> None:
    with pytest.raises(TelegramError, match=r"^Invalid server response$"):
        AiohttpRequest.parse_json_payload(payload)


@given(st.binary() | st.text().map(str.encode) | st.recursive(st.none() | st.integers() | st.text(), st.lists).map(
    lambda value: json.dumps({"ok": True, "parameters": value}).encode()))  # fmt: skip
def test_nothing_else_ever_rises(payload: bytes) -> None:
    with suppress(TelegramError):
        parsed = AiohttpRequest.parse_json_payload(payload)
        assert "result" in parsed or parsed["ok"] is False


def test_bytes_that_are_no_text_hide_nothing_beside_them() -> None:
    parsed = AiohttpRequest.parse_json_payload(b'{"ok": true, "result": "Ann \x80 Example"}')
    assert parsed["result"] == "Ann \N{REPLACEMENT CHARACTER} Example"


def test_half_of_a_surrogate_pair_hides_nothing_beside_it() -> None:
    parsed = AiohttpRequest.parse_json_payload(b'{"ok": true, "result": ["\\ud800", "\\ud83d\\ude00", "Ann"]}')
    assert parsed["result"] == ["?", "\N{GRINNING FACE}", "Ann"]


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


REFUSALS = [
    (400, b'{"ok": false}', BadRequest, r"Bad Request \(400\)"),
    (400, b'{"ok": false, "description": "no such chat"}', BadRequest, "no such chat"),
    (401, b'{"ok": false, "description": "Unauthorized"}', InvalidToken, "Unauthorized"),
    (403, b'{"ok": false}', Forbidden, r"Forbidden \(403\)"),
    (404, b'{"ok": false}', InvalidToken, r"Not Found \(404\)"),
    (409, b'{"ok": false}', Conflict, r"Conflict \(409\)"),
    (418, b'{"ok": false, "description": "I am a teapot"}', NetworkError, "I am a teapot"),
    (502, b'{"ok": false}', NetworkError, r"Bad Gateway \(502\)"),
    (599, b'{"ok": false}', NetworkError, r"Unknown HTTPError \(599\)"),
    (400, b'{"ok": false, "parameters": {"migrate_to_chat_id": -100123}}', ChatMigrated, "-100123"),
    (429, b'{"ok": false, "parameters": {"retry_after": 42}}', RetryAfter, "42"),
    (400, b'{"ok": false, "parameters": {"later": "42"}}', BadRequest, "later"),
]  # fmt: skip


@pytest.mark.parametrize(("status", "body", "kind", "words"), REFUSALS)
async def test_what_telegram_refuses_with(status: int, body: bytes, kind: type[TelegramError], words: str) -> None:
    async with answering(status, body) as (request, url):
        with pytest.raises(kind, match=words):
            await request.post(f"{url}/sendMessage", request_of(chat_id=1))


@pytest.mark.parametrize("status", [400, 429, 502])
async def test_a_refusal_of_another_form_is_not_repeated_in_the_error(status: int) -> None:
    async with answering(status, b"<html>Ann Example was here</html>") as (request, url):
        with pytest.raises(NetworkError) as refused:
            await request.post(f"{url}/sendMessage", request_of(chat_id=1))
    assert "Ann" not in repr(refused.value)
    assert str(status) in str(refused.value)


async def test_no_answer_sends_the_call_elsewhere() -> None:
    """The address bears the token."""
    async with answering(302, b"{}", b"Location: http://127.0.0.1:1/") as (request, url):
        with pytest.raises(NetworkError, match="302"):
            await request.post(f"{url}/getMe")


async def test_a_file_comes_as_it_is(bot: ExtBot[Urgency], chat: int) -> None:
    content = b'{"result": "\x80"}' * 100_000
    sent = await bot.send_document(chat, content, filename="list.bin")
    assert sent.document is not None
    file = await bot.get_file(sent.document.file_id)
    assert await file.download_as_bytearray() == content
    with pytest.raises(InvalidToken, match="Not Found"):
        await bot.request.retrieve(f"{file.file_path}-gone")


async def test_it_is_opened_and_closed_any_number_of_times(telegram: LocalTelegram) -> None:
    request, url = AiohttpRequest(telegram.url), f"{telegram.url}/bot{telegram.token}/getMe"
    for _ in range(2):
        await request.initialize()
        await request.initialize()
        assert await request.post(url)
        await request.shutdown()
        await request.shutdown()
        with pytest.raises(NetworkError, match="initialize"):
            await request.post(url)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({}, (CONNECT_SECONDS, READ_SECONDS)),
        ({"connect_timeout": 1, "read_timeout": 2.5}, (1, 2.5)),
        ({"connect_timeout": None, "read_timeout": None}, (None, None)),
        ({"read_timeout": BaseRequest.DEFAULT_NONE, "connect_timeout": 3}, (3, READ_SECONDS)),
    ],
)
async def test_limits_are_those_given_or_else_ours(
    given: dict[str, Any], expected: tuple[float | None, float | None], monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[aiohttp.ClientTimeout] = []

    def made(*_args: object, timeout: aiohttp.ClientTimeout, **_options: object) -> None:
        seen.append(timeout)
        raise aiohttp.ServerDisconnectedError

    monkeypatch.setattr(aiohttp.ClientSession, "request", made)
    async with AiohttpRequest("http://telegram.example") as request:
        with pytest.raises(NetworkError):
            await request.post("http://telegram.example/getMe", **given)
    assert (seen[0].sock_connect, seen[0].sock_read) == expected
    assert seen[0].total is None, "a long poll takes as long as it takes"


async def test_a_poll_may_last_as_long_as_it_asks_for(bot: ExtBot[Urgency], telegram: LocalTelegram) -> None:
    assert bot.request.read_timeout == READ_SECONDS
    telegram.faults.slow(0.1)
    assert await bot.get_updates(timeout=0, read_timeout=5) == ()
    with pytest.raises(TimedOut):
        await bot.get_me(read_timeout=0.05)


async def test_one_that_nobody_takes_never_left() -> None:
    """A full queue of a listening socket takes no more connections, and says nothing."""
    with socket.socket() as full, socket.socket() as first, socket.socket() as second:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        for one in (first, second):
            one.setblocking(False)
            with suppress(BlockingIOError):
                one.connect(full.getsockname())
        async with AiohttpRequest("http://127.0.0.1") as request:
            with pytest.raises(CouldNotConnect):
                await request.post(f"http://127.0.0.1:{full.getsockname()[1]}/getMe", connect_timeout=0.05)


async def test_when_all_connections_are_taken_one_waits_as_long_as_it_may(telegram: LocalTelegram, chat: int) -> None:
    release = asyncio.Event()
    telegram.faults.hold(release, method="sendMessage")
    outcomes: list[CallOutcome] = []
    request = AiohttpRequest(
        telegram.url, connections=1, called=lambda _method, outcome, _took: outcomes.append(outcome)
    )
    url = f"{telegram.url}/bot{telegram.token}"
    async with request:
        held = asyncio.ensure_future(request.post(f"{url}/sendMessage", request_of(chat_id=chat, text="x")))
        await telegram.world.wait_for(lambda: bool(telegram.calls), 5)
        with pytest.raises(NoConnectionFree) as refused:
            await request.post(f"{url}/getMe", pool_timeout=0.02)
        assert isinstance(refused.value, TimedOut), "as python-telegram-bot's own tells it"
        waiting = [asyncio.ensure_future(request.post(f"{url}/getMe", pool_timeout=given)) for given in (None, 10)]
        release.set()
        assert await held
        assert all(await asyncio.gather(*waiting))
    assert outcomes == [CallOutcome.UNREACHABLE, *[CallOutcome.OK] * 3]


async def test_one_that_is_cancelled_gives_its_connection_back(telegram: LocalTelegram, chat: int) -> None:
    telegram.faults.hold(asyncio.Event(), method="sendMessage")
    url = f"{telegram.url}/bot{telegram.token}"
    async with AiohttpRequest(telegram.url, connections=1) as request:
        held = asyncio.ensure_future(request.post(f"{url}/sendMessage", request_of(chat_id=chat, text="x")))
        await telegram.world.wait_for(lambda: bool(telegram.calls), 5)
        held.cancel()
        assert await request.post(f"{url}/getMe", pool_timeout=5)


async def test_calls_go_side_by_side(telegram: LocalTelegram, chat: int) -> None:
    """Telegram answers none before it has all."""
    release = asyncio.Event()
    telegram.faults.hold(release, method="sendMessage")
    url = f"{telegram.url}/bot{telegram.token}/sendMessage"
    async with AiohttpRequest(telegram.url) as request:
        calls = [asyncio.ensure_future(request.post(url, request_of(chat_id=chat, text="x"))) for _ in range(20)]
        assert await telegram.world.wait_for(lambda: len(telegram.calls) == len(calls), 5)
        release.set()
        assert all(await asyncio.gather(*calls))
