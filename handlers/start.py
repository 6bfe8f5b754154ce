"""The first screen: who asks for what, and how many have signed. The same for everybody."""

from __future__ import annotations

from handlers.answer import Answer, Choice, Screen
from handlers.buttons import OpenAppeal, OpenDemands, OpenStart, Subscribe
from handlers.context import Context
from handlers.standing import closed_line, count, sign_rows
from handlers.words import bold, plain

NAMED_SIGNATORIES = 3


async def start(context: Context) -> Answer:
    """The /start command. A deep link's payload changes nothing that is shown."""
    return Answer(await screen(context))


async def open_start(context: Context, _button: OpenStart) -> Answer:
    """Back to the first screen."""
    return Answer(await screen(context))


async def screen(context: Context) -> Screen:
    """The first screen, by its name in the registry."""
    _ = context.words.gettext
    lines = [
        bold(context.text.title),
        plain(context.text.summary),
        "✍️ " + " ".join(await _count(context)),
    ]
    standing = await context.store.standing.lately()
    if standing.closed is not None:
        lines.append(await closed_line(context, standing.closed))
    news = () if standing.erased is not None else ((Choice(_("Send me news"), Subscribe()),),)
    return Screen(
        "\n\n".join(lines),
        (
            (Choice(_("Read the appeal"), OpenAppeal(1)), Choice(_("The demands"), OpenDemands())),
            *await sign_rows(context),
            *news,
        ),
    )


async def _count(context: Context) -> list[str]:
    """How many have signed, who was first, and how many signed elsewhere, which is named."""
    words, petition = context.words, context.petition
    first, number = petition.first_signatories, await count(context)
    sentences = [
        words.ngettext("{count} person has signed.", "{count} people have signed.", number).format(
            count=bold(words.number(number))
        )
    ]
    if first:
        sentences.append(_first(context, first))
    if petition.elsewhere is not None:
        sentences.append(
            words.ngettext(
                "{count} more signed {where}.", "{count} more signed {where}.", petition.elsewhere.count
            ).format(count=bold(words.number(petition.elsewhere.count)), where=plain(petition.elsewhere.where))
        )
    return sentences


def _first(context: Context, first: tuple[str, ...]) -> str:
    words = context.words
    names = ", ".join(plain(name) for name in first[:NAMED_SIGNATORIES])
    others = len(first) - NAMED_SIGNATORIES
    if others <= 0:
        return words.gettext("The first were {names}.").format(names=names)
    return words.ngettext(
        "The first were {names} and {others} other.", "The first were {names} and {others} others.", others
    ).format(names=names, others=words.number(others))
