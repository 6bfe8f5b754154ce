"""A broadcast is begun once, claimed before it is sent, and forgets who got it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.announcement import Announcement, Link, NewsButtons
from storage.audience import Level
from storage.broadcast import BroadcastState, Figures, PauseReason
from storage.broadcasts import Confirmed, NotReady
from storage.compositions import Composition
from storage.deliveries import FIRST, Course, Delivered, Settled
from storage.news import News, NewsKind
from storage.schema import DELIVERY, REPORT, SUBSCRIBER
from storage.store import Store
from tests.storage.conftest import Open, TurnedClock
from tests.storage.news import NEWS, begun, claim, composed, confirmed, found, recipients, sent, settle
from tests.storage.people import UPDATES, tag_of

ANN = 811000099
OLGA = 701234567
READERS = [811000000 + number for number in range(5)]


@pytest.fixture
async def ready(store: Store) -> Store:
    for reader in READERS:
        await store.subscribers.subscribe(reader, reader, "en")
    return store


async def rows(store: Store, table: object) -> int:
    async with store.database.read() as connection:
        return int((await connection.execute(select(func.count()).select_from(table))).scalar_one())  # type: ignore[arg-type]


async def test_a_composition_becomes_one_broadcast(ready: Store) -> None:
    row = await composed(ready, OLGA)
    update_id = next(UPDATES)
    first = await ready.broadcasts.confirm(OLGA, update_id, row.version, language="en", screen=7)
    again = await ready.broadcasts.confirm(OLGA, update_id, row.version, language="en", screen=7)
    assert isinstance(first, Confirmed)
    assert again == first
    assert (first.broadcast.number, first.broadcast.news) == (1, NEWS)
    assert first.broadcast.state is BroadcastState.SCHEDULED
    assert await ready.compositions.find(OLGA) is None
    assert await ready.broadcasts.begin_due({OLGA})
    (sending,) = await ready.broadcasts.sending()
    assert (sending.number, sending.figures.recipients) == (1, len(READERS))
    (report,) = await ready.reports.untold()
    assert (report.chat, report.message, report.language) == (OLGA, 7, "en")


async def test_nothing_is_sent_that_was_not_confirmed(ready: Store) -> None:
    nothing = await ready.broadcasts.confirm(OLGA, next(UPDATES), 1, language="en", screen=7)
    assert nothing == NotReady(None)
    row = await composed(ready, OLGA)
    for update_id, version in ((next(UPDATES), row.version ^ 1), (row.update_id, row.version)):
        refused = await ready.broadcasts.confirm(OLGA, update_id, version, language="en", screen=7)
        assert refused == NotReady(row)
    await ready.compositions.cancel(OLGA, next(UPDATES))
    writing = await ready.compositions.begin(OLGA, next(UPDATES), Composition(chat=OLGA))
    empty = await ready.broadcasts.confirm(OLGA, next(UPDATES), writing.row.version, language="en", screen=7)
    assert empty == NotReady(writing.row)
    assert not await ready.broadcasts.begin_due({OLGA})
    assert await ready.broadcasts.sending() == []


async def test_each_recipient_is_claimed_once(ready: Store) -> None:
    number = (await begun(ready, OLGA)).number
    waiting = await recipients(ready, number)
    assert sorted(one.chat for one in waiting) == READERS
    assert (await claim(ready, number, waiting[0])).claimed == (waiting[0],)
    assert (await claim(ready, number, *waiting[:2])).claimed == (waiting[1],)
    assert waiting[0] not in await recipients(ready, number)
    await settle(ready, number, waiting[0], None)
    assert (await claim(ready, number, waiting[0])).claimed == (waiting[0],)


async def test_pages_follow_each_other(ready: Store) -> None:
    number = (await begun(ready, OLGA)).number
    first = await ready.deliveries.next_recipients(number, FIRST, 3)
    rest = await ready.deliveries.next_recipients(number, first[-1].tag, 3)
    assert [len(first), len(rest)] == [3, 2]
    assert first + rest == await recipients(ready, number)


async def test_who_was_left_out_is_found_before_the_furthest_claim(ready: Store) -> None:
    number = (await begun(ready, OLGA)).number
    assert await ready.deliveries.furthest_claim(number) == FIRST
    waiting = await recipients(ready, number)
    await claim(ready, number, waiting[1], waiting[3])
    furthest = await ready.deliveries.furthest_claim(number)
    assert furthest == waiting[3].tag
    assert await ready.deliveries.next_recipients(number, furthest, 9) == waiting[4:]
    left_out = await ready.deliveries.next_recipients(number, FIRST, 9, until=furthest)
    assert left_out == [waiting[0], waiting[2]]


async def test_who_left_or_what_ended_is_not_claimed(ready: Store) -> None:
    number = (await begun(ready, OLGA)).number
    one, other, *_ = await recipients(ready, number)
    await ready.subscribers.unsubscribe(one.chat)
    assert (await claim(ready, number, one)).claimed == ()
    assert await ready.broadcasts.stop(number)
    turn = await claim(ready, number, other)
    assert (turn.claimed, turn.course) == ((), Course.OVER)
    assert not await ready.broadcasts.end(number)
    assert (await found(ready, number)).state is BroadcastState.STOPPED


async def test_one_who_subscribes_anew_gets_only_what_begins_later(ready: Store) -> None:
    number = (await begun(ready, OLGA)).number
    (one, *_) = await recipients(ready, number)
    await claim(ready, number, one)
    await settle(ready, number, one, Delivered.REACHED, 5)
    await ready.subscribers.unsubscribe(one.chat)
    assert await rows(ready, DELIVERY) == 0
    await ready.subscribers.subscribe(one.chat, one.chat, "en")
    assert one.chat not in [other.chat for other in await recipients(ready, number)]
    later = await begun(ready, OLGA)
    assert one.chat in [other.chat for other in await recipients(ready, later.number)]


async def test_who_subscribes_before_a_planned_one_begins_gets_it(ready: Store) -> None:
    planned = await confirmed(ready, OLGA, delay=60)
    sooner = await begun(ready, OLGA)
    await ready.subscribers.subscribe(ANN, ANN, "en")
    assert ANN not in [one.chat for one in await recipients(ready, sooner.number)]
    later = await found(ready, planned.number)
    assert later.state is BroadcastState.SCHEDULED


async def test_outcomes_are_counted_and_the_unreachable_unsubscribed(ready: Store) -> None:
    await ready.subscribers.subscribe(ANN, ANN, "en")
    number = (await begun(ready, OLGA)).number
    waiting = await recipients(ready, number)
    await claim(ready, number, *waiting)
    group = [Settled(one, outcome, status=400) for one, outcome in zip(waiting, Delivered, strict=True)]
    turn = await ready.deliveries.take_turn(number, group, ())
    figures = (await found(ready, number)).figures
    assert figures == turn.figures
    assert figures == Figures(6, 1, 1, 1, 1, 1, 1, {400: 1})
    assert (figures.tried, figures.left) == (6, 0)
    assert await ready.subscribers.count() == 4


async def test_what_a_kill_left_open_is_in_doubt_once(ready: Store) -> None:
    number = (await begun(ready, OLGA)).number
    await claim(ready, number, *(await recipients(ready, number))[:2])
    assert await ready.deliveries.are_open(number)
    assert (await ready.deliveries.take_over()).in_doubt == 2
    assert (await ready.deliveries.take_over()).in_doubt == 0
    assert not await ready.deliveries.are_open(number)
    assert (await found(ready, number)).figures.in_doubt == 2
    assert len(await recipients(ready, number)) == 3


async def test_claims_and_reports_go_two_days_after_the_end_and_figures_stay(ready: Store, clock: TurnedClock) -> None:
    number = (await begun(ready, OLGA)).number
    (one, *_) = await recipients(ready, number)
    await claim(ready, number, one)
    await settle(ready, number, one, Delivered.REACHED, 5)
    clock.turn(hours=100)
    assert await ready.deliveries.erase_expired() == 0, "it has not ended"
    await ready.broadcasts.end(number)
    clock.turn(hours=47)
    assert await ready.deliveries.erase_expired() == 0
    clock.turn(hours=1)
    assert await ready.deliveries.erase_expired() == 1
    assert await rows(ready, REPORT) == 0
    assert (await found(ready, number)).figures.reached == 1


async def test_what_is_over_is_erased_a_few_at_a_time(
    ready: Store, clock: TurnedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A million at once would keep everybody waiting who writes."""
    monkeypatch.setattr("storage.deliveries.BATCH", 2)
    monkeypatch.setattr(ready.database, "write", counted := Counted(ready.database.write))
    await sent(ready, (await begun(ready, OLGA)).number)
    clock.turn(hours=48)
    counted.times = 0
    assert await ready.deliveries.erase_expired() == len(READERS)
    assert counted.times >= len(READERS) / 2
    assert await rows(ready, DELIVERY) == 0


