"""Signing where 1,000,000 have signed, against 1,000: what a tap takes, without Telegram's time and the code's.

Both files are used in turn, tap by tap, so that what else the machine does falls on both alike.
"""

from __future__ import annotations

import argparse
import asyncio
import shutil
import sys
import threading
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from functools import partial
from itertools import count
from pathlib import Path
from statistics import median, quantiles
from tempfile import TemporaryDirectory
from unittest.mock import patch
from zoneinfo import ZoneInfo

import uvloop

from bench.signatures import add_signatures, number_before
from bench.subscribers import store_in
from bot.settings import HERE
from handlers import registry
from handlers.answer import Answer, Choice
from handlers.buttons import Button, OpenSignatories
from handlers.context import Context, Services
from handlers.daily_signings import DailySignings
from handlers.reading import Command, Reading, Tap
from handlers.signatories import PAGE
from handlers.words import load_words
from petition.content import load_petition
from storage import signer_tags
from storage.cipher import Keys

FEW, MANY = 1_000, 1_000_000
FIRST = 10**11  # the first signer's id
STEPS = ("Sign as Ann Example", "Skip", "Keep my name private")
CONFIRM = "I sign"
WARM = 20  # rounds that are not counted


@dataclass
class Side:
    """One file, and how long each thing took on it, in seconds."""

    services: Services
    updates: Iterator[int] = field(default_factory=lambda: count(1))
    people: Iterator[int] = field(default_factory=lambda: count(FIRST))
    took: dict[str, list[float]] = field(default_factory=dict)

    async def read(self, what: str, person: int, reading: Reading) -> Answer:
        """One update of a person; `what` it is noted under."""
        context = Context(
            services=self.services, screens=registry.SCREENS, update_id=next(self.updates), person=person, chat=person,
            full_name="Ann Example", language="en", words=self.services.words["en"], tapped=None,
        )  # fmt: skip
        began = time.perf_counter()
        answer = await registry.answer(context, reading)
        self.took.setdefault(what, []).append(time.perf_counter() - began)
        return answer

    async def sign(self) -> None:
        """One person, from /sign to the thank-you."""
        person = next(self.people)
        answer = await self.read("/sign", person, Command("sign", ""))
        for label in STEPS:
            answer = await self.read("a step", person, Tap(button(answer, label), screen=None))
        answer = await self.read(CONFIRM, person, Tap(button(answer, CONFIRM), screen=None))
        if answer.screen is None or "You are signatory" not in answer.screen.text:
            raise RuntimeError("she has not signed")

    async def start(self) -> None:
        """The first screen, with the count."""
        await self.read("/start", next(self.people), Command("start", ""))

    async def page(self, what: str, page: OpenSignatories) -> None:
        """A page of names."""
        answer = await self.read(what, next(self.people), Tap(page, screen=None))
        if answer.screen is None or answer.screen.text.count("Person ") != PAGE:
            raise RuntimeError(f"{what} is not full of names")

    def forget(self) -> None:
        """What was only to warm up."""
        self.took.clear()


def button(answer: Answer, label: str) -> Button:
    """The one of this name."""
    rows = answer.screen.rows if answer.screen is not None else ()
    return next(one.button for row in rows for one in row if isinstance(one, Choice) and label in one.label)


@dataclass
class Codes:
    """Counts how often a signer's code is made, and where."""

    made: int = 0
    on_the_loop: int = 0

    @contextmanager
    def counted(self) -> Iterator[None]:
        """While it is entered."""
        make = signer_tags.signer_tag

        def counting(*arguments: object) -> bytes:
            self.made += 1
            self.on_the_loop += threading.current_thread() is threading.main_thread()
            return make(*arguments)  # type: ignore[arg-type]

        with patch.object(signer_tags, "signer_tag", counting):
            yield


