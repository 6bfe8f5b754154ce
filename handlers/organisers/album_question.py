"""An album while its parts come."""

from __future__ import annotations

from handlers.answer import Screen
from handlers.buttons import Compose
from handlers.context import Context
from handlers.organisers.albums import MOST_PARTS
from handlers.organisers.placing import button
from handlers.words import bold
from storage.compositions import Composition


async def album_question(context: Context, composed: Composition) -> Screen:
    """How many there are."""
    _, number = context.words.gettext, len(composed.parts)
    title = f"{bold(_('Album'))} · " + _("{count} of {most}").format(count=number, most=MOST_PARTS)
    more = _("Send more, or tap Done.") if number < MOST_PARTS else _("It is full. Tap Done.")
    back = _("Back") if composed.news is not None else _("Leave it out")
    rows = ((button(composed, _("Done"), Compose.DONE),), (button(composed, back, Compose.PANEL),))
    return Screen(f"{title}\n\n{more}", rows)
