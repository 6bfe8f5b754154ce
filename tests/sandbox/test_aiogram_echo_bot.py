"""aiogram's own echo bot (examples/echo_bot.py of its repository), unmodified but for the address and the token."""

from __future__ import annotations

import asyncio

from aiogram import Bot, Dispatcher, html
from aiogram.client.default import DefaultBotProperties
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.enums import ParseMode
from aiogram.filters import CommandStart
from aiogram.types import Message

from sandbox.server import LocalTelegram
from tests.people import DEADLINE, Person


def dispatcher() -> Dispatcher:
    dp = Dispatcher()

    @dp.message(CommandStart())
    async def command_start_handler(message: Message) -> None:
        assert message.from_user is not None
        await message.answer(f"Hello, {html.bold(message.from_user.full_name)}!")

    @dp.message()
    async def echo_handler(message: Message) -> None:
        try:
            await message.send_copy(chat_id=message.chat.id)
        except TypeError:
            await message.answer("Nice try!")

    return dp


async def test_aiograms_echo_bot_runs(telegram: LocalTelegram) -> None:
    session = AiohttpSession(api=TelegramAPIServer.from_base(telegram.url))
    bot = Bot(token=telegram.token, session=session, default=DefaultBotProperties(parse_mode=ParseMode.HTML))
    dp = dispatcher()
    polling = asyncio.create_task(dp.start_polling(bot, handle_signals=False))
    try:
        await talk(Person(telegram, "Ann Example"))
    finally:
        await dp.stop_polling()
        await polling
    assert telegram.unknown_methods == []


async def talk(ann: Person) -> None:
    await ann.send("/start")
    hello = await ann.expect("Hello, Ann Example!")
    assert hello.raw["entities"] == [{"type": "bold", "offset": 7, "length": 11}]
    await ann.send("How are you? 😀")
    await ann.expect("How are you? 😀")
    await ann.photo()
    echoed = await ann.expect("a photo")
    assert echoed.raw["photo"] == ann.chat()[-2].raw["photo"]
    await ann.sticker()
    assert await ann.telegram.world.wait_for(lambda: ann.chat()[-1].by_bot, DEADLINE), ann.picture()
    assert "sticker" in ann.chat()[-1].raw
