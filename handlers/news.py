"""News on a person's own terms: subscribe, choose which news and whether with a sound, unsubscribe."""

from __future__ import annotations

from handlers.answer import NOTHING, Answer, Choice, Rows, Screen, ticked
from handlers.buttons import (
    AskClear,
    ChooseLevel,
    ChooseSound,
    DeclineNews,
    OpenNews,
    OpenStart,
    Place,
    Sound,
    Subscribe,
    Unsubscribe,
)
from handlers.context import Context
from storage.audience import Level
from storage.subscribers import Subscription


async def subscribe(context: Context) -> Answer:
    """The /subscribe command."""
    return Answer(await _subscribe(context))


async def open_subscribe(context: Context, _button: Subscribe) -> Answer:
    """Send me news, wherever it stands."""
    return Answer(await _subscribe(context))


async def choose_level(context: Context, button: ChooseLevel) -> Answer:
    """All news, or important only. An old button makes nobody a subscriber."""
    return Answer(await _terms(context, await context.store.subscribers.set_level(context.person, button.level)))


async def choose_sound(context: Context, button: ChooseSound) -> Answer:
    """Silently, switched on or off."""
    silent = button.sound is Sound.OFF
    return Answer(await _terms(context, await context.store.subscribers.set_silent(context.person, silent=silent)))


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
    """The same words for one who subscribes already, and her terms stay: the wish is met either way."""
    await context.store.subscribers.subscribe(context.person, context.chat, context.language)
    return await _terms(context, await context.store.subscribers.find(context.person))


async def _terms(context: Context, terms: Subscription | None) -> Screen:
    _ = context.words.gettext
    if terms is None:
        return await _nothing_to_choose(context)
    text = (
        _("You will get news here. To stop: /unsubscribe"),
        _(
            "<b>All news</b>, or <b>Important only</b>: what the organisers mark as important. <b>Silently</b>: it "
            "comes without a sound."
        ),
        _(
            "For this we keep the number of this chat, encrypted, your language and what you choose here, until you "
            "stop it."
        ),
    )
    stop = (Choice(_("Stop the news"), Unsubscribe()),)
    return Screen("\n\n".join(text), (*_choices(context, terms), *await _last(context), stop, *_ways_on(context)))


def _choices(context: Context, terms: Subscription) -> Rows:
    """Each button bears what it asks for, so that a tap which comes again has the effect of once."""
    _ = context.words.gettext
    levels = {Level.ALL: _("All news"), Level.IMPORTANT: _("Important only")}
    wanted = Sound.ON if terms.silent else Sound.OFF
    return (
        tuple(Choice(ticked(label, on=terms.level is level), ChooseLevel(level)) for level, label in levels.items()),
        (Choice(ticked(_("Silently"), on=terms.silent), ChooseSound(wanted)),),
    )


async def _last(context: Context) -> Rows:
    """What was sent before she subscribed, or is being sent just now, is not sent to her: here she finds it."""
    if await context.store.past_news.find(context.language) is None:
        return ()
    return ((Choice(context.words.gettext("Read the last news"), OpenNews(0, 0)),),)


async def _nothing_to_choose(context: Context) -> Screen:
    """Nobody is a subscriber after the end; before it she unsubscribed, or blocked the bot, since the button came."""
    _ = context.words.gettext
    if (await context.store.standing.lately()).erased is not None:
        text = _("This petition is over, and who wanted news is erased. No news is sent any more.")
        return Screen(text, _ways_on(context))
    text = _("You get no news here, so there is nothing to choose.")
    return Screen(text, (_send_me_news(context), *_ways_on(context)))


async def _unsubscribe(context: Context) -> Screen:
    _ = context.words.gettext
    await context.store.subscribers.unsubscribe(context.person)
    text = _("You get no news from here. What was kept for it is erased.")
    return Screen(text, (_send_me_news(context), *_ways_on(context)))


def _send_me_news(context: Context) -> tuple[Choice, ...]:
    return (Choice(context.words.gettext("Send me news"), Subscribe()),)


def _ways_on(context: Context) -> Rows:
    _ = context.words.gettext
    back = Choice(_("Back"), OpenStart())
    return ((Choice(_("Clear this chat"), AskClear(Place.START)), back),) if context.clears_chats else ((back,),)
