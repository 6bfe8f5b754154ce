"""What owners decide of news that was sent: to delete it everywhere, or what becomes of what is in doubt."""

from __future__ import annotations

from handlers.answer import Answer, Choice, Screen
from handlers.buttons import AskDeleteEverywhere, BackToReport, DeleteEverywhere, LeaveInDoubt, ResendInDoubt
from handlers.context import Context
from handlers.organisers.report_facts import was_in_doubt
from handlers.organisers.standing_report import as_it_stands, older
from handlers.words import Words, bold
from storage.broadcast import Broadcast, BroadcastState


async def ask_delete(context: Context, button: AskDeleteEverywhere) -> Answer:
    """Delete everywhere: asks once, and never a second owner."""
    sent = await context.store.broadcasts.find(button.number)
    chats = await context.store.deliveries.reachable(button.number)
    if sent is None or not sent.is_kept(context.store.clock()) or (sent.withdrawn and not chats):
        return await _too_late(context, button.number)
    _ = context.words.gettext
    lines = [*_question(context.words, sent, chats), _("Who has read it has read it.")]
    if was_in_doubt(sent, await context.store.broadcasts.following(button.number)):
        lines.append(_("Where it is in doubt, or was, a copy may stay."))
    yes = Choice(_("Yes, delete"), DeleteEverywhere(button.number))
    return Answer(Screen(" ".join(lines), ((yes, Choice(_("Back"), BackToReport(button.number))),)))


def _question(words: Words, sent: Broadcast, chats: int) -> list[str]:
    """Past news is for everybody to read, also where nobody who still subscribes has it; what was stopped is none."""
    _ = words.gettext
    if not chats:
        shown = [_("After that /news does not show it either.")] if sent.state is BroadcastState.SENT else []
        return [bold(_("Delete it all the same?")), _("I know of no chat that has it now."), *shown]
    question = words.ngettext("Delete it in {count} chat?", "Delete it in {count} chats?", chats)
    return [bold(question.format(count=words.number(chats)))]


async def back_to_report(context: Context, button: BackToReport) -> Answer:
    """Back: nothing is deleted."""
    return await as_it_stands(context, button.number)


async def delete_everywhere(context: Context, button: DeleteEverywhere) -> Answer:
    """Yes, delete: a report of its own comes below."""
    begun = await context.store.broadcasts.delete_everywhere(
        context.person, button.number, chat=context.chat, language=context.words.language, screen=None
    )
    return await _begun(context, button.number) if begun else await _too_late(context, button.number)


async def resend(context: Context, button: ResendInDoubt) -> Answer:
    """Resend: likewise."""
    begun = await context.store.broadcasts.resend(
        context.person, button.number, chat=context.chat, language=context.words.language, screen=None
    )
    return await _begun(context, button.number) if begun else await _too_late(context, button.number)


async def leave(context: Context, button: LeaveInDoubt) -> Answer:
    """Leave: the number stays in the report, the buttons go."""
    sent = await context.store.broadcasts.find(button.number)
    if sent is None or not sent.figures.in_doubt:
        return await older(context, button.number)
    await context.store.broadcasts.leave_doubt(button.number)
    return await _begun(context, button.number)


async def _begun(context: Context, number: int) -> Answer:
    """Every report of it shows so."""
    shown = await as_it_stands(context, number)
    context.services.wake_broadcaster()
    return shown


async def _too_late(context: Context, number: int) -> Answer:
    sent = await context.store.broadcasts.find(number)
    if sent is None or sent.is_kept(context.store.clock()):
        return await older(context, number)
    toast = context.words.gettext("It is too late for that: 48 hours have passed since its end.")
    return await as_it_stands(context, number, toast=toast)
