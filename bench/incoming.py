"""Updates in: how many a second, and CPU of each; ours, aiogram's, and python-telegram-bot's, 50 ms from Telegram.

1,000 people tap several times in a row, and all of it waits when the bot starts. Each handler does the same: it answers
the tap and changes the message, side by side. The last line of ours is the whole bot, with its database.
"""

from __future__ import annotations

import argparse
import asyncio
import multiprocessing
import sys
import time
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ProcessPoolExecutor
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

import aiogram
import uvloop
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from telegram import InlineKeyboardButton, InlineKeyboardMarkup, Update
from telegram.ext import ApplicationBuilder, CallbackQueryHandler

from bench.sends import UNLIMITED
from bench.telegram import TOKEN, Limit, found, telegram
from bench.waiting import Crowd, Found
from bot.application import serving
from bot.client import build_bot
from bot.delivery import both, looks
from bot.intake import Intake
from bot.memory import keep_what_is_loaded
from bot.metrics import Metrics
from bot.polling import Polling
from bot.rate_limiter import RateLimiter
from bot.request import Sent
from bot.settings import load_settings
from bot.wire import Wire
from handlers.answer import Choice, Screen
from handlers.buttons import OpenAppeal
from storage.cipher import make_keys

WORDS = "We the undersigned urge you to read this. " * 10
DEADLINE = 300.0  # seconds
SETTLING = 0.5  # seconds in which the last calls are answered


class Receiver(StrEnum):
    """Who takes updates in."""

    OURS = "ours"
    WHOLE = "ours, the whole bot"
    AIOGRAM = "aiogram 3's default polling"
    PTB = "python-telegram-bot's default"
    PTB_ONE_CALL_AFTER_THE_OTHER = "the same, one call after the other"  # as its documents show


ONE_BY_ONE = frozenset({Receiver.PTB, Receiver.PTB_ONE_CALL_AFTER_THE_OTHER})


@dataclass(frozen=True)
class Spent:
    """What a run took."""

    found: Found
    cpu: float  # seconds an update

    @property
    def rate(self) -> float:
        """Updates a second."""
        return self.found.answered / self.found.seconds


def _text(data: str) -> str:
    return f"<b>The appeal</b> · {data.rpartition(':')[2]} / 9\n\n{WORDS}"


@asynccontextmanager
async def ours(url: str) -> AsyncIterator[None]:
    """Our intake, with a handler that does as little as the peers'."""
    limiter = RateLimiter(UNLIMITED, burst=0)
    bot = build_bot(load_settings(_env_file=None, token=TOKEN, api_url=url), limiter, Metrics().called)
    wire, rows = Wire(bot, limiter), ((Choice("Next", OpenAppeal(2)),),)

    async def handle(update: Update, answered: Sent) -> None:
        query = update.callback_query
        if query is None or query.message is None or query.data is None:
            return
        screen, (told, drawn) = Screen(_text(query.data), rows), both(answered)
        await asyncio.gather(
            wire.reply("answerCallbackQuery", told, callback_query_id=query.id),
            wire.reply("editMessageText", drawn, chat_id=query.message.chat.id, message_id=7, **looks(screen)),
        )

    async with bot:
        polling = Polling(bot, Intake(bot, handle))
        running = asyncio.ensure_future(polling.run())
        yield
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        await polling.stop(1.0)


@asynccontextmanager
async def whole(url: str) -> AsyncIterator[None]:
    """All that the bot does with a tap, on an SQLite file."""
    with TemporaryDirectory() as folder:
        here = Path(folder)
        make_keys(here / "keys", here / "offline")
        settings = load_settings(
            _env_file=None, token=TOKEN, api_url=url, data=here / "data", keys=here / "keys", listen="127.0.0.1:0",
            messages_per_second=UNLIMITED, flood_updates=0, tag_memory_kib=8,
        )  # fmt: skip
        async with serving(settings):
            yield


@asynccontextmanager
async def by_aiogram(url: str) -> AsyncIterator[None]:
    """As its documents show."""
    dispatcher = aiogram.Dispatcher()

    @dispatcher.callback_query()
    async def tapped(query: aiogram.types.CallbackQuery) -> None:
        message = query.message
        if not isinstance(message, aiogram.types.Message) or query.data is None:
            return
        button = aiogram.types.InlineKeyboardButton(text="Next", callback_data="ap:2")
        markup = aiogram.types.InlineKeyboardMarkup(inline_keyboard=[[button]])
        edit = message.edit_text(_text(query.data), parse_mode="HTML", reply_markup=markup)
        await asyncio.gather(bot(query.answer()), bot(edit))

    async with aiogram.Bot(TOKEN, AiohttpSession(api=TelegramAPIServer.from_base(url))) as bot:
        polling = asyncio.ensure_future(dispatcher.start_polling(bot, handle_signals=False))
        yield
        await dispatcher.stop_polling()
        await asyncio.gather(polling, return_exceptions=True)


@asynccontextmanager
async def by_ptb(url: str, *, side_by_side: bool) -> AsyncIterator[None]:
    """As its documents show: its default takes one update after the other."""

    async def tapped(update: Update, _context: object) -> None:
        query = update.callback_query
        if query is None or query.data is None:
            return
        markup = InlineKeyboardMarkup([[InlineKeyboardButton("Next", callback_data="ap:2")]])
        edit: Any = query.edit_message_text(_text(query.data), parse_mode="HTML", reply_markup=markup)
        if side_by_side:
            await asyncio.gather(query.answer(), edit)
        else:
            await query.answer()
            await edit

    application = ApplicationBuilder().token(TOKEN).base_url(f"{url}/bot").build()
    application.add_handler(CallbackQueryHandler(tapped))
    async with application:
        await application.start()
        if application.updater is None:
            raise RuntimeError("an application built so polls")
        await application.updater.start_polling()
        yield
        await application.updater.stop()
        await application.stop()


RECEIVERS: dict[Receiver, Callable[[str], AbstractAsyncContextManager[None]]] = {
    Receiver.OURS: ours,
    Receiver.WHOLE: whole,
    Receiver.AIOGRAM: by_aiogram,
    Receiver.PTB: lambda url: by_ptb(url, side_by_side=True),
    Receiver.PTB_ONE_CALL_AFTER_THE_OTHER: lambda url: by_ptb(url, side_by_side=False),
}


async def _measure(name: Receiver, url: str) -> Spent:
    keep_what_is_loaded()  # the peers too: it helps them
    async with RECEIVERS[name](url):
        cpu = time.process_time()
        seen = await found(url, DEADLINE)
        spent = Spent(seen, (time.process_time() - cpu) / seen.answered)
        await asyncio.sleep(SETTLING)
        return spent


def measure(name: Receiver, url: str) -> Spent:
    """For a process of its own."""
    return uvloop.run(_measure(name, url))


def _line(name: Receiver, rounds: list[dict[Receiver, Spent]]) -> str:
    runs = [one[name] for one in rounds]
    line = (
        f"{name:36} {median(one.rate for one in runs):6.1f} updates a second, "
        f"{median(one.cpu for one in runs) * 1e6:6.0f} us of CPU each, "
        f"people out of order: {max(one.found.out_of_order for one in runs)}, "
        f"answered twice: {max(one.found.twice for one in runs)}"
    )
    if name in {Receiver.OURS, Receiver.WHOLE}:
        return line
    faster = median(one[Receiver.OURS].rate / one[name].rate for one in rounds)
    cheaper = median(one[Receiver.OURS].cpu / one[name].cpu for one in rounds)
    return f"{line}; ours: {faster:.1f} times as many, {cheaper:.2f} of the CPU"


def main() -> None:
    """Prints medians, and of the ratios the median of all rounds'."""
    parser = argparse.ArgumentParser(prog="python -m bench.incoming", description=__doc__)
    parser.add_argument("--people", type=int, default=1_000)
    parser.add_argument("--taps", type=int, default=4)
    parser.add_argument("--way", type=float, default=0.05, help="seconds to Telegram and back")
    parser.add_argument("--slow-people", type=int, default=50, help="of a peer that takes one update after the other")
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    rounds: list[dict[Receiver, Spent]] = []
    for _ in range(options.rounds):
        spent = {}
        for name in Receiver:
            crowd = Crowd(options.slow_people if name in ONE_BY_ONE else options.people, options.taps)
            limit = Limit(way=options.way, crowd=crowd)
            with telegram(limit) as url, ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as process:
                spent[name] = process.submit(measure, name, url).result()
            sys.stderr.write(f"{name}: {spent[name].rate:.1f} a second, {spent[name].cpu * 1e6:.0f} us\n")
        rounds.append(spent)
    for name in Receiver:
        sys.stdout.write(f"{_line(name, rounds)}\n")


if __name__ == "__main__":
    main()
