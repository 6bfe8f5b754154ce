"""HTTP to the Bot API: what is sent, and which failures may be tried again."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
from telegram.error import BadRequest, Forbidden, InvalidToken, NetworkError, RetryAfter, TelegramError, TimedOut
from telegram.ext import ExtBot

from bot.application import build_bot
from bot.rate_limiter import Urgency
from bot.request import CouldNotConnect
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
