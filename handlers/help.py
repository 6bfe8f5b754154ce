"""What the bot can do, from the registry's own table."""

from __future__ import annotations

from collections.abc import Iterable

from handlers.answer import Answer, Choice, Screen
from handlers.buttons import OpenStart
from handlers.context import Context
from handlers.standing import sign_choices
from handlers.words import plain


async def help_screen(context: Context, commands: Iterable[tuple[str, str]]) -> Answer:
    """Every command with what it does; `commands` are names and English descriptions in the menu's order."""
    _ = context.words.gettext
    lines = [f"/{name} – {plain(_(description))}" for name, description in commands]
    text = _("<b>What I can do</b>") + "\n\n" + "\n".join(lines)
    return Answer(Screen(text, ((*await sign_choices(context), Choice(_("Back"), OpenStart())),)))
