"""Every storage test runs on both databases: an SQLite file, and a PostgreSQL that is started for the tests."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from storage.cipher import Keys
from storage.identity import PetitionIdentity
from storage.store import Store
from tests.copies import CHEAP, Copies
from tests.postgresql import PostgreSQL

PETITION = PetitionIdentity("test-petition", 66)


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
def copies(tmp_path_factory: pytest.TempPathFactory) -> Copies:
    return Copies(tmp_path_factory.mktemp("copies"), PETITION)


@pytest.fixture(params=["sqlite", "postgresql"])
async def address(request: pytest.FixtureRequest, sqlite_file: Path, copies: Copies) -> AsyncIterator[str]:
    """Where a database of its own will be, or, for who takes `store`, where one is that has only begun."""
    if request.param == "sqlite":
        yield f"sqlite+aiosqlite:///{sqlite_file}"
        return
    postgresql: PostgreSQL = request.getfixturevalue("postgresql")
    if "store" not in request.fixturenames:
        yield postgresql.address(await postgresql.new_database())
        return
    async with copies.lend(postgresql, sqlite_file) as address:
        yield address


@pytest.fixture
async def shared_address(postgresql: PostgreSQL) -> str:
    """Where several stores can be at work: PostgreSQL alone takes them."""
    return await postgresql.new_address()


@pytest.fixture
def sqlite_file(tmp_path: Path) -> Path:
    return tmp_path / "data" / "test.sqlite"


@pytest.fixture
def sqlite_address(sqlite_file: Path) -> str:
    return f"sqlite+aiosqlite:///{sqlite_file}"


@pytest.fixture
def keys(tmp_path: Path, copies: Copies) -> Keys:
    copies.give_keys(tmp_path)
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
async def store(address: str, sqlite_file: Path, open_store: Open, copies: Copies) -> AsyncIterator[Store]:
    if address.startswith("sqlite"):
        await asyncio.to_thread(copies.give_file, sqlite_file)
    async with open_store(address) as store:
        yield store


@pytest.fixture
async def sqlite_store(
    sqlite_address: str, sqlite_file: Path, open_store: Open, copies: Copies
) -> AsyncIterator[Store]:
    await asyncio.to_thread(copies.give_file, sqlite_file)
    async with open_store(sqlite_address) as store:
        yield store


Signer = Callable[..., Awaitable[Any]]
