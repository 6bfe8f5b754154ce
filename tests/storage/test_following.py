"""What is done with news that was sent: deleted everywhere, sent again where it is in doubt; and who hears of it."""

from __future__ import annotations

import asyncio
from collections.abc import Collection

import pytest
from sqlalchemy.dialects import sqlite

from storage.audience import Audience, page_of
from storage.broadcast import Broadcast, BroadcastKind, BroadcastState, PauseReason
from storage.broadcasts import Confirmed, NotReady
from storage.compositions import Composition
from storage.deliveries import FIRST, LAST, Delivered
from storage.store import Store
from tests.storage.conftest import TurnedClock
from tests.storage.news import begun, claim, composed, confirmed, found, recipients, sent, settle
from tests.storage.people import UPDATES

OLGA = 701234567
DARYNA = 701234568
READERS = [811000000 + number for number in range(4)]


@pytest.fixture
async def ready(store: Store) -> Store:
    for reader in READERS:
        await store.subscribers.subscribe(reader, reader, "en")
    return store


@pytest.fixture
async def news(ready: Store) -> Broadcast:
    """It reached all."""
    number = (await begun(ready, OLGA)).number
    await sent(ready, number)
    return await found(ready, number)


async def in_doubt(store: Store, number: int = 1) -> Broadcast:
    """Of so many it is not known whether it arrived."""
    broadcast = (await begun(store, OLGA)).number
    for message, one in enumerate(await recipients(store, broadcast), 101):
        await claim(store, broadcast, one)
        outcome = Delivered.IN_DOUBT if message <= 100 + number else Delivered.REACHED
        await settle(store, broadcast, one, outcome, *([] if outcome is Delivered.IN_DOUBT else [message]))
    await store.broadcasts.end(broadcast)
    return await found(store, broadcast)


async def deletion(store: Store, number: int) -> Broadcast | None:
    return await store.broadcasts.delete_everywhere(OLGA, number, chat=OLGA, language="en", screen=None)


async def resending(store: Store, number: int) -> Broadcast | None:
    return await store.broadcasts.resend(OLGA, number, chat=OLGA, language="en", screen=None)


async def edit(store: Store, number: int, *, approvers: Collection[int] = (), delay: int = 0) -> Broadcast:
    row = await composed(store, OLGA)
    change = await store.compositions.apply(
        OLGA, next(UPDATES), lambda draft: Composition(**{**vars(draft), "edits": number}), version=row.version
    )
    assert change is not None
    result = await store.broadcasts.confirm(
        OLGA, next(UPDATES), change.row.version, language="en", screen=9, approvers=approvers, delay=delay
    )
    assert isinstance(result, Confirmed), result
    return result.broadcast


async def begin(store: Store, broadcast: Broadcast | None) -> int:
    assert broadcast is not None
    await store.broadcasts.begin_due({OLGA})
    return broadcast.number


async def told(store: Store, number: int, message: int | None = 7) -> None:
    """Olga's report shows how it ended."""
    (report,) = [one for one in await store.reports.untold() if one.broadcast == number]
    await store.reports.note(report, message, told=True)


async def untold(store: Store) -> list[int]:
    return sorted(report.broadcast for report in await store.reports.untold())


# Deleting.


async def test_a_deletion_reaches_every_chat_that_has_it_and_begins_once(ready: Store, news: Broadcast) -> None:
    first, second = await asyncio.gather(deletion(ready, news.number), deletion(ready, news.number))
    assert first == second
    number = await begin(ready, first)
    waiting = await recipients(ready, number)
    assert [one.messages for one in sorted(waiting, key=lambda one: one.messages)] == [(101,), (102,), (103,), (104,)]
    await ready.subscribers.unsubscribe(READERS[0])
    assert len(await recipients(ready, number)) == 3
    for one in await recipients(ready, number):
        await claim(ready, number, one)
        await settle(ready, number, one)
    assert await ready.deliveries.reachable(news.number) == 0
    assert (await found(ready, news.number)).figures == news.figures
    assert (await found(ready, number)).figures.reached == 3


