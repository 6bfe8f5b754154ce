"""CPU of one message: ours, aiogram's, and python-telegram-bot's default; same event loop, same server."""

from __future__ import annotations

import argparse
import asyncio
import multiprocessing
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from contextlib import AbstractAsyncContextManager
from statistics import median

import uvloop

from bench.contestants import Contestant, Send, by_aiogram, by_ptb, ours
from bench.telegram import telegram
from bot.memory import keep_what_is_loaded
from bot.rate_limiter import RateLimiter

IN_FLIGHT = 16
WARM_UP = 300  # messages
UNLIMITED = 1_000_000  # a second


def contestant(name: Contestant, url: str) -> AbstractAsyncContextManager[Send]:
    """The one of this name."""
    match name:
        case Contestant.OURS:
            return ours(url, RateLimiter(UNLIMITED))
        case Contestant.AIOGRAM:
            return by_aiogram(url)
        case Contestant.PTB:
            return by_ptb(url)


async def send_all(send: Send, messages: int) -> None:
    """So many, IN_FLIGHT of them at the same time."""
    chats = iter(range(1, messages + 1))

    async def work() -> None:
        for chat in chats:
            await send(chat)

    await asyncio.gather(*(work() for _ in range(IN_FLIGHT)))


async def _measure(name: Contestant, url: str, messages: int) -> float:
    async with contestant(name, url) as send:
        await send_all(send, WARM_UP)
        keep_what_is_loaded()  # the peers bear nothing of what is loaded here beside them
        began = time.process_time()
        await send_all(send, messages)
        return (time.process_time() - began) / messages


def measure(name: Contestant, url: str, messages: int) -> float:
    """Seconds of CPU a message; for a process of its own."""
    return uvloop.run(_measure(name, url, messages))


def main() -> None:
    """Prints the medians, and ours as a part of the peers'."""
    parser = argparse.ArgumentParser(prog="python -m bench.sends", description=__doc__)
    parser.add_argument("--messages", type=int, default=2_000)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    spent: dict[Contestant, list[float]] = {name: [] for name in Contestant}
    for _ in range(options.rounds):
        for name in Contestant:
            with telegram() as url, ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as process:
                spent[name].append(process.submit(measure, name, url, options.messages).result())
    mine = median(spent[Contestant.OURS])
    for name, seconds in spent.items():
        one = median(seconds)
        line = f"{name:32} {one * 1e6:7.0f} us of CPU a message"
        sys.stdout.write(line if name is Contestant.OURS else f"{line}; ours costs {mine / one:.2f} of it")
        sys.stdout.write("\n")


if __name__ == "__main__":
    main()
