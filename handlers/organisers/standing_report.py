"""Where an owner reads how a broadcast stands: the reporter writes it, or a page does that nothing changes any more."""

from __future__ import annotations

from dataclasses import replace

from handlers.answer import Answer
from handlers.context import Context
from handlers.older import older_message
from handlers.organisers.report import report_screen
from handlers.organisers.report_facts import look
from storage.broadcast import ENDED
from storage.reports import Role


async def as_it_stands(context: Context, number: int, *, toast: str | None = None, alert: str | None = None) -> Answer:
    """In the tapped message, with its page where it had one."""
    found = await context.store.reports.standing_in(context.person, number, context.tapped)
    if found is not None:
        shown = await followed(context, number, context.tapped, paged=found.paged)
    else:
        shown = await page(context, number)
    return replace(shown, toast=toast or shown.toast, alert=alert)


async def older(context: Context, number: int) -> Answer:
    """After a tap that is not for it as it stands."""
    return await as_it_stands(context, number, toast=older_message(context))


async def page(context: Context, number: int) -> Answer:
    """One of all broadcasts: what goes on, or is about to change, becomes this owner's report."""
    broadcast = await context.store.broadcasts.find(number)
    if broadcast is None:
        return Answer(toast=older_message(context))
    if broadcast.state not in ENDED or await _is_being_changed(context, number):
        return await followed(context, number, context.tapped, paged=True)
    facts = await look(context.store, broadcast, Role.WATCHER, context.services.timezone, paged=True)
    return Answer(report_screen(context.words, facts))


async def _is_being_changed(context: Context, number: int) -> bool:
    """Whether what it sent is being edited, deleted or sent again: then what stands there changes once more."""
    return any(one.ended is None for one in await context.store.broadcasts.following(number))


async def followed(context: Context, number: int, message: int | None, *, paged: bool) -> Answer:
    """The reporter writes it there; where it was written before, the buttons go."""
    before = await context.store.reports.watch(
        context.person, number, context.chat, message, context.words.language, paged=paged
    )
    context.services.wake_broadcaster()
    return Answer(retire=before)
