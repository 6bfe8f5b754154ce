"""News to everybody who asked for it: written, looked at, tried, confirmed.

    /broadcast ──▶ WRITING ──a message──▶ READY ──Send, Yes──▶ under way (bot/broadcaster.py)
                                          │  ▲
                                          └──┘ another message takes its place

Where it stands is a row (`storage/compositions.py`), as it is for signing.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from functools import partial

from handlers.answer import NOTHING, Answer, Choice, Rows, Sample, Screen
from handlers.buttons import Compose, Composing, OpenStart, StopBroadcast
from handlers.context import Context, ScreenName
from handlers.older import older_message
from handlers.words import bold
from storage.announcement import DEFAULT
from storage.broadcasts import Confirmed, NotNow
from storage.compositions import Composition, Step
from storage.news import News, NewsKind


async def broadcast(context: Context) -> Answer:
    """The /broadcast command: what is being written, or something new."""
    change = await context.store.compositions.begin(context.person, context.update_id, Composition(chat=context.chat))
    return await _ask(context, change.row)


async def written(context: Context, news: News | None) -> Answer | None:
    """A message while something is written: it is the news, or takes its place; None when nothing is written."""
    composed = await context.store.compositions.find(context.person)
    if composed is None or await _signs_since(context, composed):
        return None
    if news is None:
        return await _ask(context, composed, notice=_what_can_be_sent(context))

    def change(current: Composition) -> Composition:
        return replace(current, announcement=replace(current.announcement, versions={DEFAULT: news}), step=Step.READY)

    changed = await context.store.compositions.apply(context.person, context.update_id, change, version=None)
    return None if changed is None else await _ask(context, changed.row)


async def _signs_since(context: Context, composed: Composition) -> bool:
    """A name typed while signing must not become news: the conversation that moved last has the word."""
    draft = await context.store.drafts.find(context.person)
    return draft is not None and draft.update_id > composed.update_id


async def cancel(context: Context) -> Answer | None:
    """The /cancel command; None when nothing is written."""
    composed = await context.store.compositions.find(context.person)
    if composed is None or await _signs_since(context, composed):
        return None
    return await _discard(context, composed)


async def choose(context: Context, button: Composing) -> Answer:
    """A tap under what is written. It may be old, repeated or forged: then the row tells where it stands."""
    if button.choice is Compose.SEND:
        return await _send(context, button.version)
    composed = await context.store.compositions.find(context.person)
    if composed is None:
        return Answer(await context.draw(ScreenName.START), toast=older_message(context))
    if button.version != composed.version:
        return await _ask(context, composed, toast=older_message(context))
    if context.update_id > composed.update_id and button.choice is not Compose.DISCARD:
        await context.store.compositions.look(context.person, context.update_id)
    return await CHOICES[button.choice](context, composed)


async def stop(context: Context, button: StopBroadcast) -> Answer:
    """Stop: what is not sent yet is not sent any more. The report says how far it came."""
    if not await context.store.broadcasts.stop(button.number):
        return Answer(await context.draw(ScreenName.START), toast=older_message(context))
    context.services.wake_broadcaster()
    return NOTHING


async def _send(context: Context, version: int) -> Answer:
    """Yes, send: begun once. From here on the report has the message."""
    result = await context.store.broadcasts.confirm(
        context.person, context.update_id, version, language=context.words.language, screen=context.tapped
    )
    if isinstance(result, Confirmed):
        context.services.wake_broadcaster()
        return NOTHING
    if isinstance(result, NotNow):
        return await _ask(context, result.composition, notice=_frozen(context))
    if result.composition is None:
        return Answer(await context.draw(ScreenName.START), toast=older_message(context))
    return await _ask(context, result.composition, toast=older_message(context))


async def _preview(context: Context, composed: Composition) -> Answer:
    """The news as it will arrive, and below it what can be done with it."""
    return replace(await _ask(context, composed, below=True), news=_samples(composed), refused=_refused(context))


async def _test(context: Context, composed: Composition) -> Answer:
    toast = context.words.gettext("On its way to you alone, as subscribers will get it.")
    return Answer(news=_samples(composed), refused=_refused(context), toast=toast)


def _samples(composed: Composition) -> tuple[Sample, ...]:
    return () if composed.news is None else (Sample(composed.news),)


def _refused(context: Context) -> Screen:
    return Screen(context.words.gettext("Telegram does not take this message. Please send me another one."))


async def _panel(context: Context, composed: Composition) -> Answer:
    return await _ask(context, composed)


async def _discard(context: Context, composed: Composition) -> Answer:
    if not await context.store.compositions.cancel(context.person, context.update_id):
        return await _ask(context, composed)
    text = context.words.gettext("Discarded. Nothing was sent, and nothing of it is kept.")
    live = composed.screen if composed.screen != context.tapped else None
    back = Choice(context.words.gettext("Back"), OpenStart())
    return Answer(Screen(text, ((back,),)), retire=live)


async def _confirm(context: Context, composed: Composition) -> Answer:
    """How many people, how long, and when the last news went out."""
    words = context.words
    people = await context.store.subscribers.count()
    if not people:
        return await _ask(context, composed)
    if (await context.store.standing.lately()).frozen.now:
        return await _ask(context, composed, notice=_frozen(context))
    question = words.ngettext("Send to {count} person?", "Send to {count} people?", people)
    lines = [bold(question.format(count=words.number(people))), _how_long(context, people)]
    last = await context.store.broadcasts.last_began()
    if last is not None:
        ago = words.ago(context.store.clock() - last)
        lines.append(words.gettext("The last news went out {ago}.").format(ago=ago))
    yes = Choice(words.gettext("Yes, send"), Composing(Compose.SEND, composed.version))
    back = Choice(words.gettext("Back"), Composing(Compose.PANEL, composed.version))
    return _placed(context, composed, Screen(f"{lines[0]} {' '.join(lines[1:])}", ((yes, back),)))


CHOICES: dict[Compose, Callable[[Context, Composition], Awaitable[Answer]]] = {
    Compose.PREVIEW: _preview,
    Compose.TEST: _test,
    Compose.CONFIRM: _confirm,
    Compose.PANEL: _panel,
    Compose.DISCARD: _discard,
}
"""Every choice but Yes, send."""


def _how_long(context: Context, people: int) -> str:
    _ = context.words.gettext
    seconds = people / context.services.messages_per_second
    if seconds < 60:
        return _("It will take less than a minute.")
    return _("It will take about {time}.").format(time=context.words.about(timedelta(seconds=seconds)))


async def _ask(
    context: Context, composed: Composition, *, notice: str = "", toast: str | None = None, below: bool = False
) -> Answer:
    """The screen where it stands."""
    screen = await _screen(context, composed)
    if notice:
        screen = Screen(f"{notice}\n\n{screen.text}", screen.rows)
    return _placed(context, composed, screen, toast=toast, below=below)


def _placed(
    context: Context, composed: Composition, screen: Screen, *, toast: str | None = None, below: bool = False
) -> Answer:
    """In the tapped message, else below; it becomes the live one, and an earlier one loses its buttons."""
    if not below and context.tapped is not None and context.tapped == composed.screen:
        return Answer(screen, toast=toast)
    note = partial(context.store.compositions.note_screen, context.person, composed.version)
    return Answer(screen, toast=toast, below=below, retire=composed.screen, drawn=note)


async def _screen(context: Context, composed: Composition) -> Screen:
    _ = context.words.gettext
    discard = (Choice(_("Discard"), Composing(Compose.DISCARD, composed.version)),)
    if composed.news is None:
        text = f"{bold(_('News'))} · {_('draft')}\n\n{_('Write the message and send it here.')} " + _what_can_be_sent(
            context
        )
        return Screen(text, (discard,))
    people = await context.store.subscribers.count()
    text = f"{bold(_('News'))} · {_('draft')}\n\n{_described(context, composed.news)} · {_to_whom(context, people)}"
    text += "\n\n" + _("To change it, send it anew.")
    return Screen(text, (*_ready_rows(context, composed, people), discard))


def _ready_rows(context: Context, composed: Composition, people: int) -> Rows:
    words = context.words
    preview = Choice(words.gettext("Preview"), Composing(Compose.PREVIEW, composed.version))
    test = Choice(words.gettext("Send me a test"), Composing(Compose.TEST, composed.version))
    if not people:
        return ((preview, test),)
    label = words.ngettext("Send to {count} person", "Send to {count} people", people)
    send = Choice(label.format(count=words.number(people)), Composing(Compose.CONFIRM, composed.version))
    return ((preview, test), (send,))


def _described(context: Context, news: News) -> str:
    _ = context.words.gettext
    what = {
        NewsKind.TEXT: _("A text"),
        NewsKind.PHOTO: _("A photo"),
        NewsKind.VIDEO: _("A video"),
        NewsKind.ANIMATION: _("An animation"),
        NewsKind.DOCUMENT: _("A document"),
        NewsKind.AUDIO: _("A piece of music"),
        NewsKind.VOICE: _("A voice message"),
        NewsKind.ALBUM: _("An album"),
    }[news.kind]
    if news.kind is NewsKind.TEXT:
        return _("{what} with formatting").format(what=what) if news.entities else what
    return _("{what} with a caption").format(what=what) if news.text else what


def _to_whom(context: Context, people: int) -> str:
    _ = context.words.gettext
    if not people:
        return _("nobody has asked for news yet")
    return _("to {everyone} who asked for news ({count})").format(
        everyone=bold(_("everyone")), count=context.words.number(people)
    )


def _frozen(context: Context) -> str:
    return context.words.gettext("The petition is frozen: no news can be sent now. What you wrote stays. See /freeze.")


def _what_can_be_sent(context: Context) -> str:
    return context.words.gettext(
        "I can send a text with its formatting, or one photo, video or document with a caption of up to 1,024 "
        "characters. A forward is sent without its origin."
    )
