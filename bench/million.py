"""News to a million subscribers: how soon the first message leaves, how much memory the bot takes."""

from __future__ import annotations

import argparse
import asyncio
import shutil
import sys
import time
from contextlib import AsyncExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

import uvloop

from bench.subscribers import deliver_to, store_in, subscribe
from sandbox.server import LocalTelegram
from tests.people import Person
from tests.process import BotProcess

FIRST = 10**11  # the first subscriber's id: no other person's is as large
NEWS = "The count grows"
PATIENCE = 300.0  # seconds
MEMORY = {"VmRSS": "now", "VmHWM": "at most"}


class Trial:
    """One bot on such a file."""

    def __init__(self, telegram: LocalTelegram, bot: BotProcess, olga: Person, options: argparse.Namespace) -> None:
        """`options`: of the command line."""
        self._telegram = telegram
        self._bot = bot
        self._olga = olga
        self._options = options

    async def run(self) -> None:
        """Prints a line of each thing that is measured."""
        await self._bot.start()
        await self._draw_the_panel()
        await self._olga.press("Yes, send")
        await self._first_message("from Yes, send to the first message")
        await self._memory(after=0)
        for part in range(1, 5):
            sent = self._options.messages * part // 4
            await self._sent(sent)
            await self._memory(after=sent)
        await self._bot.kill()
        await self._go_on("from a start after a kill to the next message")
        await self._bot.kill()
        half = self._options.subscribers // 2
        async with store_in(self._bot.folder) as store:
            await deliver_to(store, 1, half)
        await self._go_on(f"the same, with {half:,} sent before")

    async def _draw_the_panel(self) -> None:
        await self._olga.send("/broadcast")
        await self._olga.expect("News · draft", PATIENCE)
        began = time.monotonic()
        await self._olga.send(NEWS)
        await self._olga.expect("To replace it, send it anew", PATIENCE)
        say(f"the panel with the number of people is drawn within {time.monotonic() - began:.2f} s")
        began = time.monotonic()
        await self._olga.press(f"Send to {self._options.subscribers:,} people")
        await self._olga.expect("people?", PATIENCE)
        say(f"the question is asked within {time.monotonic() - began:.2f} s")

    async def _first_message(self, what: str) -> None:
        began = time.monotonic()
        before = self._arrived()
        await self._sent(before + 1)
        say(f"{what}: {time.monotonic() - began:.2f} s")

    async def _go_on(self, what: str) -> None:
        await self._bot.start()
        await self._first_message(what)

    async def _sent(self, number: int) -> None:
        if not await self._telegram.world.wait_for(lambda: self._arrived() >= number, PATIENCE):
            raise TimeoutError(self._olga.picture() + self._bot.log.read_text())

    def _arrived(self) -> int:
        """Olga's own chat is not counted."""
        chats = self._telegram.world.chats
        return len(chats) - (self._olga.id in chats)

    async def _memory(self, after: int) -> None:
        status = await asyncio.to_thread(Path(f"/proc/{self._bot.pid}/status").read_text)
        lines = (line.split() for line in status.splitlines() if line.split(":")[0] in MEMORY)
        found = ", ".join(f"{MEMORY[name.rstrip(':')]} {int(size) / 1024:.0f} MB" for name, size, _ in lines)
        say(f"memory after {after} messages: {found}")


def say(line: str) -> None:
    """At once: it takes long."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


async def _run(options: argparse.Namespace) -> None:
    async with AsyncExitStack() as stack:
        telegram = await stack.enter_async_context(LocalTelegram())
        telegram.keeps_calls = False
        people = range(FIRST, FIRST + options.subscribers)
        telegram.world.people.crowds.append(people)
        folder = Path(stack.enter_context(TemporaryDirectory(dir=options.beside)))
        olga = Person(telegram, "Olga Example")
        bot = BotProcess(
            telegram, folder, BOT_OWNERS=str(olga.id), BOT_MESSAGES_PER_SECOND=str(options.per_second)
        )  # fmt: skip
        await _fill(folder, options.file, people)
        stack.push_async_callback(bot.kill)
        await Trial(telegram, bot, olga, options).run()


async def _fill(folder: Path, kept: Path | None, people: range) -> None:
    """`kept`: a folder with a file and its keys, made where it is missing."""
    made = folder if kept is None else kept
    if not (made / "data").exists():
        began = time.monotonic()
        async with store_in(made) as store:
            await subscribe(store, people)
        say(f"{len(people):,} subscribers are written within {time.monotonic() - began:.0f} s")
    if kept is not None:
        shutil.rmtree(folder / "keys")
        for part in ("data", "keys"):
            shutil.copytree(made / part, folder / part)


def main() -> None:
    """Prints what is measured."""
    parser = argparse.ArgumentParser(prog="python -m bench.million", description=__doc__)
    parser.add_argument("--subscribers", type=int, default=1_000_000)
    parser.add_argument("--messages", type=int, default=20_000)
    parser.add_argument("--per-second", type=int, default=1_000)
    parser.add_argument("--file", type=Path, help="a folder in which the file is kept for the next time")
    parser.add_argument("--beside", type=Path, help="a folder with room, instead of the usual temporary one")
    uvloop.run(_run(parser.parse_args()))


if __name__ == "__main__":
    main()
