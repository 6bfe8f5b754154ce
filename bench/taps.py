"""How long supporters wait for a reply while a broadcast goes out at the limit: ours, and AIORateLimiter's.

Both are the same bot and the same reply; only the rate limiter differs.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from itertools import count
from statistics import quantiles
from typing import Any

import uvloop
from telegram.ext import AIORateLimiter, ExtBot

from bench.contestants import KEYBOARD, NEWS, RAW_KEYBOARD, TEXT, Contestant, Send
from bench.telegram import TOKEN, Limit, telegram
from bot.news_call import send_call
from bot.rate_limiter import RateLimiter, Urgency
from bot.request import AiohttpRequest
from bot.settings import TELEGRAMS_OWN_LIMIT
from bot.wire import Wire

SUPPORTERS = 100
FIRST_CHAT = 1_000_000  # of those who get the broadcast
STEADY = 5.0  # seconds, until the broadcast is at the limit
WAITING = 64  # sends
SLOTS = 3


@dataclass(frozen=True)
class Rival:
    """A bot at work, and how it sends a broadcast's message."""

    bot: ExtBot[Any]
    broadcast: Send


@dataclass
class Seconds:
    """What the supporters saw."""

    replies: list[float] = field(default_factory=list)  # from a tap until its message has changed
    round_trips: list[float] = field(default_factory=list)  # of calls that no limiter holds, at the same time


@asynccontextmanager
async def with_ours(url: str) -> AsyncIterator[Rival]:
    """With the limiter of this bot."""
    limiter = RateLimiter(TELEGRAMS_OWN_LIMIT)
    async with ExtBot(TOKEN, f"{url}/bot", request=AiohttpRequest(url), rate_limiter=limiter) as bot:
        wire, call = Wire(bot, limiter), send_call(NEWS, RAW_KEYBOARD)

        async def broadcast(chat: int) -> None:
            turn = await limiter.turn()
            await wire.send(call, chat, urgency=Urgency.BROADCAST, turn=turn)

        yield Rival(bot, broadcast)


@asynccontextmanager
async def with_the_peers(url: str) -> AsyncIterator[Rival]:
    """With python-telegram-bot's."""
    limiter = AIORateLimiter(TELEGRAMS_OWN_LIMIT, 1)
    async with ExtBot(TOKEN, f"{url}/bot", request=AiohttpRequest(url), rate_limiter=limiter) as bot:
        yield Rival(bot, partial(bot.send_message, text=TEXT, reply_markup=KEYBOARD))


async def _broadcast(send: Send) -> None:
    chats = count(FIRST_CHAT)

    async def work() -> None:
        for chat in chats:
            await send(chat)

    await asyncio.gather(*(work() for _ in range(WAITING)))


async def _timed(call: Awaitable[object], seconds: list[float]) -> None:
    loop = asyncio.get_running_loop()
    began = loop.time()
    await call
    seconds.append(loop.time() - began)


async def _supporter(bot: ExtBot[Any], chat: int, every: float, until: float, seen: Seconds) -> None:
    """Taps at random times, whether or not the last reply is there; the tapped message changes."""
    loop = asyncio.get_running_loop()
    async with asyncio.TaskGroup() as group:
        while loop.time() + (pause := random.expovariate(1 / every)) < until:
            await asyncio.sleep(pause)
            reply = bot.edit_message_text(TEXT, chat_id=chat, message_id=1, reply_markup=KEYBOARD)
            group.create_task(_timed(bot.answer_callback_query("1"), seen.round_trips))
            group.create_task(_timed(reply, seen.replies))


async def _measure(rival: Callable[[str], AbstractAsyncContextManager[Rival]], options: argparse.Namespace) -> Seconds:
    seen = Seconds()
    with telegram(Limit(way=options.way)) as url:
        async with rival(url) as at_work:
            broadcast = asyncio.ensure_future(_broadcast(at_work.broadcast))
            await asyncio.sleep(STEADY)
            until = asyncio.get_running_loop().time() + options.seconds
            chats = range(1, SUPPORTERS + 1)
            await asyncio.gather(*(_supporter(at_work.bot, chat, options.every, until, seen) for chat in chats))
            broadcast.cancel()
            await asyncio.gather(broadcast, return_exceptions=True)
    return seen


RIVALS: dict[Contestant, Callable[[str], AbstractAsyncContextManager[Rival]]] = {
    Contestant.OURS: with_ours,
    Contestant.PTB: with_the_peers,
}


def main() -> None:
    """Prints the waits of both, what ours may be, and the peer's as a multiple of it."""
    parser = argparse.ArgumentParser(prog="python -m bench.taps", description=__doc__)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--every", type=float, default=5.0, help="seconds between a supporter's taps, on average")
    parser.add_argument("--way", type=float, default=0.0, help="seconds that each answer of the server takes")
    options = parser.parse_args()
    p99: dict[Contestant, float] = {}
    for name, rival in RIVALS.items():
        seen = uvloop.run(_measure(rival, options))
        cuts = quantiles(seen.replies, n=100)
        p99[name] = cuts[98]
        most = SLOTS / TELEGRAMS_OWN_LIMIT + quantiles(seen.round_trips, n=100)[98]
        sys.stdout.write(
            f"{name:32} {len(seen.replies)} taps, reply p50 {cuts[49] * 1e3:.0f} ms, p99 {cuts[98] * 1e3:.0f} ms; "
            f"three slots and a round trip: {most * 1e3:.0f} ms\n"
        )
    sys.stdout.write(f"the peer's p99 is {p99[Contestant.PTB] / p99[Contestant.OURS]:.0f} times ours\n")


if __name__ == "__main__":
    main()
