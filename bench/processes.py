"""Three processes behind one webhook, on PostgreSQL: people sign, news goes out, and one after another is killed."""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import signal
import socket
import sys
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

import asyncpg
import uvloop

from bench.lives import PATIENCE
from bench.postgres import postgres
from bot.settings import Address
from sandbox.server import LocalTelegram
from storage.cipher import make_keys
from tests.end_to_end.organiser import write
from tests.end_to_end.test_nothing_is_lost import number_told, sign_with_patience
from tests.people import Person
from tests.process import STOP_SECONDS, Command, webhook_at

PROCESSES = 3
SEED = 14
AT_ONCE = 60  # people who sign at the same time
NEWS = "The count grows"
PER_SECOND = 300  # messages of all processes together


class Fleet:
    """The processes of one bot."""

    def __init__(self, environments: Sequence[dict[str, str]], log: Path) -> None:
        """`environments`: one of each process. What they say is added to `log`."""
        self.kills = 0
        self._environments = environments
        self._log = log
        self._at_work: dict[int, Command] = {}

    def start(self) -> None:
        """All of them."""
        for number in range(len(self._environments)):
            self._start(number)

    async def lose_one_by_one(self, seconds: float) -> None:
        """Kills one every so many seconds, and starts it anew at once; until it is cancelled."""
        chance = random.Random(SEED)
        while True:
            await asyncio.sleep(seconds)
            number = chance.randrange(len(self._environments))
            await self._end(number, signal.SIGKILL)
            self.kills += 1
            self._start(number)

    async def stop(self) -> list[int]:
        """Tells all to stop; their exit codes."""
        return await asyncio.gather(*(self._end(number, signal.SIGTERM) for number in list(self._at_work)))

    async def kill(self) -> None:
        """Those that still run."""
        for number in list(self._at_work):
            await self._end(number, signal.SIGKILL)

    def _start(self, number: int) -> None:
        self._at_work[number] = Command("run", environment=self._environments[number], out=self._log)

    async def _end(self, number: int, how: signal.Signals) -> int:
        command = self._at_work.pop(number)
        command.send(how)
        return await command.ended(STOP_SECONDS)


