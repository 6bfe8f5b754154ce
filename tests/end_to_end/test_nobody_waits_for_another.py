"""One answer that Telegram holds back beside 300 people: everybody else is answered."""

from __future__ import annotations

import asyncio
import time
from functools import partial

import pytest

from bot.application import serving
from bot.delivery import PATIENCE, Delivery
from bot.intake import IN_HAND
from bot.settings import Settings
from sandbox.calls import Call
from sandbox.server import LocalTelegram
from tests.people import DEADLINE, Newcomer, Person

OTHERS = 300
FOR_EVER = partial(Delivery, patience=600.0)


async def test_one_held_answer_holds_nobody_else(ann: Person, newcomer: Newcomer, telegram: LocalTelegram) -> None:
    """Beside it the others wait for its patience longer than without it, however fast this machine is."""
    alone = await longest_wait([newcomer(f"Person {number}") for number in range(OTHERS)], telegram)
    release = asyncio.Event()
    telegram.faults.hold(release, chat=ann.id, method="sendMessage")
    await ann.send("/start")
    assert await telegram.world.wait_for(lambda: any(is_for(ann, call) for call in telegram.calls), DEADLINE)
    beside = await longest_wait([newcomer(f"Other {number}") for number in range(OTHERS)], telegram)
    assert beside < 2 * alone + PATIENCE
    release.set()
    await ann.expect("66 people have signed")


def is_for(person: Person, call: Call) -> bool:
    return call.method == "sendMessage" and call.parameters["chat_id"] == person.id


async def longest_wait(people: list[Person], telegram: LocalTelegram) -> float:
    """All of them start at once; the seconds until the last is answered."""
    began = time.monotonic()
    for person in people:
        await person.send("/start")
    await asyncio.gather(*(person.expect("66 people have signed", 30) for person in people))
    theirs = {person.id for person in people}
    waits = [call.ended - began for call in telegram.sent() if call.ended and call.parameters["chat_id"] in theirs]
    assert len(waits) == len(people)
    return max(waits)


@pytest.mark.parametrize("more", [0, 1, 20])
async def test_a_crowd_whose_pages_are_on_their_way_holds_nobody(
    quick: tuple[Settings, Person],
    newcomer: Newcomer,
    telegram: LocalTelegram,
    monkeypatch: pytest.MonkeyPatch,
    more: int,
) -> None:
    """Telegram shows a hundred at once: however long it takes a hundred pages, the next one behind them is read."""
    monkeypatch.setattr("bot.application.Delivery", FOR_EVER)
    crowd, bohdan, release = (
        [newcomer(f"Person {number}") for number in range(IN_HAND + more)],
        newcomer(),
        asyncio.Event(),
    )
    async with serving(quick[0]):
        for person in crowd:
            await person.send("/appeal")
        pages = await asyncio.gather(*(person.expect("1 / 5") for person in crowd))
        await bohdan.quiet()
        telegram.faults.hold(release, method="editMessageText")
        for person, page in zip(crowd, pages, strict=True):
            await person.forge("ap:2", message=page.message_id)
        await bohdan.send("/start")
        await bohdan.expect("66 people have signed")
        release.set()
        await asyncio.gather(*(person.expect("2 / 5") for person in crowd))


async def test_questions_on_their_way_are_not_acknowledged_in_a_crowd_either(
    quick: tuple[Settings, Person], newcomer: Newcomer, telegram: LocalTelegram, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Their numbers are kept when they arrive: a kill before would leave their buttons for ever."""
    monkeypatch.setattr("bot.application.Delivery", FOR_EVER)
    crowd, bohdan, release = [newcomer(f"Person {number}") for number in range(IN_HAND)], newcomer(), asyncio.Event()
    telegram.faults.hold(release, method="sendMessage")
    for person in crowd:
        await person.send("/sign")
    await bohdan.send("/start")
    async with serving(quick[0]):
        assert await telegram.world.wait_for(lambda: len(telegram.sent()) == len(crowd), DEADLINE)
        for _ in range(100):
            await asyncio.sleep(0)  # time for a poll, which must not come
        assert len(telegram.world.pending()) == len(crowd) + 1
        release.set()
        await bohdan.expect("66 people have signed")


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
