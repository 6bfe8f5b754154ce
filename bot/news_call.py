"""Calls that send, change or delete news as it was written: nothing is added, its origin is not told.

A call is built once for everybody who gets the same; only the chat, and the messages already there, differ.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import orjson

from bot.keyboard import Keyboard
from storage.news import EXCHANGEABLE, News, NewsKind

SEND = {
    NewsKind.TEXT: "sendMessage",
    NewsKind.PHOTO: "sendPhoto",
    NewsKind.VIDEO: "sendVideo",
    NewsKind.ANIMATION: "sendAnimation",
    NewsKind.DOCUMENT: "sendDocument",
    NewsKind.AUDIO: "sendAudio",
    NewsKind.VOICE: "sendVoice",
    NewsKind.ALBUM: "sendMediaGroup",
}
COVERED = frozenset({NewsKind.PHOTO, NewsKind.VIDEO, NewsKind.ANIMATION})
"""What a spoiler can cover; only these can bear their caption above, too."""


class CannotBecome(ValueError):
    """Telegram has no way to change the one message into the other."""


@dataclass(frozen=True)
class Call:
    """A method of the Bot API, and everything of its body that is the same for everybody."""

    method: str
    rest: bytes  # JSON without its opening brace

    def body(self, chat: int, messages: tuple[int, ...] = ()) -> bytes:  # noqa: ARG002 - those of a change
        """The whole of it. `messages`: what the chat already has of it, for a change or a deletion."""
        return b'{"chat_id":%d,%b' % (chat, self.rest)


@dataclass(frozen=True)
class EditCall(Call):
    """Changes one message of those that the chat has."""

    part: int = 0  # which one

    def body(self, chat: int, messages: tuple[int, ...] = ()) -> bytes:
        """The whole of it."""
        return b'{"chat_id":%d,"message_id":%d,%b' % (chat, messages[self.part], self.rest)


@dataclass(frozen=True)
class DeleteCall(Call):
    """Deletes all of it."""

    def body(self, chat: int, messages: tuple[int, ...] = ()) -> bytes:
        """The whole of it."""
        return b'{"chat_id":%d,"message_ids":%b}' % (chat, orjson.dumps(messages))


def send_call(news: News, keyboard: Keyboard | None = None, *, silent: bool = False, paid: bool = False) -> Call:
    """Sends it; an album bears no keyboard."""
    if news.kind is NewsKind.ALBUM:
        content: dict[str, Any] = {"media": _album(news)}
    else:
        content = {**_content(news), **_marked(keyboard)}
    options = {"disable_notification": silent, "allow_paid_broadcast": paid}
    return Call(SEND[news.kind], _rest({**content, **_wanted(options)}))


def edit_call(before: News, after: News, keyboard: Keyboard | None = None) -> Call:
    """Changes what was sent; without a keyboard its buttons go. Of an album the caption alone can change.

    A file goes along where only its caption is new: an earlier edit may have been stopped before it reached this chat.

    CannotBecome: a file does not become a text, an album nothing else, a voice message no other file.
    """
    if before.kind is NewsKind.ALBUM:
        caption = _caption(after.parts[after.captioned] if after.kind is NewsKind.ALBUM else after)
        return EditCall("editMessageCaption", _rest(caption), part=before.captioned)
    if after.kind is NewsKind.TEXT and before.kind is NewsKind.TEXT:
        return EditCall("editMessageText", _rest({**_content(after), **_marked(keyboard)}))
    if after.kind in EXCHANGEABLE and before.kind in EXCHANGEABLE | {NewsKind.TEXT}:
        return EditCall("editMessageMedia", _rest({"media": _media(after), **_marked(keyboard)}))
    if (before.kind, before.file) == (after.kind, after.file):
        return EditCall("editMessageCaption", _rest({**_caption(after), **_marked(keyboard)}))
    raise CannotBecome(f"{before.kind} does not become {after.kind}")


def delete_call() -> Call:
    """Deletes what was sent."""
    return DeleteCall("deleteMessages", b"")


def _content(news: News) -> dict[str, Any]:
    if news.kind is NewsKind.TEXT:
        preview = {} if news.link_preview is None else {"link_preview_options": news.link_preview}
        return {"text": news.text, **_entities("entities", news), **preview}
    return {news.kind.value: _file(news), **_described(news)}


def _media(news: News) -> dict[str, Any]:
    """https://core.telegram.org/bots/api#inputmedia"""
    return {"type": news.kind.value, "media": _file(news), **_described(news)}


def _album(news: News) -> list[dict[str, Any]]:
    """Telegram takes no album whose captions stand in different places."""
    above = news.parts[news.captioned].caption_above
    return [_media(replace(part, caption_above=above)) for part in news.parts]


def _described(news: News) -> dict[str, Any]:
    caption = _caption(news) if news.text else _above(news)
    return {**caption, **_wanted({"has_spoiler": news.spoiler and news.kind in COVERED})}


def _caption(news: News) -> dict[str, Any]:
    """A new one takes the place of the old; an empty one takes it away."""
    return {"caption": news.text, **_entities("caption_entities", news), **_above(news)}


def _above(news: News) -> dict[str, bool]:
    return _wanted({"show_caption_above_media": news.caption_above and news.kind in COVERED})


def _entities(name: str, news: News) -> dict[str, Any]:
    return {name: list(news.entities)} if news.entities else {}


def _file(news: News) -> str:
    if news.file is None:
        raise ValueError("news of this kind has a file")
    return news.file


def _marked(keyboard: Keyboard | None) -> dict[str, Any]:
    return {} if keyboard is None else {"reply_markup": keyboard}


def _wanted(options: dict[str, bool]) -> dict[str, bool]:
    return {name: True for name, wanted in options.items() if wanted}


def _rest(content: dict[str, Any]) -> bytes:
    return orjson.dumps(content)[1:]
