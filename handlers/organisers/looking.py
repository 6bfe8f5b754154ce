"""Preview and Send me a test: the news as it will arrive."""

from __future__ import annotations

from dataclasses import replace

from handlers.answer import Answer, Screen
from handlers.context import Context
from handlers.organisers.asking import ask
from handlers.organisers.samples import samples
from handlers.words import bold
from storage.compositions import Composition


async def preview(context: Context, composed: Composition) -> Answer:
    """The news as it will arrive, and below it what can be done with it."""
    panel_below = await ask(context, composed, below=True)
    return replace(panel_below, news=samples(context, composed.announcement), refused=_refused(context, composed))


async def send_a_test(context: Context, composed: Composition) -> Answer:
    """The news to the one who writes it, and to nobody else."""
    toast = context.words.gettext("On its way to you alone, as subscribers will get it.")
    return Answer(news=samples(context, composed.announcement), refused=_refused(context, composed), toast=toast)


def _refused(context: Context, composed: Composition) -> Screen:
    """What is sent anew takes the place of the news alone, not of the address under it."""
    _ = context.words.gettext
    if composed.announcement.buttons.link is None:
        return Screen(_("Telegram does not take this message. Please send me another one."))
    told = _(
        "Telegram does not take this message, or the address under it. Please send the message anew, or change the "
        "address: {buttons}, then {link}, which takes it away, and {link} once more."
    )
    return Screen(told.format(buttons=bold(_("Buttons")), link=bold(_("A link"))))
