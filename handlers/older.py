"""The toast for a tap on a button that no longer says where the person is."""

from __future__ import annotations

from handlers.context import Context


def older_message(context: Context) -> str:
    """Said beside the screen where she is now."""
    return context.words.gettext("That was an older message. Here is where you are.")
