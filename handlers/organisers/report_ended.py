"""The report of a broadcast that has ended, and what can still be done with what it sent."""

from __future__ import annotations

from datetime import datetime

from handlers.answer import Choice, Rows, Screen
from handlers.buttons import AskDeleteEverywhere, EditBroadcast, LeaveInDoubt, ResendInDoubt
from handlers.organisers.report_facts import SENDS, Facts
from handlers.organisers.report_sending import a_second
from handlers.words import Words, bold
from storage.broadcast import Broadcast, BroadcastKind, BroadcastState, Figures

TOO_MANY, BAD_REQUEST = 429, 400


def ended(words: Words, facts: Facts) -> Screen:
    """How it went."""
    broadcast = facts.broadcast
    if broadcast.began is None:
        return Screen(_before_it_began(words, broadcast.kind))
    paragraphs = [_title(words, broadcast), _figures(words, broadcast), *_explained(words, facts)]
    return Screen("\n\n".join(paragraphs), _rows(words, facts))


def _before_it_began(words: Words, kind: BroadcastKind) -> str:
    """What is to be edited or deleted has reached its readers long ago."""
    _ = words.gettext
    text = {
        BroadcastKind.NEWS: _("{stopped} before it began. It reached nobody."),
        BroadcastKind.EDIT: _("{stopped} before it began. Nothing was edited."),
        BroadcastKind.DELETE: _("{stopped} before it began. Nothing was deleted."),
        BroadcastKind.RESEND: _("{stopped} before it began. Nothing was sent again."),
    }[kind]
    return text.format(stopped=bold(_("Stopped")))


def _title(words: Words, broadcast: Broadcast) -> str:
    _ = words.gettext
    seconds = active_seconds(broadcast, broadcast.ended)
    time = words.duration(seconds)
    if broadcast.state is BroadcastState.STOPPED:
        title = _("{stopped} after {time}").format(stopped=bold(_("Stopped")), time=time)
    else:
        done = {
            BroadcastKind.NEWS: _("Sent"),
            BroadcastKind.EDIT: _("Edited everywhere"),
            BroadcastKind.DELETE: _("Deleted everywhere"),
            BroadcastKind.RESEND: _("Sent again"),
        }[broadcast.kind]
        title = _("{sent} in {time}").format(sent=bold(done), time=time)
    return " · ".join([title, *a_second(words, overall_pace(broadcast, seconds))])


def active_seconds(broadcast: Broadcast, until: datetime | None) -> float:
    """That it was sent, without pauses."""
    if broadcast.began is None or until is None:
        return 0.0
    return max((until - broadcast.began - broadcast.idle).total_seconds(), 0.0)


def overall_pace(broadcast: Broadcast, seconds: float) -> float:
    """Messages a second; 0 before it can be told."""
    return broadcast.figures.tried / seconds if seconds >= 1 else 0.0


def _figures(words: Words, broadcast: Broadcast) -> str:
    _, figures = words.gettext, broadcast.figures
    reached = {
        BroadcastKind.NEWS: _("reached {count}"),
        BroadcastKind.EDIT: _("edited {count}"),
        BroadcastKind.DELETE: _("deleted {count}"),
        BroadcastKind.RESEND: _("reached {count}"),
    }[broadcast.kind]
    had_it_no_more = [] if broadcast.kind in SENDS else [(_("had it no more {count}"), figures.missing)]
    parts = [
        *had_it_no_more,
        (_("blocked the bot {count}"), figures.blocked),
        (_("deactivated {count}"), figures.deactivated),
        (_("failed {count}"), figures.failed),
        (_("in doubt {count}"), figures.in_doubt),
    ]
    counted = [part.format(count=words.number(count)) for part, count in parts]
    return " · ".join([reached.format(count=bold(words.number(figures.reached))), *counted])


