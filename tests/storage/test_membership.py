"""Who works on a database, who leads, and how soon another one does: on a real PostgreSQL."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, suppress
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from storage import membership
from storage.database import DatabaseRefused, StorageFault, database_url
from storage.locks import AT_WORK
from storage.membership import Membership, join
from storage.schema import META
from storage.store import Store
from tests.storage.conftest import Open

SOON = 15.0  # seconds; nothing here takes so long, on a busy machine either
Join = Callable[..., Awaitable[Membership]]


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(membership, "JOIN_SECONDS", 0.2)
    monkeypatch.setattr(membership, "REJOIN_SECONDS", 0.2)


@pytest.fixture
async def join_one(shared_address: str, tmp_path: Path) -> AsyncIterator[Join]:
    """Joins as another process would; all leave at the end."""
    async with AsyncExitStack() as stack:

        async def join_one(*, shared: bool = True) -> Membership:
            member = await join(database_url(shared_address), tmp_path, shared=shared)
            stack.push_async_callback(member.leave)
            return member

        yield join_one


async def end_sessions(address: str) -> int:
    """As an administrator, a restart or a broken line would."""
    connection = await asyncpg.connect(address.replace("+asyncpg", ""))
    try:
        ended = await connection.fetch(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'undersigned membership' "
            "AND datname = current_database()"
        )
        return len(ended)
    finally:
        await connection.close()


async def leads(member: Membership) -> None:
    async with asyncio.timeout(SOON):
        while not await member.lead():  # noqa: ASYNC110 - what another session gives up tells nobody
            await asyncio.sleep(0.01)


async def test_several_share_a_database_and_one_leads(join_one: Join) -> None:
    first, second = await join_one(), await join_one()
    assert first.is_shared
    assert await first.lead()
    assert await first.lead(), "asked again it still does"
    assert not await second.lead()
    await first.leave()
    await leads(second)


@pytest.mark.parametrize("first", [True, False])
@pytest.mark.parametrize("second", [True, False])
async def test_one_alone_and_others_never_meet(join_one: Join, first: bool, second: bool) -> None:
    member = await join_one(shared=first)
    if first and second:
        await join_one(shared=True)
        return
    told = "Stop that one, or wait for its end" if second else "Stop all of them first"
    with pytest.raises(DatabaseRefused, match=told):
        await join_one(shared=second)
    await member.leave()
    await join_one(shared=second)


async def test_who_loses_its_connection_leads_no_more_at_once_and_goes_on_as_a_member(
    join_one: Join, shared_address: str
) -> None:
    member = await join_one()
    assert await member.lead()
    deposed = asyncio.create_task(member.deposed())
    assert await end_sessions(shared_address) == 1
    async with asyncio.timeout(SOON):
        await deposed
        assert await member.present()
    await leads(member)


async def test_a_connection_that_does_not_answer_is_given_up(
    join_one: Join, shared_address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(membership, "CHECK_SECONDS", 0.05)
    monkeypatch.setattr(membership, "ANSWER_SECONDS", 1.0)
    silent = _Silent()
    address = await silent.before(database_url(shared_address))
    member = await join(address, Path(), shared=True)
    try:
        assert await member.lead()
        silent.is_silent = True
        async with asyncio.timeout(SOON):
            await member.deposed()
        other = await join_one()
        silent.is_silent = False
        async with asyncio.timeout(SOON):
            while not (await member.lead() or await other.lead()):  # noqa: ASYNC110 - as above
                await asyncio.sleep(0.01)
    finally:
        await member.leave()
        await silent.close()


async def test_one_that_hangs_leads_no_more(join_one: Join, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its connection stands, but nothing is heard of it: PostgreSQL ends it."""
    monkeypatch.setitem(membership.NOTICED_SOON, "idle_session_timeout", "300")
    monkeypatch.setattr(membership, "CHECK_SECONDS", 60.0)
    member = await join_one()
    assert await member.lead()
    monkeypatch.setattr(membership, "CHECK_SECONDS", 0.1)
    other = await join_one()
    await leads(other)
    async with asyncio.timeout(SOON):
        await member.deposed()


async def test_who_finds_its_place_taken_says_so(join_one: Join, shared_address: str) -> None:
    """A command that needs the database alone came first after a loss."""
    member = await join_one(shared=False)
    refused = asyncio.create_task(member.refused())
    other = await _in_its_place(member, shared_address)
    try:
        async with asyncio.timeout(SOON):
            with pytest.raises(DatabaseRefused, match="Stop all of them first"):
                await refused
    finally:
        await other.close()


