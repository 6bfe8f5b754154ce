"""The report of a broadcast under way: a bar, figures, what is left; or why it is paused."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from handlers.answer import Choice, Screen
from handlers.buttons import PauseBroadcast, ResumeBroadcast
from handlers.organisers.report_choices import stop
from handlers.organisers.report_facts import Facts
from handlers.words import Words, bold, plain
from storage.broadcast import BroadcastKind, Figures, Pause, PauseReason

BAR = 10  # blocks
DETAIL = 200  # characters of Telegram's words


def sending(words: Words, facts: Facts) -> Screen:
    """It goes on, unless the petition is frozen."""
    if facts.frozen:
        return _frozen(words, facts)
    _, broadcast = words.gettext, facts.broadcast
    figures = broadcast.figures
    share = min(figures.tried / figures.recipients, 1.0) if figures.recipients else 0.0
    full = int(share * BAR)
    title = f"{bold(_title(words, broadcast.kind))} · {words.percent(share)} {'▰' * full}{'▱' * (BAR - full)}"
    paragraphs = [title, " · ".join([*_parts(words, broadcast.kind, figures), *_pace(words, facts)])]
    if facts.out_of_reach:
        paragraphs.append(_("Telegram cannot be reached, or does not answer. It goes on by itself."))
    pause = Choice(_("Pause"), PauseBroadcast(broadcast.number, broadcast.pauses))
    return Screen("\n\n".join(paragraphs), ((pause, stop(words, facts)),))


def paused(words: Words, facts: Facts) -> Screen:
    """It waits to be resumed."""
    _, broadcast = words.gettext, facts.broadcast
    why = "." if broadcast.pause is None else _why(words, broadcast.pause)
    text = f"{_paused_at(words, facts)}{why} {_('Nothing is lost. After two days it ends here.')}"
    resume = Choice(_("Resume"), ResumeBroadcast(broadcast.number, broadcast.pauses))
    return Screen(text, ((resume, stop(words, facts)),))


def _frozen(words: Words, facts: Facts) -> Screen:
    text = words.gettext("{paused}: the petition is frozen. It goes on by itself after {command}.").format(
        paused=_paused_at(words, facts), command="<code>python -m bot unfreeze</code>"
    )
    return Screen(text, ((stop(words, facts),),))


def _paused_at(words: Words, facts: Facts) -> str:
    _, figures = words.gettext, facts.broadcast.figures
    return _("{paused} at {sent} of {total}").format(
        paused=bold(_("Paused")), sent=words.number(figures.tried), total=words.number(figures.recipients)
    )


def _why(words: Words, pause: Pause) -> str:
    why = REASONS[pause.reason](words)
    if pause.detail:
        detail = pause.detail if len(pause.detail) <= DETAIL else f"{pause.detail[:DETAIL]}…"
        why += f" (“{plain(detail)}”)"
    return f": {why}."


REASONS: Mapping[PauseReason, Callable[[Words], str]] = {
    PauseReason.ASKED: lambda words: words.gettext("an owner asked for it"),
    PauseReason.CONTENT: lambda words: words.gettext("Telegram refuses the content"),
    PauseReason.FIRST: lambda words: words.gettext("too many of the first recipients failed"),
    PauseReason.FAILURES: lambda words: words.gettext("too many in a row failed"),
    PauseReason.TOKEN: lambda words: words.gettext("Telegram no longer accepts this bot's token"),
    PauseReason.CONFLICT: lambda words: words.gettext("somebody else uses this bot's token"),
}


def _title(words: Words, kind: BroadcastKind) -> str:
    _ = words.gettext
    return {
        BroadcastKind.NEWS: _("Sending"),
        BroadcastKind.EDIT: _("Editing"),
        BroadcastKind.DELETE: _("Deleting"),
        BroadcastKind.RESEND: _("Sending again"),
    }[kind]


def _parts(words: Words, kind: BroadcastKind, figures: Figures) -> list[str]:
    """What there may be none of is told only where there is any."""
    _ = words.gettext
    done = {
        BroadcastKind.NEWS: _("sent {count}"),
        BroadcastKind.EDIT: _("edited {count}"),
        BroadcastKind.DELETE: _("deleted {count}"),
        BroadcastKind.RESEND: _("sent {count}"),
    }[kind]
    missing = [(_("had it no more {count}"), figures.missing)] if figures.missing else []
    in_doubt = [(_("in doubt {count}"), figures.in_doubt)] if figures.in_doubt else []
    parts = [
        (done, figures.reached),
        *missing,
        (_("blocked {count}"), figures.blocked + figures.deactivated),
        (_("failed {count}"), figures.failed),
        *in_doubt,
        (_("left {count}"), figures.left),
    ]
    return [part.format(count=words.number(count)) for part, count in parts]


def _pace(words: Words, facts: Facts) -> list[str]:
    _ = words.gettext
    if not facts.pace:
        return []
    left = words.duration(facts.broadcast.figures.left / facts.pace)
    return [*a_second(words, facts.pace), _("about {time}").format(time=left)]


def a_second(words: Words, pace: float) -> list[str]:
    """Where it is anything."""
    shown = words.gettext("{pace} a second").format(pace=words.decimal(pace))
    return [shown] if round(pace, 1) else []
