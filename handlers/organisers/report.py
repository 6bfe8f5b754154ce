"""How a broadcast goes, in words. Figures only: no organiser sees who subscribes."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from handlers.answer import Screen
from handlers.organisers.report_ended import ended
from handlers.organisers.report_facts import Facts
from handlers.organisers.report_page import with_page
from handlers.organisers.report_sending import paused, sending
from handlers.organisers.report_waiting import missed, proposed, recalled, rejected, scheduled
from handlers.words import Words
from storage.broadcast import BroadcastState

SCREENS: Mapping[BroadcastState, Callable[[Words, Facts], Screen]] = {
    BroadcastState.PROPOSED: proposed,
    BroadcastState.REJECTED: rejected,
    BroadcastState.RECALLED: recalled,
    BroadcastState.SCHEDULED: scheduled,
    BroadcastState.MISSED: missed,
    BroadcastState.SENDING: sending,
    BroadcastState.PAUSED: paused,
    BroadcastState.STOPPED: ended,
    BroadcastState.SENT: ended,
}


def report_screen(words: Words, facts: Facts) -> Screen:
    """The one message that changes."""
    screen = SCREENS[facts.broadcast.state](words, facts)
    return screen if facts.page is None else with_page(words, facts, facts.page, screen)
