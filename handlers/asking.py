"""Puts the question where a draft stands into its one live message: for signing and for changing alike."""

from __future__ import annotations

from functools import partial

from handlers.answer import Answer
from handlers.context import Context
from handlers.questions import question
from petition.names import NameRefused, check_name
from storage.drafts import Draft


def ask(context: Context, draft: Draft, *, notice: str = "", toast: str | None = None) -> Answer:
    """The question in the tapped message, else below, where it becomes the live one."""
    screen = question(context, draft, notice)
    if context.tapped is not None and context.tapped == draft.screen:
        return Answer(screen, toast=toast)
    note = partial(context.store.drafts.note_screen, context.person, draft.version)
    return Answer(screen, toast=toast, retire=draft.screen, drawn=note)


def offered_name(context: Context) -> str | None:
    """Her name in Telegram, where a signature may bear it."""
    try:
        return check_name(context.full_name)
    except NameRefused:
        return None