async def test_a_deletion_is_never_too_late(ready: Store, news: Broadcast, clock: TurnedClock) -> None:
    """Frozen for hours, or not running: what is to vanish vanishes as soon as it can."""
    deleting = await deletion(ready, news.number)
    clock.turn(hours=3)
    number = await begin(ready, deleting)
    assert (await found(ready, number)).state is BroadcastState.SENDING


async def test_what_is_deleted_is_in_no_archive_and_not_edited_or_sent_again(ready: Store) -> None:
    news = await in_doubt(ready)
    await begin(ready, await deletion(ready, news.number))
    assert await ready.past_news.find("en") is None
    assert not await ready.broadcasts.can_change(news.number)
    assert await resending(ready, news.number) is None
    row = await composed(ready, OLGA)
    change = await ready.compositions.apply(
        OLGA, next(UPDATES), lambda draft: Composition(**{**vars(draft), "edits": news.number}), version=row.version
    )
    assert change is not None
    result = await ready.broadcasts.confirm(OLGA, next(UPDATES), change.row.version, language="en", screen=9)
    assert isinstance(result, NotReady)


async def test_a_deletion_ends_what_would_still_change_the_same_messages(ready: Store) -> None:
    news = await in_doubt(ready, 2)
    again = await begin(ready, await resending(ready, news.number))
    edited = await begin(ready, await edit(ready, news.number))
    await ready.broadcasts.pause(edited, PauseReason.ASKED)
    await begin(ready, await deletion(ready, news.number))
    for number in (again, edited):
        stopped = await found(ready, number)
        assert (stopped.state, stopped.pause) == (BroadcastState.STOPPED, None)
    (sending,) = await ready.broadcasts.sending()
    assert sending.kind is BroadcastKind.DELETE


async def test_a_deletion_that_was_stopped_can_be_taken_up_again(ready: Store, news: Broadcast) -> None:
    first = await begin(ready, await deletion(ready, news.number))
    (one, *_) = await recipients(ready, first)
    await claim(ready, first, one)
    await settle(ready, first, one)
    await ready.broadcasts.stop(first)
    second = await begin(ready, await deletion(ready, news.number))
    assert second != first
    assert len(await recipients(ready, second)) == 3


async def test_after_two_days_nothing_can_be_done_with_it(ready: Store, clock: TurnedClock) -> None:
    news = await in_doubt(ready)
    clock.turn(hours=47, minutes=59)
    assert await ready.broadcasts.can_change(news.number)
    clock.turn(minutes=1)
    assert not (await found(ready, news.number)).is_kept(clock())
    assert not await ready.broadcasts.can_change(news.number)
    assert await deletion(ready, news.number) is None
    assert await resending(ready, news.number) is None
    assert not (await found(ready, news.number)).withdrawn


async def test_only_news_that_has_ended_is_deleted(ready: Store) -> None:
    planned = await confirmed(ready, OLGA, delay=60)
    running = await begun(ready, OLGA)
    stopped = await confirmed(ready, OLGA, delay=60)
    await ready.broadcasts.stop(stopped.number)
    for one in (planned, running, stopped):
        assert await deletion(ready, one.number) is None
    await sent(ready, running.number)
    deleted = await deletion(ready, running.number)
    assert deleted is not None
    assert await deletion(ready, deleted.number) is None


# Editing.


async def test_an_edit_that_begins_ends_older_ones_but_leaves_what_can_be_a_draft_alone(
    ready: Store, news: Broadcast
) -> None:
    rejected = await edit(ready, news.number, approvers={DARYNA})
    await ready.approvals.reject(DARYNA, rejected.number, rejected.digest)
    proposed = await edit(ready, news.number, approvers={DARYNA})
    planned = await edit(ready, news.number, delay=60)
    paused = await begin(ready, await edit(ready, news.number))
    assert (await found(ready, planned.number)).state is BroadcastState.STOPPED
    await ready.broadcasts.pause(paused, PauseReason.ASKED)
    newest = await begin(ready, await edit(ready, news.number))
    states = [(await found(ready, number)).state for number in (rejected.number, proposed.number, paused, newest)]
    stopped = BroadcastState.STOPPED
    assert states == [BroadcastState.REJECTED, stopped, stopped, BroadcastState.SENDING]
    assert not await ready.broadcasts.resume(paused, 1)


