"""Which of the bot's menus of commands a person sees."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple


class Menu(NamedTuple):
    """Whom a menu is for: a scope, in it one chat or any, and a language or any."""

    scope: str
    chat: str = ""
    language: str = ""


def seen_by(chat: int | None, language: str | None) -> Iterator[Menu]:
    """The menus that would do in a private chat, the narrowest first.

    https://core.telegram.org/bots/api#determining-list-of-commands
    """
    scopes = [("chat", str(chat))] if chat is not None else []
    for scope, where in (*scopes, ("all_private_chats", ""), ("default", "")):
        if language:
            yield Menu(scope, where, language)
        yield Menu(scope, where)
