"""PostgreSQL ends connections, is started again, or has none to give: what can be done again is, and never twice."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import Any

import asyncpg
import pytest
from sqlalchemy import make_url, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage import engines, erasure
from storage.database import DatabaseRefused, StorageFault
from storage.engines import make_engine
from storage.inspection import inspect
from storage.schema import COUNTER
from storage.store import Store
from tests.postgresql import PostgreSQL
from tests.storage.conftest import Open
from tests.storage.people import sign, tag_of

ANN, BOHDAN = 712345678, 723456789
ALL = """
SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid()
"""
GROWN = update(COUNTER).values(next_number=COUNTER.c.next_number + 1)


class Administrator:
    """Ends other people's connections, and waits until they have ended."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection

    async def end_all(self) -> int:
        return len(await self._connection.fetch(ALL))

    async def count(self) -> int:
        counted = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        return int(await self._connection.fetchval(counted))


@pytest.fixture
async def place(postgresql: PostgreSQL) -> str:
    return await postgresql.new_address()


@pytest.fixture
async def administrator(place: str) -> AsyncIterator[Administrator]:
    connection = await asyncpg.connect(place.replace("+asyncpg", ""))
    yield Administrator(connection)
    await connection.close()


@pytest.fixture
async def at_work(place: str, open_store: Open) -> AsyncIterator[Store]:
    async with open_store(place) as store:
        yield store


async def next_number(store: Store) -> int:
    async with store.database.read() as connection:
        return int((await connection.execute(select(COUNTER.c.next_number))).scalar_one())


async def test_between_transactions_nobody_notices(at_work: Store, administrator: Administrator) -> None:
    await sign(at_work, ANN)
    assert await administrator.end_all()
    assert await next_number(at_work) == 68
    assert await administrator.end_all()
    await sign(at_work, BOHDAN)
    assert await at_work.signatures.count() == 2


async def test_before_the_first_answer_it_is_read_anew(at_work: Store, administrator: Administrator) -> None:
    async with at_work.database.read() as connection:
        assert await administrator.end_all()
        assert (await connection.execute(select(COUNTER.c.next_number))).scalar_one() == 67
        assert (await connection.execute(select(COUNTER.c.valid))).scalar_one() == 0


async def test_in_the_middle_of_reading_two_states_are_not_mixed(at_work: Store, administrator: Administrator) -> None:
    async def look() -> None:
        async with at_work.database.read() as connection:
            await connection.execute(select(COUNTER.c.next_number))
            assert await administrator.end_all()
            await connection.execute(select(COUNTER.c.valid))

    with pytest.raises(StorageFault):
        await look()
    assert await next_number(at_work) == 67


async def test_before_the_commit_it_is_written_anew_and_once(at_work: Store, administrator: Administrator) -> None:
    tries = []

    async def work(connection: AsyncConnection) -> int:
        await connection.execute(GROWN)
        tries.append(1)
        if len(tries) == 1:
            assert await administrator.end_all()
        return int((await connection.execute(select(COUNTER.c.next_number))).scalar_one())

    assert await at_work.database.write(work) == 68
    assert len(tries) == 2
    assert await next_number(at_work) == 68


async def test_lost_again_it_is_a_fault(at_work: Store, administrator: Administrator) -> None:
    tries = []

    async def work(connection: AsyncConnection) -> None:
        await connection.execute(GROWN)
        tries.append(1)
        assert await administrator.end_all()
        await connection.execute(GROWN)

    with pytest.raises(StorageFault) as fault:
        await at_work.database.write(work)
    assert not fault.value.may_be_done
    assert len(tries) == 2
    assert await next_number(at_work) == 67


async def test_once_commit_was_sent_it_is_not_tried_again(at_work: Store, administrator: Administrator) -> None:
    """It may have been carried out: whoever asked for it looks first."""
    tries = []

    async def work(connection: AsyncConnection) -> None:
        await connection.execute(GROWN)
        tries.append(1)
        assert await administrator.end_all()

    with pytest.raises(StorageFault) as fault:
        await at_work.database.write(work)
    assert fault.value.may_be_done
    assert len(tries) == 1
    assert await next_number(at_work) == 67


