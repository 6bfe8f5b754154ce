"""One process delivers, and another takes over: on PostgreSQL, each with a store of its own."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from types import SimpleNamespace
from typing import Any, cast

import pytest

from bot.alarms import Alarms
from bot.background import in_background, repeated
from bot.broadcaster import Broadcaster
from bot.leader import Leader
from bot.rate_limiter import RateLimiter
from bot.settings import HERE
from handlers.words import load_words
from storage.broadcast import BroadcastState
from storage.database import StorageFault
from storage.deliveries import Course, Delivered, Settled
from storage.store import Store
from tests.storage.conftest import Open
from tests.storage.news import begun, confirmed, found, recipients
from tests.storage.test_membership import end_sessions

OLGA = 701234567
READERS = range(811000000, 811000060)
SOON = 20.0  # seconds; nothing here takes so long, on a busy machine either


@pytest.fixture
async def two(shared_address: str, open_store: Open) -> AsyncIterator[tuple[Store, Store]]:
    async with open_store(shared_address, shared=True) as first, open_store(shared_address, shared=True) as second:
        for reader in READERS:
            await first.subscribers.subscribe(reader, reader, "en")
        yield first, second


async def test_who_was_deposed_neither_records_nor_claims(two: tuple[Store, Store]) -> None:
    first, second = two
    number = (await begun(first, OLGA)).number
    one, other, third, *_ = await recipients(first, number)
    old = (await first.deliveries.take_over()).token
    claimed = await first.deliveries.take_turn(number, (), [one, other], token=old)
    assert len(claimed.claimed) == 2
    taken = await second.deliveries.take_over()
    assert taken.in_doubt == 2
    settled = [Settled(one, Delivered.REACHED, (5,)), Settled(other, None)]
    turn = await first.deliveries.take_turn(number, settled, [third], token=old)
    assert (turn.claimed, turn.course) == ((), Course.DEPOSED)
    figures = (await found(second, number)).figures
    assert (figures.reached, figures.in_doubt) == (0, 2)
    assert third.id in {left.id for left in await recipients(second, number)}
    turn = await second.deliveries.take_turn(number, (), [third], token=taken.token)
    assert (len(turn.claimed), turn.course) == (1, Course.GOES_ON)


async def test_who_takes_over_waits_for_what_is_being_claimed(two: tuple[Store, Store]) -> None:
    """Else a claim could be committed after the claims were put in doubt, and stay open."""
    first, second = two
    number = (await begun(first, OLGA)).number
    token = (await first.deliveries.take_over()).token
    claiming, goes_on = asyncio.Event(), asyncio.Event()
    write = first.database.write

    async def slowly(work: Callable[[Any], Any]) -> Any:
        async def and_wait(connection: Any) -> Any:
            turn = await work(connection)
            claiming.set()
            await goes_on.wait()
            return turn

        return await write(and_wait)

    first.deliveries._database = cast("Any", SimpleNamespace(write=slowly))  # noqa: SLF001 - held before its commit
    turn = asyncio.create_task(first.deliveries.take_turn(number, (), await recipients(second, number), token=token))
    await claiming.wait()
    taking = asyncio.create_task(second.deliveries.take_over())
    await asyncio.wait({taking}, timeout=0.3)
    assert not taking.done()
    goes_on.set()
    assert len((await turn).claimed) == (await taking).in_doubt == len(READERS)


class Process:
    """What leads of a process, and whom it sent to."""

    def __init__(self, store: Store, sent: list[int], *, stuck: asyncio.Event | None = None) -> None:
        self.store = store
        self.membership = store.database.membership
        self.led = 0
        self._sent = sent
        self._stuck = stuck

    async def _send(self, _call: Any, chat: int, *_arguments: Any, **_named: Any) -> tuple[int, ...]:
        self._sent.append(chat)
        if self._stuck is not None and len(self._sent) > len(READERS) // 3:
            self._stuck.set()
            await asyncio.Event().wait()
        return (chat,)

    def _begin(self) -> list[Any]:
        self.led += 1
        settings = SimpleNamespace(
            first_recipients=0, messages_per_second=200, paid_broadcast=0, owners=frozenset({OLGA})
        )
        wire = SimpleNamespace(send=self._send)
        broadcaster = Broadcaster(
            self.store, cast("Any", wire), RateLimiter(200), load_words(HERE / "locales"), Alarms(), lambda: None,
            settings=cast("Any", settings),
        )  # fmt: skip
        self.membership.listen(broadcaster.wake)

        async def deliver() -> None:
            await broadcaster.run()
            self.membership.begin_anew()

        return [deliver(), repeated(broadcaster.look, 0.1)]

    @asynccontextmanager
    async def at_work(self) -> AsyncIterator[None]:
        async with in_background(Leader(self.membership, self._begin).run()):
            yield


async def ended(store: Store, number: int) -> None:
    async with asyncio.timeout(SOON):
        while (await found(store, number)).state is not BroadcastState.SENT:  # noqa: ASYNC110 - written elsewhere
            await asyncio.sleep(0.05)


async def test_another_takes_over_in_the_middle_and_nobody_gets_it_twice(
    two: tuple[Store, Store], shared_address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.dispatch.STOP_SECONDS", 0.2)
    sent: list[int] = []
    stuck = asyncio.Event()
    first, second = Process(two[0], sent, stuck=stuck), Process(two[1], sent)
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(first.at_work())
        async with asyncio.timeout(SOON):
            while not first.led:  # noqa: ASYNC110 - the next one comes second
                await asyncio.sleep(0.01)
        await stack.enter_async_context(second.at_work())
        number = (await confirmed(two[1], OLGA)).number
        second.membership.wake()
        async with asyncio.timeout(SOON):
            await stuck.wait()
        first.membership.lead = _never  # type: ignore[method-assign] # it is slower than the other
        await end_sessions(shared_address)
        await ended(two[1], number)
    figures = (await found(two[1], number)).figures
    assert len(sent) == len(set(sent)), "at most once"
    assert figures.reached + figures.in_doubt == len(READERS)
    assert 0 < figures.in_doubt < len(READERS) // 2
    assert second.led == 1


async def test_what_may_have_been_recorded_is_counted_once(two: tuple[Store, Store]) -> None:
    """The answer to a COMMIT was lost: who asks again would count what came of it twice, and leave its claims open."""
    store, _ = two
    sent: list[int] = []
    write = store.database.write
    lost: list[int] = []

    async def unheard(work: Callable[[Any], Any]) -> Any:
        turn = await write(work)
        if getattr(turn, "claimed", ()) and len(sent) > len(READERS) // 3 and not lost:
            lost.append(len(turn.claimed))
            raise StorageFault(ConnectionError(), may_be_done=True)
        return turn

    store.deliveries._database = cast("Any", SimpleNamespace(write=unheard, read=store.database.read))  # noqa: SLF001 - as its connection would be lost
    leader = Process(store, sent)
    async with leader.at_work():
        number = (await confirmed(store, OLGA)).number
        store.database.membership.wake()
        await ended(store, number)
    figures = (await found(store, number)).figures
    assert lost
    assert leader.led == 2
    assert len(sent) == len(set(sent)) == figures.reached
    assert (figures.tried, figures.in_doubt) == (len(READERS), lost[0])
    assert not await store.deliveries.are_open(number), "its report can say how it ended"


async def _never() -> bool:
    return False


async def test_what_a_follower_confirms_begins_though_its_word_was_lost(two: tuple[Store, Store]) -> None:
    sent: list[int] = []
    leader = Process(two[0], sent)
    async with leader.at_work():
        number = (await confirmed(two[1], OLGA)).number
        await ended(two[1], number)
    assert sorted(sent) == list(READERS)