class Counted:
    """A function, and how often it was called."""

    def __init__(self, function: Callable[..., Any]) -> None:
        self._function = function
        self.times = 0

    async def __call__(self, work: object) -> object:
        self.times += 1
        return await self._function(work)


async def test_what_is_paused_for_two_days_is_stopped(ready: Store, clock: TurnedClock) -> None:
    number = (await begun(ready, OLGA)).number
    await ready.broadcasts.pause(number, PauseReason.ASKED)
    clock.turn(hours=48)
    await ready.deliveries.erase_expired()
    stopped = await found(ready, number)
    assert (stopped.state, stopped.pause, stopped.idle) == (BroadcastState.STOPPED, None, timedelta(hours=48))


async def test_news_that_arrived_can_be_cleared_and_after_forgetting_nothing_is_noted(ready: Store) -> None:
    number = (await begun(ready, OLGA)).number
    (forgotten, kept, left, *_) = await recipients(ready, number)
    await claim(ready, number, forgotten, kept, left)
    await ready.person.erase(forgotten.chat, await tag_of(ready, forgotten.chat))
    for message, recipient in enumerate((forgotten, kept, left), 5):
        await settle(ready, number, recipient, Delivered.REACHED, message)
    await ready.subscribers.unsubscribe(left.chat)
    for recipient in (forgotten, kept, left):
        await ready.messages.mark(recipient.chat)
    assert await ready.messages.marked(forgotten.chat) is None
    for recipient, message in ((kept, 6), (left, 7)):
        marked = await ready.messages.marked(recipient.chat)
        assert marked is not None
        assert (marked.chat, marked.messages) == (recipient.chat, (message,))


