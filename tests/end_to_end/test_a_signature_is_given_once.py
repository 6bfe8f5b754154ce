"""However often and in whatever order the updates of a signing conversation come: one row, one number burnt."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from bot.application import serving
from bot.settings import Settings
from sandbox.server import LocalTelegram
from tests.end_to_end.log_lines import Overheard
from tests.end_to_end.rows import numbers
from tests.people import Newcomer, Person

TIMES = 3
TAPS = 50

Repeat = Callable[[list[dict[str, Any]]], list[dict[str, Any]]]
"""Which of the updates so far come again now, in which order."""


async def test_fifty_taps_at_once_on_i_sign_are_one_signature(settings: Settings, newcomer: Newcomer) -> None:
    ann = newcomer("Ann Example")
    async with serving(settings.model_copy(update={"flood_updates": 0})):
        await walk_to_the_review(ann)
        review = await ann.expect("Please check")
        sign = review.data_of("I sign")
        taps = [await ann.forge(sign, message=review.message_id) for _ in range(TAPS)]
        await asyncio.gather(*(tap.answered() for tap in taps))
        await ann.quiet()
        assert await numbers(settings.database()) == ([67], 68)


async def walk_to_the_review(person: Person) -> None:
    await person.send("/sign")
    await person.press("Use another name")
    await person.send("Jordan")
    for label in ("Skip", "Keep my name private"):
        await person.press(label)


REPEATS: dict[str, Repeat] = {
    "each at once": lambda updates: updates[-1:],
    "all so far": lambda updates: updates,
    "all so far, backwards": lambda updates: updates[::-1],
    "each when the next has come": lambda updates: updates[-2:-1],
}


@pytest.mark.parametrize("repeat", REPEATS.values(), ids=list(REPEATS))
async def test_every_update_comes_three_times_more(
    settings: Settings, newcomer: Newcomer, telegram: LocalTelegram, repeat: Repeat
) -> None:
    """Also a typed name that is a country too: read again at the next question, it would be taken for one."""
    updates: list[dict[str, Any]] = []
    Overheard(telegram).tell(updates.append)
    ann = newcomer("Ann Example")
    steps = ("/sign", "Use another name", "=Jordan", "=Poland", "Keep my name private", "I sign")
    async with serving(settings.model_copy(update={"flood_updates": 0})):
        for step in steps:
            if step.startswith(("/", "=")):
                await ann.send(step.removeprefix("="))
            else:
                await ann.press(step)
            await ann.quiet()
            for _ in range(TIMES):
                for update in repeat(list(updates)):
                    telegram.world.repeat(update)
                    await ann.quiet()
        assert any("You are signatory No. 67" in message.text for message in ann.chat()), ann.picture()
        assert await numbers(settings.database()) == ([67], 68)
        await ann.send("/mysignature")
        mine = await ann.expect("You have signed: No. 67")
        assert "Country: Poland" in mine.text
        assert "private" in mine.text
