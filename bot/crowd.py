"""People for the demo: they sign and subscribe by the bot's own front door, before anybody looks."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from sandbox.world import Account, Json, World

PATIENCE = 20.0  # seconds for one answer

# Nobody's names: first names of the region, and an initial.
NAMES = (
    "Aliaksei B.", "Alena D.", "Andrei H.", "Anna K.", "Antanas V.", "Danuta W.", "Dmytro S.", "Eva L.", "Hanna P.",
    "Ihar M.", "Ilona R.", "Iryna T.", "Jan N.", "Jonas G.", "Kaciaryna Z.", "Karin E.", "Lizaveta C.", "Lukas F.",
    "Maksim J.", "Maria O.", "Marta I.", "Mikola U.", "Natallia A.", "Oksana Y.", "Pavel Š.", "Rasa B.", "Siarhei K.",
    "Tamara V.", "Volha D.", "Yauhen R.",
)  # fmt: skip
COUNTRIES = ("Poland", "Lithuania", "Germany", "Ukraine", "Skip")
SHOWN_EVERY, SUBSCRIBES_EVERY = 2, 3  # one of so many


@dataclass(frozen=True)
class _Visitor:
    """One who taps through the bot, and waits for each answer."""

    world: World
    account: Account

    async def walk(self, number: int) -> None:
        """Signs; and maybe asks for news."""
        self.world.text(self.account.id, "/sign")
        await self._tap(f"Sign as {self._name()}")
        await self._tap(COUNTRIES[number % len(COUNTRIES)])
        await self._tap("Show my name" if number % SHOWN_EVERY else "Keep my name private")
        await self._tap("I sign")
        await self._tap("No, thanks" if number % SUBSCRIBES_EVERY else "Send me news")

    def _name(self) -> str:
        return f"{self.account.first_name} {self.account.last_name}"

    async def _tap(self, label: str) -> None:
        await self.world.wait_for(lambda: self._button(label) is not None, PATIENCE, self.account.id)
        found = self._button(label)
        if found is None:
            raise TimeoutError(f"no button {label!r} came")
        message, data = found
        self.world.tap(self.account.id, message, data)

    def _button(self, label: str) -> tuple[int, str] | None:
        """The newest message that bears the button, and its data; an emoji may stand before the label."""
        for message in reversed(list(self.world.chats[self.account.id].values())):
            for button in _buttons(message):
                if button["text"].removeprefix("✍️ ") == label:
                    return message["message_id"], button["callback_data"]
        return None


def _buttons(message: Json) -> list[Json]:
    return [button for row in message.get("reply_markup", {}).get("inline_keyboard", []) for button in row]


async def gather_crowd(world: World) -> None:
    """All of them sign, side by side; TimeoutError when the bot does not answer."""
    visitors = [_Visitor(world, world.add_person(*name.split(), listed=False)) for name in NAMES]
    await asyncio.gather(*(visitor.walk(number) for number, visitor in enumerate(visitors)))
