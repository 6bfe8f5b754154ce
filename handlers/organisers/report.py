"""How a broadcast goes, in words. Figures only: no organiser sees who subscribes."""

from __future__ import annotations

from datetime import datetime

from handlers.answer import Choice, Screen
from handlers.buttons import StopBroadcast
from handlers.words import Words, bold
from storage.broadcast import Broadcast, BroadcastState, Figures

BAR = 10  # blocks


def report_screen(words: Words, broadcast: Broadcast, now: datetime, *, frozen: bool = False) -> Screen:
    """The one message that changes; `now` tells the pace."""
    if broadcast.state is BroadcastState.SENDING:
        return _paused(words, broadcast) if frozen else _sending(words, broadcast, now)
    return Screen(_ended(words, broadcast))


def _paused(words: Words, broadcast: Broadcast) -> Screen:
    _, figures = words.gettext, broadcast.figures
    text = _("{paused} at {sent} of {total}: the petition is frozen. It goes on by itself after {command}.").format(
        paused=bold(_("Paused")),
        sent=words.number(figures.tried),
        total=words.number(figures.recipients),
        command="<code>python -m bot unfreeze</code>",
    )
    return Screen(text, ((Choice(_("Stop"), StopBroadcast(broadcast.number)),),))


def _sending(words: Words, broadcast: Broadcast, now: datetime) -> Screen:
    _, figures = words.gettext, broadcast.figures
    share = figures.tried / figures.recipients if figures.recipients else 0.0
    full = int(share * BAR)
    title = f"{bold(_('Sending'))} · {words.percent(share)} {'▰' * full}{'▱' * (BAR - full)}"
    pace = _pace(figures, (now - (broadcast.began or now)).total_seconds())
    parts = [
        _("sent {count}").format(count=words.number(figures.reached)),
        _("blocked {count}").format(count=words.number(figures.blocked + figures.deactivated)),
        _("failed {count}").format(count=words.number(figures.failed)),
        *_in_doubt(words, figures),
        _("left {count}").format(count=words.number(figures.left)),
    ]
    if pace:
        parts.append(_("{pace} a second").format(pace=words.decimal(pace)))
        parts.append(_("about {time}").format(time=words.duration(figures.left / pace)))
    return Screen(f"{title}\n\n{' · '.join(parts)}", ((Choice(_("Stop"), StopBroadcast(broadcast.number)),),))


def _ended(words: Words, broadcast: Broadcast) -> str:
    _, figures = words.gettext, broadcast.figures
    began, ended = broadcast.began, broadcast.ended
    seconds = 0.0 if began is None or ended is None else (ended - began).total_seconds()
    pace = _pace(figures, seconds)
    if broadcast.state is BroadcastState.STOPPED:
        title = _("{stopped} after {time}").format(stopped=bold(_("Stopped")), time=words.duration(seconds))
    else:
        title = _("{sent} in {time}").format(sent=bold(_("Sent")), time=words.duration(seconds))
    if pace:
        title += " · " + _("{pace} a second").format(pace=words.decimal(pace))
    parts = [
        _("reached {count}").format(count=bold(words.number(figures.reached))),
        _("blocked the bot {count}").format(count=words.number(figures.blocked)),
        _("deactivated {count}").format(count=words.number(figures.deactivated)),
        _("failed {count}").format(count=words.number(figures.failed)),
        _("in doubt {count}").format(count=words.number(figures.in_doubt)),
    ]
    return "\n\n".join([title, " · ".join(parts), *_explained(words, broadcast)])


def _explained(words: Words, broadcast: Broadcast) -> list[str]:
    _, figures = words.gettext, broadcast.figures
    lines = []
    if figures.in_doubt:
        lines.append(
            words.ngettext(
                "The {count} in doubt may have arrived. It is not sent again.",
                "The {count} in doubt may have arrived. They are not sent again.",
                figures.in_doubt,
            ).format(count=words.number(figures.in_doubt))
        )
    if figures.left and broadcast.state is BroadcastState.STOPPED:
        lines.append(_("Not sent to {count}.").format(count=words.number(figures.left)))
    elif figures.left:
        lines.append(_("Unsubscribed meanwhile: {count}.").format(count=words.number(figures.left)))
    return lines


def _in_doubt(words: Words, figures: Figures) -> list[str]:
    """While it is sent, only where there is any."""
    if not figures.in_doubt:
        return []
    return [words.gettext("in doubt {count}").format(count=words.number(figures.in_doubt))]


def _pace(figures: Figures, seconds: float) -> float:
    """Messages a second; 0 before it can be told."""
    return figures.tried / seconds if seconds >= 1 and figures.tried else 0.0