# Sending again.


async def test_only_what_is_in_doubt_is_sent_again_and_counts_for_the_news(ready: Store) -> None:
    news = await in_doubt(ready, 3)
    number = await begin(ready, await resending(ready, news.number))
    assert (await found(ready, number)).figures.recipients == 3
    outcomes = (Delivered.REACHED, Delivered.FAILED, Delivered.IN_DOUBT)
    for message, (one, outcome) in enumerate(zip(await recipients(ready, number), outcomes, strict=True), 201):
        await claim(ready, number, one)
        await settle(ready, number, one, outcome, *([message] if outcome is Delivered.REACHED else []))
    await ready.broadcasts.end(number)
    figures = (await found(ready, news.number)).figures
    assert (figures.reached, figures.failed, figures.in_doubt) == (2, 1, 1)
    assert await ready.deliveries.reachable(news.number) == 2
    once_more = await resending(ready, news.number)
    assert once_more is not None
    assert once_more.number != number


async def test_what_is_left_in_doubt_is_not_sent_again(ready: Store) -> None:
    news = await in_doubt(ready)
    await ready.broadcasts.leave_doubt(news.number)
    assert await resending(ready, news.number) is None
    left = await found(ready, news.number)
    assert (left.doubt_left, left.figures.in_doubt) == (True, 1)


async def test_who_left_is_in_doubt_for_good(ready: Store) -> None:
    news = await in_doubt(ready)
    (doubtful,) = await recipients(ready, await begin(ready, await resending(ready, news.number)))
    await ready.broadcasts.end(news.number + 1)
    assert not (await found(ready, news.number)).doubt_left
    await ready.subscribers.unsubscribe(doubtful.chat)
    number = await begin(ready, await resending(ready, news.number))
    await ready.broadcasts.end(number)
    assert (await found(ready, news.number)).doubt_left
    assert await resending(ready, news.number) is None


async def test_where_nothing_is_in_doubt_nothing_is_sent_again(ready: Store, news: Broadcast) -> None:
    assert await resending(ready, news.number) is None


# Reports.


async def test_a_report_tells_on_when_something_is_done_with_the_news(ready: Store) -> None:
    news = await in_doubt(ready)
    await told(ready, news.number)
    assert await untold(ready) == []
    again = await resending(ready, news.number)
    number = await begin(ready, again)
    assert await untold(ready) == [number]
    await ready.broadcasts.end(number)
    assert await untold(ready) == [news.number, number]
    await told(ready, news.number)
    await ready.broadcasts.leave_doubt(news.number)
    assert news.number in await untold(ready)
    await told(ready, news.number)
    await deletion(ready, news.number)
    assert news.number in await untold(ready)


async def test_what_was_read_before_there_was_more_to_tell_is_not_all(ready: Store) -> None:
    news = await in_doubt(ready)
    (read,) = await ready.reports.untold()
    await ready.broadcasts.leave_doubt(news.number)
    await ready.reports.note(read, 7, told=True)
    assert await untold(ready) == [news.number]


async def test_a_report_that_goes_on_keeps_its_message_while_its_reader_leafs_on(ready: Store) -> None:
    reports, number = ready.reports, (await begun(ready, OLGA)).number
    await reports.watch(OLGA, number, OLGA, 7, "en", paged=True)
    assert await reports.leaf_on(OLGA, number, 7)
    report = await reports.standing_in(OLGA, number, 7)
    assert report is not None
    assert not report.paged
    await ready.broadcasts.end(number)
    await told(ready, number)
    assert not await reports.leaf_on(OLGA, number, 7)
    await ready.broadcasts.leave_doubt(number)
    assert await untold(ready) == [], "it stands nowhere"


