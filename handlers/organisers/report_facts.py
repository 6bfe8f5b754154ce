"""All that a report tells, as values."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from storage.broadcast import WAITING, Broadcast, BroadcastKind
from storage.reports import Role
from storage.store import Store

SENDS = (BroadcastKind.NEWS, BroadcastKind.RESEND)
"""After these there is a message more in each chat."""


@dataclass(frozen=True)
class Page:
    """Where a broadcast stands among all, counted from 1, and the numbers of those beside it."""

    position: int
    total: int
    newer: int | None
    older: int | None


@dataclass(frozen=True)
class Facts:
    """One broadcast, as one organiser sees it at one moment."""

    broadcast: Broadcast
    role: Role
    now: datetime
    zone: ZoneInfo
    people: int = 0  # whom it is for, before it begins
    chats: int = 0  # that still have what is deleted everywhere
    deleting: bool = False  # that is under way
    copies: bool = False  # there may be some that nothing is known of, and so they stay
    pace: float = 0.0  # messages a second; 0: it cannot be told yet
    frozen: bool = False  # and so it waits
    out_of_reach: bool = False  # Telegram cannot be reached just now
    previewed: bool = False  # what it says stands above
    page: Page | None = None  # it is shown while leafing through all


async def look(store: Store, broadcast: Broadcast, role: Role, zone: ZoneInfo, *, paged: bool = False) -> Facts:
    """How it stands now, but for what only the process that sends it knows."""
    facts = Facts(
        broadcast,
        role,
        store.clock(),
        zone,
        frozen=broadcast.kind is not BroadcastKind.DELETE and (await store.standing.lately()).frozen.now,
        page=await page_of(store, broadcast.number) if paged else None,
    )
    if broadcast.state in WAITING:
        return replace(facts, people=await _people(store, broadcast))
    if broadcast.withdrawn:
        following = await store.broadcasts.following(broadcast.number)
        deleting = any(one.kind is BroadcastKind.DELETE and one.ended is None for one in following)
        return replace(
            facts,
            chats=await store.deliveries.reachable(broadcast.number),
            deleting=deleting,
            copies=was_in_doubt(broadcast, following) or _taken_back(following) < broadcast.figures.reached,
        )
    return facts


def was_in_doubt(broadcast: Broadcast, following: Iterable[Broadcast]) -> bool:
    """Whether it may have arrived unnoticed somewhere: what was sent again is in doubt no more, its first copy is."""
    return bool(broadcast.figures.in_doubt) or any(one.kind is BroadcastKind.RESEND for one in following)


def _taken_back(following: Iterable[Broadcast]) -> int:
    """In how many chats: who left before, or has blocked the bot, keeps what she got."""
    deletions = [one.figures for one in following if one.kind is BroadcastKind.DELETE]
    return sum(figures.reached + figures.missing for figures in deletions)


async def page_of(store: Store, number: int) -> Page | None:
    """Where it stands among all; None where it is not among them."""
    numbers = await store.broadcasts.pages()
    if number not in numbers:
        return None
    at = numbers.index(number)
    newer = numbers[at - 1] if at else None
    older = numbers[at + 1] if at + 1 < len(numbers) else None
    return Page(at + 1, len(numbers), newer, older)


async def _people(store: Store, broadcast: Broadcast) -> int:
    """Who subscribes until it begins gets it too."""
    if broadcast.subject is None:
        said = broadcast.announcement
        return await store.subscribers.count(said.languages, important=said.important)
    if broadcast.kind is BroadcastKind.RESEND:
        subject = await store.broadcasts.find(broadcast.subject)
        return 0 if subject is None else subject.figures.in_doubt
    return await store.deliveries.reachable(broadcast.subject)
