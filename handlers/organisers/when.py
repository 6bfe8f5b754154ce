"""When news goes out: as soon as it is confirmed, or at a time typed plainly."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from handlers.answer import Screen, ticked
from handlers.buttons import Compose
from handlers.context import Context
from handlers.organisers.placing import button
from handlers.organisers.taking import settled
from handlers.organisers.times import ahead, in_full
from handlers.words import bold, plain
from storage.compositions import Composition, Step


async def when(context: Context, composed: Composition) -> Screen:
    """The question, with the time there."""
    _ = context.words.gettext
    there = context.store.clock().astimezone(context.services.timezone)
    zone = plain(context.services.timezone.key)
    lines = [
        bold(_("When?")),
        _("Tap Now: it goes out as soon as you confirm. Or type a time, such as:"),
        "\n".join(f"<code>{one}</code>" for one in (_("tomorrow 9:00"), _("1 Dec 18:30"), _("in 2 hours"))),
        _("Time zone: {zone}, where it is {time} now.").format(zone=zone, time=f"{there:%H:%M}"),
    ]
    if composed.at is not None:
        lines.insert(1, _("Set: {time}.").format(time=time_of(context, composed.at)))
    now = button(composed, ticked(_("Now"), on=composed.at is None), Compose.NOW)
    return Screen("\n\n".join(lines), ((now, button(composed, _("Back"), Compose.PANEL)),))


def asking_when(row: Composition) -> Composition:
    """What is typed next is the time."""
    return replace(settled(row), step=Step.TIME)


def now(row: Composition) -> Composition:
    """As soon as it is confirmed."""
    return settled(replace(row, at=None))


def has_passed(context: Context, composed: Composition) -> bool:
    """Whether the time that was set is no longer ahead."""
    return composed.at is not None and datetime.fromtimestamp(composed.at, UTC) <= context.store.clock()


def time_of(context: Context, at: int | None) -> str:
    """1 December 2026, 18:30 (Europe/Warsaw), in 3 h 12 min; escaped."""
    _ = context.words.gettext
    if at is None:
        return _("now")
    moment, words = datetime.fromtimestamp(at, UTC), context.words
    return f"{in_full(words, moment, context.services.timezone)}, {ahead(words, moment - context.store.clock())}"
