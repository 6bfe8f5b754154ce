"""After more than 20 hours without Telegram the owners are told, whatever it was that kept the bot from it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.alarms import DAY, Alarms
from bot.outage import LONGEST_HOURS, Outage
from handlers.organisers.alarms import Alarm
from storage.cipher import Keys, make_keys
from storage.identity import PetitionIdentity
from storage.signer_tags import TagCost
from storage.store import Store

START = datetime(2026, 11, 26, 8, 59, tzinfo=UTC)


class Turned:
    """A clock, and whether updates can arrive."""

    def __init__(self) -> None:
        self.moment = START
        self.arrives = True

    def __call__(self) -> datetime:
        return self.moment

    def pass_hours(self, number: float) -> None:
        self.moment += timedelta(hours=number)

    def outage(self, store: Store, alarms: Alarms) -> Outage:
        return Outage(store.last_heard, alarms, lambda: self.arrives, lambda: self.moment.timestamp())


async def opened(folder: Path, clock: Turned) -> Store:
    if not (folder / "keys").exists():
        make_keys(folder / "keys", folder / "offline")
    return await Store.open(
        f"sqlite+aiosqlite:///{folder / 'data' / 'x.sqlite'}", folder=folder / "data", keys=Keys.load(folder / "keys"),
        petition=PetitionIdentity("test-petition", 0), tag_cost=TagCost(memory_kib=8, iterations=1), clock=clock,
    )  # fmt: skip


@pytest.mark.parametrize(("hours", "told"), [(0, False), (LONGEST_HOURS, False), (LONGEST_HOURS + 1, True), (90, True)])
async def test_a_bot_that_did_not_run(tmp_path: Path, hours: int, told: bool) -> None:
    clock, alarms = Turned(), Alarms()
    for away in (0, hours):
        clock.pass_hours(away)
        store = await opened(tmp_path, clock)
        await clock.outage(store, alarms).look()
        await store.close()
    assert alarms.standing() == ([Alarm.OUTAGE] if told else [])


async def test_a_bot_that_ran_while_telegram_was_out_of_reach(tmp_path: Path) -> None:
    clock, alarms = Turned(), Alarms()
    store = await opened(tmp_path, clock)
    outage = clock.outage(store, alarms)
    await outage.look()
    clock.arrives = False
    for _ in range(24):
        clock.pass_hours(1)
        await outage.look()
    assert alarms.standing() == []
    clock.arrives = True
    await outage.look()
    assert alarms.standing() == [Alarm.OUTAGE]
    clock.pass_hours(1)
    await outage.look()
    assert alarms.standing() == [Alarm.OUTAGE], "it stands for a day"
    for _ in range(int(DAY) // 3_600):
        clock.pass_hours(1)
        await outage.look()
    assert alarms.standing() == []
    await store.close()


async def test_two_quiet_days_are_no_outage(tmp_path: Path) -> None:
    clock, alarms = Turned(), Alarms()
    store = await opened(tmp_path, clock)
    outage = clock.outage(store, alarms)
    for _ in range(2 * 24):
        await outage.look()
        clock.pass_hours(1)
    assert alarms.standing() == []
    await store.close()
