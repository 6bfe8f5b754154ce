"""Several processes send by one budget: never more than the whole, and who wants it gets nearly all of it."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from itertools import pairwise
from typing import Any, cast

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.budget import Budget
from bot.shares import Shares
from storage.database import StorageFault
from storage.processes import DEAD_AFTER, FLOOR, Lease, Wanted, divided, renewed
from tests.fake_time import pass_time, run

WHOLE = 30  # messages a second
EVER = 1_000.0  # seconds

wishes = st.builds(Wanted, st.integers(0, 60), st.booleans())


def now() -> float:
    return asyncio.get_running_loop().time()


class Database:
    """What `Processes` does, on made-up time."""

    def __init__(self) -> None:
        self.rows: dict[int, tuple[float, Lease]] = {}
        self.faults: list[bool | None] = []  # of the next renewals: before the commit, after it, none
        self.seconds = 0.0  # that one takes
        self.writes = 0
        self.most = 0  # that was leased at once

    def of(self, number: int) -> Any:
        return cast("Any", Connected(self, number))


class Connected:
    """One process's way to it."""

    def __init__(self, database: Database, number: int) -> None:
        self._database = database
        self._number = number

    async def renew(self, whole: int, wanted: Wanted, used: int) -> int:
        database = self._database
        fault = database.faults.pop() if database.faults else None
        await pass_time(database.seconds)
        if fault is False:
            raise StorageFault(ConnectionError())
        database.rows = {one: row for one, row in database.rows.items() if int(now()) - row[0] <= DEAD_AFTER}
        leases = {bytes([one]): lease for one, (_, lease) in database.rows.items()}
        granted, leased = renewed(whole, leases, bytes([self._number]), wanted, used)
        database.rows[self._number] = (int(now()), Lease(leased, wanted))
        database.most = max(database.most, sum(lease.share for _, lease in database.rows.values()))
        database.writes += 1
        await pass_time(database.seconds)
        if fault is True:
            raise StorageFault(ConnectionError())
        return granted

    async def leave(self) -> None:
        self._database.rows.pop(self._number, None)


class Process:
    """One that sends a broadcast while it is told to."""

    def __init__(self, database: Database, number: int, sent: list[float]) -> None:
        self.budget = Budget(WHOLE)
        self.shares = Shares(database.of(number), self.budget)
        self.sent: list[float] = []
        self._all = sent
        self.tasks: list[asyncio.Task[None]] = []
        self.renewing = self._begin(self.shares.run())

    def _begin(self, work: Any) -> asyncio.Task[None]:
        self.tasks.append(asyncio.ensure_future(work))
        return self.tasks[-1]

    def broadcast(self, seconds: float = EVER) -> None:
        self._begin(self._broadcast(now() + seconds))

    async def _broadcast(self, until: float) -> None:
        while now() < until:
            await self.budget.broadcast()
            self.sent.append(now())
            self._all.append(now())

    def answer(self, a_second: int, seconds: float) -> None:
        self._begin(self._answer(a_second, now() + seconds))

    async def _answer(self, a_second: int, until: float) -> None:
        while now() < until:
            self._begin(self._one_answer())
            await pass_time(1 / a_second)

    async def _one_answer(self) -> None:
        await self.budget.answer()

    def die(self) -> None:
        for task in self.tasks:
            task.cancel()
        self.budget.change(0)


def most_in_a_second(times: Sequence[float]) -> int:
    times = sorted(times)
    return max((sum(1 for other in times[number:] if other < time + 1) for number, time in enumerate(times)), default=0)