class Trial:
    """All that happens to them."""

    def __init__(self, telegram: LocalTelegram, fleet: Fleet, olga: Person, options: argparse.Namespace) -> None:
        """`options`: of the command line."""
        self._telegram = telegram
        self._fleet = fleet
        self._olga = olga
        self._options = options
        self._room = asyncio.Semaphore(AT_ONCE)
        self._signers = [Person(telegram, "Ann Example") for _ in range(options.people)]
        self._readers = [Person(telegram, "Eva Example") for _ in range(options.readers)]

    async def run(self, address: str) -> bool:
        """Prints what came of it; whether all holds that must."""
        self._fleet.start()
        await asyncio.gather(*(self._subscribe(reader) for reader in self._readers))
        losing = asyncio.ensure_future(self._fleet.lose_one_by_one(self._options.every))
        began = time.monotonic()
        await self._send_news()
        await asyncio.gather(*(self._sign(person) for person in self._signers))
        seconds = time.monotonic() - began
        losing.cancel()
        await asyncio.gather(losing, return_exceptions=True)
        await self._olga.expect("Sent in", self._options.patience)
        codes = await self._fleet.stop()
        _say(f"{len(self._signers):,} people signed in {seconds:.0f} s while {self._fleet.kills} processes were killed")
        return all([await self._judged_signatures(address), self._judged_news(), self._judged_end(codes)])

    async def _subscribe(self, reader: Person) -> None:
        async with self._room:
            await reader.send("/subscribe")
            await reader.expect("You will get news here", self._options.patience)

    async def _sign(self, person: Person) -> None:
        async with self._room:
            await sign_with_patience(person, again=False)

    async def _send_news(self) -> None:
        await write(self._olga, NEWS)
        await self._olga.press(f"Send to {len(self._readers)} people", PATIENCE)
        await self._olga.expect("people?", PATIENCE)
        await self._olga.press("Yes, send", PATIENCE)

    async def _judged_signatures(self, address: str) -> bool:
        told = [number_told(person) for person in self._signers]
        asked = Counter(sum(one.text == "/sign" for one in person.chat()) for person in self._signers)
        connection = await asyncpg.connect(address.replace("+asyncpg", ""))
        try:
            kept = [row["number"] for row in await connection.fetch("SELECT number FROM signature")]
            valid = await connection.fetchval("SELECT valid FROM counter")
        finally:
            await connection.close()
        held = sorted(told) == sorted(kept) and len(set(kept)) == len(kept) == valid == len(self._signers)
        again = sum(number for times, number in asked.items() if times > 1)
        _say(f"signatures: {len(kept)} kept, {len(set(told))} numbers told; began anew: {again} people")
        return held and not again

    def _judged_news(self) -> bool:
        arrived = Counter(
            reader.id for reader in self._readers for one in reader.chat() if one.by_bot and one.text == NEWS
        )
        report = next(one.text for one in reversed(self._olga.chat()) if "Sent in" in one.text)
        doubt = int(report.split("in doubt ")[1].split()[0])
        twice = sum(number > 1 for number in arrived.values())
        missing = len(self._readers) - len(arrived)
        _say(f"news: {len(arrived)} of {len(self._readers)} got it, {twice} twice; told as in doubt: {doubt}")
        return not twice and missing <= doubt

    def _judged_end(self, codes: Sequence[int]) -> bool:
        _say(f"exit codes at the end: {codes}")
        return not any(codes)


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _free_addresses(number: int) -> list[Address]:
    with ExitStack() as stack:
        free = [stack.enter_context(socket.socket()) for _ in range(number)]
        for one in free:
            one.bind(("127.0.0.1", 0))
        return [Address("127.0.0.1", one.getsockname()[1]) for one in free]


async def _run(options: argparse.Namespace) -> bool:
    with TemporaryDirectory() as name, postgres(Path(name) / "postgresql") as address:
        folder = Path(name)
        make_keys(folder / "keys", folder / "offline")
        async with LocalTelegram() as telegram:
            olga = Person(telegram, "Olga Example")
            places = _free_addresses(PROCESSES)
            telegram.webhooks.targets = [f"http://{place}" for place in places]
            shared = {
                "PATH": os.environ["PATH"],
                "BOT_TOKEN": telegram.token,
                "BOT_API_URL": telegram.url,
                "BOT_DATA": str(folder / "data"),
                "BOT_KEYS": str(folder / "keys"),
                "BOT_DATABASE_URL": address,
                "BOT_TAG_MEMORY_KIB": "8",
                "BOT_OWNERS": str(olga.id),
                "BOT_FLOOD_UPDATES": "0",
                "BOT_MESSAGES_PER_SECOND": str(PER_SECOND),
                "BOT_LOG_LEVEL": "ERROR",
                **webhook_at(places[0]),
            }
            fleet = Fleet([{**shared, "BOT_LISTEN": str(place)} for place in places], folder / "log")
            try:
                return await Trial(telegram, fleet, olga, options).run(address)
            finally:
                await fleet.kill()
                if (folder / "log").stat().st_size:
                    _say((folder / "log").read_text()[-20_000:])


def main() -> None:
    """Exit code 1 where anything was lost or came twice."""
    parser = argparse.ArgumentParser(prog="python -m bench.processes", description=__doc__)
    parser.add_argument("--people", type=int, default=1_000, help="who sign")
    parser.add_argument("--readers", type=int, default=300, help="who get the news")
    parser.add_argument("--every", type=float, default=5.0, help="seconds from one kill to the next")
    parser.add_argument("--patience", type=float, default=60.0, help="seconds until something counts as lost")
    sys.exit(not uvloop.run(_run(parser.parse_args())))


if __name__ == "__main__":
    main()
