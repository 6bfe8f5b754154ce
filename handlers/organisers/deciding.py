"""What owners decide of a broadcast before it begins and while it is sent. The report shows what came of it."""

from __future__ import annotations

from handlers.answer import Answer
from handlers.buttons import (
    ApproveBroadcast,
    ConfirmAgain,
    PauseBroadcast,
    RecallBroadcast,
    RejectBroadcast,
    ResumeBroadcast,
    StopBroadcast,
)
from handlers.context import Context, ScreenName
from handlers.organisers.standing_report import as_it_stands, older
from storage.approvals import Approval, Busy, Recalled
from storage.broadcast import BroadcastState, PauseReason


async def approve(context: Context, button: ApproveBroadcast) -> Answer:
    """Approve: it goes out, at once or at its time."""
    services = context.services
    approval = await context.store.approvals.approve(
        context.person, button.number, button.digest, owners=services.owners, delay=services.broadcast_delay
    )
    if approval is Approval.STALE and await _waits_as_shown(context, button):
        alert = context.words.gettext(
            "Whoever wrote it is no owner any more, or had all erased: nobody answers for it. You can reject it."
        )
        return await as_it_stands(context, button.number, alert=alert)
    return await _decided(context, button.number, approval)


async def reject(context: Context, button: RejectBroadcast) -> Answer:
    """Reject: it does not go out."""
    approval = await context.store.approvals.reject(context.person, button.number, button.digest)
    return await _decided(context, button.number, approval)


async def confirm_again(context: Context, button: ConfirmAgain) -> Answer:
    """Send now: what missed its time goes out."""
    approval = await context.store.approvals.confirm_again(
        context.person,
        button.number,
        button.digest,
        language=context.words.language,
        delay=context.services.broadcast_delay,
    )
    return await _decided(context, button.number, approval)


async def _waits_as_shown(context: Context, button: ApproveBroadcast) -> bool:
    found = await context.store.broadcasts.find(button.number)
    return found is not None and found.state is BroadcastState.PROPOSED and found.digest == button.digest


async def _decided(context: Context, number: int, approval: Approval) -> Answer:
    if approval is Approval.OWN:
        return await as_it_stands(context, number, alert=context.words.gettext("It takes another owner than you."))
    return await _changed(context, number, done=approval is Approval.DONE)


async def recall(context: Context, button: RecallBroadcast) -> Answer:
    """Back: the message becomes the draft again."""
    result = await context.store.approvals.recall(
        context.person, context.update_id, button.number, chat=context.chat, screen=context.tapped
    )
    if isinstance(result, Recalled):
        context.services.wake_broadcaster()
        return Answer(await context.draw(ScreenName.COMPOSER))
    written = result.composition if isinstance(result, Busy) else await context.store.compositions.find(context.person)
    if written is not None and written.update_id == context.update_id:  # it comes again
        return Answer(await context.draw(ScreenName.COMPOSER))
    if isinstance(result, Busy):
        toast = context.words.gettext("You are writing something else. Send or discard it first.")
        return await as_it_stands(context, button.number, toast=toast)
    return await older(context, button.number)


async def pause(context: Context, button: PauseBroadcast) -> Answer:
    """Pause: what is under way is finished, and no more."""
    paused = await context.store.broadcasts.pause(button.number, PauseReason.ASKED, pauses=button.pauses)
    return await _changed(context, button.number, done=paused)


async def resume(context: Context, button: ResumeBroadcast) -> Answer:
    """Resume: it goes on where it was."""
    resumed = await context.store.broadcasts.resume(button.number, button.pauses)
    return await _changed(context, button.number, done=resumed)


async def stop(context: Context, button: StopBroadcast) -> Answer:
    """Stop: what is not sent yet is not sent any more. The report says how far it came."""
    return await _changed(context, button.number, done=await context.store.broadcasts.stop(button.number))


async def _changed(context: Context, number: int, *, done: bool) -> Answer:
    return await as_it_stands(context, number) if done else await older(context, number)
