"""/broadcasts: all of them, one at a time; what waits or runs comes first, and can be decided there."""

from __future__ import annotations

from dataclasses import replace

from handlers.answer import Answer, Choice, Screen
from handlers.buttons import OpenBroadcast, OpenStart, PreviewBroadcast
from handlers.context import Context
from handlers.older import older_message
from handlers.organisers.samples import samples
from handlers.organisers.standing_report import page
from handlers.words import bold


async def broadcasts(context: Context) -> Answer:
    """The /broadcasts command: the first of them."""
    numbers = await context.store.broadcasts.pages()
    return await page(context, numbers[0]) if numbers else Answer(_none_yet(context))


async def open_broadcast(context: Context, button: OpenBroadcast) -> Answer:
    """Newer, Older: in the tapped message, or below where it is the report of one that goes on."""
    tapped = context.tapped
    if tapped is None or not await context.store.reports.leaf_on(context.person, button.left, tapped):
        return await page(context, button.number)
    context.services.wake_broadcaster()  # the report loses the buttons for leafing
    return replace(await page(replace(context, tapped=None), button.number), below=True)


async def preview(context: Context, button: PreviewBroadcast) -> Answer:
    """What it says, below, as subscribers get it."""
    broadcast = await context.store.broadcasts.find(button.number)
    if broadcast is None:
        return Answer(toast=older_message(context))
    _ = context.words.gettext
    return Answer(
        news=samples(context, broadcast.announcement),
        refused=Screen(_("Telegram does not take this message any more.")),
        toast=_("It comes below, as subscribers get it."),
    )


def _none_yet(context: Context) -> Screen:
    _ = context.words.gettext
    text = _("No news was sent yet. To write some: /broadcast")
    return Screen(f"{bold(_('Broadcasts'))}\n\n{text}", ((Choice(_("Back"), OpenStart()),),))
