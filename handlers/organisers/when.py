"""When news goes out: as soon as it is confirmed, or at a time typed plainly."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from handlers.answer import Screen
from handlers.buttons import Compose
from handlers.context import Context
from handlers.organisers.placing import button, ticked
from handlers.organisers.taking import settled
from handlers.words import Words, bold, plain
from storage.compositions import Composition, Step

A_DAY = timedelta(days=1)


async def when(context: Context, composed: Composition) -> Screen:
    """The question, with the time there."""
    _ = context.words.gettext
    there = context.store.clock().astimezone(context.services.timezone)
    zone = plain(context.services.timezone.key)
    lines = [
        bold(_("When?")),
        _("Tap Now: it goes out as soon as you confirm. Or type a time, such as:"),
        "\n".join(f"<code>{one}</code>" for one in (_("tomorrow 9:00"), _("1 Dec 18:30"), _("in 2 hours"))),
        _("Times are of {zone}, where it is {time} now.").format(zone=zone, time=f"{there:%H:%M}"),
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
    zone = context.services.timezone
    moment = datetime.fromtimestamp(at, UTC)
    there = moment.astimezone(zone)
    full = f"{context.words.day(there.date())}, {there:%H:%M} ({zone.key})"
    return f"{plain(full)}, {_ahead(context.words, moment - context.store.clock())}"


def _ahead(words: Words, time: timedelta) -> str:
    """In whole minutes, begun ones counted, so that it agrees with the time beside it."""
    _, minutes = words.gettext, -(-time // timedelta(minutes=1))
    if time <= timedelta():
        return _("which has passed")
    if time < timedelta(hours=1):
        return _("in {minutes} min").format(minutes=minutes)
    hours, minutes = divmod(minutes, 60)
    if time < 2 * A_DAY:
        return _("in {hours} h {minutes} min").format(hours=hours, minutes=minutes)
    days, hours = divmod(hours, 24)
    return _("in {days} d {hours} h").format(days=days, hours=hours)
