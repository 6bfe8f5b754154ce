"""python-telegram-bot's plainest echo bot, unmodified but for the address."""

from __future__ import annotations

from telegram import Update
from telegram.ext import Application, ApplicationBuilder, CommandHandler, ContextTypes, MessageHandler, filters

from sandbox.server import LocalTelegram
from tests.people import Person


async def start(update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
    assert update.message is not None
    await update.message.reply_html("Hello, <b>you</b>")


async def echo(update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
    assert update.message is not None
    await update.message.reply_text(update.message.text or "")


async def test_the_echo_bot_runs(telegram: LocalTelegram) -> None:
    builder = ApplicationBuilder().token(telegram.token).base_url(f"{telegram.url}/bot")
    application = builder.base_file_url(f"{telegram.url}/file/bot").build()
    application.add_handler(CommandHandler("start", start))
    application.add_handler(MessageHandler(filters.TEXT, echo))
    async with application:
        await application.start()
        await talk(application, Person(telegram, "Ann Example"))
        await application.stop()
    assert telegram.unknown_methods == []


async def talk(application: Application, ann: Person) -> None:  # type: ignore[type-arg] # its six parameters say nothing here
    assert application.updater is not None
    await application.updater.start_polling()
    await ann.send("/start")
    hello = await ann.expect("Hello, you")
    assert hello.raw["entities"] == [{"type": "bold", "offset": 7, "length": 3}]
    await ann.send("How are you? 😀")
    await ann.expect("How are you? 😀")
    await application.updater.stop()
    assert ann.telegram.world.pending() == []
