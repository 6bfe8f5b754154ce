"""News on a person's own terms: subscribe, unsubscribe."""

from __future__ import annotations

from handlers.answer import NOTHING, Answer, Choice, Screen
from handlers.buttons import AskClear, DeclineNews, OpenStart, Place, Subscribe, Unsubscribe
from handlers.context import Context


async def subscribe(context: Context) -> Answer:
    """The /subscribe command."""
    return Answer(await _subscribe(context))


async def open_subscribe(context: Context, _button: Subscribe) -> Answer:
    """Send me news, wherever it stands."""
    return Answer(await _subscribe(context))


async def decline(context: Context, _button: DeclineNews) -> Answer:
    """No, thanks: nothing is kept, nothing is asked again."""
    _ = context.words.gettext
    text = _(
        "All right, no news. Should you want it later: /subscribe. To see or withdraw your signature: /mysignature."
    )
    return Answer(Screen(text, _ways_on(context)))


async def unsubscribe(context: Context) -> Answer:
    """The /unsubscribe command."""
    return Answer(await _unsubscribe(context))


async def open_unsubscribe(context: Context, _button: Unsubscribe) -> Answer:
    """Stop the news, tapped."""
    return Answer(await _unsubscribe(context))


async def blocked(context: Context) -> Answer:
    """She blocked the bot: no news from now on. Her signature stays, and nothing can be said."""
    await context.store.subscribers.unsubscribe(context.person)
    return NOTHING


async def _subscribe(context: Context) -> Screen:
    """The same words for one who subscribes already: the wish is met either way."""
    _ = context.words.gettext
    if (await context.store.standing.lately()).erased is not None:
        text = _("This petition is over, and who wanted news is erased. No news is sent any more.")
        return Screen(text, _ways_on(context))
    await context.store.subscribers.subscribe(context.person, context.chat, context.words.language)
    text = (
        _("You will get news here. To stop: /unsubscribe")
        + "\n\n"
        + _("For this we keep the number of this chat, encrypted, until you stop it.")
    )
    return Screen(text, ((Choice(_("Stop the news"), Unsubscribe()),), *_ways_on(context)))


async def _unsubscribe(context: Context) -> Screen:
    _ = context.words.gettext
    await context.store.subscribers.unsubscribe(context.person)
    text = _("You get no news from here. What was kept for it is erased.")
    return Screen(text, ((Choice(_("Send me news"), Subscribe()),), *_ways_on(context)))


def _ways_on(context: Context) -> tuple[tuple[Choice, ...], ...]:
    _ = context.words.gettext
    back = Choice(_("Back"), OpenStart())
    return ((Choice(_("Clear this chat"), AskClear(Place.START)), back),) if context.clears_chats else ((back,),)
