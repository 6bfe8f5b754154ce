"""The appeal, one paragraph a part, word for word, in one message that changes."""

from __future__ import annotations

from handlers.answer import Answer, Choice, Screen
from handlers.buttons import Button, OpenAppeal, OpenDemands, OpenStart
from handlers.context import Context
from handlers.standing import sign_rows
from handlers.words import bold, plain


async def appeal(context: Context) -> Answer:
    """The /appeal command."""
    return Answer(await _screen(context, 1))


async def open_appeal(context: Context, button: OpenAppeal) -> Answer:
    """Turns to a part."""
    return Answer(await _screen(context, button.part))


async def _screen(context: Context, wanted: int) -> Screen:
    """A part that is not there (its number may be forged) gives the nearest one."""
    _ = context.words.gettext
    parts = context.text.appeal
    part = min(max(wanted, 1), len(parts))
    back: Button = OpenAppeal(part - 1) if part > 1 else OpenStart()
    following: Button = OpenAppeal(part + 1) if part < len(parts) else OpenDemands()
    return Screen(
        f"{bold(_('The appeal'))} · {part} / {len(parts)}\n\n{plain(parts[part - 1])}",
        (
            (Choice(_("Back"), back), Choice(_("Next"), following)),
            *await sign_rows(context),
        ),
    )
