"""Who works on a database: one process alone, or several together, of which one leads.

A file of SQLite's is for one alone: a lock on a file beside it keeps all others out, and who has it leads. On
PostgreSQL each process keeps one connection of its own, outside of every pool, and on it an advisory lock "at work":
shared among several, exclusive for a bot that polls and for commands that all must be stopped for. Who leads holds
another one. PostgreSQL frees both as the connection ends, however that comes about: nobody has to clear up after one
who died.
"""

from __future__ import annotations

import asyncio
import fcntl
import os
from abc import ABC, abstractmethod
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import IO, Any

import asyncpg
import structlog
from sqlalchemy.engine import URL

from storage.engines import is_sqlite
from storage.locks import AT_WORK, LEADER
from storage.refused import DatabaseRefused

log = structlog.get_logger(__name__)

CHANNEL = "undersigned"
CHECK_SECONDS = 2.0  # between looks whether the connection still stands
ANSWER_SECONDS = 2.0  # that PostgreSQL may take to answer one
CONNECT_SECONDS = 5.0
JOIN_SECONDS = 1.0  # for the lock of one who was killed a moment ago
REJOIN_SECONDS = 15.0  # for the lock that PostgreSQL still keeps for this process's own lost connection
TRY_SECONDS = 0.1

# A machine that vanishes says no goodbye, and a process that hangs keeps its connection. A living one speaks every
# CHECK_SECONDS, so PostgreSQL (14 and newer) ends a session that has been silent for 7 s: whoever takes over is at
# work within 10. Where its answer is taken by nobody the other settings end it as soon. One that is cut off gives up by
# itself before that: after CHECK_SECONDS + ANSWER_SECONDS.
NOTICED_SOON = {
    "idle_session_timeout": "7000",  # milliseconds
    "tcp_keepalives_idle": "3",
    "tcp_keepalives_interval": "2",
    "tcp_keepalives_count": "2",
    "tcp_user_timeout": "7000",  # milliseconds
    "application_name": "undersigned membership",
}
FAULTS = (asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError, OSError, TimeoutError)

IN_USE = "is in use by another running bot. Stop that one first."
NOT_ALONE = "The database is in use by another running bot, or by several processes. Stop all of them first."
SOMEBODY_ALONE = (
    "The database is in use by another running bot that polls, or by a command that needs it alone. Stop that one, or "
    "wait for its end."
)


class Membership(ABC):
    """One process's. Made by `join`."""

    is_shared = False  # whether others may be at work beside this one

    def __init__(self) -> None:
        """Nobody is woken yet."""
        self._woken: Callable[[], None] = lambda: None

    def listen(self, woken: Callable[[], None]) -> None:
        """`woken` is called when somebody wakes the leader, and this process is it."""
        self._woken = woken

    @property
    @abstractmethod
    def leads(self) -> bool:
        """Whether this process leads, as far as it knows."""

    @abstractmethod
    async def lead(self) -> bool:
        """Tries to lead, and gives whether this process does; at once, whoever does."""

    @abstractmethod
    async def deposed(self) -> None:
        """Returns as soon as this process does not lead, or cannot know any more."""

    @abstractmethod
    def wake(self) -> None:
        """Wakes the leader, whichever process it is. What is on its way to it when this one dies is lost."""

    @abstractmethod
    async def present(self) -> bool:
        """Whether this process may work on the database; after a wait where it is just joining again."""

    @abstractmethod
    async def refused(self) -> None:
        """Never returns. DatabaseRefused rises when this process lost its place and was refused another."""

    @abstractmethod
    def begin_anew(self) -> None:
        """Gives everything back and joins again: for one who has learned that somebody else leads."""

    @abstractmethod
    def hurry(self) -> None:
        """It leaves soon: from here on nobody waits until it has joined again, those who wait already included."""

    @abstractmethod
    async def leave(self) -> None:
        """Lets others in, and another lead."""


async def join(url: URL, folder: Path, *, shared: bool = False) -> Membership:
    """Makes this process a member. `folder` is where an SQLite file's lock lies; `shared`: whether others may be there.

    DatabaseRefused where somebody is, and must not be. On SQLite nobody ever may.
    """
    if is_sqlite(url):
        return _Alone(_lock(folder))
    member = _Member(url, shared=shared)
    try:
        await member.begin()
    except BaseException:
        await member.leave()
        raise
    return member


class _Alone(Membership):
    """Keeps everybody else out, and so leads."""

    def __init__(self, lock: IO[str]) -> None:
        super().__init__()
        self._lock = lock

    @property
    def leads(self) -> bool:
        return True

    async def lead(self) -> bool:
        return True

    async def deposed(self) -> None:
        await asyncio.Event().wait()

    def wake(self) -> None:
        self._woken()

    async def present(self) -> bool:
        return True

    async def refused(self) -> None:
        await asyncio.Event().wait()

    def begin_anew(self) -> None:
        """There is nobody else."""

    def hurry(self) -> None:
        """Nobody ever waits."""

    async def leave(self) -> None:
        self._lock.close()