async def test_forgetting_marks_the_news_that_arrived(ready: Store) -> None:
    (one, *_) = await sent(ready, (await begun(ready, OLGA)).number)
    await ready.person.erase(one.chat, await tag_of(ready, one.chat))
    marked = await ready.messages.marked(one.chat)
    assert marked is not None
    assert marked.messages == (101,)


async def test_an_organiser_who_is_forgotten_leaves_the_broadcast_alone(ready: Store) -> None:
    number = (await begun(ready, OLGA)).number
    await composed(ready, OLGA)
    await ready.person.erase(OLGA, await tag_of(ready, OLGA))
    assert await ready.reports.untold() == []
    assert await ready.compositions.find(OLGA) is None
    assert [one.number for one in await ready.broadcasts.sending()] == [number]


async def test_a_report_moves_and_is_told_once(ready: Store) -> None:
    await begun(ready, OLGA)
    (report,) = await ready.reports.untold()
    await ready.reports.note(report, 9, told=False)
    (moved,) = await ready.reports.untold()
    assert moved.message == 9
    assert await ready.reports.watch(OLGA, report.broadcast, OLGA, 12, "en") == 9
    await ready.reports.note(moved, 9, told=True)
    (watched,) = await ready.reports.untold()
    assert watched.message == 12, "what was on its way to the older message changes nothing"
    await ready.reports.note(watched, 12, told=True)
    assert await ready.reports.untold() == []


