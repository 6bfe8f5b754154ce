"""The question before news goes out: to how many people, when, how long it takes, when the last one went out."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime, timedelta

from handlers.answer import Screen
from handlers.buttons import Compose
from handlers.context import Context
from handlers.organisers.placing import button
from handlers.organisers.when import time_of
from handlers.words import bold
from storage.compositions import Composition

SOON = timedelta(hours=24)


async def confirmation(context: Context, composed: Composition, people: int, approvers: Collection[int]) -> Screen:
    """Yes, send, or Back."""
    words = context.words
    if composed.edits is not None:
        question = words.ngettext("Edit in {count} chat?", "Edit in {count} chats?", people)
    else:
        question = words.ngettext("Send to {count} person?", "Send to {count} people?", people)
    lines = [
        bold(question.format(count=words.number(people))),
        *_when(context, composed),
        _how_long(context, composed, people),
    ]
    last = await context.store.broadcasts.last_began()
    if composed.edits is None and last is not None:
        lines.append(_last(context, last))
    if approvers:
        lines.append(words.gettext("Another organiser has to approve it first."))
    return _asked(context, composed, " ".join(lines), Compose.SEND)


async def second_confirmation(context: Context, composed: Composition) -> Screen | None:
    """Asked where the last news went out within a day before this one; else None."""
    last = await context.store.broadcasts.last_began()
    now = context.store.clock()
    goes_out = now if composed.at is None else datetime.fromtimestamp(composed.at, UTC)
    if composed.edits is not None or last is None or goes_out - last >= SOON:
        return None
    question = f"{_last(context, last)} {context.words.gettext('Send this one too?')}"
    return _asked(context, composed, question, Compose.SEND_AGAIN)


def _asked(context: Context, composed: Composition, text: str, yes: Compose) -> Screen:
    _ = context.words.gettext
    return Screen(text, ((button(composed, _("Yes, send"), yes), button(composed, _("Back"), Compose.PANEL)),))


def _last(context: Context, last: datetime) -> str:
    ago = context.words.ago(context.store.clock() - last)
    return context.words.gettext("The last news went out {ago}.").format(ago=ago)


def _when(context: Context, composed: Composition) -> list[str]:
    if composed.at is None:
        return []
    return [context.words.gettext("It goes out on {time}.").format(time=time_of(context, composed.at))]


def _how_long(context: Context, composed: Composition, people: int) -> str:
    """A broadcast begins with a few, so that a fault is met early."""
    words, first = context.words, context.services.first_recipients
    _ = words.gettext
    services = context.services
    seconds = people / (services.news_per_second if composed.edits is None else services.messages_per_second)
    time = _("less than a minute")
    if seconds >= 60:
        time = _("about {time}").format(time=words.about(timedelta(seconds=seconds)))
    if composed.edits is None and 0 < first < people:
        return _("It will take {time}, first {first}, then all.").format(time=time, first=words.number(first))
    return _("It will take {time}.").format(time=time)
