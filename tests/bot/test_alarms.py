"""An alarm is told once when it begins, at most once a day again, and when it has ended."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

import pytest
from structlog.testing import capture_logs

from bot.alarms import DAY, Alarms, check_room
from bot.background import in_background
from bot.client import build_bot
from bot.delivery import Delivery, Recipient
from bot.rivals import MINUTE, QUIET, Rivals
from bot.settings import HERE, load_settings
from handlers.answer import Answer
from handlers.organisers.alarms import Alarm
from handlers.words import load_words
from sandbox.server import LocalTelegram
from storage.room import LEAST, Room, look_for_room

OWNER = 5
FULL = "The disk is nearly full."
ROOM_AGAIN = "There is room on the disk again."


@dataclass
class Desk:
    """Where the owner reads what is told, beside a clock that moves when told to."""

    now: float = 0.0
    told: list[str] = field(default_factory=list)
    alarms: Alarms = field(init=False)

    def __post_init__(self) -> None:
        self.alarms = Alarms(lambda: self.now)

    async def deliver(self, to: Recipient, answer: Answer) -> None:
        assert to == Recipient(OWNER, OWNER)
        assert answer.screen is not None
        self.told.append(answer.screen.text)

    async def heard(self) -> list[str]:
        """What was told since the last time, each by its first line without its marks."""
        await asyncio.sleep(0)
        told, self.told = self.told, []
        return [text.split("\n")[0].removeprefix("⚠️ ").removeprefix("<b>").removesuffix("</b>") for text in told]


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    desk = Desk()
    words = load_words(HERE / "locales")["en"]
    async with in_background(desk.alarms.tell(cast(Delivery, desk), words, {OWNER})):
        await asyncio.sleep(0)
        yield desk


async def test_it_is_told_once_and_its_end_once(desk: Desk) -> None:
    with capture_logs() as logs:
        desk.alarms.end(Alarm.DISK)
        assert await desk.heard() == []
        for _ in range(3):
            desk.alarms.begin(Alarm.DISK, free_mb=5)
        assert await desk.heard() == [FULL]
        assert desk.alarms.standing() == [Alarm.DISK]
        for _ in range(3):
            desk.alarms.end(Alarm.DISK)
        assert await desk.heard() == [ROOM_AGAIN]
        assert desk.alarms.standing() == []
    assert [line["event"] for line in logs if line["log_level"] == "error"] == ["the disk is nearly full"]


async def test_what_comes_and_goes_is_told_once_a_day(desk: Desk) -> None:
    for _ in range(5):
        desk.now += 60
        desk.alarms.begin(Alarm.DISK)
        desk.alarms.end(Alarm.DISK)
    assert await desk.heard() == [FULL, ROOM_AGAIN]
    desk.alarms.begin(Alarm.DISK)
    assert desk.alarms.standing() == [Alarm.DISK]
    desk.now += DAY
    desk.alarms.begin(Alarm.DISK)
    desk.alarms.begin(Alarm.DISK)
    desk.alarms.end(Alarm.DISK)
    assert await desk.heard() == [FULL, ROOM_AGAIN]


async def test_who_looks_no_more_says_nothing_of_what_stood(desk: Desk) -> None:
    """Another process leads by now: an alarm that nobody ends here would stand in /healthz and the metrics for good."""
    async with in_background(desk.alarms.watched()):
        await asyncio.sleep(0)
        desk.alarms.begin(Alarm.DISK, free_mb=1, needed_mb=2)
        desk.alarms.begin(Alarm.WEBHOOK)
        assert desk.alarms.standing() == [Alarm.DISK, Alarm.WEBHOOK]
    assert desk.alarms.standing() == [Alarm.WEBHOOK], "it stands until the bot is started anew"
    assert (await desk.heard())[0] == FULL
    desk.alarms.begin(Alarm.DISK, free_mb=1, needed_mb=2)  # it leads again, and it is still so
    assert Alarm.DISK in desk.alarms.standing()
    desk.alarms.end(Alarm.DISK)
    assert await desk.heard() == [ROOM_AGAIN]


async def test_every_beginning_has_its_words(desk: Desk) -> None:
    for alarm in Alarm:
        desk.alarms.begin(alarm, hours=25)
    assert await desk.heard() == [
        FULL, "Somebody else takes this bot's updates.", "Somebody else has this bot's token.",
        "Telegram no longer accepts this bot's token.", "Telegram cannot bring me what people send.",
        "I was away for 25 hours.",
    ]  # fmt: skip
    desk.alarms.end(Alarm.OTHER_POLL)
    assert "Nobody else takes this bot's updates now" in (await desk.heard())[0]


@pytest.mark.parametrize(
    ("free", "size", "is_short"),
    [(LEAST, 10, False), (LEAST - 1, 10, True), (10 * LEAST, LEAST, False), (3 * LEAST - 1, LEAST, True)],
)
async def test_the_disk_has_room_for_the_database_three_times(
    desk: Desk, tmp_path: Path, free: int, size: int, is_short: bool
) -> None:
    for name, part in (("x.sqlite", size - 5), ("x.sqlite-wal", 5)):
        with (tmp_path / name).open("wb") as file:
            file.truncate(part)
    address = f"sqlite+aiosqlite:///{tmp_path / 'x.sqlite'}"
    await check_room(lambda: look_for_room(address, tmp_path, lambda _folder: free), desk.alarms)
    assert await desk.heard() == ([FULL] if is_short else [])


def test_another_database_needs_the_least() -> None:
    room = look_for_room("postgresql+asyncpg://me@host/db", Path("data"), lambda _folder: 7)
    assert room == Room(7, LEAST)


async def nobodys(_url: str) -> bool:
    return False


async def test_only_refusals_of_over_a_minute_are_an_alarm(desk: Desk) -> None:
    async with LocalTelegram() as telegram:
        settings = load_settings(_env_file=None, token=telegram.token, api_url=telegram.url)
        async with build_bot(settings) as bot:
            rivals = Rivals(bot, desk.alarms, nobodys, clock=lambda: desk.now)
            for _ in range(4):  # a restart now and then
                await rivals.refused()
                desk.now += QUIET * MINUTE + 1
            for _ in range(2):
                await rivals.refused()
                desk.now += MINUTE / 2
            assert await desk.heard() == []
            await rivals.refused()
            assert await desk.heard() == ["Somebody else takes this bot's updates."]
            desk.now += QUIET * MINUTE
            await rivals.look()
            assert await desk.heard() == []
            desk.now += 1
            await rivals.look()
            assert "Nobody else" in (await desk.heard())[0]
            await rivals.refused()
            assert desk.alarms.standing() == []