async def test_no_chat_and_no_word_stands_in_the_clear(sqlite_address: str, open_store: Open) -> None:
    async with open_store(sqlite_address) as store:
        await store.subscribers.subscribe(READERS[0], READERS[0], "en")
        await begun(store, OLGA)
        path = sqlite_address.removeprefix("sqlite+aiosqlite:///")
    with open(path, "rb") as file:  # noqa: ASYNC230, PTH123 - the store is closed
        content = file.read()
    assert b"count grows" not in content
    assert str(OLGA).encode() not in content


NEWS_OF_ANY_KIND = st.builds(
    News,
    kind=st.sampled_from(NewsKind),
    text=st.text(st.characters(exclude_categories=["Cs"])),
    entities=st.lists(st.fixed_dictionaries({"type": st.just("bold"), "offset": st.integers(0, 99)})).map(tuple),
    file=st.none() | st.text("abc"),
    link_preview=st.none() | st.just({"is_disabled": True}),
    spoiler=st.booleans(),
    caption_above=st.booleans(),
    parts=st.lists(st.just(NEWS), max_size=2).map(tuple),
)


@given(
    st.builds(
        Announcement,
        versions=st.dictionaries(st.sampled_from(["", "en", "pl"]), NEWS_OF_ANY_KIND),
        buttons=st.builds(
            NewsButtons, st.booleans(), st.booleans(), st.none() | st.just(Link("Our page", "https://a.example"))
        ),
        languages=st.frozensets(st.sampled_from(["en", "pl"])),
        important=st.booleans(),
        silent=st.booleans(),
    )
)
def test_an_announcement_is_kept_whole(announcement: Announcement) -> None:
    assert Announcement.from_json(announcement.to_json()) == announcement


async def test_her_terms_are_those_of_the_moment_when_she_is_claimed(ready: Store) -> None:
    """She may have been looked up long before, while Telegram was out of reach."""
    number = (await begun(ready, OLGA)).number
    quiet, leaves, same, *_ = await recipients(ready, number)
    await ready.subscribers.set_silent(quiet.chat, silent=True)
    await ready.subscribers.set_level(leaves.chat, Level.IMPORTANT)
    turn = await claim(ready, number, quiet, leaves, same)
    assert turn.claimed == (replace(quiet, silent=True), same)


async def test_a_row_that_does_not_open_holds_nobody_up(ready: Store) -> None:
    number = (await begun(ready, OLGA)).number
    broken, *others = await recipients(ready, number)

    async def spoil(connection: AsyncConnection) -> None:
        await connection.execute(update(SUBSCRIBER).where(SUBSCRIBER.c.id == broken.id).values(chat=b"x" * 60))

    await ready.database.write(spoil)
    assert await recipients(ready, number) == others


async def test_what_an_earlier_broadcaster_of_this_process_learns_late_is_not_counted_twice(ready: Store) -> None:
    """It was ended by a fault while the database kept its last group waiting, and another one began."""
    number = (await begun(ready, OLGA)).number
    first = await ready.deliveries.take_over()
    turn = await ready.deliveries.take_turn(number, (), await recipients(ready, number), token=first.token)
    second = await ready.deliveries.take_over()
    assert second.in_doubt == len(turn.claimed) > 0
    group = [Settled(recipient, Delivered.REACHED, (7,)) for recipient in turn.claimed]
    late = await ready.deliveries.take_turn(number, group, (), token=first.token)
    assert late.course is Course.DEPOSED
    figures = (await found(ready, number)).figures
    assert (figures.reached, figures.in_doubt) == (0, len(group))