@asynccontextmanager
async def side(folder: Path) -> AsyncIterator[Side]:
    """A bot's handlers on the file in a folder."""
    petition = load_petition(HERE / "petition" / "belarus")
    async with store_in(folder) as store:
        yield Side(
            Services(
                petition, store, load_words(HERE / "locales"), "undersigned_bot", clears_chats=True,
                owners=frozenset(), messages_per_second=30, news_per_second=30, first_recipients=20, approvals=True,
                broadcast_delay=0, timezone=ZoneInfo("UTC"), wake_broadcaster=lambda: None, draft_hours=24,
                retention_days=0, signings=DailySignings(store.clock),
            )
        )  # fmt: skip


async def fill(folder: Path, kept: Path | None, signatures: int) -> None:
    """`kept`: a folder with a file and its keys for the next time, made where it is missing."""
    made = folder if kept is None else kept
    if not (made / "data").exists():
        began = time.monotonic()
        async with store_in(made) as store:
            petition = load_petition(HERE / "petition" / "belarus")
            await add_signatures(store, Keys.load(made / "keys"), petition, signatures)
        say(f"{signatures:,} signatures are written within {time.monotonic() - began:.0f} s")
    if kept is not None:
        await asyncio.to_thread(partial(shutil.copytree, kept, folder))


def say(line: str) -> None:
    """At once: it takes long."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def compare(what: str, few: list[float], many: list[float], names: tuple[str, str]) -> None:
    """One line: medians, p99s and what the second is to the first."""
    middle = [median(times) * 1_000 for times in (few, many)]
    late = [quantiles(times, n=100)[98] * 1_000 for times in (few, many)]
    say(
        f"{what}: median {middle[0]:.2f} ms at {names[0]}, {middle[1]:.2f} ms at {names[1]} "
        f"(x {middle[1] / middle[0]:.2f}); p99 {late[0]:.2f} ms, {late[1]:.2f} ms (x {late[1] / late[0]:.2f})"
    )


async def _pages(many: Side, far: int, rounds: int) -> None:
    """The first page that is all of the database's against one far behind, forwards and backwards."""
    first = len(many.services.petition.first_signatories)
    near = first // PAGE + 2
    store = many.services.store
    after = {page: await number_before(store, (page - 1) * PAGE - first) for page in (near, far)}
    named = {page: f"page {page:,}" for page in (near, far)}
    for _ in range(rounds):
        for page in (near, far):
            await many.page(named[page], OpenSignatories(page, after[page], 0))
            await many.page(f"back to {named[page]}", OpenSignatories(page, 0, after[page] + PAGE + 1))
    for way in ("", "back to "):
        took = [many.took[f"{way}{named[page]}"] for page in (near, far)]
        compare(f"/signatories {way}".strip(), took[0], took[1], (named[near], named[far]))


async def _run(options: argparse.Namespace) -> None:
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(dir=options.beside)))
        sides = []
        for signatures in (FEW, options.signatures):
            place = folder / str(signatures)
            await fill(place, options.file and options.file / str(signatures), signatures)
            sides.append(await stack.enter_async_context(side(place)))
        few, many = sides
        await _sign(few, many, options.rounds)
        for what in (CONFIRM, "a step", "/start"):
            compare(what, few.took[what], many.took[what], (f"{FEW:,}", f"{options.signatures:,}"))
        await _pages(many, options.signatures // PAGE, options.rounds)


async def _sign(few: Side, many: Side, rounds: int) -> None:
    codes = Codes()
    with codes.counted():
        for turn in range(WARM + rounds):
            if turn == WARM:
                few.forget()
                many.forget()
            for one in (few, many) if turn % 2 else (many, few):
                await one.sign()
                await one.start()
    signed = 2 * (WARM + rounds)
    say(f"codes made for {signed:,} signatures: {codes.made:,}, on the event loop: {codes.on_the_loop}")


def main() -> None:
    """Prints what is measured."""
    parser = argparse.ArgumentParser(prog="python -m bench.signing", description=__doc__)
    parser.add_argument("--signatures", type=int, default=MANY)
    parser.add_argument("--rounds", type=int, default=1_000, help="signatures given on each file")
    parser.add_argument("--file", type=Path, help="a folder in which the files are kept for the next time")
    parser.add_argument("--beside", type=Path, help="a folder with room, instead of the usual temporary one")
    uvloop.run(_run(parser.parse_args()))


if __name__ == "__main__":
    main()