async def _in_its_place(member: Membership, address: str) -> Any:
    """Takes its lock in the moment when it is free; returns once the member has noticed."""
    assert await member.lead()
    connection = await asyncpg.connect(address.replace("+asyncpg", ""))
    taking = asyncio.create_task(connection.execute("SELECT pg_advisory_lock($1)", AT_WORK))
    await asyncio.wait({taking}, timeout=0.1)  # it waits by now
    assert not taking.done()
    await end_sessions(address)
    await taking
    await member.deposed()
    return connection


async def test_a_follower_wakes_the_leader_and_nobody_else(join_one: Join) -> None:
    leader, follower, third = await join_one(), await join_one(), await join_one()
    assert await leader.lead()
    woken: asyncio.Queue[str] = asyncio.Queue()
    for name, member in (("leader", leader), ("follower", follower), ("third", third)):
        member.listen(lambda name=name: woken.put_nowait(name))  # type: ignore[misc] # mypy knows no such lambda
    follower.wake()
    async with asyncio.timeout(SOON):
        assert await woken.get() == "leader"
    leader.wake()
    assert woken.get_nowait() == "leader", "its own wish comes true at once"
    third.wake()
    async with asyncio.timeout(SOON):
        assert await woken.get() == "leader"
    assert woken.empty()


async def test_a_store_on_sqlite_always_leads(sqlite_store: Store) -> None:
    member = sqlite_store.database.membership
    woken: list[bool] = []
    member.listen(lambda: woken.append(True))
    assert await member.lead()
    assert not member.is_shared
    member.wake()
    assert woken == [True]


async def test_two_that_make_the_same_database_make_it_once(shared_address: str, open_store: Open) -> None:
    async with AsyncExitStack() as stack:
        opening = [stack.enter_async_context(open_store(shared_address, shared=True)) for _ in range(3)]
        stores = await asyncio.gather(*opening)
        assert sorted(store.made for store in stores) == [False, False, True]


async def test_a_process_that_starts_leaves_a_busy_database_alone(shared_address: str, open_store: Open) -> None:
    """All that is written to is locked as one who writes would, and yet another store opens at once."""
    async with open_store(shared_address, shared=True) as busy:
        held, release = asyncio.Event(), asyncio.Event()

        async def write(connection: Any) -> None:
            for table in [*META.metadata.tables, "alembic_version"]:
                await connection.exec_driver_sql(f"LOCK TABLE {table} IN ROW EXCLUSIVE MODE")
            await connection.exec_driver_sql("SELECT * FROM counter FOR UPDATE")
            await connection.exec_driver_sql("SELECT * FROM meta FOR UPDATE")
            held.set()
            await release.wait()

        writing = asyncio.create_task(busy.database.write(write))
        await held.wait()
        async with asyncio.timeout(SOON), open_store(shared_address, shared=True) as second:
            assert not second.made
            assert await second.signatures.count() == 0
        release.set()
        await writing


async def test_nobody_writes_while_it_is_no_member(
    shared_address: str, open_store: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(membership, "CONNECT_SECONDS", 0.2)
    async with open_store(shared_address) as store:
        other = await _in_its_place(store.database.membership, shared_address)
        try:
            with pytest.raises(StorageFault):
                await store.subscribers.subscribe(1, 1, "en")
        finally:
            await other.close()


class _Silent:
    """A line to PostgreSQL that may fall silent, as one to a machine that vanished."""

    def __init__(self) -> None:
        self.is_silent = False
        self._tasks: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None
        self._to = ""

    async def before(self, url: Any) -> Any:
        """The address to use instead."""
        self._to = f"{url.query['host']}/.s.PGSQL.{url.port or 5432}"
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        port = self._server.sockets[0].getsockname()[1]
        return url.set(host="127.0.0.1", port=port, query={"ssl": "disable"})

    async def close(self) -> None:
        assert self._server is not None
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._server.wait_closed()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, to = await asyncio.open_unix_connection(self._to)
        for one in (self._pass(reader, to), self._pass(there, writer)):
            task = asyncio.create_task(one)
            self._tasks.add(task)

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while data := await reader.read(65_536):
                if not self.is_silent:
                    writer.write(data)
        finally:
            writer.close()
            with suppress(OSError):
                await writer.wait_closed()