def _explained(words: Words, facts: Facts) -> list[str]:
    figures = facts.broadcast.figures
    return [
        *_why_it_failed(words, figures),
        *_left(words, facts.broadcast),
        *_in_doubt(words, facts),
        *_withdrawn(words, facts),
    ]


def _why_it_failed(words: Words, figures: Figures) -> list[str]:
    """By what Telegram answered, the most frequent first."""
    _ = words.gettext
    known = {BAD_REQUEST: _("took no message"), TOO_MANY: _("Telegram kept asking to wait")}
    if not figures.failures:
        return []
    failures = sorted(figures.failures.items(), key=lambda one: (-one[1], one[0]))
    parts = [
        f"{known.get(status) or _('Telegram answered {status}').format(status=status)}: {words.number(number)}"
        for status, number in failures
    ]
    return [_("Why it failed: {reasons}.").format(reasons=" · ".join(parts))]


def _left(words: Words, broadcast: Broadcast) -> list[str]:
    _, left = words.gettext, broadcast.figures.left
    if not left:
        return []
    count = words.number(left)
    if broadcast.state is not BroadcastState.STOPPED:
        return [_("Unsubscribed meanwhile: {count}.").format(count=count)]
    if broadcast.kind in SENDS:
        return [_("Not sent to {count}.").format(count=count)]
    return [_("Left as it was in {count}.").format(count=count)]


def _in_doubt(words: Words, facts: Facts) -> list[str]:
    number = facts.broadcast.figures.in_doubt
    if not number or facts.broadcast.kind not in SENDS:
        return []
    if _can_resend(facts):
        text = words.ngettext(
            "The {count} in doubt may have arrived; sent again it may arrive twice.",
            "The {count} in doubt may have arrived; sent again they may arrive twice.",
            number,
        )
    else:
        text = words.ngettext(
            "The {count} in doubt may have arrived. It is not sent again.",
            "The {count} in doubt may have arrived. They are not sent again.",
            number,
        )
    return [text.format(count=words.number(number))]


def _withdrawn(words: Words, facts: Facts) -> list[str]:
    _ = words.gettext
    if not facts.broadcast.withdrawn:
        return []
    if facts.deleting:
        return [_("It is being deleted everywhere.")]
    if not facts.chats and facts.copies:
        return [_("It was deleted wherever I knew of it, and /news shows it no more. A copy may be left elsewhere.")]
    if not facts.chats:
        return [_("It was deleted everywhere.")]
    text = words.ngettext("{count} chat still has it.", "{count} chats still have it.", facts.chats)
    return [text.format(count=words.number(facts.chats))]


def _can_resend(facts: Facts) -> bool:
    broadcast = facts.broadcast
    undecided = bool(broadcast.figures.in_doubt) and not broadcast.doubt_left and not broadcast.withdrawn
    return undecided and broadcast.is_kept(facts.now)


def _rows(words: Words, facts: Facts) -> Rows:
    _, broadcast = words.gettext, facts.broadcast
    rows: list[tuple[Choice, ...]] = []
    if _can_resend(facts):
        resend = _("Resend {count} in doubt").format(count=words.number(broadcast.figures.in_doubt))
        rows.append(
            (Choice(resend, ResendInDoubt(broadcast.number)), Choice(_("Leave"), LeaveInDoubt(broadcast.number)))
        )
    if not broadcast.is_kept(facts.now):
        return tuple(rows)
    edit = Choice(_("Edit everywhere"), EditBroadcast(broadcast.number))
    delete = Choice(_("Delete everywhere"), AskDeleteEverywhere(broadcast.number))
    if not broadcast.withdrawn and broadcast.figures.reached:
        rows.append((edit, delete))
    elif _can_delete(facts):
        rows.append((delete,))
    return tuple(rows)


def _can_delete(facts: Facts) -> bool:
    """What was sent to its end stands among past news, even where it reached nobody for certain."""
    if facts.broadcast.withdrawn:
        return bool(facts.chats) and not facts.deleting
    return facts.broadcast.state is BroadcastState.SENT
