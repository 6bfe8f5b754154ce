"""The buttons under a message, as Telegram takes them."""

from __future__ import annotations

from handlers.answer import Choice, LinkChoice, Rows
from handlers.buttons import pack

Keyboard = dict[str, list[list[dict[str, str]]]]
"""https://core.telegram.org/bots/api#inlinekeyboardmarkup"""


def keyboard(rows: Rows) -> Keyboard | None:
    """None where there are none."""
    return {"inline_keyboard": [[_button(one) for one in row] for row in rows]} if rows else None


def _button(choice: Choice | LinkChoice) -> dict[str, str]:
    if isinstance(choice, LinkChoice):
        return {"text": choice.label, "url": choice.url}
    return {"text": choice.label, "callback_data": pack(choice.button)}
