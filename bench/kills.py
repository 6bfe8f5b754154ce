"""The bot is killed again and again while it sends news, and Telegram fails by lot: who got it, and what is told."""

from __future__ import annotations

import argparse
import asyncio
import random
import re
import sys
from collections.abc import Collection
from contextlib import AsyncExitStack
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import uvloop
from sqlalchemy import select

from bench.postgres import postgres
from bench.subscribers import store_in, subscribe
from bot.dispatch import MOST
from sandbox.chance import Chance, Lot
from sandbox.crowd import Crowd
from sandbox.server import LocalTelegram
from storage.audience import IN_DOUBT
from storage.schema import DELIVERY
from tests.people import Person
from tests.process import BotProcess

NEWS = "The count grows"
SEED = 13
BLOCKED, REFUSED, DROPPED = 0.02, 0.01, 0.005  # shares; DROPPED: before acceptance, and as many after
FIGURES = re.compile(r"(reached|blocked the bot|deactivated|failed|in doubt) (\d[\d,]*)")
DEADLINE = 1_800.0  # seconds
STARTED = 60.0


class Trial:
    """One broadcast."""

    def __init__(self, telegram: LocalTelegram, options: argparse.Namespace) -> None:
        """`options`: of the command line."""
        self._telegram = telegram
        self._options = options
        self._chance = random.Random(SEED)
        self._crowd = Crowd(telegram.world, options.subscribers)
        self._blocked = self._chance.sample(self._crowd.ids, round(options.subscribers * BLOCKED))
        self._olga = Person(telegram, "Olga Example")
        self._resumed = 0

    async def run(self, folder: Path, address: str | None) -> bool:
        """Prints what came of it; whether all holds that must."""
        telegram, options = self._telegram, self._options
        settings = {} if address is None else {"BOT_DATABASE_URL": address}
        bot = BotProcess(
            telegram, folder, BOT_OWNERS=str(self._olga.id), BOT_LOG_LEVEL="ERROR",
            BOT_MESSAGES_PER_SECOND=str(options.per_second), **settings,
        )  # fmt: skip
        async with store_in(folder, address) as store:
            await subscribe(store, self._crowd.ids)
        self._crowd.block(self._blocked)
        telegram.keeps_calls = False
        await bot.start()
        try:
            await self._confirm()
            shares = {"refuse": REFUSED, "drop_before": DROPPED, "drop_after": DROPPED}
            met = telegram.faults.random(SEED, **shares, method="sendMessage", chats=self._crowd.ids)
            resuming = asyncio.ensure_future(self._resume())
            await self._kill(bot)
            report = await self._olga.expect("Sent in", DEADLINE)
            resuming.cancel()
        finally:
            await bot.stop()
        told = {name: int(found.replace(",", "")) for name, found in FIGURES.findall(report.text)}
        return self._judge(told, met, await self._in_doubt(folder, address))

    async def _confirm(self) -> None:
        await self._olga.send("/broadcast")
        await self._olga.expect("News · draft", STARTED)
        await self._olga.send(NEWS)
        await self._olga.press(f"Send to {self._options.subscribers:,} people")
        await self._olga.press("Yes, send")

    async def _kill(self, bot: BotProcess) -> None:
        """Each kill comes after some more messages, at whatever the bot is doing then."""
        kills, world = self._options.kills, self._telegram.world
        for _ in range(kills):
            more = self._answered() + self._chance.randrange(1, max(self._options.subscribers * 9 // 5 // kills, 2))
            if not await world.wait_for(partial(self._has_answered, more), DEADLINE):
                raise TimeoutError(self._olga.picture())
            await asyncio.sleep(self._chance.uniform(0, 0.05))
            await bot.kill()
            await bot.start()

    def _has_answered(self, number: int) -> bool:
        return self._answered() >= number

    def _answered(self) -> int:
        return sum(self._telegram.counts["sendMessage", code] for code in (200, 403))

    async def _resume(self) -> None:
        """By lot it may fail too often in a row."""
        while True:
            await self._olga.press("Resume", DEADLINE)
            self._resumed += 1
            await self._olga.expect("Sending", DEADLINE)

    async def _in_doubt(self, folder: Path, address: str | None) -> set[int]:
        """Whom the file says to be in doubt."""
        async with store_in(folder, address) as store, store.database.read() as connection:
            found = set(
                (await connection.execute(select(DELIVERY.c.tag).where(DELIVERY.c.state == IN_DOUBT))).scalars()
            )
            return {person for person in self._crowd.ids if store.subscribers.tag(person) in found}

    def _judge(self, told: dict[str, int], met: Chance, in_doubt: Collection[int]) -> bool:
        received = self._crowd.received(NEWS)
        twice = sum(number > 1 for number in received.values())
        lost = set(self._crowd.ids) - set(received) - set(self._blocked) - set(in_doubt)
        uncounted = len(self._crowd.ids) - sum(told.values())
        arrived_in_doubt = len(set(received) & set(in_doubt))
        unclear = sum(met.total(lot) for lot in Lot)
        most = self._options.kills * MOST + unclear
        lots = ", ".join(f"{lot} {met.total(lot)}" for lot in Lot)
        by_kills = max(told["in doubt"] - unclear, 0) / max(self._options.kills, 1)
        sys.stdout.write(
            f"{self._options.kills} kills, resumed {self._resumed} times; faults: {lots}\n"
            f"told: {', '.join(f'{name} {number}' for name, number in told.items())}; in all {sum(told.values())}\n"
            f"the server's count: {sum(received.values())} messages in {len(received)} chats, "
            f"{arrived_in_doubt} of them of those in doubt; {len(self._blocked)} had blocked it\n"
            f"twice: {twice}; lost outside those in doubt: {len(lost)}; in doubt: {told['in doubt']} (the file: "
            f"{len(in_doubt)}), some {by_kills:.1f} a kill\n"
        )
        equal = told["reached"] + arrived_in_doubt == len(received) and told["in doubt"] == len(in_doubt)
        return equal and not (twice or lost or uncounted) and told["in doubt"] <= most


async def _run(options: argparse.Namespace) -> bool:
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory()))
        address = stack.enter_context(postgres(folder / "postgres")) if options.postgres else None
        telegram = await stack.enter_async_context(LocalTelegram())
        return await Trial(telegram, options).run(folder / "bot", address)


def main() -> int:
    """Prints the sums; 1 if anything does not hold."""
    parser = argparse.ArgumentParser(prog="python -m bench.kills", description=__doc__)
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--subscribers", type=int, default=20_000)
    parser.add_argument("--per-second", type=int, default=250)
    parser.add_argument("--postgres", action="store_true", help="on PostgreSQL")
    holds = uvloop.run(_run(parser.parse_args()))
    sys.stdout.write("all holds\n" if holds else "NOT ALL HOLDS\n")
    return 0 if holds else 1


if __name__ == "__main__":
    sys.exit(main())
