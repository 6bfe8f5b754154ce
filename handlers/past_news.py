"""Past news, one at a time, as it was sent. Everybody may read it: nothing here tells whether she subscribes."""

from __future__ import annotations

from handlers.answer import Answer, Choice, Rows, Screen
from handlers.buttons import OpenAppeal, OpenNews, OpenStart, Subscribe
from handlers.context import Context
from handlers.news_sample import news_sample
from handlers.older import older_message
from handlers.words import bold
from storage.past_news import Past


async def past_news(context: Context) -> Answer:
    """The /news command: the newest."""
    return await _newest(context)


async def open_news(context: Context, button: OpenNews) -> Answer:
    """Turns to the next one on either side. Where nothing is left there, the newest is shown."""
    find, language = context.store.past_news.find, context.language
    if button.before:
        past = await find(language, before=button.before)
    elif button.after:
        past = await find(language, after=button.after)
    else:
        return await _newest(context)
    if past is None:
        return await _newest(context, retire=context.tapped, toast=older_message(context))
    return await _shown(context, past, retire=context.tapped)


async def _newest(context: Context, *, retire: int | None = None, toast: str | None = None) -> Answer:
    past = await context.store.past_news.find(context.language)
    if past is None:
        return Answer(await _nothing_yet(context), toast=toast)
    return await _shown(context, past, retire=retire, toast=toast)


async def _shown(context: Context, past: Past, *, retire: int | None, toast: str | None = None) -> Answer:
    """The news, and below it where one can go: the screen of the one before has no buttons any more."""
    _ = context.words.gettext
    return Answer(
        Screen(
            _title(context, past),
            (*_turns(context, past), *await _send_me_news(context), (Choice(_("Back"), OpenStart()),)),
        ),
        news=(news_sample(context.words, past.broadcast.announcement, context.language),),
        refused=Screen(_("Telegram could not show this news just now. Please try again later.")),
        below=True,
        retire=retire,
        toast=toast,
    )


def _title(context: Context, past: Past) -> str:
    """With the day, as the organisers count it."""
    title, began = bold(context.words.gettext("News")), past.broadcast.began
    if began is None:
        return title
    return f"{title} · {context.words.day(began.astimezone(context.services.timezone).date())}"


def _turns(context: Context, past: Past) -> Rows:
    _, number = context.words.gettext, past.broadcast.number
    newer = (Choice(_("Newer"), OpenNews(0, number)),) if past.newer else ()
    older = (Choice(_("Older"), OpenNews(number, 0)),) if past.older else ()
    return ((*newer, *older),) if newer or older else ()


async def _nothing_yet(context: Context) -> Screen:
    _ = context.words.gettext
    read, back = (Choice(_("Read the appeal"), OpenAppeal(1)),), (Choice(_("Back"), OpenStart()),)
    if await _is_over(context):
        return Screen(_("There is no news to read."), (read, back))
    text = _("There is no news yet. Once there is, you can read it here: /news")
    return Screen(text, (read, *await _send_me_news(context), back))


async def _send_me_news(context: Context) -> Rows:
    """Offered to everybody alike, until subscribers are erased for good."""
    if await _is_over(context):
        return ()
    return ((Choice(context.words.gettext("Send me news"), Subscribe()),),)


async def _is_over(context: Context) -> bool:
    return (await context.store.standing.lately()).erased is not None