def _lock(folder: Path) -> IO[str]:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        file = os.fdopen(os.open(folder / "lock", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "a", encoding="ascii")
    except OSError as error:
        raise DatabaseRefused(f"{folder} cannot be written ({error.strerror}). Choose a place that can.") from None
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        file.close()
        raise DatabaseRefused(f"{folder} {IN_USE}") from None
    return file


class _Member(Membership):
    """On PostgreSQL. The loss of its connection is the loss of every lock, and known at once."""

    def __init__(self, url: URL, *, shared: bool) -> None:
        super().__init__()
        self.is_shared = shared
        self._options = _connection_options(url)
        self._connection: Any = None  # asyncpg's, which bears no types
        self._turn = asyncio.Lock()  # it takes one statement at a time
        self._present, self._lost = asyncio.Event(), asyncio.Event()
        self._deposed, self._refused = asyncio.Event(), asyncio.Event()
        self._hurries = asyncio.Event()
        self._to_wake = asyncio.Event()
        self._leads = False
        self._tasks: list[asyncio.Task[None]] = []
        self._lost.set()
        self._deposed.set()

    async def begin(self) -> None:
        """Joins, and goes on joining whenever the connection is lost."""
        try:
            await self._join(JOIN_SECONDS)
        except FAULTS as fault:
            raise DatabaseRefused(
                f"The database cannot be opened ({type(fault).__name__}). It is to be whole, running, and the one that "
                "BOT_DATABASE_URL means."
            ) from fault
        self._tasks = [asyncio.create_task(self._keep()), asyncio.create_task(self._tell())]

    @property
    def leads(self) -> bool:
        return self._leads

    async def lead(self) -> bool:
        connection = self._connection
        if not self._leads and connection is not None:
            taken = bool(await self._try("SELECT pg_try_advisory_lock($1)", LEADER))
            if taken and connection is self._connection:
                self._leads = True
                self._deposed.clear()
        return self._leads

    async def deposed(self) -> None:
        await self._deposed.wait()

    def wake(self) -> None:
        if self._leads:
            self._woken()
        else:
            self._to_wake.set()

    async def present(self) -> bool:
        if not self._present.is_set():
            waits = [asyncio.ensure_future(event.wait()) for event in (self._present, self._hurries)]
            try:
                await asyncio.wait(waits, timeout=CONNECT_SECONDS, return_when=asyncio.FIRST_COMPLETED)
            finally:
                for wait in waits:
                    wait.cancel()
        return self._present.is_set()

    async def refused(self) -> None:
        await self._refused.wait()
        raise DatabaseRefused(self._refusal)

    def begin_anew(self) -> None:
        self._drop()

    def hurry(self) -> None:
        self._hurries.set()

    async def leave(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        connection, self._connection = self._connection, None
        self._forget()
        if connection is not None:
            try:
                await connection.close(timeout=ANSWER_SECONDS)
            except FAULTS:
                connection.terminate()

    # Joining, and staying.

    @property
    def _refusal(self) -> str:
        return SOMEBODY_ALONE if self.is_shared else NOT_ALONE

    async def _join(self, patience: float) -> None:
        connection = await asyncpg.connect(**self._options)
        try:
            await self._take_place(connection, patience)
            await connection.add_listener(CHANNEL, self._heard)
        except BaseException:
            connection.terminate()
            raise
        connection.add_termination_listener(self._ended)
        self._connection = connection
        self._lost.clear()
        self._present.set()

    async def _take_place(self, connection: Any, patience: float) -> None:
        loop = asyncio.get_running_loop()
        lock = "pg_try_advisory_lock_shared" if self.is_shared else "pg_try_advisory_lock"
        until = loop.time() + patience
        while not await connection.fetchval(f"SELECT {lock}($1)", AT_WORK, timeout=ANSWER_SECONDS):
            if loop.time() >= until:
                raise DatabaseRefused(self._refusal)
            await asyncio.sleep(TRY_SECONDS)

    async def _keep(self) -> None:
        while True:
            if self._connection is None:
                if not await self._joined_again():
                    return
            elif not await self._is_lost_within(CHECK_SECONDS):
                await self._try("SELECT 1")

    async def _joined_again(self) -> bool:
        """False once it is refused for good: somebody works on the database alone."""
        try:
            await self._join(REJOIN_SECONDS)
        except DatabaseRefused:
            self._refused.set()
            return False
        except FAULTS as fault:
            log.warning("the database cannot be reached, trying again", exc_info=fault)
            await asyncio.sleep(1.0)
        else:
            log.info("this process is a member again")
        return True

    async def _is_lost_within(self, seconds: float) -> bool:
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._lost.wait()
        return self._lost.is_set()

    async def _try(self, statement: str, *values: object) -> Any:
        """What it gives; None where it does not: then the connection is given up."""
        async with self._turn:
            connection = self._connection
            if connection is None:
                return None
            try:
                return await connection.fetchval(statement, *values, timeout=ANSWER_SECONDS)
            except FAULTS:
                if connection is self._connection:
                    self._drop()
                return None

    def _ended(self, connection: Any) -> None:
        """PostgreSQL ended it, or the way to it broke."""
        if connection is self._connection:
            self._drop()

    def _drop(self) -> None:
        connection, self._connection = self._connection, None
        self._forget()
        if connection is None:
            return
        log.warning("the connection that makes this process a member was lost")
        if not connection.is_closed():
            connection.terminate()

    def _forget(self) -> None:
        self._leads = False
        self._present.clear()
        self._lost.set()
        self._deposed.set()

    # Waking.

    async def _tell(self) -> None:
        while True:
            await self._to_wake.wait()
            self._to_wake.clear()
            if self._leads:
                self._woken()
            elif await self._try("SELECT pg_notify($1, '') IS NOT NULL", CHANNEL) is None:
                self._to_wake.set()
                await asyncio.sleep(1.0)

    def _heard(self, *_notification: object) -> None:
        if self._leads:
            self._woken()


def _connection_options(url: URL) -> dict[str, Any]:
    """What the address says, as asyncpg takes it, and how soon a loss is noticed."""
    _, options = url.get_dialect()().create_connect_args(url)
    of_sqlalchemy = ("prepared_statement_cache_size", "prepared_statement_name_func")
    given = {name: value for name, value in options.items() if name not in of_sqlalchemy}
    return {**given, "timeout": CONNECT_SECONDS, "server_settings": NOTICED_SOON}
