"""The whole broadcast: its CPU beside bare loops of sends; its pace at Telegram's limit, and at the one paid for."""

from __future__ import annotations

import argparse
import multiprocessing
import os
import sys
from concurrent.futures import ProcessPoolExecutor
from statistics import median

import uvloop

from bench import sends
from bench.contestants import Contestant
from bench.pace import BOTS_CORE, PAID, SETTLED, TELEGRAMS_CORE
from bench.telegram import Limit, Tally, tally, telegram
from bench.whole import broadcast
from bot.settings import TELEGRAMS_OWN_LIMIT

SUBSCRIBERS = 20_000
AMPLE = 10_000  # a second: more than there will be


def measure(name: Contestant, url: str, messages: int) -> float:
    """Seconds of CPU a message; for a process of its own."""
    if name is Contestant.OURS:
        return uvloop.run(broadcast(url, messages, messages_per_second=AMPLE))
    return sends.measure(name, url, messages)


def compare_cpu(options: argparse.Namespace) -> None:
    """Ours is all that a broadcast does; theirs is a loop of sends, and nothing else.

    The ratio is the median of the rounds': a machine that slows down meanwhile slows both of one round.
    """
    spent: dict[Contestant, list[float]] = {name: [] for name in Contestant}
    for _ in range(options.rounds):
        for name in Contestant:
            messages = options.subscribers if name is Contestant.OURS else options.messages
            with telegram() as url, ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as process:
                spent[name].append(process.submit(measure, name, url, messages).result())
    for name, seconds in spent.items():
        line = f"{name:32} {median(seconds) * 1e6:7.0f} us of CPU a message"
        ratio = median(mine / one for mine, one in zip(spent[Contestant.OURS], seconds, strict=True))
        sys.stdout.write(line if name is Contestant.OURS else f"{line}; ours costs {ratio:.3f} of it")
        sys.stdout.write("\n")


async def _paced(url: str, options: argparse.Namespace) -> tuple[float, Tally]:
    if options.paid:
        one = await broadcast(url, options.subscribers, paid_broadcast=PAID)
    else:
        enough = int(options.seconds * TELEGRAMS_OWN_LIMIT * 2)
        one = await broadcast(url, enough, seconds=options.seconds, messages_per_second=TELEGRAMS_OWN_LIMIT)
    return one, await tally(url)


def measure_pace(options: argparse.Namespace) -> None:
    """Against a server that refuses what is over the limit."""
    rate, core = (PAID, TELEGRAMS_CORE) if options.paid else (TELEGRAMS_OWN_LIMIT, None)
    if options.paid:
        os.sched_setaffinity(0, {BOTS_CORE})
    with telegram(Limit(rate, core=core)) as url:
        cpu, found = uvloop.run(_paced(url, options))
    times = found.accepted
    reached = (len(times) - 1) / (times[-1] - times[0])
    late = sum(time - times[0] > SETTLED for time in found.refused)
    sys.stdout.write(
        f"{reached:.1f} a second, {reached / rate:.1%} of the limit; "
        f"429s: {len(found.refused)}, after {SETTLED:.0f} s: {late}; {cpu * 1e6:.0f} us of CPU a message\n"
    )


def main() -> None:
    """Prints one of the three."""
    parser = argparse.ArgumentParser(prog="python -m bench.broadcast", description=__doc__)
    kind = parser.add_mutually_exclusive_group()
    kind.add_argument("--limit", action="store_true", help=f"the pace at {TELEGRAMS_OWN_LIMIT} a second")
    kind.add_argument("--paid", action="store_true", help=f"the pace at {PAID} a second; bot and server on a core each")
    parser.add_argument("--subscribers", type=int, default=SUBSCRIBERS)
    parser.add_argument("--messages", type=int, default=2_000, help="of the peers")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=60.0, help="with --limit")
    options = parser.parse_args()
    if options.limit or options.paid:
        measure_pace(options)
    else:
        compare_cpu(options)


if __name__ == "__main__":
    main()
