"""Replies, as handlers' answers go out: how many a second, and CPU of each; ours, aiogram's, and python-telegram-bot's.

Every other one is a new message, every other one changes a message. Same event loop, same server, 16 under way.
"""

from __future__ import annotations

import argparse
import multiprocessing
import sys
import time
from collections.abc import AsyncIterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from statistics import median
from typing import Any

import aiogram
import uvloop
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup, LinkPreviewOptions
from telegram.constants import ParseMode

from bench.contestants import Contestant, Send
from bench.sends import UNLIMITED, WARM_UP, send_all
from bench.telegram import TOKEN, telegram
from bot.client import build_bot
from bot.delivery import looks
from bot.memory import keep_what_is_loaded
from bot.metrics import Metrics
from bot.rate_limiter import RateLimiter
from bot.settings import load_settings
from bot.wire import Wire
from handlers.answer import Choice, Screen
from handlers.buttons import BeginSigning, OpenDemand

TEXT = "<b>The demands</b>\n\n" + "We the undersigned urge you to read this. " * 10
ROWS = (("Back", "d:1"), ("Next", "d:3")), (("Sign", "s"),)
NO_PREVIEW = LinkPreviewOptions(is_disabled=True)


@dataclass(frozen=True)
class Spent:
    """What one message took."""

    seconds: float
    cpu: float  # seconds


@asynccontextmanager
async def ours(url: str) -> AsyncIterator[Send]:
    """As `bot/delivery.py` sends: each screen's keyboard is built anew, its turn and its figures are counted."""
    limiter = RateLimiter(UNLIMITED, burst=0)
    bot = build_bot(load_settings(_env_file=None, token=TOKEN, api_url=url), limiter, Metrics().called)
    rows = (Choice("Back", OpenDemand(1)), Choice("Next", OpenDemand(3))), (Choice("Sign", BeginSigning()),)
    wire, screen = Wire(bot, limiter), Screen(TEXT, rows)

    async def send(chat: int) -> None:
        if chat % 2:
            await wire.reply("sendMessage", chat_id=chat, **looks(screen))
        else:
            await wire.reply("editMessageText", chat_id=chat, message_id=1, **looks(screen))

    async with bot:
        yield send


@asynccontextmanager
async def by_ptb(url: str) -> AsyncIterator[Send]:
    """As its documents show, with its default request class."""

    async def send(chat: int) -> None:
        markup = InlineKeyboardMarkup(
            [[InlineKeyboardButton(label, callback_data=to) for label, to in row] for row in ROWS]
        )
        how: dict[str, Any] = {"parse_mode": ParseMode.HTML, "link_preview_options": NO_PREVIEW, "reply_markup": markup}
        if chat % 2:
            await bot.send_message(chat, TEXT, **how)
        else:
            await bot.edit_message_text(TEXT, chat_id=chat, message_id=1, **how)

    async with Bot(TOKEN, f"{url}/bot") as bot:
        yield send


@asynccontextmanager
async def by_aiogram(url: str) -> AsyncIterator[Send]:
    """As its documents show."""
    types = aiogram.types
    no_preview = types.LinkPreviewOptions(is_disabled=True)

    async def send(chat: int) -> None:
        buttons = [[types.InlineKeyboardButton(text=label, callback_data=to) for label, to in row] for row in ROWS]
        markup = types.InlineKeyboardMarkup(inline_keyboard=buttons)
        how: dict[str, Any] = {"parse_mode": "HTML", "link_preview_options": no_preview, "reply_markup": markup}
        if chat % 2:
            await bot.send_message(chat, TEXT, **how)
        else:
            await bot.edit_message_text(TEXT, chat_id=chat, message_id=1, **how)

    async with aiogram.Bot(TOKEN, AiohttpSession(api=TelegramAPIServer.from_base(url))) as bot:
        yield send


def _contestant(name: Contestant, url: str) -> AbstractAsyncContextManager[Send]:
    match name:
        case Contestant.OURS:
            return ours(url)
        case Contestant.AIOGRAM:
            return by_aiogram(url)
        case Contestant.PTB:
            return by_ptb(url)


async def _measure(name: Contestant, url: str, messages: int) -> Spent:
    async with _contestant(name, url) as send:
        await send_all(send, WARM_UP)
        keep_what_is_loaded()  # the peers too: it helps them
        began, cpu = time.monotonic(), time.process_time()
        await send_all(send, messages)
        return Spent((time.monotonic() - began) / messages, (time.process_time() - cpu) / messages)


def measure(name: Contestant, url: str, messages: int) -> Spent:
    """For a process of its own."""
    return uvloop.run(_measure(name, url, messages))


def main() -> None:
    """Prints medians, and ours beside them: the median of the ratios of each round, for what else the machine does."""
    parser = argparse.ArgumentParser(prog="python -m bench.replies", description=__doc__)
    parser.add_argument("--messages", type=int, default=2_000)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    rounds: list[dict[Contestant, Spent]] = []
    for _ in range(options.rounds):
        spent = {}
        for name in Contestant:
            with telegram() as url, ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as process:
                spent[name] = process.submit(measure, name, url, options.messages).result()
            one = spent[name]
            sys.stderr.write(f"{name}: {1 / one.seconds:.0f} a second, {one.cpu * 1e6:.0f} us\n")
        rounds.append(spent)
    for name in Contestant:
        rate, cpu = (median(1 / one[name].seconds for one in rounds), median(one[name].cpu for one in rounds))
        line = f"{name:32} {rate:6.0f} messages a second, {cpu * 1e6:6.0f} us of CPU each"
        if name is not Contestant.OURS:
            faster = median(one[name].seconds / one[Contestant.OURS].seconds for one in rounds)
            cheaper = median(one[Contestant.OURS].cpu / one[name].cpu for one in rounds)
            line += f"; ours: {faster:.1f} times as many, {cheaper:.2f} of the CPU"
        sys.stdout.write(f"{line}\n")


if __name__ == "__main__":
    main()
