"""What the owners are told when something threatens the bot: what happened, what it means, what to do."""

from __future__ import annotations

from enum import Enum

from handlers.answer import Screen
from handlers.words import Words, bold


class Alarm(Enum):
    """What threatens the bot."""

    DISK = "disk"
    OTHER_POLL = "other_poll"
    WEBHOOK = "webhook"
    TOKEN = "token"  # noqa: S105 - the name of an alarm


def alarm_screen(words: Words, alarm: Alarm) -> Screen:
    """It has begun."""
    title, *paragraphs = _BEGINNINGS[alarm](words)
    return Screen("\n\n".join([f"⚠️ {bold(title)}", *paragraphs]))


def ended_screen(words: Words, alarm: Alarm) -> Screen:
    """It is over. What only a new token helps against has no end."""
    return Screen("\n\n".join(_ENDS[alarm](words)))


def _disk(words: Words) -> list[str]:
    _ = words.gettext
    return [
        _("The disk is nearly full."),
        _(
            "Soon I could keep no more signatures, and what people erase could not vanish from the files. "
            "Please make room where the database lies."
        ),
    ]


def _other_poll(words: Words) -> list[str]:
    _ = words.gettext
    return [
        _("Somebody else takes this bot's updates."),
        _(
            "For over a minute another program has asked Telegram for them, with this bot's token. What people send "
            "may not reach me. Is a second copy of the bot running? Then stop it. If not, somebody has the token."
        ),
        _new_token(words),
    ]


def _webhook(words: Words) -> list[str]:
    _ = words.gettext
    return [
        _("Somebody else has this bot's token."),
        _(
            "A webhook was set that is not mine. I deleted it just now. Before, what people sent went there, and not "
            "to me. Unless you set it yourself, somebody has the token."
        ),
        _new_token(words),
    ]


def _token(words: Words) -> list[str]:
    _ = words.gettext
    return [
        _("Telegram no longer accepts this bot's token."),
        _(
            "News that was on its way is paused, and nothing of it is lost. Was a new token asked for with @BotFather? "
            "Write it into the setting BOT_TOKEN, start the bot again, and tap Resume."
        ),
    ]


def _disk_ended(words: Words) -> list[str]:
    return [words.gettext("There is room on the disk again.")]


def _other_poll_ended(words: Words) -> list[str]:
    _ = words.gettext
    return [
        _(
            "Nobody else takes this bot's updates now. Unless you stopped a second copy yourself, somebody still has "
            "the token."
        ),
        _new_token(words),
    ]


def _new_token(words: Words) -> str:
    """The command is for @BotFather: set as code, a tap copies it, and sends nothing to this bot."""
    return words.gettext(
        "Who has it can speak as this bot. To end that, send {command} to @BotFather, write the new token into the "
        "setting BOT_TOKEN, and start the bot again."
    ).format(command="<code>/revoke</code>")


_BEGINNINGS = {Alarm.DISK: _disk, Alarm.OTHER_POLL: _other_poll, Alarm.WEBHOOK: _webhook, Alarm.TOKEN: _token}
_ENDS = {Alarm.DISK: _disk_ended, Alarm.OTHER_POLL: _other_poll_ended}
