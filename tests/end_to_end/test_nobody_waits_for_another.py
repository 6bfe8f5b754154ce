"""One answer that Telegram holds back beside 300 people: everybody else is answered."""

from __future__ import annotations

import asyncio
import time

from sandbox.server import LocalTelegram
from tests.people import Newcomer, Person

OTHERS = 300
LONGEST_WAIT = 3.0  # seconds, promised


async def test_one_held_answer_holds_nobody_else(ann: Person, newcomer: Newcomer, telegram: LocalTelegram) -> None:
    release = asyncio.Event()
    telegram.faults.hold(release, chat=ann.id, method="sendMessage")
    await ann.send("/start")
    assert await telegram.world.wait_for(lambda: any(call.method == "sendMessage" for call in telegram.calls), 5)
    people = [newcomer(f"Person {number}") for number in range(OTHERS)]
    began = time.monotonic()
    for person in people:
        await person.send("/start")
    chats = [telegram.world.chats[person.id] for person in people]
    assert await telegram.world.wait_for(lambda: all(len(chat) == 2 for chat in chats), 30)
    await asyncio.gather(*(person.expect("66 people have signed") for person in people))
    waits = [call.ended - began for call in telegram.sent() if call.ended is not None]
    assert len(waits) == OTHERS
    assert max(waits) < LONGEST_WAIT
    release.set()
    await ann.expect("66 people have signed")


async def test_her_own_next_update_waits_and_only_the_newer_screen_is_sent(
    ann: Person, telegram: LocalTelegram
) -> None:
    await ann.send("/appeal")
    first = await ann.expect("1 / 5")
    release = asyncio.Event()
    telegram.faults.hold(release, chat=ann.id, method="editMessageText", times=1)
    for part in (2, 3, 4, 5):
        await ann.forge(f"ap:{part}", message=first.message_id)
    await ann.quiet(30)
    release.set()
    await ann.expect("5 / 5")
    shown = [call.parameters["text"] for call in telegram.sent(ann.id) if call.method == "editMessageText"]
    assert [text.split(" · ")[1][:5] for text in shown] == ["2 / 5", "5 / 5"]
