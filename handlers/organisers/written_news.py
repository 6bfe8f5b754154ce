"""A message that an organiser wrote or forwarded -> the news it holds, without its origin."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from telegram import Message, MessageEntity

from storage.news import News, NewsKind

LONGEST_CAPTION = 1_024  # UTF-16 units: https://core.telegram.org/bots/api#sendphoto; people may send longer ones


def news_of(message: Message) -> News | None:
    """None for what cannot be sent on as it is: an album, a sticker, a voice message, a caption that is too long."""
    if message.media_group_id is not None or message.via_bot is not None:
        return None
    if message.text is not None:
        return News(NewsKind.TEXT, message.text, _plain(message.entities), link_preview=_preview(message))
    found = _file(message)
    caption = message.caption or ""
    if found is None or len(caption.encode("utf-16-le")) // 2 > LONGEST_CAPTION:
        return None
    kind, file = found
    return News(
        kind,
        caption,
        _plain(message.caption_entities),
        file,
        spoiler=bool(message.has_media_spoiler),
        caption_above=bool(message.show_caption_above_media),
    )


def _file(message: Message) -> tuple[NewsKind, str] | None:
    """An animation comes with a document of the same file: it goes first."""
    if message.photo:
        return NewsKind.PHOTO, message.photo[-1].file_id
    if message.video is not None:
        return NewsKind.VIDEO, message.video.file_id
    if message.animation is not None:
        return NewsKind.ANIMATION, message.animation.file_id
    if message.document is not None:
        return NewsKind.DOCUMENT, message.document.file_id
    return None


def _plain(entities: Sequence[MessageEntity]) -> tuple[dict[str, Any], ...]:
    return tuple(entity.to_dict() for entity in entities)


def _preview(message: Message) -> dict[str, Any] | None:
    return None if message.link_preview_options is None else message.link_preview_options.to_dict()
