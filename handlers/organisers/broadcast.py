"""News to everybody who asked for it: written, looked at, tried, confirmed.

    /broadcast ──▶ WRITING ──a message──▶ READY ──Send, Yes──▶ under way (bot/broadcaster.py)
                     │                    │  ▲
                     └─parts─▶ ALBUM ─Done┘  └── another version, a LINK, a TIME: asked for, typed, or Back

Where it stands is a row (`storage/compositions.py`), as it is for signing. What news that was sent already becomes is
written in the same way.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import partial

from handlers.answer import Answer, Choice, Screen
from handlers.buttons import (
    Compose,
    ComposeLanguage,
    Composing,
    ComposingLanguage,
    EditBroadcast,
    OpenStart,
)
from handlers.context import Context, ScreenName
from handlers.older import older_message
from handlers.organisers.asking import Drawn, ask, drawn
from handlers.organisers.audience import audience, everyone, with_readers
from handlers.organisers.looking import preview, send_a_test
from handlers.organisers.news_buttons import news_buttons, with_appeal, with_link, with_sign
from handlers.organisers.not_taken import NotTaken, Reason, why_not
from handlers.organisers.panel import panel, with_importance, with_silence
from handlers.organisers.sending import confirm, send
from handlers.organisers.taking import done, settled, taken, without_version
from handlers.organisers.versions import languages, writing
from handlers.organisers.when import asking_when, now
from handlers.organisers.written_news import Written
from petition.languages import LANGUAGES
from storage.announcement import DEFAULT
from storage.compositions import Composition, Step
from storage.conversations import Outcome

Changed = Callable[[Composition], Composition]


@dataclass(frozen=True)
class Tapped:
    """What a tap changes, and what is answered then."""

    answer: Callable[[Context, Composition], Awaitable[Answer]]
    change: Changed | None = None
    for_edits: bool = True  # not only for news that is new


async def broadcast(context: Context) -> Answer:
    """The /broadcast command: what is being written, or something new."""
    change = await context.store.compositions.begin(context.person, context.update_id, Composition(chat=context.chat))
    return await ask(context, change.row)


async def screen(context: Context) -> Screen:
    """What is being written, as another conversation shows it."""
    composed = await context.store.compositions.find(context.person)
    if composed is None:
        return await context.draw(ScreenName.START)
    return await drawn(context, composed)


async def begin_edit(context: Context, button: EditBroadcast) -> Answer:
    """Edit everywhere, under a report: what was sent is written anew, below the report."""
    sent = await context.store.broadcasts.find(button.number)
    if sent is None or not await context.store.broadcasts.can_change(button.number):
        return Answer(alert=context.words.gettext("It stands in no chat any more where I could change it."))
    fresh = Composition(chat=context.chat, step=Step.READY, announcement=sent.announcement, edits=sent.number)
    row = (await context.store.compositions.begin(context.person, context.update_id, fresh)).row
    notice = "" if row.edits == sent.number else context.words.gettext("First send, or discard, what you are writing.")
    return await ask(context, row, notice=notice, below=True)


async def written(context: Context, message: Written | None) -> Answer | None:
    """A message while something is written: what was asked for, or the news; None when nothing is written."""
    composed = await context.store.compositions.find(context.person)
    if composed is None or message is None or await _signs_since(context, composed):
        return None
    if context.update_id <= composed.update_id:
        return await ask(context, composed, written=message.message)
    after = taken(composed, message, context.store.clock(), context.services.timezone)
    if not isinstance(after, Composition):
        return await _not_taken(context, composed, after, message)
    apply = context.store.compositions.apply
    change = await apply(context.person, context.update_id, lambda _: after, version=composed.version)
    if change is None:
        return None
    return await ask(context, change.row, _where_it_was_asked(composed), written=message.message)


async def _not_taken(context: Context, composed: Composition, reason: Reason, message: Written) -> Answer:
    """Above the question; what is told of a part stands by itself, for the next part changes the question."""
    notice = why_not(context.words, reason)
    if reason is NotTaken.LONG_PART and message.in_album:
        return Answer(Screen(notice))
    return await ask(context, composed, notice=notice, written=message.message)


def _where_it_was_asked(before: Composition) -> Drawn:
    if before.step is Step.LINK:
        return news_buttons
    return languages if before.step is Step.WRITING and before.language != DEFAULT else panel


async def changed(context: Context) -> Answer | None:
    """A message that was changed while something is written; None when nothing is written."""
    composed = await context.store.compositions.find(context.person)
    if composed is None or await _signs_since(context, composed):
        return None
    notice = context.words.gettext("I do not read changes to older messages. Please send it anew.")
    return await ask(context, composed, notice=notice)


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
    if button.choice in (Compose.SEND, Compose.SEND_AGAIN):
        return await send(context, button)
    return await _choose(context, button.version, CHOICES[button.choice])


async def choose_language(context: Context, button: ComposingLanguage) -> Answer:
    """A tap on a language."""
    languages = LANGUAGES if button.choice is ComposeLanguage.READERS else (DEFAULT, *LANGUAGES)
    if button.language not in languages:  # it was forged
        return await _choose(context, button.version, CHOICES[Compose.PANEL])
    return await _choose(context, button.version, _of_language(button))


async def _choose(context: Context, version: int, tapped: Tapped) -> Answer:
    """Changes what was tapped, once, and answers with what came of it."""
    composed = await context.store.compositions.find(context.person)
    if composed is None:
        return Answer(await context.draw(ScreenName.START), toast=older_message(context))
    if context.update_id == composed.update_id:  # it comes again
        return await tapped.answer(context, composed)
    if version != composed.version:
        return await ask(context, composed, toast=older_message(context))
    if composed.edits is not None and not tapped.for_edits:
        return await ask(context, composed)
    if tapped.change is not None and tapped.change(composed) != composed:
        apply = context.store.compositions.apply
        change = await apply(context.person, context.update_id, tapped.change, version=version)
        if change is None:
            return Answer(await context.draw(ScreenName.START), toast=older_message(context))
        if change.outcome is not Outcome.APPLIED:
            return await ask(context, change.row, toast=older_message(context))
        composed = change.row
    elif context.update_id > composed.update_id and tapped.answer is not _discard:
        await context.store.compositions.look(context.person, context.update_id)
    return await tapped.answer(context, composed)


async def _discard(context: Context, composed: Composition) -> Answer:
    if not await context.store.compositions.cancel(context.person, context.update_id):
        return await ask(context, composed)
    text = context.words.gettext("Discarded. Nothing was sent, and nothing of it is kept.")
    if composed.edits is not None:
        text = context.words.gettext("Discarded. What was sent stays as it is.")
    live = composed.screen if composed.screen != context.tapped else None
    back = Choice(context.words.gettext("Back"), OpenStart())
    return Answer(Screen(text, ((back,),)), retire=live)


_in_languages = partial(ask, ready=languages)
_in_audience = partial(ask, ready=audience)
_in_buttons = partial(ask, ready=news_buttons)

CHOICES: Mapping[Compose, Tapped] = {
    Compose.PREVIEW: Tapped(preview),
    Compose.TEST: Tapped(send_a_test),
    Compose.LANGUAGES: Tapped(_in_languages, settled),
    Compose.AUDIENCE: Tapped(_in_audience, settled, for_edits=False),
    Compose.EVERYONE: Tapped(_in_audience, everyone, for_edits=False),
    Compose.BUTTONS: Tapped(_in_buttons, settled),
    Compose.SIGN_BUTTON: Tapped(_in_buttons, with_sign),
    Compose.APPEAL_BUTTON: Tapped(_in_buttons, with_appeal),
    Compose.LINK_BUTTON: Tapped(_in_buttons, with_link),
    Compose.SILENT: Tapped(ask, with_silence, for_edits=False),
    Compose.IMPORTANT: Tapped(ask, with_importance, for_edits=False),
    Compose.WHEN: Tapped(ask, asking_when, for_edits=False),
    Compose.NOW: Tapped(ask, now, for_edits=False),
    Compose.DONE: Tapped(preview, done),
    Compose.CONFIRM: Tapped(confirm),
    Compose.PANEL: Tapped(ask, settled),
    Compose.DISCARD: Tapped(_discard),
}
"""Every choice but Yes, send."""


def _of_language(button: ComposingLanguage) -> Tapped:
    match button.choice:
        case ComposeLanguage.WRITE:
            return Tapped(_in_languages, partial(writing, language=button.language))
        case ComposeLanguage.REMOVE:
            return Tapped(_in_languages, partial(without_version, language=button.language))
        case ComposeLanguage.READERS:
            return Tapped(_in_audience, partial(with_readers, language=button.language), for_edits=False)
