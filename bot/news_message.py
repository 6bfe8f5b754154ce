"""Sends news as it was written: nothing is added, its origin is not told."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from telegram import (
    InlineKeyboardMarkup,
    InputMediaAudio,
    InputMediaDocument,
    InputMediaPhoto,
    InputMediaVideo,
    LinkPreviewOptions,
    Message,
    MessageEntity,
)
from telegram.ext import ExtBot

from bot.rate_limiter import Urgency
from storage.news import News, NewsKind


async def send_news(
    bot: ExtBot[Urgency],
    chat: int,
    news: News,
    urgency: Urgency,
    *,
    rows: InlineKeyboardMarkup | None = None,
    silent: bool = False,
) -> tuple[int, ...]:
    """The numbers of the messages sent, several of an album; TelegramError as it comes."""
    options: dict[str, Any] = {"rate_limit_args": urgency, "disable_notification": silent or None}
    if news.kind is NewsKind.ALBUM:
        media = [_part(bot, part) for part in news.parts]
        return tuple(sent.message_id for sent in await bot.send_media_group(chat, media, **options))
    message: Message = await SEND[news.kind](bot, chat, news, reply_markup=rows, **options)
    return (message.message_id,)


async def _text(bot: ExtBot[Urgency], chat: int, news: News, **options: Any) -> Message:
    preview = None if news.link_preview is None else LinkPreviewOptions.de_json(dict(news.link_preview), bot)
    return await bot.send_message(
        chat, news.text, entities=_entities(bot, news), link_preview_options=preview, **options
    )


async def _photo(bot: ExtBot[Urgency], chat: int, news: News, **options: Any) -> Message:
    return await bot.send_photo(chat, _file(news), **_caption(bot, news), **_shown(news), **options)


async def _video(bot: ExtBot[Urgency], chat: int, news: News, **options: Any) -> Message:
    return await bot.send_video(chat, _file(news), **_caption(bot, news), **_shown(news), **options)


async def _animation(bot: ExtBot[Urgency], chat: int, news: News, **options: Any) -> Message:
    return await bot.send_animation(chat, _file(news), **_caption(bot, news), **_shown(news), **options)


async def _document(bot: ExtBot[Urgency], chat: int, news: News, **options: Any) -> Message:
    return await bot.send_document(chat, _file(news), **_caption(bot, news), **options)


async def _audio(bot: ExtBot[Urgency], chat: int, news: News, **options: Any) -> Message:
    return await bot.send_audio(chat, _file(news), **_caption(bot, news), **options)


async def _voice(bot: ExtBot[Urgency], chat: int, news: News, **options: Any) -> Message:
    return await bot.send_voice(chat, _file(news), **_caption(bot, news), **options)


SEND: dict[NewsKind, Callable[..., Awaitable[Message]]] = {
    NewsKind.TEXT: _text,
    NewsKind.PHOTO: _photo,
    NewsKind.VIDEO: _video,
    NewsKind.ANIMATION: _animation,
    NewsKind.DOCUMENT: _document,
    NewsKind.AUDIO: _audio,
    NewsKind.VOICE: _voice,
}
PARTS: dict[NewsKind, Callable[..., Any]] = {
    NewsKind.PHOTO: InputMediaPhoto,
    NewsKind.VIDEO: InputMediaVideo,
    NewsKind.DOCUMENT: InputMediaDocument,
    NewsKind.AUDIO: InputMediaAudio,
}


def _part(bot: ExtBot[Urgency], part: News) -> Any:
    return PARTS[part.kind](_file(part), **_caption(bot, part), **_shown(part))


def _file(news: News) -> str:
    if news.file is None:
        raise ValueError("news of this kind has a file")
    return news.file


def _caption(bot: ExtBot[Urgency], news: News) -> dict[str, Any]:
    return {"caption": news.text, "caption_entities": _entities(bot, news)} if news.text else {}


def _shown(news: News) -> dict[str, Any]:
    shown = {"has_spoiler": news.spoiler, "show_caption_above_media": news.caption_above}
    return {name: True for name, wanted in shown.items() if wanted}


def _entities(bot: ExtBot[Urgency], news: News) -> list[MessageEntity] | None:
    return list(MessageEntity.de_list([dict(entity) for entity in news.entities], bot)) or None
