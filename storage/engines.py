"""How a database is reached: by the bot that writes, beside it, or only to look."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy import event
from sqlalchemy.engine import URL
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

BUSY_MILLISECONDS = 5_000
NO_PRAGMAS: Mapping[str, str] = {}


def is_sqlite(url: URL) -> bool:
    """Whether it is a file of SQLite's."""
    return url.get_backend_name() == "sqlite"


def existing(url: URL) -> URL:
    """The address to read and write; SQLite would make a new, empty file where one is missing."""
    return _with_mode(url, mode="rw") if is_sqlite(url) else url


def read_only(url: URL) -> URL:
    """The address for who only looks, and makes nothing."""
    if not is_sqlite(url):
        return url
    path = Path(url.database or "")
    if path.with_name(f"{path.name}-wal").exists():
        return _with_mode(url, mode="ro")
    return _with_mode(url, mode="ro", immutable="1")  # nobody has it open: a reader would make a log beside it


def _with_mode(url: URL, **options: str) -> URL:
    file = f"file:{quote(str(Path(url.database or '').resolve()))}"
    return url.set(database=file).update_query_dict({**options, "uri": "true"})


def make_engine(
    url: URL, *, begin: str = "BEGIN", pragmas: Mapping[str, str] = NO_PRAGMAS, **options: Any
) -> AsyncEngine:
    """`begin` and `pragmas` are SQLite's; `options` go to SQLAlchemy."""
    if not is_sqlite(url):
        return create_async_engine(url, hide_parameters=True, **options)
    busy = {"timeout": BUSY_MILLISECONDS / 1000}
    engine = create_async_engine(url, hide_parameters=True, connect_args=busy, **options)

    @event.listens_for(engine.sync_engine, "connect")
    def on_connect(connection: Any, _record: object) -> None:
        connection.isolation_level = None  # else the driver begins transactions by itself: not for reads, never for DDL
        cursor = connection.cursor()
        for name, value in pragmas.items():
            cursor.execute(f"PRAGMA {name}={value}")
        cursor.close()

    @event.listens_for(engine.sync_engine, "begin")
    def on_begin(connection: Any) -> None:
        connection.exec_driver_sql(begin)

    return engine