async def test_only_ones_own_report_stands_in_a_message(ready: Store) -> None:
    reports, number = ready.reports, (await begun(ready, OLGA)).number
    for person, message in ((DARYNA, 7), (OLGA, 8), (OLGA, None)):
        assert await reports.standing_in(person, number, message) is None
    report = await reports.standing_in(OLGA, number, 7)
    assert report is not None
    assert await reports.current(report) == report
    assert not await reports.leaf_on(OLGA, number, 8)
    await reports.watch(OLGA, number, OLGA, 8, "en")
    assert await reports.current(report) is None


async def test_a_report_that_is_just_being_sent_is_found(ready: Store) -> None:
    number = (await begun(ready, OLGA)).number
    assert await ready.reports.watch(OLGA, number, OLGA, None, "en", paged=True) == 7
    (report,) = await ready.reports.untold()
    assert await ready.reports.standing_in(OLGA, number, 12) == report
    assert await ready.reports.leaf_on(OLGA, number, 12)
    await ready.reports.note(report, 12, told=False)
    (noted,) = await ready.reports.untold()
    assert (noted.message, noted.paged) == (12, False)


async def test_what_waits_or_runs_is_leafed_through_first(ready: Store) -> None:
    first = (await begun(ready, OLGA)).number
    await sent(ready, first)
    second = (await begun(ready, OLGA)).number
    await sent(ready, second)
    waiting = (await confirmed(ready, OLGA, approvers={DARYNA})).number
    running = await begin(ready, await deletion(ready, first))
    assert await ready.broadcasts.pages() == [waiting, running, second, first]


async def test_news_that_arrived_late_can_still_be_cleared(ready: Store, clock: TurnedClock) -> None:
    """A broadcast may take long, or be paused: what arrived an hour ago is no older than that."""
    number = (await begun(ready, OLGA)).number
    stays, leaves, *_ = await recipients(ready, number)
    clock.turn(hours=50)
    await claim(ready, number, stays, leaves)
    await settle(ready, number, stays, Delivered.REACHED, 101)
    await settle(ready, number, leaves, Delivered.REACHED, 102)
    await ready.subscribers.unsubscribe(leaves.chat)
    await ready.broadcasts.end(number)
    clock.turn(hours=40)
    for one, message in ((stays, 101), (leaves, 102)):
        await ready.messages.mark(one.chat)
        marked = await ready.messages.marked(one.chat)
        assert marked is not None
        assert marked.messages == (message,)


async def test_news_that_was_sent_again_can_be_cleared(ready: Store, clock: TurnedClock) -> None:
    number = (await in_doubt(ready)).number
    clock.turn(hours=47)
    again = await begin(ready, await resending(ready, number))
    (one,) = await recipients(ready, again)
    await claim(ready, again, one)
    await settle(ready, again, one, Delivered.REACHED, 201)
    await ready.broadcasts.end(again)
    clock.turn(minutes=50)
    await ready.messages.mark(one.chat)
    marked = await ready.messages.marked(one.chat)
    assert marked is not None
    assert marked.messages == (201,)
    clock.turn(hours=48)
    await ready.messages.erase_marked(marked.tag, ())
    assert await ready.messages.marked(one.chat) is None, "nothing is kept for longer"


@pytest.mark.parametrize("kind", [BroadcastKind.EDIT, BroadcastKind.DELETE, BroadcastKind.NEWS])
async def test_a_page_of_recipients_is_found_without_sorting_all(sqlite_store: Store, kind: BroadcastKind) -> None:
    """Of a million who have the news each page would else take seconds."""
    await sqlite_store.subscribers.subscribe(READERS[0], READERS[0], "en")
    number = (await begun(sqlite_store, OLGA)).number
    subject = None if kind is BroadcastKind.NEWS else number
    page = page_of(Audience(kind, subject, turn=2, languages="", important=True))
    statement = page.params(broadcast=2, after=FIRST, until=LAST, most=200).compile(dialect=sqlite.dialect())
    values = tuple(statement.params[name] for name in statement.positiontup or ())
    async with sqlite_store.database.read() as connection:
        plan = (await connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)).all()
    assert not [step for step in plan if "TEMP B-TREE" in step.detail], plan
