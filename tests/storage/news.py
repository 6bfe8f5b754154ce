"""News on its way: written, confirmed, begun, claimed, settled."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from storage.announcement import DEFAULT, Announcement
from storage.broadcast import Broadcast
from storage.broadcasts import Confirmed
from storage.compositions import Composition, Step
from storage.deliveries import FIRST, Delivered, Recipient, Settled, Turn
from storage.news import News, NewsKind
from storage.store import Store
from tests.storage.people import UPDATES

NEWS = News(NewsKind.TEXT, "The count grows", ({"type": "bold", "offset": 0, "length": 9},))


async def composed(
    store: Store, person: int, announcement: Announcement | None = None, *, at: int | None = None
) -> Composition:
    """An organiser has written news."""
    said = announcement or Announcement({DEFAULT: NEWS})
    await store.compositions.begin(person, next(UPDATES), Composition(chat=person))
    change = await store.compositions.apply(
        person, next(UPDATES), lambda row: replace(row, step=Step.READY, announcement=said, at=at), version=None
    )
    assert change is not None
    return change.row


async def confirmed(
    store: Store,
    person: int,
    announcement: Announcement | None = None,
    *,
    at: int | None = None,
    approvers: Collection[int] = (),
    delay: int = 0,
) -> Broadcast:
    """And confirmed it."""
    row = await composed(store, person, announcement, at=at)
    result = await store.broadcasts.confirm(
        person, next(UPDATES), row.version, language="en", screen=7, approvers=approvers, delay=delay
    )
    assert isinstance(result, Confirmed)
    return result.broadcast


async def begun(store: Store, person: int, announcement: Announcement | None = None) -> Broadcast:
    """And it is under way."""
    broadcast = await confirmed(store, person, announcement)
    await store.broadcasts.begin_due({person})
    return await found(store, broadcast.number)


async def found(store: Store, number: int) -> Broadcast:
    """As it stands now."""
    broadcast = await store.broadcasts.find(number)
    assert broadcast is not None
    return broadcast


async def recipients(store: Store, number: int) -> list[Recipient]:
    """Who has no claim yet."""
    return await store.deliveries.next_recipients(number, FIRST, 1_000)


async def claim(store: Store, number: int, *wanted: Recipient) -> Turn:
    """Claims these."""
    return await store.deliveries.take_turn(number, (), wanted)


async def settle(
    store: Store, number: int, recipient: Recipient, outcome: Delivered | None = Delivered.REACHED, *messages: int
) -> Turn:
    """Records what came of one."""
    return await store.deliveries.take_turn(number, [Settled(recipient, outcome, messages)], ())


async def sent(store: Store, number: int) -> list[Recipient]:
    """All are reached, each by a message of its own, and it has ended."""
    claimed = (await claim(store, number, *await recipients(store, number))).claimed
    for message, recipient in enumerate(claimed, 101):
        await settle(store, number, recipient, Delivered.REACHED, message)
    assert await store.broadcasts.end(number)
    return list(claimed)
