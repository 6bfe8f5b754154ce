"""The buttons under a draft's questions: each bears the step and version that it was drawn for."""

from __future__ import annotations

from handlers.answer import Choice
from handlers.buttons import Choice as Tapped
from handlers.buttons import Signing
from handlers.context import Context
from storage.drafts import Draft


def choice(label: str, tapped: Tapped, draft: Draft, country: str = "") -> Choice:
    """One choice."""
    return Choice(label, Signing(tapped, draft.step, draft.version, country))


def way_out(context: Context, draft: Draft, *, back: bool = True) -> tuple[Choice, ...]:
    """The last row: Back, where there is a question before, and Cancel."""
    _ = context.words.gettext
    cancel = choice(_("Cancel"), Tapped.CANCEL, draft)
    return (choice(_("Back"), Tapped.BACK, draft), cancel) if back else (cancel,)
