"""Anything else gets one short answer that helps."""

from __future__ import annotations

from handlers.answer import Answer, Choice, Screen
from handlers.buttons import OpenAppeal, OpenStart
from handlers.context import Context, ScreenName
from handlers.older import older_message
from handlers.reading import Odd
from handlers.standing import sign_choices


async def unknown_text(context: Context, _text: str) -> Answer:
    """A text outside any conversation, or a command that is not there."""
    _ = context.words.gettext
    return Answer(await _short(context, _("I did not understand that. Please tap a button; /help lists all I can do.")))


async def unknown_command(context: Context) -> Answer:
    """A command that this bot does not have."""
    _ = context.words.gettext
    return Answer(await _short(context, _("I do not know that command. /help lists those I know.")))


async def odd(context: Context, odd: Odd) -> Answer:
    """A sticker, a voice message, an album, a forward, an edited message."""
    _ = context.words.gettext
    text = {
        Odd.ATTACHMENT: _("I can read only text and taps, and I kept nothing of that. /help lists all I can do."),
        Odd.FORWARDED: _("I do not read forwarded messages, and I kept nothing of it. /help lists all I can do."),
        Odd.EDITED: _("I do not read changes to older messages. Please send it anew. /help lists all I can do."),
    }[odd]
    return Answer(await _short(context, text))


async def old_button(context: Context) -> Answer:
    """A tap on a button that this version does not know."""
    return Answer(await context.draw(ScreenName.START), toast=older_message(context))


async def _short(context: Context, text: str) -> Screen:
    _ = context.words.gettext
    read = Choice(_("Read the appeal"), OpenAppeal(1))
    return Screen(text, ((read, *await sign_choices(context)), (Choice(_("Back"), OpenStart()),)))
