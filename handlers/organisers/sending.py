"""From Send to N people to Yes, send: asked once, or twice, and confirmed once."""

from __future__ import annotations

from handlers.answer import NOTHING, Answer
from handlers.buttons import Compose, Composing
from handlers.context import Context, ScreenName
from handlers.older import older_message
from handlers.organisers.asking import ask
from handlers.organisers.audience import number_of_people
from handlers.organisers.confirming import confirmation, second_confirmation
from handlers.organisers.placing import placed
from handlers.organisers.when import has_passed
from storage.broadcasts import Confirmed, NotNow
from storage.compositions import Composition, Step


async def confirm(context: Context, composed: Composition) -> Answer:
    """Asked before anything is sent."""
    people = await number_of_people(context, composed)
    if not people or composed.step is not Step.READY:
        return await ask(context, composed)
    if (await context.store.standing.lately()).frozen.now:
        return await ask(context, composed, notice=_frozen(context))
    if has_passed(context, composed):
        return await ask(context, composed, notice=_passed(context))
    return placed(context, composed, await confirmation(context, composed, people, _approvers(context)))


async def send(context: Context, button: Composing) -> Answer:
    """Yes, send: confirmed once. From here on the report has the message."""
    composed = await context.store.compositions.find(context.person)
    if composed is not None and composed.version == button.version:
        if has_passed(context, composed):
            return await ask(context, composed, notice=_passed(context))
        question = await second_confirmation(context, composed)
        if question is not None and button.choice is Compose.SEND:
            return placed(context, composed, question)
    result = await context.store.broadcasts.confirm(
        context.person,
        context.update_id,
        button.version,
        language=context.words.language,
        screen=context.tapped,
        approvers=_approvers(context),
        delay=context.services.broadcast_delay,
    )
    if isinstance(result, Confirmed):
        context.services.wake_broadcaster()
        return NOTHING
    if isinstance(result, NotNow):
        return await ask(context, result.composition, notice=_frozen(context))
    if result.composition is None:
        return Answer(await context.draw(ScreenName.START), toast=older_message(context))
    return await ask(context, result.composition, toast=older_message(context))


def _approvers(context: Context) -> frozenset[int]:
    """The other owners, each of whom may be the second."""
    return context.services.owners - {context.person} if context.services.approvals else frozenset()


def _frozen(context: Context) -> str:
    return context.words.gettext("The petition is frozen: no news can be sent now. What you wrote stays. See /freeze.")


def _passed(context: Context) -> str:
    return context.words.gettext("The time that you set has passed. Please set another one: When.")
