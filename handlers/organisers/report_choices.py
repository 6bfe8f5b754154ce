"""Buttons that several reports bear."""

from __future__ import annotations

from handlers.answer import Choice
from handlers.buttons import PreviewBroadcast, RecallBroadcast, StopBroadcast
from handlers.organisers.report_facts import Facts
from handlers.words import Words
from storage.approvals import WRITTEN
from storage.reports import Role


def stop(words: Words, facts: Facts) -> Choice:
    """Every owner may."""
    return Choice(words.gettext("Stop"), StopBroadcast(facts.broadcast.number))


def back(words: Words, facts: Facts) -> tuple[Choice, ...]:
    """To the draft: for whoever wrote it."""
    if facts.role is not Role.AUTHOR or facts.broadcast.kind not in WRITTEN:
        return ()
    return (Choice(words.gettext("Back"), RecallBroadcast(facts.broadcast.number)),)


def preview(words: Words, facts: Facts) -> Choice:
    """What it says, once more."""
    return Choice(words.gettext("Preview"), PreviewBroadcast(facts.broadcast.number))
