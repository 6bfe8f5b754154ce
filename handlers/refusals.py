"""A refused name in words: what is wrong, and what to do."""

from __future__ import annotations

from handlers.context import Context
from petition.names import NameRefused


def refusal(context: Context, refused: NameRefused) -> str:
    """One line above the question."""
    raise NotImplementedError
