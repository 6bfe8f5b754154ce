"""People's accounts as Telegram knows them, and the buttons that they tapped."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]


@dataclass
class Account:
    """A person's account, as Telegram knows it."""

    id: int
    first_name: str
    last_name: str | None
    username: str | None
    language_code: str | None
    role: str | None = None  # what the page says under the name
    listed: bool = True  # else the page does not show the person
    started: bool = False
    blocked: bool = False
    deactivated: bool = False
    typing: float = 0.0  # when the bot last said that it is typing
    service: list[Json] = field(default_factory=list)  # lines that only her own client shows, each after a message

    def user(self) -> Json:
        """The User object."""
        user: Json = {"id": self.id, "is_bot": False, "first_name": self.first_name}
        for key in ("last_name", "username", "language_code"):
            if getattr(self, key) is not None:
                user[key] = getattr(self, key)
        return user

    def chat(self) -> Json:
        """The private chat with the bot."""
        chat: Json = {"id": self.id, "type": "private", "first_name": self.first_name}
        for key in ("last_name", "username"):
            if getattr(self, key) is not None:
                chat[key] = getattr(self, key)
        return chat


class Accounts(dict[int, Account]):
    """Accounts by id. One of a crowd is made when it is first asked for: a million that nobody met cost nothing."""

    def __init__(self) -> None:
        """Nobody yet."""
        super().__init__()
        self.crowds: list[range] = []
        self.gone: set[int] = set()

    def __missing__(self, number: int) -> Account:
        """One of a crowd, who has started the bot."""
        if number in self.gone or not any(number in crowd for crowd in self.crowds):
            raise KeyError(number)
        account = self[number] = Account(number, "Somebody", None, None, "en", listed=False, started=True)
        return account

    def vanish(self, number: int) -> None:
        """No such account any more."""
        self.gone.add(number)
        self.pop(number, None)


@dataclass
class Tap:
    """A tapped button, and what came of it."""

    query: str
    person: int
    message: int
    data: str
    at: float
    text: str | None = None
    alert: bool = False
    done: bool = False  # answered by the bot
    shown: bool = False  # a client drops the answer when the message is gone by then
