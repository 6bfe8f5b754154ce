"""Who gets a broadcast: a query over subscribers, never a list written beforehand."""

from __future__ import annotations

from collections.abc import Collection
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, func, null, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.broadcast import BroadcastKind
from storage.schema import BROADCAST, DELIVERY, SUBSCRIBER

IN_DOUBT = "in_doubt"
UNSETTLED = text("delivery.state <> 'settled'")  # as the index says it


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


def audience(broadcast: Row[Any]) -> Select[Any]:
    """All whom a broadcast is for, by its row, each with what arrived that is to be changed."""
    if broadcast.kind == BroadcastKind.NEWS.value:
        older = SUBSCRIBER.c.newest_broadcast < broadcast.turn
        fields = select(*FIELDS, null().label("message"))
        return fields.where(older, wanted(languages_of(broadcast), important=broadcast.important, **NOT_INDEXED))
    arrived = and_(DELIVERY.c.broadcast == broadcast.subject, DELIVERY.c.tag == SUBSCRIBER.c.tag)
    joined = select(*FIELDS, DELIVERY.c.message).select_from(SUBSCRIBER.join(DELIVERY, arrived))
    if broadcast.kind == BroadcastKind.RESEND.value:
        return joined.where(DELIVERY.c.state == IN_DOUBT, UNSETTLED)
    return joined.where(DELIVERY.c.message.is_not(None))


def order_of(broadcast: Row[Any]) -> ColumnElement[bytes]:
    """By what a page of its audience begins and ends: a key in whose order rows are found, so that none are sorted."""
    return SUBSCRIBER.c.tag if broadcast.kind == BroadcastKind.NEWS.value else DELIVERY.c.tag


def languages_of(broadcast: Row[Any]) -> list[str]:
    """Of those who get it; none for everyone."""
    return [language for language in broadcast.languages.split(",") if language]


async def count(connection: AsyncConnection, broadcast: Row[Any]) -> int:
    """How many they are when it begins: every subscriber's row is older then, which need not be looked at.

    Nor need it be looked at who still subscribes: what was sent to one who does not is gone.
    """
    if broadcast.kind == BroadcastKind.NEWS.value:
        counted = select(func.count()).select_from(SUBSCRIBER)
        counted = counted.where(wanted(languages_of(broadcast), important=broadcast.important))
    else:
        is_resent = broadcast.kind == BroadcastKind.RESEND.value
        which = and_(DELIVERY.c.state == IN_DOUBT, UNSETTLED) if is_resent else DELIVERY.c.message.is_not(None)
        counted = select(func.count()).select_from(DELIVERY).where(DELIVERY.c.broadcast == broadcast.subject, which)
    return int((await connection.execute(counted)).scalar_one())


async def newest_turn(connection: AsyncConnection) -> int:
    """The turn of the news that began last, 0 before the first: what began before she subscribed is not for her."""
    return int((await connection.execute(select(func.coalesce(func.max(BROADCAST.c.turn), 0)))).scalar_one())
