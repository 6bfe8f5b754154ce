"""Looks at a database without touching it: read-only, no lock, nothing made."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection

from storage import identity, migrations
from storage.cipher import Cipher, Keys
from storage.clock import MINUTE, Clock, utc_now
from storage.database import DatabaseRefused, StorageFault, database_url, refuse_empty
from storage.engines import is_sqlite, make_engine, read_only
from storage.erasure import Pending, read_pending
from storage.schema import COUNTER
from storage.snapshot import is_missing, read_meta
from storage.standing import Standing, read_standing


@dataclass(frozen=True)
class Inspection:
    """What was seen, in a line. `exists` tells whether anything is in it."""

    exists: bool
    detail: str
    pending: Pending | None = None


async def inspect(address: str, *, keys: Keys | None, slug: str | None, clock: Clock = utc_now) -> Inspection:
    """DatabaseRefused or KeysRefused where `run` would refuse too."""
    url = database_url(address)
    if is_missing(url):
        return Inspection(False, "none yet: run makes a new, empty one")
    if is_sqlite(url):
        refuse_empty(Path(url.database or ""))
    engine = make_engine(read_only(url))
    try:
        async with engine.connect() as connection:
            return await _look(connection, keys, slug, clock)
    except SQLAlchemyError as error:
        raise DatabaseRefused(f"The database cannot be read ({StorageFault(error).reason}).") from error
    except OSError as error:
        raise DatabaseRefused(f"The database cannot be reached ({StorageFault(error).reason}).") from error
    finally:
        await engine.dispose()


async def _look(connection: AsyncConnection, keys: Keys | None, slug: str | None, clock: Clock) -> Inspection:
    revision = await connection.run_sync(migrations.current)
    if revision is None:
        await connection.run_sync(identity.refuse_foreign)
        return Inspection(False, "empty: run makes its tables")
    if not migrations.is_known(revision):
        raise DatabaseRefused(identity.NEWER)
    kept = await read_meta(connection)
    if keys is not None:
        identity.check(kept, Cipher(keys), slug)
    valid = (await connection.execute(select(COUNTER.c.valid))).scalar_one()
    pending = await read_pending(connection)
    detail = f"{valid} signatures{_told(await read_standing(connection))}"
    if revision != migrations.newest():
        detail += ", of an older version: run brings it up to date"
    if pending.since is not None:
        detail += _waiting(pending.asked + pending.expired, pending.since, clock())
    return Inspection(True, detail, pending)


def _waiting(number: int, since: datetime, now: datetime) -> str:
    minutes = int((now - since).total_seconds()) // MINUTE
    age = f"{minutes} min" if minutes < 2 * 60 else f"{minutes // 60} h"
    return f", {number} {'erasure' if number == 1 else 'erasures'} pending since {since:%Y-%m-%d %H:%M} UTC ({age})"


def _told(standing: Standing) -> str:
    """Where the petition stands, if it is not simply open."""
    told = ""
    if standing.closed is not None:
        for_good = standing.closed.for_good
        told += f", closed on {standing.closed.day}" if for_good is None else f", closed for good on {for_good}"
    if standing.erased is not None:
        told += ", erased" if standing.erased.done else ", being erased"
    return f"{told}, frozen" if standing.frozen.now else told
