"""A bot in use without end: whether its memory, its tasks and its open files stay as they were."""

from __future__ import annotations

import argparse
import asyncio
import random
import socket
import sys
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import aiohttp
import uvloop
from prometheus_client.parser import text_string_to_metric_families

from bench.lives import PATIENCE, Life
from sandbox.server import LocalTelegram
from tests.end_to_end.organiser import write
from tests.people import Person
from tests.process import BotProcess

SEED = 14
SAMPLES = 40
FIRST = SAMPLES // 4  # of them while caches fill
GROWTH, BUSIER = 1.1, 2.0  # of memory and tasks, at most, from the next quarter to the last
MORE = 5  # tasks and files at the end, at most: a connection is kept open for a while
SETTLED = 60.0  # seconds
NEWS_SECONDS = 20.0  # between two
STAY = 500  # people, then one leaves as another comes
FIGURES = ("process_resident_memory_bytes", "process_open_fds", "undersigned_tasks")


@dataclass(frozen=True)
class Sample:
    """The bot's process at one moment."""

    memory: float  # bytes
    files: float  # that are open, connections among them
    tasks: float


class Soak:
    """One bot, and all who come to it."""

    def __init__(self, telegram: LocalTelegram, metrics: str, olga: Person, options: argparse.Namespace) -> None:
        """`metrics`: where the bot tells its figures; `options`: of the command line."""
        self._telegram = telegram
        self._metrics = metrics
        self._olga = olga
        self._options = options
        self._chance = random.Random(SEED)
        self._until = 0.0
        self._stayed: deque[Life] = deque()
        self._came = 0
        self._news = 0

    async def run(self) -> bool:
        """Prints what was seen; whether all stayed as it was."""
        await self._olga.send("/start")
        await self._olga.expect("signed", PATIENCE)
        before = await self._sample()
        self._until = time.monotonic() + self._options.seconds
        people = (self._come() for _ in range(self._options.people))
        async with asyncio.TaskGroup() as group:
            watch = group.create_task(self._watch())
            for work in (self._send_news(), *people):
                group.create_task(work)
        after = await self._at_rest(before)
        _say(f"{self._came:,} people came, and news went out {self._news} times")
        return _judged(before, watch.result(), after)

    async def _come(self) -> None:
        while time.monotonic() < self._until:
            self._came += 1
            life = Life(self._telegram, self._chance)
            await life.run()
            self._stayed.append(life)
            if len(self._stayed) > STAY:  # else news would take longer and longer, and that is no leak
                await self._stayed.popleft().leave()

    async def _send_news(self) -> None:
        while time.monotonic() < self._until:
            await write(self._olga, f"The count grows: {self._came}")
            panel = await self._olga.expect("News · draft")
            send = next((label for row in panel.labels() for label in row if "Send to " in label), None)
            if send is not None:
                await self._confirm(send)
            await asyncio.sleep(NEWS_SECONDS)

    async def _confirm(self, send: str) -> None:
        await self._olga.press(send)
        question = await self._olga.expect("people?")
        await self._olga.press("Yes, send")
        if "The last news went out" in question.text:
            await self._olga.expect("Send this one too?")
            await self._olga.press("Yes, send")
        await self._olga.expect("Sent in", PATIENCE)
        self._news += 1

    async def _watch(self) -> list[Sample]:
        samples = []
        for _ in range(SAMPLES):
            await asyncio.sleep(self._options.seconds / SAMPLES)
            samples.append(await self._sample())
        return samples

    async def _at_rest(self, before: Sample) -> Sample:
        """Once nobody comes any more; as it is then, or after a minute."""
        until = time.monotonic() + SETTLED
        while True:
            after = await self._sample()
            if _is_settled(before, after) or time.monotonic() > until:
                return after
            await asyncio.sleep(1.0)

    async def _sample(self) -> Sample:
        async with aiohttp.ClientSession() as session, session.get(self._metrics) as answer:
            families = text_string_to_metric_families(await answer.text())
        told = {sample.name: sample.value for family in families for sample in family.samples}
        return Sample(*(told[name] for name in FIGURES))


def _is_settled(before: Sample, after: Sample) -> bool:
    return after.tasks <= before.tasks + MORE and after.files <= before.files + MORE


def _judged(before: Sample, samples: Sequence[Sample], after: Sample) -> bool:
    part = (len(samples) - FIRST) // 3
    early, late = _typical(samples[FIRST : FIRST + part]), _typical(samples[-part:])
    memory, tasks = late.memory / early.memory, late.tasks / early.tasks
    _say(f"memory: {before.memory / 1e6:.0f} MB at first, {late.memory / 1e6:.0f} MB late; late / early {memory:.2f}")
    _say(f"tasks: {before.tasks:.0f} at rest, {late.tasks:.0f} late, {after.tasks:.0f} after; late / early {tasks:.2f}")
    _say(f"open files: {before.files:.0f} at rest, {late.files:.0f} late; {after.files:.0f} at rest again")
    held = memory <= GROWTH and tasks <= BUSIER and _is_settled(before, after)
    _say("all stayed as it was" if held else "not all stayed as it was")
    return held


def _typical(samples: Sequence[Sample]) -> Sample:
    return Sample(*(median(getattr(one, field.name) for one in samples) for field in fields(Sample)))


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


async def _run(options: argparse.Namespace) -> bool:
    with TemporaryDirectory() as folder:
        async with LocalTelegram() as telegram:
            telegram.keeps_calls = False
            olga = Person(telegram, "Olga Example")
            metrics = f"127.0.0.1:{_free_port()}"
            bot = BotProcess(
                telegram, Path(folder), BOT_OWNERS=str(olga.id), BOT_METRICS_LISTEN=metrics, BOT_LOG_LEVEL="ERROR",
                BOT_MESSAGES_PER_SECOND="1000",
            )  # fmt: skip
            await bot.start()
            try:
                await bot.answered_something()
                held = await Soak(telegram, f"http://{metrics}/metrics", olga, options).run()
                return await bot.stop() == 0 and held
            except BaseException:
                _say(bot.log.read_text())
                raise
            finally:
                await bot.kill()


def main() -> None:
    """Exit code 1 where something grew."""
    parser = argparse.ArgumentParser(prog="python -m bench.soak", description=__doc__)
    parser.add_argument("--seconds", type=float, default=120.0, help="an hour: 3600")
    parser.add_argument("--people", type=int, default=20, help="at the same time")
    sys.exit(not uvloop.run(_run(parser.parse_args())))


if __name__ == "__main__":
    main()
