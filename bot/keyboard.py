"""The buttons under a message, as Telegram takes them."""

from __future__ import annotations

from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from handlers.answer import Choice, LinkChoice, Rows
from handlers.buttons import pack


def keyboard(rows: Rows) -> InlineKeyboardMarkup | None:
    """None where there are none."""
    return InlineKeyboardMarkup([[_button(one) for one in row] for row in rows]) if rows else None


def _button(choice: Choice | LinkChoice) -> InlineKeyboardButton:
    if isinstance(choice, LinkChoice):
        return InlineKeyboardButton(choice.label, url=choice.url)
    return InlineKeyboardButton(choice.label, callback_data=pack(choice.button))
