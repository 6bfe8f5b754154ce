"""What the screens say and offer while the petition is closed, frozen, or erased."""

from __future__ import annotations

from handlers.answer import Choice, Rows, Screen
from handlers.buttons import BeginSigning, OpenAppeal, OpenDemands, OpenStart
from handlers.context import Context
from handlers.words import bold
from storage.standing import Closed, Standing


async def sign_choices(context: Context) -> tuple[Choice, ...]:
    """The button Sign; none once the petition is closed."""
    standing = await context.store.standing.lately()
    if standing.closed is not None:
        return ()
    return (Choice("✍️ " + context.words.gettext("Sign"), BeginSigning()),)


async def sign_rows(context: Context) -> Rows:
    """The same as a row of its own."""
    choices = await sign_choices(context)
    return (choices,) if choices else ()


async def count(context: Context) -> int:
    """First signatories and all who signed here."""
    return len(context.petition.first_signatories) + await context.store.signatures.count()


async def closed_line(context: Context, closed: Closed) -> str:
    """When it closed, and with how many signatures."""
    words, number = context.words, await count(context)
    return words.ngettext(
        "This petition closed on {day} with {count} signature.",
        "This petition closed on {day} with {count} signatures.",
        number,
    ).format(day=words.day(closed.day), count=bold(words.number(number)))


def paused(context: Context) -> str:
    """While it is frozen."""
    return context.words.gettext("Signing is paused. Nothing you entered is lost. Please try again later.")


async def not_taken(context: Context, standing: Standing) -> Screen:
    """Why nobody can sign now, and what can be done instead."""
    _ = context.words.gettext
    rows: Rows = (
        (Choice(_("Read the appeal"), OpenAppeal(1)), Choice(_("The demands"), OpenDemands())),
        (Choice(_("Back"), OpenStart()),),
    )
    if standing.closed is None:
        return Screen(paused(context), rows)
    text = await closed_line(context, standing.closed)
    kept = _("It takes no signatures any more. To see or withdraw one of yours: /mysignature.")
    return Screen(f"{text}\n\n{kept}", rows)
