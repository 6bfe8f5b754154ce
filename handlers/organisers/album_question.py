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
    """How many there are; a part that comes late begins an album of its own, and what that replaces is told."""
    _, number = context.words.gettext, len(composed.parts)
    title = f"{bold(_('Album'))} · " + _("{count} of {most}").format(count=number, most=MOST_PARTS)
    more = _("Send more, or tap Done.") if number < MOST_PARTS else _("It is full. Tap Done.")
    back = _("Back") if composed.news is not None else _("Leave it out")
    lines = [title, more]
    if composed.language in composed.announcement.versions:
        lines.insert(1, _("This is a new album: Done puts it in the place of what you wrote before, Back keeps that."))
    rows = ((button(composed, _("Done"), Compose.DONE),), (button(composed, back, Compose.PANEL),))
    return Screen("\n\n".join(lines), rows)
