"""One short transaction in a database that a running bot has open: without its lock, and nothing is ever made."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection

from storage import identity, migrations
from storage.database import DatabaseRefused, StorageFault, database_url
from storage.engines import existing, make_engine
from storage.snapshot import is_missing, read_meta
from storage.standing import Change, Standing, read_standing

MISSING = "There is no database yet: run makes it. Nothing was changed."
OLDER = "The database was made by an older version of this program. Start the bot once: run brings it up to date."


@dataclass(frozen=True)
class Changed:
    """How it stood, and how it stands."""

    before: Standing
    after: Standing


async def change_standing(address: str, slug: str, change: Change) -> Changed:
    """Changes it; DatabaseRefused, and nothing is changed, where it is not this petition's or of another version."""
    url = database_url(address)
    if is_missing(url):
        raise DatabaseRefused(MISSING)
    engine = make_engine(existing(url), begin="BEGIN IMMEDIATE", pragmas={"synchronous": "full"})
    try:
        async with engine.connect() as connection, connection.begin():
            await _check(connection, slug)
            return Changed(await read_standing(connection), await change(connection))
    except (SQLAlchemyError, OSError) as error:
        raise DatabaseRefused(
            f"The database cannot be written now ({StorageFault(error).reason}). Nothing was changed. Try it again."
        ) from error
    finally:
        await engine.dispose()


async def _check(connection: AsyncConnection, slug: str) -> None:
    revision = await connection.run_sync(migrations.current)
    if revision is None:
        await connection.run_sync(identity.refuse_foreign)
        raise DatabaseRefused(MISSING)
    if not migrations.is_known(revision):
        raise DatabaseRefused(identity.NEWER)
    if revision != migrations.newest():
        raise DatabaseRefused(OLDER)
    identity.check_petition(await read_meta(connection), slug)
