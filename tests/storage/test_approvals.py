"""Four eyes: who may approve what, and how what waits is taken back, or goes out after all."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from storage.announcement import DEFAULT, Announcement
from storage.approvals import Approval, Busy, Recalled
from storage.broadcast import Broadcast, BroadcastState
from storage.broadcasts import Confirmed
from storage.compositions import Composition, Step
from storage.news import News, NewsKind
from storage.reports import Report, Role
from storage.store import Store
from tests.storage.conftest import TurnedClock
from tests.storage.news import NEWS, begun, composed, confirmed, found, sent
from tests.storage.people import UPDATES, tag_of

ANN = 811000099
DARYNA = 701234567
OLGA = 701234568
OWNERS = frozenset({DARYNA, OLGA})
OTHER_WORDS = Announcement({DEFAULT: News(NewsKind.TEXT, "Other words")})


@pytest.fixture
async def ready(store: Store) -> Store:
    await store.subscribers.subscribe(ANN, ANN, "en")
    return store


async def proposed(store: Store, *, at: int | None = None) -> Broadcast:
    """Daryna confirmed it; Olga is asked."""
    return await confirmed(store, DARYNA, at=at, approvers={OLGA})


async def approve(store: Store, broadcast: Broadcast, person: int = OLGA, *, delay: int = 0) -> Approval:
    return await store.approvals.approve(person, broadcast.number, broadcast.digest, owners=OWNERS, delay=delay)


async def state(store: Store, broadcast: Broadcast) -> BroadcastState:
    return (await found(store, broadcast.number)).state


async def recall(store: Store, broadcast: Broadcast, person: int = DARYNA) -> Recalled | Busy | None:
    return await store.approvals.recall(person, next(UPDATES), broadcast.number, chat=person, screen=7)


def seconds(clock: TurnedClock, **ahead: float) -> int:
    return int((clock() + timedelta(**ahead)).timestamp())


async def reports(store: Store) -> dict[int, Report]:
    return {one.chat: one for one in await store.reports.untold()}


async def test_nothing_goes_out_before_another_owner_approved_it(ready: Store) -> None:
    broadcast = await proposed(ready)
    assert broadcast.state is BroadcastState.PROPOSED
    assert not await ready.broadcasts.begin_due(OWNERS)
    assert {chat: one.role for chat, one in (await reports(ready)).items()} == {
        DARYNA: Role.AUTHOR, OLGA: Role.APPROVER,
    }  # fmt: skip
    assert await approve(ready, broadcast, DARYNA) is Approval.OWN
    assert await state(ready, broadcast) is BroadcastState.PROPOSED
    assert await approve(ready, broadcast) is Approval.DONE
    assert await approve(ready, broadcast) is Approval.STALE
    assert await ready.broadcasts.begin_due(OWNERS)
    assert await state(ready, broadcast) is BroadcastState.SENDING


async def test_an_owner_who_was_not_asked_may_approve(ready: Store) -> None:
    broadcast = await proposed(ready)
    assert await approve(ready, broadcast, 700) is Approval.DONE


async def test_exactly_what_was_shown_is_approved(ready: Store) -> None:
    broadcast = await proposed(ready)
    other = replace(broadcast, announcement=OTHER_WORDS)
    later = replace(broadcast, at=ready.clock() + timedelta(hours=1))
    for shown in (other, later, replace(broadcast, number=broadcast.number + 1)):
        assert await approve(ready, shown) is Approval.STALE
        assert await ready.approvals.reject(OLGA, shown.number, shown.digest) is Approval.STALE
    assert await state(ready, broadcast) is BroadcastState.PROPOSED


async def test_an_edit_voids_the_approval(ready: Store) -> None:
    broadcast = await proposed(ready)
    assert await approve(ready, broadcast, delay=60) is Approval.DONE
    recalled = await recall(ready, broadcast)
    assert isinstance(recalled, Recalled)
    row = recalled.composition
    assert (row.step, row.news, row.at, row.screen) == (Step.READY, NEWS, None, 7)
    change = await ready.compositions.apply(
        DARYNA, next(UPDATES), lambda draft: replace(draft, announcement=OTHER_WORDS), version=row.version
    )
    assert change is not None
    again = await ready.broadcasts.confirm(
        DARYNA, next(UPDATES), change.row.version, language="en", screen=7, approvers={OLGA}
    )
    assert isinstance(again, Confirmed)
    assert await approve(ready, broadcast) is Approval.STALE
    assert await state(ready, broadcast) is BroadcastState.RECALLED
    assert again.broadcast.state is BroadcastState.PROPOSED
    assert again.broadcast.number != broadcast.number


async def test_two_owners_decide_at_once(ready: Store) -> None:
    broadcast = await proposed(ready)
    results = await asyncio.gather(
        approve(ready, broadcast),
        approve(ready, broadcast, 700),
        ready.approvals.reject(701, broadcast.number, broadcast.digest),
    )
    assert sorted(result.name for result in results) == ["DONE", "STALE", "STALE"]


async def test_its_author_must_still_be_an_owner(ready: Store) -> None:
    broadcast = await proposed(ready)
    assert await ready.approvals.approve(OLGA, 1, broadcast.digest, owners={OLGA}) is Approval.STALE
    assert await state(ready, broadcast) is BroadcastState.PROPOSED


async def test_of_an_author_who_is_forgotten_nothing_is_approved(ready: Store) -> None:
    broadcast = await proposed(ready)
    await ready.person.erase(DARYNA, await tag_of(ready, DARYNA))
    assert await approve(ready, broadcast) is Approval.STALE
    assert await ready.approvals.reject(OLGA, broadcast.number, broadcast.digest) is Approval.DONE
    assert await ready.broadcasts.stop(broadcast.number)


async def test_what_is_rejected_waits_for_its_author(ready: Store) -> None:
    broadcast = await proposed(ready)
    assert await ready.approvals.reject(DARYNA, broadcast.number, broadcast.digest) is Approval.OWN
    assert await ready.approvals.reject(OLGA, broadcast.number, broadcast.digest) is Approval.DONE
    assert await approve(ready, broadcast) is Approval.STALE
    assert not await ready.broadcasts.begin_due(OWNERS)
    assert await recall(ready, broadcast, OLGA) is None
    assert isinstance(await recall(ready, broadcast), Recalled)


async def test_approved_it_goes_out_at_its_time_or_after_the_delay(ready: Store, clock: TurnedClock) -> None:
    at_once = await proposed(ready)
    await approve(ready, at_once, delay=60)
    planned = await proposed(ready, at=seconds(clock, hours=2))
    await approve(ready, planned, delay=60)
    passed = await proposed(ready, at=seconds(clock, hours=-2))
    await approve(ready, passed, delay=60)
    times = [(await found(ready, one.number)).at for one in (at_once, planned, passed)]
    assert times == [clock() + timedelta(seconds=60), clock() + timedelta(hours=2), clock() + timedelta(seconds=60)]


async def test_what_is_taken_back_does_not_go_out(ready: Store, clock: TurnedClock) -> None:
    broadcast = await confirmed(ready, DARYNA, at=seconds(clock, hours=1))
    assert await recall(ready, broadcast, OLGA) is None
    assert isinstance(await recall(ready, broadcast), Recalled)
    clock.turn(hours=2)
    assert not await ready.broadcasts.begin_due(OWNERS)
    assert await recall(ready, broadcast) is None, "once"
    assert await ready.broadcasts.pages() == []
    assert await reports(ready) == {}


async def test_what_has_begun_is_not_taken_back(ready: Store) -> None:
    assert await recall(ready, await begun(ready, DARYNA)) is None


async def test_what_is_being_written_is_not_lost_to_what_is_taken_back(ready: Store) -> None:
    broadcast = await proposed(ready)
    written = await ready.compositions.begin(DARYNA, next(UPDATES), Composition(chat=DARYNA))
    assert await recall(ready, broadcast) == Busy(written.row)
    assert await state(ready, broadcast) is BroadcastState.PROPOSED


async def test_a_deletion_is_no_draft(ready: Store) -> None:
    news = await begun(ready, DARYNA)
    await sent(ready, news.number)
    deletion = await ready.broadcasts.delete_everywhere(DARYNA, news.number, chat=DARYNA, language="en", screen=None)
    assert deletion is not None
    assert await recall(ready, deletion) is None


async def test_an_edit_that_is_taken_back_stays_an_edit(ready: Store) -> None:
    news = await begun(ready, DARYNA)
    await sent(ready, news.number)
    row = await composed(ready, DARYNA, OTHER_WORDS)
    change = await ready.compositions.apply(
        DARYNA, next(UPDATES), lambda draft: replace(draft, edits=news.number), version=row.version
    )
    assert change is not None
    edit = await ready.broadcasts.confirm(
        DARYNA, next(UPDATES), change.row.version, language="en", screen=7, approvers={OLGA}
    )
    assert isinstance(edit, Confirmed)
    recalled = await recall(ready, edit.broadcast)
    assert isinstance(recalled, Recalled)
    assert recalled.composition.edits == news.number


async def test_what_missed_its_time_waits_for_a_new_word(ready: Store, clock: TurnedClock) -> None:
    broadcast = await confirmed(ready, DARYNA, at=seconds(clock, hours=1))
    assert await ready.approvals.confirm_again(OLGA, 1, broadcast.digest, language="en") is Approval.STALE
    clock.turn(hours=2, seconds=1)
    assert await ready.broadcasts.begin_due(OWNERS)
    assert await state(ready, broadcast) is BroadcastState.MISSED
    again = ready.approvals.confirm_again
    assert await again(OLGA, 1, "0" * 16, language="en") is Approval.STALE
    assert await again(OLGA, 1, broadcast.digest, language="en", delay=5) is Approval.DONE
    assert await again(OLGA, 1, broadcast.digest, language="en") is Approval.STALE
    roles = {chat: one.role for chat, one in (await reports(ready)).items()}
    assert roles == {DARYNA: Role.WATCHER, OLGA: Role.AUTHOR}
    clock.turn(seconds=5)
    await ready.broadcasts.begin_due({OLGA})
    assert await state(ready, broadcast) is BroadcastState.SENDING


async def test_of_one_who_is_no_owner_any_more_nothing_begins(ready: Store) -> None:
    broadcast = await confirmed(ready, DARYNA)
    assert await ready.broadcasts.begin_due({OLGA})
    assert await state(ready, broadcast) is BroadcastState.MISSED
    assert await recall(ready, broadcast, OLGA) is None
    assert isinstance(await recall(ready, broadcast), Recalled)


async def test_what_waits_can_be_stopped_by_any_owner(ready: Store) -> None:
    broadcast = await proposed(ready)
    assert await ready.broadcasts.stop(broadcast.number)
    assert not await ready.broadcasts.stop(broadcast.number)
    assert await approve(ready, broadcast) is Approval.STALE
    stopped = await found(ready, broadcast.number)
    assert (stopped.state, stopped.began) == (BroadcastState.STOPPED, None)
