"""Where the petition stands: open, closed on a day, frozen, erased. Each is one row of `meta`."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Any

import orjson
import structlog
from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.database import Database
from storage.schema import COUNTER, META
from storage.upsert import upsert

log = structlog.get_logger(__name__)

CLOSED, FROZEN, ERASED = "closed", "frozen", "erased"
ROWS = select(META.c.key, META.c.value).where(META.c.key.in_((CLOSED, FROZEN, ERASED)))
FRESH = 0.5  # seconds that a screen may go on with what was read


class StandingRefused(Exception):
    """The petition cannot be brought there any more; the text is one clear line."""


@dataclass(frozen=True)
class Closed:
    """It takes no signatures any more."""

    day: date
    for_good: date | None  # since when; None while it may open again


@dataclass(frozen=True)
class Frozen:
    """Whether signing and news are stopped now, and how often they were: an old question freezes nothing."""

    now: bool = False
    times: int = 0


@dataclass(frozen=True)
class Erased:
    """Signatures and subscribers are erased, so many days after closing for good: it has begun, or is done."""

    days: int
    done: bool


@dataclass(frozen=True)
class Standing:
    """All of it at one moment."""

    closed: Closed | None = None
    frozen: Frozen = Frozen()
    erased: Erased | None = None

    @property
    def takes_signatures(self) -> bool:
        """Whether anybody can sign."""
        return self.closed is None and not self.frozen.now


Change = Callable[[AsyncConnection], Awaitable[Standing]]
"""A change of it in a transaction; gives how it stands then."""


async def read_standing(connection: AsyncConnection) -> Standing:
    """As it is in this transaction."""
    kept = {key: orjson.loads(value) for key, value in (await connection.execute(ROWS)).all()}
    return Standing(
        closed=_closed(kept[CLOSED]) if CLOSED in kept else None,
        frozen=Frozen(**kept[FROZEN]) if FROZEN in kept else Frozen(),
        erased=Erased(**kept[ERASED]) if ERASED in kept else None,
    )


async def lock_standing(connection: AsyncConnection) -> Standing:
    """Waits for whoever is signing: what is decided here holds for all that is committed later."""
    await connection.execute(select(COUNTER.c.next_number).with_for_update())
    return await read_standing(connection)


def _closed(kept: Mapping[str, Any]) -> Closed:
    for_good = kept["for_good"]
    return Closed(date.fromisoformat(kept["day"]), None if for_good is None else date.fromisoformat(for_good))


async def close(connection: AsyncConnection, today: date, *, for_good: bool) -> Standing:
    """Closes it; closed for good it stays so. Nobody signs once this is committed."""
    standing = await lock_standing(connection)
    closed = standing.closed or Closed(today, None)
    if for_good and closed.for_good is None:
        closed = replace(closed, for_good=today)
    if closed != standing.closed:
        await _keep(connection, CLOSED, closed)
    return replace(standing, closed=closed)


async def open_again(connection: AsyncConnection) -> Standing:
    """Opens it; StandingRefused once signatures are being erased."""
    standing = await lock_standing(connection)
    if standing.erased is not None:
        raise StandingRefused("It stays closed: its signatures are erased, or being erased, and cannot come back.")
    await connection.execute(delete(META).where(META.c.key == CLOSED))
    return replace(standing, closed=None)


async def unfreeze(connection: AsyncConnection) -> Standing:
    """Signing and news go on."""
    standing = await lock_standing(connection)
    thawed = replace(standing.frozen, now=False)
    if standing.frozen.now:
        await _keep(connection, FROZEN, thawed)
    return replace(standing, frozen=thawed)


async def freeze(connection: AsyncConnection, times: int) -> Standing:
    """Stops signing and news, as it was asked after `times` earlier ones; asked before those, it changes nothing."""
    standing = await lock_standing(connection)
    if standing.frozen != Frozen(now=False, times=times):
        return standing
    frozen = Frozen(now=True, times=times + 1)
    await _keep(connection, FROZEN, frozen)
    return replace(standing, frozen=frozen)


async def note_erased(connection: AsyncConnection, erased: Erased) -> None:
    """From here on it cannot be opened again."""
    await _keep(connection, ERASED, erased)


async def _keep(connection: AsyncConnection, key: str, value: Closed | Frozen | Erased) -> None:
    await upsert(connection, META, {"key": key}, {"value": orjson.dumps(asdict(value))})


class PetitionStanding:
    """What the running bot asks. Other processes change it meanwhile."""

    def __init__(self, database: Database) -> None:
        """Nothing is read yet."""
        self._database = database
        self._seen = Standing()
        self._until = 0.0  # a time of the event loop's clock
        self._reading = asyncio.Lock()  # of many who ask at once, one reads

    async def now(self) -> Standing:
        """As it is."""
        async with self._database.read() as connection:
            self._seen = await read_standing(connection)
        self._until = asyncio.get_running_loop().time() + FRESH
        return self._seen

    async def lately(self) -> Standing:
        """As it was less than a second ago: for screens. What must be exact reads it in its own transaction."""
        async with self._reading:
            return self._seen if asyncio.get_running_loop().time() < self._until else await self.now()

    async def freeze(self, times: int) -> Standing:
        """Stops signing and news, if it was stopped so many times before; how it stands then."""
        standing = await self._database.write(lambda connection: freeze(connection, times))
        self._until = 0.0
        if standing.frozen == Frozen(now=True, times=times + 1):
            log.warning("an owner froze the petition: signing and news wait for python -m bot unfreeze")
        return standing
