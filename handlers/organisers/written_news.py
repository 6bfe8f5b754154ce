"""A message that an organiser wrote or forwarded -> the news it holds, without its origin."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from telegram import Message, MessageEntity

from handlers.organisers.not_taken import NotTaken
from storage.news import News, NewsKind

LONGEST_CAPTION = 1_024  # UTF-16 units: https://core.telegram.org/bots/api#sendphoto; people may send longer ones


@dataclass(frozen=True)
class Written:
    """A message, and what it holds."""

    message: int  # its number
    content: News | NotTaken
    in_album: bool = False
    own: bool = True  # not a forward

    @property
    def typed(self) -> str | None:
        """A text of her own."""
        is_text = isinstance(self.content, News) and self.content.kind is NewsKind.TEXT
        return self.content.text if self.own and is_text and isinstance(self.content, News) else None


def written_news(message: Message) -> Written:
    """What an organiser may want to send."""
    own = message.forward_origin is None and message.via_bot is None
    return Written(message.message_id, _content(message), message.media_group_id is not None, own)


def is_too_long_for_a_caption(text: str) -> bool:
    """Telegram counts in UTF-16 units."""
    return len(text.encode("utf-16-le")) // 2 > LONGEST_CAPTION


def _content(message: Message) -> News | NotTaken:
    if message.via_bot is not None:
        return NotTaken.OTHER_KIND
    if message.text is not None:
        return News(NewsKind.TEXT, message.text, _plain(message.entities), link_preview=_preview(message))
    found = _file(message)
    caption = message.caption or ""
    if found is None:
        return NotTaken.OTHER_KIND
    if is_too_long_for_a_caption(caption):
        return NotTaken.LONG_CAPTION
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
    files = {
        NewsKind.VIDEO: message.video,
        NewsKind.ANIMATION: message.animation,
        NewsKind.DOCUMENT: message.document,
        NewsKind.AUDIO: message.audio,
        NewsKind.VOICE: message.voice,
    }
    return next(((kind, file.file_id) for kind, file in files.items() if file is not None), None)


def _plain(entities: Sequence[MessageEntity]) -> tuple[dict[str, Any], ...]:
    return tuple(entity.to_dict() for entity in entities)


def _preview(message: Message) -> dict[str, Any] | None:
    return None if message.link_preview_options is None else message.link_preview_options.to_dict()
