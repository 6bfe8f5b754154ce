"""The demands: an overview of all, and each one word for word, in one message that changes."""

from __future__ import annotations

from handlers.answer import Answer, Choice, Rows, Screen
from handlers.buttons import Button, OpenAppeal, OpenDemand, OpenDemands
from handlers.context import Context
from handlers.standing import sign_rows
from handlers.words import bold, plain
from petition.text import OVERVIEW_WORDS

NUMBERS_IN_A_ROW = 6


async def demands(context: Context) -> Answer:
    """The /demands command."""
    return Answer(await screen(context))


async def open_demands(context: Context, _button: OpenDemands) -> Answer:
    """Back to the overview."""
    return Answer(await screen(context))


async def open_demand(context: Context, button: OpenDemand) -> Answer:
    """Turns to one demand; a number that is not there (it may be forged) gives the nearest one."""
    _ = context.words.gettext
    demands = context.text.demands
    number = min(max(button.number, 1), len(demands))
    back: Button = OpenDemand(number - 1) if number > 1 else OpenDemands()
    following: Button = OpenDemand(number + 1) if number < len(demands) else OpenDemands()
    title = _("{demand} of {total}").format(demand=bold(_("Demand {number}").format(number=number)), total=len(demands))
    return Answer(
        Screen(
            f"{title}\n\n{plain(demands[number - 1])}",
            (
                (
                    Choice(_("Back"), back),
                    Choice(_("All demands"), OpenDemands()),
                    Choice(_("Next"), following),
                ),
                *await sign_rows(context),
            ),
        )
    )


async def screen(context: Context) -> Screen:
    """The overview, by its name in the registry. The appeal's last part introduces the demands."""
    words, text = context.words, context.text
    title = words.ngettext("{count} demand", "{count} demands", len(text.demands)).format(
        count=words.number(len(text.demands))
    )
    lines = [f"{bold(str(number))} {plain(_first_words(demand))}" for number, demand in enumerate(text.demands, 1)]
    return Screen(
        f"{bold(title)}\n\n{plain(text.appeal[-1])}\n\n" + "\n".join(lines),
        (
            *_number_rows(len(text.demands)),
            (Choice(words.gettext("Back"), OpenAppeal(len(text.appeal))),),
            *await sign_rows(context),
        ),
    )


def _number_rows(count: int) -> Rows:
    choices = [Choice(str(number), OpenDemand(number)) for number in range(1, count + 1)]
    return tuple(tuple(choices[at : at + NUMBERS_IN_A_ROW]) for at in range(0, count, NUMBERS_IN_A_ROW))


def _first_words(demand: str) -> str:
    """The demand's own first words, cut at a word."""
    if len(demand) <= OVERVIEW_WORDS:
        return demand
    return demand[:OVERVIEW_WORDS].rsplit(" ", 1)[0].rstrip(" ,;:") + "\N{NO-BREAK SPACE}…"
