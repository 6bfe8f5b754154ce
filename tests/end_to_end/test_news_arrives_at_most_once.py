"""The bot is killed while it sends news: nobody gets it twice, and who did not get it is told as in doubt.

`pytest --kills 20 tests/end_to_end/test_news_arrives_at_most_once.py` kills it more often.
"""

from __future__ import annotations

import asyncio
import math
import random
import re
from collections import Counter
from pathlib import Path

import pytest

from bot.dispatch import EXPECTED_SECONDS, GROUP_SECONDS
from sandbox.server import LocalTelegram
from tests.people import Person
from tests.process import BotProcess, running

READERS = 250
NEWS = "The count grows"
PACE = 125  # messages a second: an unbroken broadcast takes two seconds
RECORDING = 0.05  # seconds that a busy disk takes
MOST = math.ceil(PACE * (EXPECTED_SECONDS + GROUP_SECONDS + RECORDING)) + 1
DEADLINE = 90.0  # seconds


@pytest.fixture
def kills(request: pytest.FixtureRequest) -> int:
    return int(request.config.getoption("--kills"))


async def test_nobody_gets_it_twice_and_nobody_is_lost(
    telegram: LocalTelegram, tmp_path: Path, new_database: str, kills: int
) -> None:
    olga = Person(telegram, "Olga Example")
    readers = [Person(telegram, f"Reader {number}") for number in range(READERS)]
    async with running(
        telegram,
        tmp_path,
        BOT_DATABASE_URL=new_database,
        BOT_OWNERS=str(olga.id),
        BOT_MESSAGES_PER_SECOND=str(PACE),
        BOT_LOG_LEVEL="ERROR",
    ) as bot:  # fmt: skip
        await everybody_subscribes(telegram, readers)
        await olga.send("/broadcast")
        await olga.expect("News · draft")
        await olga.send(NEWS)
        await olga.press(f"Send to {READERS} people")
        begun = await olga.expect(f"Send to {READERS} people?")
        await olga.press("Yes, send")
        await kill_between_messages(bot, telegram, kills)
        report = await olga.expect("Sent in", DEADLINE)
        assert await bot.stop() == 0
    assert report.message_id == begun.message_id, "it stands in the same message"
    assert [one for one in olga.chat() if "Sending" in one.text] == []
    arrived = Counter({person.id: len([one for one in person.chat() if one.text == NEWS]) for person in readers})
    assert max(arrived.values()) == 1, "nobody gets it twice"
    told = {
        name: int(found) for name, found in re.findall(r"(reached|failed|in doubt|blocked the bot) (\d+)", report.text)
    }
    assert told["reached"] + told["in doubt"] == READERS, "nobody is lost"
    assert told["failed"] == told["blocked the bot"] == 0
    assert told["reached"] <= sum(arrived.values()) <= told["reached"] + told["in doubt"]
    assert told["in doubt"] <= kills * MOST, "a kill leaves no more in doubt than the rate needs at once"


async def everybody_subscribes(telegram: LocalTelegram, readers: list[Person]) -> None:
    for reader in readers:
        await reader.send("/subscribe")
    chats = [telegram.world.chats[reader.id] for reader in readers]
    assert await telegram.world.wait_for(lambda: all(len(chat) == 2 for chat in chats), DEADLINE)


async def kill_between_messages(bot: BotProcess, telegram: LocalTelegram, kills: int) -> None:
    """Each kill comes after a few more messages, at whatever the bot is doing then."""
    chance = random.Random(kills)  # noqa: S311 - which moment is no secret
    for _ in range(kills):
        more = news_sent(telegram) + chance.randrange(1, max(READERS // (2 * kills), 2))
        assert await telegram.world.wait_for(lambda more=more: news_sent(telegram) >= more, DEADLINE)  # type: ignore[misc]
        await asyncio.sleep(chance.uniform(0, 0.01))  # the moment of the kill is what is tried, not waited for
        await bot.kill()
        await bot.start()


def news_sent(telegram: LocalTelegram) -> int:
    return sum(call.parameters.get("text") == NEWS for call in telegram.calls)
