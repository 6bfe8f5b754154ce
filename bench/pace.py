"""How much of Telegram's limit a broadcast reaches, and how often it is refused: ours, and AIORateLimiter's."""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
from contextlib import suppress
from itertools import count

import uvloop
from telegram.error import RetryAfter
from telegram.ext import AIORateLimiter

from bench.contestants import Contestant, Send, by_ptb, ours
from bench.telegram import Limit, Tally, tally, telegram
from bot.rate_limiter import RateLimiter
from bot.settings import TELEGRAMS_OWN_LIMIT

PAID = 1_000  # a second
SETTLED = 5.0  # seconds
WAITING = 64  # sends of the peer: it has no other way to keep the limit busy
BOTS_CORE, TELEGRAMS_CORE = 0, 1


async def _broadcast(send: Send, seconds: float, in_flight: int) -> None:
    chats = count(1)

    async def work() -> None:
        for chat in chats:
            with suppress(RetryAfter):  # the server counts them
                await send(chat)

    workers = [asyncio.ensure_future(work()) for _ in range(in_flight)]
    await asyncio.sleep(seconds)
    for worker in workers:
        worker.cancel()
    await asyncio.gather(*workers, return_exceptions=True)


async def _measure(name: Contestant, url: str, options: argparse.Namespace) -> Tally:
    rate = PAID if options.paid else TELEGRAMS_OWN_LIMIT
    if name is Contestant.OURS:
        limiter = RateLimiter(rate, paid_per_second=rate if options.paid else 0)
        async with ours(url, limiter, paid=options.paid) as send:
            await _broadcast(send, options.seconds, options.in_flight)
            return await tally(url)
    async with by_ptb(url, AIORateLimiter(rate, 1, max_retries=5), paid=options.paid) as send:
        await _broadcast(send, options.seconds, WAITING)
        return await tally(url)


def _rate(found: Tally) -> float:
    """Messages a second, from the first to the last."""
    times = found.accepted
    return (len(times) - 1) / (times[-1] - times[0])


def main() -> None:
    """Prints rate and refusals of both, and ours as a multiple of the peer's."""
    parser = argparse.ArgumentParser(prog="python -m bench.pace", description=__doc__)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--in-flight", type=int, default=8)
    parser.add_argument("--paid", action="store_true", help=f"{PAID} a second; bot and server on a core each")
    options = parser.parse_args()
    if options.paid:
        os.sched_setaffinity(0, {BOTS_CORE})
    rate = PAID if options.paid else TELEGRAMS_OWN_LIMIT
    limit = Limit(rate, core=TELEGRAMS_CORE if options.paid else None)
    reached: dict[Contestant, float] = {}
    for name in (Contestant.OURS, Contestant.PTB):
        with telegram(limit) as url:
            found = uvloop.run(_measure(name, url, options))
        reached[name] = _rate(found)
        late = sum(time - found.accepted[0] > SETTLED for time in found.refused)
        sys.stdout.write(
            f"{name:32} {reached[name]:7.1f} a second, {reached[name] / rate:.1%} of the limit; "
            f"429s: {len(found.refused)}, after {SETTLED:.0f} s: {late}\n"
        )
    sys.stdout.write(f"ours reaches {reached[Contestant.OURS] / reached[Contestant.PTB]:.2f} times the peer's rate\n")


if __name__ == "__main__":
    main()
