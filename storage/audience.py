"""Who gets a broadcast: a query over subscribers, never a list written beforehand."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Integer,
    LargeBinary,
    Row,
    Select,
    and_,
    bindparam,
    exists,
    func,
    null,
    select,
    text,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.broadcast import BroadcastKind
from storage.schema import BROADCAST, DELIVERY, SUBSCRIBER

IN_DOUBT = "in_doubt"
UNSETTLED = text("delivery.state <> 'settled'")  # as the index says it
REMEMBERED = 16  # audiences whose statements are kept


class Level(StrEnum):
    """Which news a subscriber wants."""

    ALL = "all"
    IMPORTANT = "important"


FIELDS = (SUBSCRIBER.c.id, SUBSCRIBER.c.tag, SUBSCRIBER.c.chat, SUBSCRIBER.c.language, SUBSCRIBER.c.silent)


# As no index has them: through the index of languages SQLite would find a million, and sort them for each page.
NOT_INDEXED = {"language": SUBSCRIBER.c.language.concat(""), "level": SUBSCRIBER.c.level.concat("")}


def wanted(
    languages: Collection[str], *, important: bool,
    language: ColumnElement[str] = SUBSCRIBER.c.language, level: ColumnElement[str] = SUBSCRIBER.c.level,
) -> ColumnElement[bool]:  # fmt: skip
    """Which subscribers want such news; `languages`: empty for everyone."""
    conditions: list[ColumnElement[bool]] = []
    if languages:
        conditions.append(language.in_(sorted(languages)))
    if not important:
        conditions.append(level == Level.ALL.value)
    return and_(True, *conditions)


@dataclass(frozen=True)
class Audience:
    """Whom a broadcast is for. Its statements are built once: of a million recipients they are asked for often."""

    kind: BroadcastKind
    subject: int | None
    turn: int | None
    languages: str
    important: bool

    @classmethod
    def of(cls, broadcast: Row[Any]) -> Audience:
        """By the broadcast's row."""
        kind = BroadcastKind(broadcast.kind)
        return cls(kind, broadcast.subject, broadcast.turn, broadcast.languages, broadcast.important)


@lru_cache(maxsize=REMEMBERED)
def page_of(audience: Audience) -> Select[Any]:
    """The next `:most` who have no claim of `:broadcast`: after `:after`, up to `:until`.

    A page begins and ends by a key in whose order rows are found, so that none are sorted.
    """
    key = SUBSCRIBER.c.tag if audience.kind is BroadcastKind.NEWS else DELIVERY.c.tag
    after, until = (bindparam(name, type_=LargeBinary) for name in ("after", "until"))
    page = _unclaimed(audience).where(key > after, key <= until).order_by(key)
    return page.limit(bindparam("most", type_=Integer))


@lru_cache(maxsize=REMEMBERED)
def among(audience: Audience) -> Select[Any]:
    """Those with one of `:ids` who still get it and have no claim of `:broadcast`, and their terms; they are locked."""
    terms = (SUBSCRIBER.c.tag, SUBSCRIBER.c.language, SUBSCRIBER.c.silent)
    there = _unclaimed(audience).where(SUBSCRIBER.c.id.in_(bindparam("ids", expanding=True)))
    return there.with_only_columns(*terms).with_for_update(of=SUBSCRIBER)


def _unclaimed(audience: Audience) -> Select[Any]:
    this = DELIVERY.alias("claim")
    claimed = exists().where(this.c.broadcast == bindparam("broadcast", type_=Integer), this.c.tag == SUBSCRIBER.c.tag)
    return _everybody(audience).where(~claimed.correlate(SUBSCRIBER))


def _everybody(audience: Audience) -> Select[Any]:
    """Each with what arrived that is to be changed."""
    if audience.kind is BroadcastKind.NEWS:
        older = SUBSCRIBER.c.newest_broadcast < audience.turn
        fields = select(*FIELDS, null().label("message"))
        return fields.where(
            older, wanted(languages_in(audience.languages), important=audience.important, **NOT_INDEXED)
        )
    arrived = and_(DELIVERY.c.broadcast == audience.subject, DELIVERY.c.tag == SUBSCRIBER.c.tag)
    joined = select(*FIELDS, DELIVERY.c.message).select_from(SUBSCRIBER.join(DELIVERY, arrived))
    if audience.kind is BroadcastKind.RESEND:
        return joined.where(DELIVERY.c.state == IN_DOUBT, UNSETTLED)
    return joined.where(DELIVERY.c.message.is_not(None))


def languages_in(kept: str) -> list[str]:
    """Of those who get it, as its row keeps them; none for everyone."""
    return [language for language in kept.split(",") if language]


async def count(connection: AsyncConnection, broadcast: Row[Any]) -> int:
    """How many they are when it begins: every subscriber's row is older then, which need not be looked at.

    Nor need it be looked at who still subscribes: what was sent to one who does not is gone.
    """
    if broadcast.kind == BroadcastKind.NEWS.value:
        counted = select(func.count()).select_from(SUBSCRIBER)
        counted = counted.where(wanted(languages_in(broadcast.languages), important=broadcast.important))
    elif broadcast.kind == BroadcastKind.RESEND.value:
        counted = select(func.count()).select_from(DELIVERY)
        counted = counted.where(DELIVERY.c.broadcast == broadcast.subject, DELIVERY.c.state == IN_DOUBT, UNSETTLED)
    else:
        return await reachable(connection, broadcast.subject)
    return int((await connection.execute(counted)).scalar_one())


async def reachable(connection: AsyncConnection, broadcast: int) -> int:
    """How many chats have its messages, as far as is known."""
    arrived = select(func.count()).where(DELIVERY.c.broadcast == broadcast, DELIVERY.c.message.is_not(None))
    return int((await connection.execute(arrived)).scalar_one())


async def newest_turn(connection: AsyncConnection) -> int:
    """The turn of the news that began last, 0 before the first: what began before she subscribed is not for her."""
    return int((await connection.execute(select(func.coalesce(func.max(BROADCAST.c.turn), 0)))).scalar_one())
