"""What the owners are told when something threatens the bot: what happened, what it means, what to do."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum

from handlers.answer import Screen
from handlers.words import Words, bold


class Alarm(Enum):
    """What threatens the bot."""

    DISK = "disk"
    OTHER_POLL = "other_poll"
    WEBHOOK = "webhook"
    TOKEN = "token"  # noqa: S105 - the name of an alarm
    ENDPOINT = "endpoint"
    OUTAGE = "outage"


def alarm_screen(words: Words, alarm: Alarm, figures: Mapping[str, int]) -> Screen:
    """It has begun."""
    title, *paragraphs = _BEGINNINGS[alarm](words)
    return Screen("\n\n".join([f"⚠️ {bold(title.format(**figures))}", *paragraphs]))


def ended_screen(words: Words, alarm: Alarm) -> Screen | None:
    """It is over. What only a new token helps against has no end, and of some it is not worth a word."""
    return Screen("\n\n".join(_ENDS[alarm](words))) if alarm in _ENDS else None


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
            "The webhook was changed, and not by me. I have put it right just now. Before, what people sent went "
            "elsewhere, and not to me. Unless you changed it yourself, somebody has the token."
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


def _endpoint(words: Words) -> list[str]:
    _ = words.gettext
    return [
        _("Telegram cannot bring me what people send."),
        _(
            "It keeps everything for 24 hours and goes on trying. Please ask whoever runs the bot to look into its log "
            "soon: it says why. Often a certificate has run out, or the server in front of the bot is down."
        ),
    ]


def _outage(words: Words) -> list[str]:
    _ = words.gettext
    return [
        _("I was away for {hours} hours."),
        _(
            "For so long nothing reached me, or a backup of that time was restored. Telegram keeps what people send "
            "for 24 hours, so what they sent before that may be lost: signatures, withdrawals, wishes for news."
        ),
        _(
            "Please tell people, where they read of the petition: whoever signed or changed something in that time is "
            "asked to look at {command} here, and to do it again where it is missing. I am at work again."
        ).format(command="<code>/mysignature</code>"),
    ]


def _endpoint_ended(words: Words) -> list[str]:
    return [words.gettext("Telegram brings me what people send again. What waited comes now.")]


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


_BEGINNINGS = {
    Alarm.DISK: _disk,
    Alarm.OTHER_POLL: _other_poll,
    Alarm.WEBHOOK: _webhook,
    Alarm.TOKEN: _token,
    Alarm.ENDPOINT: _endpoint,
    Alarm.OUTAGE: _outage,
}
_ENDS = {Alarm.DISK: _disk_ended, Alarm.OTHER_POLL: _other_poll_ended, Alarm.ENDPOINT: _endpoint_ended}
