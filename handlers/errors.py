"""What is said when something fails: a kind sentence to the person, an impersonal line to the log."""

from __future__ import annotations

from handlers.answer import Answer, Screen
from handlers.context import Context


def apology(context: Context) -> Answer:
    """The answer when a handler failed: what happened, what is safe, what to do."""
    text = context.words.gettext(
        "I could not do that just now. What you entered before is safe. Please tap, or send it, again in a minute."
    )
    if context.tapped is None:
        return Answer(Screen(text))
    return Answer(alert=text)