@given(st.integers(1, 60), st.lists(wishes, min_size=1, max_size=12))
def test_what_is_divided_is_never_more_than_the_whole(whole: int, wanted: list[Wanted]) -> None:
    shares = divided(whole, wanted)
    assert sum(shares) <= whole
    assert min(shares) >= min(FLOOR, whole // len(wanted))
    if any(one.broadcasts for one in wanted):
        assert sum(shares) == whole, "a broadcast takes all that is left"


@given(st.integers(1, 60), st.data())
def test_what_is_leased_is_never_more_than_the_whole(whole: int, data: st.DataObject) -> None:
    """Whatever anybody wants, in whatever order, and however often one is taken for dead."""
    leases: dict[bytes, Lease] = {}
    using: dict[bytes, int] = {}
    for _ in range(data.draw(st.integers(1, 40))):
        me = bytes([data.draw(st.integers(0, 5))])
        if data.draw(st.integers(0, 9)) == 0:
            leases.pop(me, None)
            continue
        wanted = data.draw(wishes)
        granted, leased = renewed(whole, leases, me, wanted, using.get(me, 0))
        leases[me], using[me] = Lease(leased, wanted), granted
        assert granted <= leased
        assert sum(lease.share for lease in leases.values()) <= whole


@given(st.data())
@settings(max_examples=30)
def test_together_they_never_send_more_than_the_whole(data: st.DataObject) -> None:
    async def story() -> tuple[list[float], int]:
        database, sent = Database(), list[float]()
        database.seconds = data.draw(st.floats(0, 0.3))
        processes = [Process(database, 0, sent)]
        for number in range(1, data.draw(st.integers(4, 12))):
            await pass_time(data.draw(st.floats(0, 4)))
            one = processes[data.draw(st.integers(0, len(processes) - 1))]
            match data.draw(st.sampled_from(("join", "broadcast", "answer", "die", "hang", "fault"))):
                case "join":
                    processes.append(Process(database, number, sent))
                case "broadcast":
                    one.broadcast(data.draw(st.floats(0.1, 20)))
                case "answer":
                    one.answer(data.draw(st.integers(1, 40)), data.draw(st.floats(0.1, 10)))
                case "die":
                    one.die()
                case "hang":  # it does not renew any more, and goes on
                    one.renewing.cancel()
                case _:
                    database.faults = data.draw(st.lists(st.sampled_from((True, False, None)), max_size=6))
        await pass_time(12)
        for one in processes:
            one.die()
        return sent, database.most

    sent, most = run(story())
    assert most_in_a_second(sent) <= WHOLE
    assert most <= WHOLE


def test_a_broadcast_gets_nearly_all_while_the_others_are_idle() -> None:
    async def story() -> None:
        database, sent = Database(), list[float]()
        leader, *others = [Process(database, number, sent) for number in range(3)]
        await pass_time(5)
        assert [one.budget.per_second for one in others] == [FLOOR, FLOOR]
        leader.broadcast()
        await pass_time(2)
        began, writes = len(sent), database.writes
        await pass_time(10)
        assert (len(sent) - began) / 10 > 0.95 * (WHOLE - 2 * FLOOR)
        assert database.writes - writes <= 3 * 5 + 3, "one every two seconds each"
        for one in (leader, *others):
            one.die()

    run(story())


def test_people_who_tap_take_their_part_of_a_broadcast_and_give_it_back() -> None:
    async def story() -> None:
        database, sent = Database(), list[float]()
        leader, other = Process(database, 0, sent), Process(database, 1, sent)
        leader.broadcast()
        await pass_time(5)
        assert leader.budget.per_second == WHOLE - FLOOR
        other.answer(10, 20)
        await pass_time(10)
        assert other.budget.per_second >= 10
        assert leader.budget.per_second + other.budget.per_second == WHOLE
        await pass_time(30)
        assert leader.budget.per_second == WHOLE - FLOOR
        leader.die()
        other.die()

    run(story())


def test_what_the_dead_had_is_free_within_ten_seconds_and_what_is_given_back_at_once() -> None:
    async def story(*, leaves: bool) -> float:
        database, sent = Database(), list[float]()
        first, second = Process(database, 0, sent), Process(database, 1, sent)
        first.broadcast()
        await pass_time(5)
        first.die()
        if leaves:
            await first.shares.leave()
        second.broadcast()
        began = now()
        while second.budget.per_second < WHOLE // 2:
            await pass_time(0.1)
        second.die()
        return now() - began

    assert DEAD_AFTER - 2 < run(story(leaves=False)) <= DEAD_AFTER + 3
    assert run(story(leaves=True)) <= 2.2


def test_who_cannot_renew_sends_no_broadcast_any_more_and_answers_still() -> None:
    async def story() -> None:
        database, sent = Database(), list[float]()
        one = Process(database, 0, sent)
        one.broadcast()
        await pass_time(5)
        database.faults = [False] * 100
        await pass_time(DEAD_AFTER)
        assert one.budget.per_second == 0
        asked, number = now(), len(sent)
        await one.budget.answer()
        assert now() - asked < 0.2
        await pass_time(5)
        assert len(sent) == number
        database.faults = []
        await pass_time(3)
        assert len(sent) > number
        assert all(later >= earlier for earlier, later in pairwise(sent))
        one.die()

    run(story())
