"""What an update asks for. Whatever comes from Telegram may be forged: only what is understood goes on."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto

from telegram import CallbackQuery, ChatMember, ChatMemberUpdated, Message, MessageEntity, Update
from telegram.constants import ChatType

from handlers.buttons import Button, OpenFromNews, unpack
from handlers.organisers.written_news import Written, written_news


@dataclass(frozen=True)
class Command:
    """A fresh command in the private chat; the payload is what stands behind it."""

    name: str
    payload: str


@dataclass(frozen=True)
class Tap:
    """A tap on a button; None when this version knows no such button."""

    button: Button | None
    screen: int | None  # the message it stands under, where that is a screen of the bot's own


@dataclass(frozen=True)
class Text:
    """A fresh text typed by the person; an organiser's may be news."""

    text: str
    written: Written | None = None


class Odd(Enum):
    """What the bot has no use for, each answered in words of its own."""

    EDITED = auto()
    FORWARDED = auto()
    ATTACHMENT = auto()


@dataclass(frozen=True)
class Unexpected:
    """Something else from a person; the parts of an album bear the same album."""

    odd: Odd
    album: str | None = None
    written: Written | None = None  # an organiser may want to send it
    repeated: bool = False  # another part of the album was answered already


@dataclass(frozen=True)
class Blocked:
    """The person blocked the bot."""


Reading = Command | Tap | Text | Unexpected | Blocked

# What a person can attach to a message. Anything else without text is a service message.
ATTACHMENTS = (
    "animation", "audio", "checklist", "contact", "dice", "document", "game", "invoice", "location", "paid_media",
    "photo", "poll", "sticker", "story", "venue", "video", "video_note", "voice",
)  # fmt: skip


@dataclass(frozen=True)
class Sender:
    """Who wrote or tapped, and where."""

    person: int
    chat: int
    full_name: str
    language_code: str | None


def read(update: Update, bot_name: str) -> tuple[Sender, Reading] | None:
    """Who asks for what; None for all that is met with silence (groups, channels, services, businesses)."""
    if not _is_whole(update):
        raise ValueError("a number or a text is of another kind")
    if update.callback_query is not None:
        return _read_tap(update.callback_query)
    if update.my_chat_member is not None:
        return _read_membership(update.my_chat_member)
    message = update.message or update.edited_message
    if message is None:
        return None
    sender = _sender(message)
    if sender is None:
        return None
    reading = _read_message(message, bot_name) if update.message else _read_change(message)
    return None if reading is None else (sender, reading)


def _read_change(message: Message) -> Unexpected | None:
    """A live location changes by itself, every few seconds: to answer that would be a flood of our own."""
    return None if message.location is not None else Unexpected(Odd.EDITED)


def _is_whole(update: Update) -> bool:
    """What is kept or sorted by must be of its kind; python-telegram-bot takes whatever stands there."""
    message, query = update.effective_message, update.callback_query
    return (
        isinstance(update.update_id, int)
        and (message is None or (isinstance(message.message_id, int) and isinstance(message.text or "", str)))
        and (query is None or isinstance(query.data or "", str))
    )


def _read_membership(change: ChatMemberUpdated) -> tuple[Sender, Blocked] | None:
    """Only that the bot itself is blocked, by the one whose private chat it is. All else is met with silence."""
    user, member = change.from_user, change.new_chat_member
    if change.chat.type != ChatType.PRIVATE or change.chat.id != user.id or user.is_bot:
        return None
    if member.user.id != change.get_bot().id or member.status != ChatMember.BANNED:
        return None
    return Sender(user.id, change.chat.id, user.full_name, user.language_code), Blocked()


def _read_tap(query: CallbackQuery) -> tuple[Sender, Reading] | None:
    """A tap counts only under a message in the tapper's own private chat."""
    if query.message is None or query.message.chat.type != ChatType.PRIVATE or query.from_user.is_bot:
        return None
    if query.message.chat.id != query.from_user.id:
        return None
    user = query.from_user
    sender = Sender(user.id, query.message.chat.id, user.full_name, user.language_code)
    button = unpack(query.data or "")
    return sender, Tap(button, None if isinstance(button, OpenFromNews) else _screen(query))


def _screen(query: CallbackQuery) -> int | None:
    """News, and what the bot cannot see any more, must not change: the answer then comes below."""
    message = query.message
    if not isinstance(message, Message) or message.text is None or not _bears_a_screen(message):
        return None
    sent_by_bot = message.from_user is not None and message.from_user.id == query.get_bot().id
    return message.message_id if sent_by_bot else None


def _bears_a_screen(message: Message) -> bool:
    """Under news stand only buttons of news, and links."""
    rows = message.reply_markup.inline_keyboard if message.reply_markup is not None else ()
    values = (button.callback_data for row in rows for button in row)
    return any(isinstance(value, str) and not isinstance(unpack(value), OpenFromNews) for value in values)


def _sender(message: Message) -> Sender | None:
    user = message.from_user
    if message.chat.type != ChatType.PRIVATE or user is None or user.is_bot or message.chat.id != user.id:
        return None
    strangers = (message.sender_chat, message.business_connection_id, message.sender_business_bot)
    if any(strangers) or getattr(message, "guest_query_id", None) is not None:
        return None
    return Sender(user.id, message.chat.id, user.full_name, user.language_code)


def _read_message(message: Message, bot_name: str) -> Reading | None:
    if message.forward_origin is not None or message.via_bot is not None:
        return Unexpected(Odd.FORWARDED, message.media_group_id, written_news(message))
    if message.text is not None:
        return _read_text(message, message.text, bot_name)
    if any(getattr(message, kind, None) for kind in ATTACHMENTS):
        return Unexpected(Odd.ATTACHMENT, message.media_group_id, written_news(message))
    return None


def _read_text(message: Message, text: str, bot_name: str) -> Reading | None:
    first = message.entities[0] if message.entities else None
    if first is None or first.type != MessageEntity.BOT_COMMAND or first.offset != 0:
        return Text(text, written_news(message))
    name, _, addressee = text[1 : first.length].partition("@")
    if addressee and addressee.lower() != bot_name.lower():
        return Text(text, written_news(message))
    return Command(name.lower(), text[first.length :].strip())
