"""The one message that changes while news is written, and the buttons under it."""

from __future__ import annotations

from functools import partial

from handlers.answer import Answer, Choice, Rows, Screen
from handlers.buttons import Compose, ComposeLanguage, Composing, ComposingLanguage
from handlers.context import Context
from storage.compositions import Composition


def button(composed: Composition, label: str, choice: Compose) -> Choice:
    """Drawn for the version that is shown."""
    return Choice(label, Composing(choice, composed.version))


def language_button(composed: Composition, label: str, choice: ComposeLanguage, language: str) -> Choice:
    """Drawn likewise."""
    return Choice(label, ComposingLanguage(choice, composed.version, language))


def by_language(buttons: list[Choice]) -> Rows:
    """Two in a row."""
    return tuple(tuple(buttons[first : first + 2]) for first in range(0, len(buttons), 2))


def placed(
    context: Context,
    composed: Composition,
    screen: Screen,
    *,
    toast: str | None = None,
    below: bool = False,
    written: int | None = None,
) -> Answer:
    """In the tapped message or one that stands below what was `written`, else anew, where it becomes the live one."""
    live = composed.screen
    if not below and context.tapped is not None and context.tapped == live:
        return Answer(screen, toast=toast)
    note = partial(context.store.compositions.note_screen, context.person, composed.version)
    if live is not None and written is not None and live > written:  # several were sent at once: it was drawn already
        return Answer(screen, changes=live, drawn=note)
    return Answer(screen, toast=toast, below=below, retire=live, drawn=note)
