"""What is compared: the same message, sent by us and by the peers."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from enum import StrEnum

import aiogram
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup, MessageEntity
from telegram.ext import AIORateLimiter, ExtBot
from telegram.request import HTTPXRequest

from bench.telegram import TOKEN
from bot.client import build_bot
from bot.metrics import Metrics
from bot.news_call import send_call
from bot.rate_limiter import RateLimiter, Urgency
from bot.settings import load_settings
from bot.wire import Wire
from storage.news import News, NewsKind

TEXT = "The count grows. " * 20
LABEL, URL = "Read more", "https://example.org/news"
NEWS = News(NewsKind.TEXT, TEXT, ({"type": "bold", "offset": 0, "length": 9},))
KEYBOARD = InlineKeyboardMarkup([[InlineKeyboardButton(LABEL, url=URL)]])
RAW_KEYBOARD = {"inline_keyboard": [[{"text": LABEL, "url": URL}]]}
CONNECTIONS = 100

Send = Callable[[int], Awaitable[object]]
"""Sends the message to one chat."""


class Contestant(StrEnum):
    """Who sends."""

    OURS = "ours"
    AIOGRAM = "aiogram 3"
    PTB = "python-telegram-bot's default"


@asynccontextmanager
async def ours(url: str, limiter: RateLimiter, *, paid: bool = False) -> AsyncIterator[Send]:
    """As the broadcaster sends: a call built once, a turn each, its figures counted."""
    bot = build_bot(load_settings(_env_file=None, token=TOKEN, api_url=url), limiter, Metrics().called)
    async with bot:
        wire, call = Wire(bot, limiter), send_call(NEWS, RAW_KEYBOARD, paid=paid)

        async def send(chat: int) -> None:
            turn = await limiter.turn(paid=paid)
            await wire.send(call, chat, urgency=Urgency.BROADCAST, turn=turn)

        yield send


@asynccontextmanager
async def by_aiogram(url: str) -> AsyncIterator[Send]:
    """As its documents show."""
    entities = [aiogram.types.MessageEntity(type="bold", offset=0, length=9)]
    keyboard = aiogram.types.InlineKeyboardMarkup(
        inline_keyboard=[[aiogram.types.InlineKeyboardButton(text=LABEL, url=URL)]]
    )
    async with aiogram.Bot(TOKEN, AiohttpSession(api=TelegramAPIServer.from_base(url))) as bot:
        yield lambda chat: bot.send_message(chat, TEXT, entities=entities, reply_markup=keyboard)


@asynccontextmanager
async def by_ptb(url: str, limiter: AIORateLimiter | None = None, *, paid: bool = False) -> AsyncIterator[Send]:
    """As its documents show."""
    entities = [MessageEntity(MessageEntity.BOLD, 0, 9)]
    request = HTTPXRequest(connection_pool_size=CONNECTIONS, pool_timeout=None)
    kind = Bot(TOKEN, f"{url}/bot", request=request)
    bot = kind if limiter is None else ExtBot(TOKEN, f"{url}/bot", request=request, rate_limiter=limiter)
    async with bot:
        yield lambda chat: bot.send_message(
            chat, TEXT, entities=entities, reply_markup=KEYBOARD, allow_paid_broadcast=paid or None
        )
