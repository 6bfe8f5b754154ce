"""What an organiser and her readers do, in every story about news."""

from __future__ import annotations

import asyncio

from bot.settings import Settings
from sandbox.calls import Call
from sandbox.server import LocalTelegram
from tests.people import Message, Newcomer, Person


async def subscribed(newcomer: Newcomer, number: int) -> list[Person]:
    people = [newcomer(f"Reader {one}") for one in range(number)]
    for person in people:
        await person.send("/subscribe")
        await person.expect("You will get news here")
    return people


async def begin(olga: Person) -> None:
    await olga.send("/broadcast")
    await olga.expect("News · draft")


async def write(olga: Person, text: str = "The count grows") -> None:
    await begin(olga)
    await olga.send(text)
    await olga.expect("To replace it, send it anew")


async def tap(olga: Person, *labels: str) -> None:
    """One after the other, each when the one before is done with."""
    for label in labels:
        await olga.press(label)
        await olga.quiet()


async def preview(olga: Person, text: str = "The count grows") -> Message:
    """What subscribers will see; the panel below quotes it."""
    await olga.press("Preview")
    await olga.expect(text)
    return next(one for one in reversed(olga.chat()) if one.by_bot and one.text.startswith(text))


async def confirm(olga: Person, people: str = "2 people") -> None:
    """Twice where other news went out today."""
    await olga.press(f"Send to {people}")
    question = await olga.expect(f"Send to {people}?")
    await olga.press("Yes, send")
    if "The last news went out" in question.text:
        await olga.expect("Send this one too?")
        await olga.press("Yes, send")


def news_calls(telegram: LocalTelegram, text: str = "The count grows") -> list[Call]:
    return [call for call in telegram.calls if call.parameters.get("text") == text and call.method == "sendMessage"]


def one_by_one(settings: Settings) -> Settings:
    """Until the first recipient's message has arrived no other one is sent."""
    return settings.model_copy(update={"first_recipients": 1})


async def write_while_held(olga: Person, telegram: LocalTelegram, release: asyncio.Event) -> None:
    """The first message of the news arrives, and its answer is held until the release."""
    await write(olga)
    await olga.press("Send to 3 people")
    await olga.expect("Send to 3 people?")
    telegram.faults.hold(release, method="sendMessage", times=1)
    await olga.press("Yes, send")
    assert await telegram.world.wait_for(lambda: bool(news_calls(telegram)), 5)
