"""Screens on their way: one at a time in a chat, the newest alone for each message."""

from __future__ import annotations

import asyncio

from bot.lanes import Lanes


async def test_of_those_that_wait_for_one_message_only_the_newest_is_sent() -> None:
    lanes = Lanes()
    release = asyncio.Event()
    sent: list[str] = []

    async def screen(name: str, message: int | None) -> None:
        async with lanes.turn(1, message) as newest:
            if newest:
                sent.append(name)
                await release.wait()

    tasks = []
    for name, message in (("a", 7), ("b", 7), ("c", None), ("d", 8), ("e", 7)):
        tasks.append(asyncio.create_task(screen(name, message)))
        await asyncio.sleep(0)
    assert sent == ["a"]
    release.set()
    await asyncio.gather(*tasks)
    assert sent == ["a", "c", "d", "e"]


async def test_chats_do_not_wait_for_each_other() -> None:
    lanes = Lanes()
    async with lanes.turn(1, 7) as one, lanes.turn(2, 7) as other:
        assert one
        assert other


async def test_a_turn_given_up_lets_the_next_one_go() -> None:
    lanes = Lanes()
    async with lanes.turn(1, 7):
        waiting = asyncio.create_task(_take(lanes))
        await asyncio.sleep(0)
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)
    async with asyncio.timeout(1):
        assert await _take(lanes)


async def _take(lanes: Lanes) -> bool:
    async with lanes.turn(1, 7) as newest:
        return newest