async def test_who_hangs_in_a_transaction_holds_nobody_up(
    place: str, open_store: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It has locked the counter, from which everybody takes her number."""
    monkeypatch.setitem(engines.GIVEN_UP, "idle_in_transaction_session_timeout", "300")
    locked, goes_on = asyncio.Event(), asyncio.Event()

    async def work(connection: AsyncConnection) -> int:
        await connection.execute(GROWN)
        locked.set()
        await goes_on.wait()
        return int((await connection.execute(select(COUNTER.c.next_number))).scalar_one())

    async with open_store(place, shared=True) as hangs, open_store(place, shared=True) as other:
        hanging = asyncio.create_task(hangs.database.write(work))
        await locked.wait()
        async with asyncio.timeout(10):
            await sign(other, ANN)
        goes_on.set()
        assert await hanging == 69, "it is tried once more"


async def test_who_is_no_member_any_more_does_not_try_again(
    place: str, open_store: Open, administrator: Administrator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody who needs the database alone may be at work by then."""
    tries = []
    async with open_store(place, shared=True) as store:

        async def work(connection: AsyncConnection) -> None:
            tries.append(1)
            monkeypatch.setattr(store.database.membership, "present", never)
            assert await administrator.end_all()
            await connection.execute(GROWN)

        with pytest.raises(StorageFault, match="ConnectionError"):
            await store.database.write(work)
    assert len(tries) == 1


async def never() -> bool:
    return False


async def test_a_broken_rule_is_not_tried_again(at_work: Store) -> None:
    tries = []

    async def work(connection: AsyncConnection) -> None:
        tries.append(1)
        await connection.execute(update(COUNTER).values(valid=-1))

    with pytest.raises(StorageFault):
        await at_work.database.write(work)
    assert len(tries) == 1


async def test_what_waits_in_memory_is_not_lost_with_the_first_try(
    at_work: Store, administrator: Administrator, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_work.messages.note(ANN, ANN, 7)
    mark, tries = at_work.messages.mark_within, []

    async def lost(connection: AsyncConnection, *what: Any) -> None:
        await mark(connection, *what)
        tries.append(1)
        if len(tries) == 1:
            assert await administrator.end_all()

    monkeypatch.setattr(at_work.messages, "mark_within", lost)

    async def erase() -> None:
        await at_work.person.erase(ANN, b"t" * 32)

    await erase()
    assert len(tries) == 2
    found = await at_work.messages.marked(ANN)
    assert found is not None
    assert found.messages == (7,)


async def test_after_a_failure_it_waits_in_memory_again(at_work: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    at_work.messages.note(ANN, ANN, 7)
    with monkeypatch.context() as patch:

        async def failing(*_: object) -> None:
            raise StorageFault(OSError())

        patch.setattr(at_work.database, "write", failing)
        with pytest.raises(StorageFault):
            await at_work.messages.mark(ANN)
    await at_work.messages.mark(ANN)
    found = await at_work.messages.marked(ANN)
    assert found is not None
    assert found.messages == (7,)


@pytest.mark.parametrize("error", [ConnectionRefusedError(), asyncpg.CannotConnectNowError("starting up")])
async def test_while_it_is_started_again_it_is_waited_for(
    at_work: Store, administrator: Administrator, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    connect = asyncpg.connect
    refused: list[int] = []

    async def starting(*arguments: Any, **named: Any) -> Any:
        if len(refused) < 3:
            refused.append(1)
            raise error
        return await connect(*arguments, **named)

    monkeypatch.setattr("storage.engines.TRY_SECONDS", 0.01)
    monkeypatch.setattr(asyncpg, "connect", starting)
    assert await administrator.end_all()
    await sign(at_work, ANN)
    assert len(refused) == 3


async def test_down_for_longer_it_is_a_fault_and_then_well_again(
    place: str, open_store: Open, administrator: Administrator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("storage.database.PATIENCE_SECONDS", 0.05)
    async with open_store(place) as store:
        await sign(store, ANN)
        assert await administrator.end_all()
        with monkeypatch.context() as patch:

            async def down(*_arguments: object, **_named: object) -> None:
                raise asyncpg.TooManyConnectionsError("sorry, too many clients already")

            patch.setattr(asyncpg, "connect", down)
            with pytest.raises(StorageFault, match="TooManyConnectionsError"):
                await store.signatures.count()
            with pytest.raises(StorageFault, match="TooManyConnectionsError"):
                await sign(store, BOHDAN)
            with pytest.raises(DatabaseRefused, match=r"The database cannot be .* \(TooManyConnectionsError\)"):
                await inspect(place, keys=None, slug=None)
        assert await store.signatures.count() == 1
        assert (await inspect(place, keys=None, slug=None)).detail.startswith("1 signature")


async def test_no_more_connections_than_are_set(
    place: str, open_store: Open, administrator: Administrator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("storage.database.POOL_SECONDS", 0.05)
    before = await administrator.count()
    async with open_store(place, connections=2) as store, AsyncExitStack() as held:
        others = await administrator.count() - before - 1  # what one keeps beside the pool, of which one is open by now
        for _ in range(2):
            connection = await held.enter_async_context(store.database.read())
            await connection.execute(text("SELECT 1"))
        with pytest.raises(StorageFault) as fault:
            await store.signatures.count()
        assert fault.value.waited, "nobody waits twice"
        assert await administrator.count() - before - others == 2


async def test_a_server_that_vanishes_is_noticed_within_seconds(place: str) -> None:
    """The tests' server listens in a file alone: so TCP is led there."""
    folder = make_url(place).query["host"]

    async def lead(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_unix_connection(f"{folder}/.s.PGSQL.5432")
        await asyncio.gather(pump(reader, back), pump(there, writer))

    async with await asyncio.start_server(lead, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        engine = make_engine(make_url(place).set(query={}, host="127.0.0.1", port=port))
        async with engine.connect() as connection:
            assert (await connection.execute(text("SELECT 1"))).scalar_one() == 1
            driver: Any = (await connection.get_raw_connection()).driver_connection
            way = driver._transport.get_extra_info("socket")  # noqa: SLF001 - as it is set
            assert way.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT) == 10_000
            assert way.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)
            assert way.getsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE) == 4
        await engine.dispose()


async def pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while content := await reader.read(65_536):
        writer.write(content)
        await writer.drain()
    writer.close()


async def test_an_erasure_that_is_broken_off_is_a_fault_and_finished_later(
    at_work: Store, administrator: Administrator, monkeypatch: pytest.MonkeyPatch
) -> None:
    await sign(at_work, ANN)
    await at_work.person.erase(ANN, await tag_of(at_work, ANN))
    vacuum = erasure._vacuum  # noqa: SLF001 - to be broken off

    async def broken_off(driver: Any) -> None:
        assert await administrator.end_all()
        await vacuum(driver)

    with monkeypatch.context() as patch:
        patch.setattr(erasure, "_vacuum", broken_off)
        with pytest.raises(StorageFault):
            await at_work.erasure.vanish()
    assert (await at_work.erasure.pending()).asked
    assert await at_work.erasure.vanish()
    assert not (await at_work.erasure.pending()).asked


async def test_many_at_once_lose_nothing(at_work: Store, administrator: Administrator) -> None:
    """Connections end while they work, again and again: each is written once, or told to have failed."""
    done: list[int] = []

    async def write(_: int) -> None:
        async def work(connection: AsyncConnection) -> None:
            await connection.execute(GROWN)

        try:
            await at_work.database.write(work)
        except StorageFault:
            return
        done.append(1)

    async def disturb() -> None:
        for _ in range(5):
            await administrator.end_all()

    await asyncio.gather(disturb(), *(write(number) for number in range(60)))
    written = await next_number(at_work) - 67
    assert 0 < len(done) <= written <= 60
