"""Who signed: the first signatories, then those who chose to be shown, 20 a page."""

from __future__ import annotations

from handlers.answer import Answer, Choice, Screen
from handlers.buttons import OpenSignatories, OpenStart
from handlers.context import Context
from handlers.standing import sign_rows
from handlers.words import bold, plain
from storage.signatures import Signature

PAGE = 20


async def signatories(context: Context) -> Answer:
    """The /signatories command."""
    return Answer(await _screen(context, OpenSignatories(1, 0, 0)))


async def open_signatories(context: Context, button: OpenSignatories) -> Answer:
    """Turns a page."""
    return Answer(await _screen(context, button))


async def _screen(context: Context, page: OpenSignatories) -> Screen:
    """A page is found by the numbers at its edge, so that the last one is as quick as the first."""
    _ = context.words.gettext
    start = (max(page.page, 1) - 1) * PAGE
    first = context.petition.first_signatories[start : start + PAGE]
    shown, more = await _shown(context, page, PAGE - len(first))
    names = [plain(name) for name in first] + [plain(signature.name or "") for signature in shown]
    if not names:
        text = _("There are no more names here.")
    else:
        edge = _("{first} to {last}").format(first=start + 1, last=start + len(names))
        text = f"{bold(_('Signatories'))} · {edge}\n\n" + "\n".join(names)
    if not more:
        text += "\n\n" + _("Whoever signs without being shown is counted, not listed.")
    return Screen(text, (_turning(context, page, shown, more), *await sign_rows(context)))


async def _shown(context: Context, page: OpenSignatories, room: int) -> tuple[list[Signature], bool]:
    """Those shown on this page, and whether another page follows."""
    first_left = len(context.petition.first_signatories) - page.page * PAGE
    signatures = context.store.signatures
    if first_left > 0:
        return [], True
    if page.before:
        return await signatures.shown_before(page.before, room), True
    found = await signatures.shown_after(page.after, room + 1)
    return found[:room], len(found) > room


def _turning(context: Context, page: OpenSignatories, shown: list[Signature], more: bool) -> tuple[Choice, ...]:
    _ = context.words.gettext
    number = max(page.page, 1)
    choices = []
    if number == 1:
        choices.append(Choice(_("Back"), OpenStart()))
    else:
        holds_first = (number - 2) * PAGE < len(context.petition.first_signatories)
        before = shown[0].number if shown and not holds_first else 0
        choices.append(Choice(_("Back"), OpenSignatories(number - 1, 0, before)))
    if more:
        choices.append(Choice(_("Next"), OpenSignatories(number + 1, shown[-1].number if shown else 0, 0)))
    return tuple(choices)
