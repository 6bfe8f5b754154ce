"""People by the thousand, whom the page does not show: each has started the bot, and each chat is kept whole."""

from __future__ import annotations

import random
from collections.abc import Iterable

from sandbox.world import World


class Crowd:
    """So many people with neighbouring ids. The bot is told nothing of what they do here, as while it was away."""

    def __init__(self, world: World, size: int) -> None:
        """They come at once, however many they are."""
        self._world = world
        first = random.randrange(10**10, 10**12)  # noqa: S311 - nothing secret; no other person's id is as large
        self.ids = range(first, first + size)
        world.people.crowds.append(self.ids)

    def block(self, people: Iterable[int]) -> None:
        """They block the bot: "bot was blocked by the user"."""
        for person in people:
            self._world.people[person].blocked = True

    def deactivate(self, people: Iterable[int]) -> None:
        """They delete their accounts: "user is deactivated"."""
        for person in people:
            self._world.people[person].deactivated = True

    def vanish(self, people: Iterable[int]) -> None:
        """Nothing is known of them any more: "chat not found"."""
        for person in people:
            self._world.people.vanish(person)

    def received(self, text: str | None = None) -> dict[int, int]:
        """How many messages each has, of those who have any: all, or those of this very text or caption."""
        chats = ((person, self._world.chats[person]) for person in self.ids if person in self._world.chats)
        counts = ((person, sum(text in (None, _said(one)) for one in chat.values())) for person, chat in chats)
        return {person: count for person, count in counts if count}


def _said(message: dict[str, object]) -> object:
    return message.get("text") or message.get("caption")
