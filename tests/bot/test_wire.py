"""Ready calls: what comes back of them, and each failure as what it is."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import aiohttp
import pytest
from aiohttp import web
from telegram.error import (
    BadRequest,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
    TimedOut,
)  # fmt: skip

from bot import request
from bot.client import build_bot
from bot.news_call import delete_call, edit_call, send_call
from bot.rate_limiter import RateLimiter, Urgency
from bot.request import CallOutcome, CouldNotConnect
from bot.settings import load_settings
from bot.window import Turn
from bot.wire import LEAST_WAIT, Refused, Wire
from sandbox.files import keep
from sandbox.server import LocalTelegram
from storage.news import News, NewsKind
from tests.people import Person

TEXT = News(NewsKind.TEXT, "News")
TOKEN = "123456789:AAE-thisIsMadeUp_0123456789abcdefgh"


class Counted(list[tuple[str, CallOutcome]]):
    def __call__(self, method: str, outcome: CallOutcome, _seconds: float) -> None:
        self.append((method, outcome))


@pytest.fixture
def counted() -> Counted:
    return Counted()


@pytest.fixture
async def wire(telegram: LocalTelegram, counted: Counted) -> AsyncIterator[Wire]:
    limiter = RateLimiter(30)
    settings = load_settings(_env_file=None, token=telegram.token, api_url=telegram.url)
    async with build_bot(settings, limiter, counted) as bot:
        yield Wire(bot, limiter)


@pytest.fixture
def ann(telegram: LocalTelegram) -> Person:
    ann = Person(telegram)
    telegram.world.text(ann.id, "/start")
    return ann


async def broadcast(wire: Wire, chat: int) -> tuple[int, ...]:
    return await wire.send(send_call(TEXT), chat, urgency=Urgency.BROADCAST)


async def test_a_message_is_sent_changed_and_deleted(wire: Wire, ann: Person, counted: Counted) -> None:
    sent = await broadcast(wire, ann.id)
    assert [one.message_id for one in ann.chat()][-1:] == list(sent)
    assert counted[-1] == ("sendMessage", CallOutcome.OK)
    change = edit_call(TEXT, News(NewsKind.TEXT, "Better news"))
    assert await wire.send(change, ann.id, sent, urgency=Urgency.BROADCAST) == sent
    assert ann.chat()[-1].text == "Better news"
    assert await wire.send(delete_call(), ann.id, sent, urgency=Urgency.BROADCAST) == ()
    assert sent[0] not in [one.message_id for one in ann.chat()]


async def test_a_reply_tells_when_it_has_left(wire: Wire, ann: Person, telegram: LocalTelegram) -> None:
    has_left, release = asyncio.Event(), asyncio.Event()
    telegram.faults.hold(release, chat=ann.id)
    replying = asyncio.ensure_future(wire.reply("sendMessage", has_left.set, chat_id=ann.id, text="Hello"))
    await asyncio.wait_for(has_left.wait(), 5)
    assert not replying.done()
    release.set()
    assert await replying == (ann.chat()[-1].message_id,)


async def test_a_reply_has_not_left_before_its_turn(telegram: LocalTelegram, ann: Person) -> None:
    has_left, turn = asyncio.Event(), asyncio.Event()

    class Held(RateLimiter):
        async def _wait(self, method: str, chat: object) -> Turn | None:
            if method == "sendMessage":
                await turn.wait()
            return await super()._wait(method, chat)

    limiter = Held(30)
    async with build_bot(load_settings(_env_file=None, token=telegram.token, api_url=telegram.url), limiter) as bot:
        wire = Wire(bot, limiter)
        replying = asyncio.ensure_future(wire.reply("sendMessage", has_left.set, chat_id=ann.id, text="Hello"))
        await broadcast(wire, ann.id)
        assert not has_left.is_set()
        turn.set()
        await replying
    assert has_left.is_set()


async def test_a_reply_has_not_left_while_nobody_listens() -> None:
    limiter, has_left = RateLimiter(30), asyncio.Event()
    settings = load_settings(_env_file=None, token=TOKEN, api_url="http://127.0.0.1:1")
    bot = build_bot(settings, limiter)
    await bot.request.initialize()
    with pytest.raises(CouldNotConnect):
        await Wire(bot, limiter).reply("sendMessage", has_left.set, chat_id=1, text="Hello")
    await bot.request.shutdown()
    assert not has_left.is_set()


async def test_an_album_has_several_numbers(wire: Wire, ann: Person, telegram: LocalTelegram) -> None:
    files = [keep(telegram.world, "photo", f"{name}.png", name.encode())["file_id"] for name in ("one", "two")]
    album = News(NewsKind.ALBUM, parts=tuple(News(NewsKind.PHOTO, file=file) for file in files))
    sent = await wire.send(send_call(album), ann.id, urgency=Urgency.ANSWER)
    assert [one.message_id for one in ann.chat()][-2:] == list(sent)


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        (400, BadRequest), (401, InvalidToken), (403, Forbidden), (404, Refused), (409, Conflict), (413, Refused),
        (418, Refused), (500, NetworkError), (502, NetworkError), (302, NetworkError), (101, TelegramError),
    ],
)  # fmt: skip
async def test_each_refusal_is_of_its_kind(
    wire: Wire, ann: Person, telegram: LocalTelegram, code: int, kind: type[TelegramError]
) -> None:
    telegram.faults.refuse(code, "No: it is so", times=1)
    with pytest.raises(kind) as refused:
        await broadcast(wire, ann.id)
    assert getattr(refused.value, "status", None) == (code if kind is Refused else None)


async def test_an_answer_waits_out_a_429_and_a_broadcast_rises_with_it(
    wire: Wire, ann: Person, telegram: LocalTelegram
) -> None:
    telegram.faults.flood(1, times=1, method="sendMessage")
    with pytest.raises(RetryAfter):
        await broadcast(wire, ann.id)
    loop = asyncio.get_running_loop()
    began = loop.time()
    assert await wire.send(send_call(TEXT), ann.id, urgency=Urgency.ANSWER)
    assert loop.time() - began >= 0.9


async def test_what_never_left_is_told_from_what_broke(wire: Wire, ann: Person, telegram: LocalTelegram) -> None:
    for after in (True, False):
        telegram.faults.drop(after=after, times=1)
        with pytest.raises(NetworkError) as broken:
            await broadcast(wire, ann.id)
        assert not isinstance(broken.value, CouldNotConnect | BadRequest | TimedOut)
    await telegram.__aexit__(None, None, None)
    with pytest.raises(CouldNotConnect) as refused:
        await broadcast(wire, ann.id)
    assert telegram.token not in str(refused.value)


async def test_a_call_on_a_kept_connection_that_closes_is_never_taken_for_unsent(counted: Counted) -> None:
    async with answering(200, b'{"ok":true,"result":{"message_id":7}}', counted, closes=True) as (wire, served):
        arrived = 0
        for _ in range(20):
            try:
                arrived += len(await broadcast(wire, 5))
            except NetworkError as error:
                arrived += not isinstance(error, CouldNotConnect)
        assert arrived >= len(served)


async def test_an_answer_that_does_not_come_is_a_time_out(
    wire: Wire, ann: Person, telegram: LocalTelegram, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(request, "LIMITS", aiohttp.ClientTimeout(sock_read=0.05))
    release = asyncio.Event()
    telegram.faults.hold(release, method="sendMessage")
    with pytest.raises(TimedOut):
        await broadcast(wire, ann.id)
    release.set()


@pytest.mark.parametrize(
    "answer",
    [
        b"", b"<html>", b"[]", b"null", b"{}", b'{"ok":true}', b'{"ok":true,"result":{}}', b'{"ok":true,"result":[]}',
        b'{"ok":true,"result":5}', b'{"ok":true,"result":{"message_id":"x"}}', b'{"ok":false,"description":"x"}',
        b'{"ok":true,"result":[{"message_id":1},{}]}', b"\xff",
    ],
)  # fmt: skip
async def test_a_200_that_cannot_be_read_is_in_doubt(answer: bytes, counted: Counted) -> None:
    async with answering(200, answer, counted) as (wire, _):
        with pytest.raises(TelegramError, match=r"^Invalid server response$"):
            await broadcast(wire, 5)


async def test_half_of_a_letter_in_a_name_hides_no_number(counted: Counted) -> None:
    answer = b'{"ok":true,"result":{"chat":{"first_name":"\\ud83d"},"message_id":7}}'
    async with answering(200, answer, counted) as (wire, _):
        assert await broadcast(wire, 5) == (7,)


@pytest.mark.parametrize("answer", [b"", b'{"ok":false}', b'{"ok":false,"parameters":{"retry_after":"soon"}}'])
async def test_a_429_that_names_no_time_is_one_all_the_same(answer: bytes, counted: Counted) -> None:
    async with answering(429, answer, counted) as (wire, _):
        with pytest.raises(RetryAfter) as refused:
            await broadcast(wire, 5)
    assert refused.value.retry_after == timedelta(seconds=LEAST_WAIT)
    assert counted == [("sendMessage", CallOutcome.TOO_MANY)]


@asynccontextmanager
async def answering(
    status: int, answer: bytes, counted: Counted, *, closes: bool = False
) -> AsyncIterator[tuple[Wire, list[bytes]]]:
    """A server that gives this answer to everything, and what it was asked."""
    served: list[bytes] = []

    async def answer_it(asked: web.Request) -> web.Response:
        served.append(await asked.read())
        if closes and asked.transport is not None:
            asyncio.get_running_loop().call_later(0.001, asked.transport.close)
        return web.Response(status=status, body=answer)

    app = web.Application()
    app.router.add_post("/{path:.*}", answer_it)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    limiter = RateLimiter(1_000)
    url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    bot = build_bot(load_settings(_env_file=None, token=TOKEN, api_url=url), limiter, counted)
    await bot.request.initialize()
    try:
        yield Wire(bot, limiter), served
    finally:
        await bot.request.shutdown()
        await runner.cleanup()
