"""One short transaction in a database that a running bot has open: without its lock, and nothing is ever made."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy import event, select
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from storage import identity, migrations
from storage.database import BUSY_MILLISECONDS, DatabaseRefused, database_url
from storage.schema import META
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
    engine = _engine(database_url(address))
    try:
        async with engine.connect() as connection, connection.begin():
            await _check(connection, slug)
            return Changed(await read_standing(connection), await change(connection))
    except (SQLAlchemyError, OSError) as error:
        cause = error.orig if isinstance(error, DBAPIError) and error.orig is not None else error
        raise DatabaseRefused(
            f"The database cannot be written now ({type(cause).__name__}). Nothing was changed. Try it again."
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
    kept = {row.key: row.value for row in (await connection.execute(select(META))).all()}
    identity.check_petition(kept, slug)


def _engine(url: URL) -> AsyncEngine:
    if url.get_backend_name() != "sqlite":
        return create_async_engine(url, hide_parameters=True)
    if not url.database or not Path(url.database).is_file():
        raise DatabaseRefused(MISSING)
    file = f"file:{quote(str(Path(url.database).resolve()))}"
    engine = create_async_engine(
        url.set(database=file).update_query_dict({"mode": "rw", "uri": "true"}),
        hide_parameters=True,
        connect_args={"timeout": BUSY_MILLISECONDS / 1000},
    )

    @event.listens_for(engine.sync_engine, "connect")
    def on_connect(connection: Any, _record: object) -> None:
        connection.isolation_level = None
        cursor = connection.cursor()
        cursor.execute("PRAGMA synchronous=full")
        cursor.close()

    @event.listens_for(engine.sync_engine, "begin")
    def on_begin(connection: Any) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine
