"""A broadcast is begun once, claimed before it is sent, and forgets who got it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select

from storage.announcement import DEFAULT, Announcement, Link, NewsButtons
from storage.broadcasts import Begun, Broadcast, BroadcastState, NotReady
from storage.compositions import Composition, Step
from storage.deliveries import FIRST, Claim, Delivered, Recipient
from storage.news import News, NewsKind
from storage.schema import DELIVERY, REPORT
from storage.store import Store
from tests.storage.conftest import Open, TurnedClock
from tests.storage.people import UPDATES, tag_of

OLGA = 701234567
NEWS = News(NewsKind.TEXT, "The count grows", ({"type": "bold", "offset": 0, "length": 9},))
READERS = [811000000 + number for number in range(5)]


@pytest.fixture
async def ready(store: Store) -> Store:
    for reader in READERS:
        await store.subscribers.subscribe(reader, reader, "en")
    return store


async def composed(store: Store, news: News = NEWS) -> Composition:
    await store.compositions.begin(OLGA, next(UPDATES), Composition(chat=OLGA))
    change = await store.compositions.apply(
        OLGA,
        next(UPDATES),
        lambda row: Composition(chat=row.chat, step=Step.READY, announcement=Announcement({DEFAULT: news})),
        version=None,
    )
    assert change is not None
    return change.row


async def begun(store: Store) -> Broadcast:
    row = await composed(store)
    result = await store.broadcasts.begin(OLGA, next(UPDATES), row.version, language="en", screen=7)
    assert isinstance(result, Begun)
    return result.broadcast


async def recipients(store: Store, broadcast: Broadcast) -> list[Recipient]:
    return await store.deliveries.next_recipients(broadcast.number, FIRST, 100)


async def rows(store: Store, table: object) -> int:
    async with store.database.read() as connection:
        return int((await connection.execute(select(func.count()).select_from(table))).scalar_one())  # type: ignore[arg-type]


async def test_a_composition_begins_one_broadcast(ready: Store) -> None:
    row = await composed(ready)
    update_id = next(UPDATES)
    first = await ready.broadcasts.begin(OLGA, update_id, row.version, language="en", screen=7)
    again = await ready.broadcasts.begin(OLGA, update_id, row.version, language="en", screen=7)
    assert isinstance(first, Begun)
    assert again == first
    assert (first.broadcast.number, first.broadcast.news) == (1, NEWS)
    assert first.broadcast.figures.recipients == len(READERS)
    assert await ready.compositions.find(OLGA) is None
    assert [one.number for one in await ready.broadcasts.sending()] == [1]
    (report,) = await ready.reports.untold()
    assert (report.chat, report.message, report.language) == (OLGA, 7, "en")


async def test_nothing_begins_that_was_not_confirmed(ready: Store) -> None:
    nothing = await ready.broadcasts.begin(OLGA, next(UPDATES), 1, language="en", screen=7)
    assert nothing == NotReady(None)
    row = await composed(ready)
    for update_id, version in ((next(UPDATES), row.version ^ 1), (row.update_id, row.version)):
        refused = await ready.broadcasts.begin(OLGA, update_id, version, language="en", screen=7)
        assert refused == NotReady(row)
    await ready.compositions.cancel(OLGA, next(UPDATES))
    writing = await ready.compositions.begin(OLGA, next(UPDATES), Composition(chat=OLGA))
    empty = await ready.broadcasts.begin(OLGA, next(UPDATES), writing.row.version, language="en", screen=7)
    assert empty == NotReady(writing.row)
    assert await ready.broadcasts.sending() == []


async def test_each_recipient_is_claimed_once(ready: Store) -> None:
    broadcast = await begun(ready)
    found = await recipients(ready, broadcast)
    assert sorted(one.chat for one in found) == READERS
    assert await ready.deliveries.claim(broadcast.number, found[0]) is Claim.TAKEN
    assert await ready.deliveries.claim(broadcast.number, found[0]) is Claim.REFUSED
    assert found[0] not in await recipients(ready, broadcast)
    await ready.deliveries.release(broadcast.number, found[0])
    assert await ready.deliveries.claim(broadcast.number, found[0]) is Claim.TAKEN


async def test_pages_follow_each_other(ready: Store) -> None:
    broadcast = await begun(ready)
    first = await ready.deliveries.next_recipients(broadcast.number, FIRST, 3)
    rest = await ready.deliveries.next_recipients(broadcast.number, first[-1].id, 3)
    assert [len(first), len(rest)] == [3, 2]
    assert first + rest == await recipients(ready, broadcast)


async def test_who_left_or_what_ended_is_not_claimed(ready: Store) -> None:
    broadcast = await begun(ready)
    found = await recipients(ready, broadcast)
    await ready.subscribers.unsubscribe(found[0].chat)
    assert await ready.deliveries.claim(broadcast.number, found[0]) is Claim.REFUSED
    await ready.broadcasts.end(broadcast.number, BroadcastState.STOPPED)
    assert await ready.deliveries.claim(broadcast.number, found[1]) is Claim.REFUSED
    again = await ready.broadcasts.end(broadcast.number, BroadcastState.SENT)
    assert again is not None
    assert again.state is BroadcastState.STOPPED


async def test_one_who_subscribes_anew_gets_only_what_begins_later(ready: Store) -> None:
    broadcast = await begun(ready)
    (one, *_) = await recipients(ready, broadcast)
    assert await ready.deliveries.claim(broadcast.number, one) is Claim.TAKEN
    await ready.deliveries.settle(broadcast.number, one, Delivered.REACHED, 5)
    await ready.subscribers.unsubscribe(one.chat)
    assert await rows(ready, DELIVERY) == 0
    await ready.subscribers.subscribe(one.chat, one.chat, "en")
    assert one.chat not in [other.chat for other in await recipients(ready, broadcast)]
    later = await begun(ready)
    assert one.chat in [other.chat for other in await recipients(ready, later)]


async def test_outcomes_are_counted_and_the_unreachable_unsubscribed(ready: Store) -> None:
    broadcast = await begun(ready)
    for recipient, outcome in zip(await recipients(ready, broadcast), Delivered, strict=True):
        assert await ready.deliveries.claim(broadcast.number, recipient) is Claim.TAKEN
        await ready.deliveries.settle(broadcast.number, recipient, outcome)
    found = await ready.broadcasts.find(broadcast.number)
    assert found is not None
    figures = found.figures
    assert (figures.reached, figures.blocked, figures.deactivated, figures.failed, figures.in_doubt) == (1, 1, 1, 1, 1)
    assert (figures.tried, figures.left) == (5, 0)
    assert await ready.subscribers.count() == 3


async def test_what_a_kill_left_open_is_in_doubt_once(ready: Store) -> None:
    broadcast = await begun(ready)
    for recipient in (await recipients(ready, broadcast))[:2]:
        assert await ready.deliveries.claim(broadcast.number, recipient) is Claim.TAKEN
    assert await ready.deliveries.doubt_claims() == 2
    assert await ready.deliveries.doubt_claims() == 0
    found = await ready.broadcasts.find(broadcast.number)
    assert found is not None
    assert found.figures.in_doubt == 2
    assert len(await recipients(ready, broadcast)) == 3


async def test_claims_and_reports_go_two_days_after_the_end_and_figures_stay(ready: Store, clock: TurnedClock) -> None:
    broadcast = await begun(ready)
    (one, *_) = await recipients(ready, broadcast)
    await ready.deliveries.claim(broadcast.number, one)
    await ready.deliveries.settle(broadcast.number, one, Delivered.REACHED, 5)
    clock.turn(hours=100)
    assert await ready.deliveries.erase_expired() == 0, "it has not ended"
    await ready.broadcasts.end(broadcast.number, BroadcastState.SENT)
    clock.turn(hours=47)
    assert await ready.deliveries.erase_expired() == 0
    clock.turn(hours=1)
    assert await ready.deliveries.erase_expired() == 1
    assert await rows(ready, REPORT) == 0
    found = await ready.broadcasts.find(broadcast.number)
    assert found is not None
    assert found.figures.reached == 1


async def test_a_message_that_arrives_after_forgetting_is_not_noted(ready: Store) -> None:
    broadcast = await begun(ready)
    (one, other, *_) = await recipients(ready, broadcast)
    for recipient in (one, other):
        assert await ready.deliveries.claim(broadcast.number, recipient) is Claim.TAKEN
    await ready.person.erase(one.chat, await tag_of(ready, one.chat))
    await ready.deliveries.settle(broadcast.number, one, Delivered.REACHED, 5)
    await ready.deliveries.settle(broadcast.number, other, Delivered.REACHED, 6)
    for recipient in (one, other):
        await ready.messages.mark(recipient.chat)
    assert await ready.messages.marked(one.chat) is None
    marked = await ready.messages.marked(other.chat)
    assert marked is not None
    assert marked.messages == (6,)


async def test_an_organiser_who_is_forgotten_leaves_the_broadcast_alone(ready: Store) -> None:
    broadcast = await begun(ready)
    await composed(ready)
    await ready.person.erase(OLGA, await tag_of(ready, OLGA))
    assert await ready.reports.untold() == []
    assert await ready.compositions.find(OLGA) is None
    assert [one.number for one in await ready.broadcasts.sending()] == [broadcast.number]


async def test_a_report_moves_and_is_told_once(ready: Store) -> None:
    await begun(ready)
    (report,) = await ready.reports.untold()
    await ready.reports.note(report, 9, told=False)
    (moved,) = await ready.reports.untold()
    assert moved.message == 9
    await ready.reports.note(moved, 9, told=True)
    assert await ready.reports.untold() == []


async def test_no_chat_and_no_word_stands_in_the_clear(sqlite_address: str, open_store: Open) -> None:
    async with open_store(sqlite_address) as store:
        await store.subscribers.subscribe(READERS[0], READERS[0], "en")
        await begun(store)
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
