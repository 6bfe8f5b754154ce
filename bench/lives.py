"""What somebody does who comes to the bot: reads, signs, asks for news, talks, and perhaps has all erased."""

from __future__ import annotations

import random
from collections.abc import Awaitable, Callable

from sandbox.server import LocalTelegram
from tests.end_to_end.test_bohdan_signs import sign
from tests.people import Person

NONSENSE = ("?", "Прывітанне", "<b>&", "/nothing", "1" * 4_000)
PATIENCE = 30.0  # seconds
ANYTHING = ""


class Life:
    """What one person does, from her first message to her last."""

    def __init__(self, telegram: LocalTelegram, chance: random.Random) -> None:
        """A newcomer."""
        self._person = Person(telegram, "Ann Example")
        self._chance = chance

    async def run(self) -> None:
        """All of it, in an order of its own."""
        acts: list[Callable[[], Awaitable[None]]] = [self._read, self._sign, self._subscribe, self._talk, self._look]
        for act in self._chance.sample(acts, self._chance.randint(2, len(acts))):
            await act()
        if self._chance.random() < 1 / 2:
            await self._forget()

    async def leave(self) -> None:
        """No news any more: she says so, or blocks the bot."""
        if self._chance.random() < 1 / 2:
            self._person.block()
            return
        await self._person.send("/unsubscribe")
        await self._person.expect(ANYTHING, PATIENCE)

    async def _read(self) -> None:
        await self._person.send("/appeal")
        await self._tap("Next", "Next", "Back")
        await self._person.send("/demands")
        await self._tap("Next")

    async def _sign(self) -> None:
        await sign(self._person, self._chance.choice(("Keep my name private", "Show my name")))
        if self._chance.random() < 1 / 3:
            await self._person.send("/withdraw")
            await self._tap("Yes, withdraw")

    async def _subscribe(self) -> None:
        await self._person.send("/subscribe")
        await self._person.expect("You will get news here")

    async def _talk(self) -> None:
        await self._person.send(self._chance.choice(NONSENSE))
        await self._person.expect(ANYTHING, PATIENCE)
        await (await self._person.forge("nothing that was ever drawn")).answered(PATIENCE)

    async def _look(self) -> None:
        for command in ("/signatories", "/mydata", "/privacy"):
            await self._person.send(command)
            await self._person.expect(ANYTHING, PATIENCE)

    async def _forget(self) -> None:
        await self._person.send("/forget")
        await self._tap("Yes, erase everything")

    async def _tap(self, *labels: str) -> None:
        for label in labels:
            await (await self._person.press(label, PATIENCE)).answered(PATIENCE)
