"""Eva sends much more at once than anybody could mean: she is told once, loses nothing, and nobody else notices."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest

from bot import application
from bot.application import serving
from bot.flood import Flood
from bot.settings import Settings
from sandbox.server import LocalTelegram
from tests.people import Newcomer, Person

AT_ONCE = 20


@dataclass
class Clock:
    now: float = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """Stands still until it is moved, however slow the machine is."""
    clock = Clock()
    monkeypatch.setattr(application, "Flood", lambda size, exempt: Flood(size, exempt, clock))
    return clock


@pytest.fixture
async def eva(settings: Settings, newcomer: Newcomer, clock: Clock) -> AsyncIterator[Person]:
    assert clock.now == 0
    async with serving(settings):
        yield newcomer("Eva Example")


async def test_a_flood_harms_only_its_sender(
    eva: Person, newcomer: Newcomer, telegram: LocalTelegram, clock: Clock
) -> None:
    await eva.send("/sign")
    await eva.press("Sign as Eva Example")
    asked = await eva.expect("Where do you live?")
    for _ in range(AT_ONCE - 2):
        await eva.send("/help")
    await eva.send("Poland")
    told = await eva.expect("Please wait 10 seconds")
    assert "What you entered before is safe" in told.text

    bohdan = newcomer("Bohdan Example")
    await bohdan.send("/start")
    await bohdan.expect("66 people have signed")
    before = len(telegram.sent(eva.id))
    for _ in range(30):
        await eva.send("Germany")
    await eva.album(3)
    tap = await (await eva.forge(asked.data_of("Poland"), message=asked.message_id)).answered()
    assert tap.text == "Slow down, please. What you entered before is safe. Go on in 10 seconds."
    await eva.quiet()
    assert len(telegram.sent(eva.id)) == before, "texts are met with silence, and nothing is applied"

    clock.now = 10.0
    await eva.send("/sign")
    await eva.expect("Where do you live?")
    await eva.press("Poland")
    await eva.expect("3 of 4")
    clock.now = 40.0
    await eva.send("/privacy")
    await eva.press("Clear this chat")
    await eva.press("Yes, clear")
    await eva.expect_empty_chat()


async def test_the_parts_of_an_album_count_as_one(eva: Person) -> None:
    for _ in range(AT_ONCE // 5):
        await eva.album(10)
    await eva.send("/start")
    await eva.expect("66 people have signed")
