"""How a database is reached: by the bot that writes, beside it, or only to look."""

from __future__ import annotations

import asyncio
import inspect
import socket
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

import asyncpg
from sqlalchemy import event
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError, DisconnectionError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

BUSY_MILLISECONDS = 5_000
POOL = 10  # connections a process on PostgreSQL
CONNECT_SECONDS = 5.0
PATIENCE_SECONDS = 3.0  # for a PostgreSQL that is just being started again
TRY_SECONDS = 0.1
NOTICED_SOON = {"TCP_KEEPIDLE": 4, "TCP_KEEPINTVL": 2, "TCP_KEEPCNT": 3, "TCP_USER_TIMEOUT": 10_000}  # s, s, -, ms
OPTIONS = frozenset({*inspect.signature(asyncpg.connect).parameters, "prepared_statement_cache_size"})
NO_PRAGMAS: Mapping[str, str] = {}

# Who hangs or vanishes in the middle of a transaction keeps what it locked: all who sign and who takes over would wait.
# So PostgreSQL gives up a transaction in which nothing is asked for, and sees soon that nobody is there any more.
GIVEN_UP = {
    "idle_in_transaction_session_timeout": "5000",  # milliseconds
    "tcp_keepalives_idle": "4",
    "tcp_keepalives_interval": "2",
    "tcp_keepalives_count": "3",
    "tcp_user_timeout": "10000",  # milliseconds
}


def is_sqlite(url: URL) -> bool:
    """Whether it is a file of SQLite's."""
    return url.get_backend_name() == "sqlite"


def has_unknown_options(url: URL) -> bool:
    """Whether something stands behind the ? of PostgreSQL's address that the driver would not take."""
    return not is_sqlite(url) and not OPTIONS.issuperset(url.query)


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
    url: URL,
    *,
    begin: str = "BEGIN",
    pragmas: Mapping[str, str] = NO_PRAGMAS,
    patience: float = 0.0,
    at_work: bool = False,
    **options: Any,
) -> AsyncEngine:
    """`begin` and `pragmas` are SQLite's; `options` go to SQLAlchemy.

    `patience`: for how many seconds a PostgreSQL that cannot be reached is tried again; `at_work`: beside others, who
    are not to wait for this one.
    """
    if not is_sqlite(url):
        return _make_for_postgresql(url, patience, GIVEN_UP if at_work else {}, options)
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


def _make_for_postgresql(
    url: URL, patience: float, settings: Mapping[str, str], options: Mapping[str, Any]
) -> AsyncEngine:
    async def connect(*arguments: Any, **named: Any) -> Any:
        return await _connect(patience, *arguments, **named)

    arguments = {"async_creator_fn": connect, "server_settings": dict(settings)}
    engine = create_async_engine(url, hide_parameters=True, connect_args=arguments, **options)

    @event.listens_for(engine.sync_engine, "checkout")
    def on_checkout(connection: Any, _record: object, _proxy: object) -> None:
        """Nobody is given a connection that has ended. To ask the server each time would cost three round trips."""
        if connection.driver_connection.is_closed():
            raise DisconnectionError

    return engine


async def _connect(patience: float, *arguments: Any, **named: Any) -> Any:
    """ConnectionError where PostgreSQL refuses: the driver's own errors are known to nobody else."""
    loop = asyncio.get_running_loop()
    until = loop.time() + patience
    while True:
        try:
            return _noticed_soon(await asyncpg.connect(*arguments, **{"timeout": CONNECT_SECONDS, **named}))
        except (OSError, asyncpg.CannotConnectNowError, asyncpg.ConnectionDoesNotExistError) as error:
            if loop.time() >= until:
                raise ConnectionError from error
        except (
            asyncpg.PostgresError,
            asyncpg.InterfaceError,
        ) as error:  # a wrong password will be as wrong in a second
            raise ConnectionError from error
        await asyncio.sleep(TRY_SECONDS)


def _noticed_soon(connection: Any) -> Any:
    """A server that vanishes says no goodbye, and is waited for a quarter of an hour: here, for some ten seconds."""
    way = connection._transport.get_extra_info("socket")  # noqa: SLF001 - asyncpg has no other way to it
    if way is not None and way.family != socket.AF_UNIX:
        way.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        for name, value in NOTICED_SOON.items():
            if hasattr(socket, name):  # not on every system
                way.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), value)
    return connection


def is_lost(error: BaseException) -> bool:
    """Whether the connection ended under a statement: another one may well carry it out."""
    return isinstance(error, DBAPIError) and error.connection_invalidated


class Reading(AsyncConnection):
    """Reads in one transaction. Lost before the first answer, it is another one, and nobody has seen two states."""

    _has_asked = False

    async def execute(self, *statement: Any, **options: Any) -> Any:
        """As its base."""
        first, self._has_asked = not self._has_asked, True
        try:
            return await super().execute(*statement, **options)
        except DBAPIError as error:
            if not (first and is_lost(error)):
                raise
        await self.rollback()
        return await super().execute(*statement, **options)
