"""`copy-database` as an operator meets it: killed at any moment, and begun again by the same line."""

from __future__ import annotations

import asyncio
import os
import secrets
import signal
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, insert, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.database import database_url
from storage.engines import make_engine, read_only
from storage.schema import SIGNATURE, SUBSCRIBER
from storage.store import Store
from tests.bot.test_command_line import bot
from tests.process import SECONDS, Command
from tests.storage.conftest import new_postgresql, postgresql
from tests.storage.test_copying import everything

__all__ = ["postgresql"]  # the fixture

ROWS = 7_000
KILLS = 2
PASSWORD = "hush"


@pytest.fixture
async def source(store: Store, tmp_path: Path) -> str:
    """An SQLite file of some batches, and nobody at work on it."""
    people = [store.subscribers.new_row(person, person, "en", 0) for person in range(10**9, 10**9 + ROWS)]
    signatures = [
        {
            "id": secrets.token_bytes(16), "number": number, "tag": secrets.token_bytes(32), "kind": "private",
            "name": secrets.token_bytes(560), "language": "en", "text_hash": b"t" * 32, "consent_hash": b"c" * 32,
            "day": "2026-11-26",
        }
        for number in range(1, ROWS + 1)
    ]  # fmt: skip

    async def fill(connection: AsyncConnection) -> None:
        await connection.execute(insert(SUBSCRIBER), people)
        await connection.execute(insert(SIGNATURE), signatures)

    await store.database.write(fill)
    await store.database.close()
    return f"sqlite+aiosqlite:///{tmp_path / 'data' / 'x.sqlite'}"


@pytest.fixture
def settings(tmp_path: Path) -> Mapping[str, str]:
    return {"BOT_DATA": str(tmp_path / "data"), "BOT_KEYS": str(tmp_path / "keys"), "PATH": os.environ["PATH"]}


async def rows_in(address: str) -> int:
    """How many signatures and subscribers are there by now; none while there is no table."""
    engine = make_engine(read_only(database_url(address)))
    try:
        async with engine.connect() as connection:
            both = [select(func.count()).select_from(table).scalar_subquery() for table in (SIGNATURE, SUBSCRIBER)]
            return int((await connection.execute(select(both[0] + both[1]))).scalar_one())
    except SQLAlchemyError:
        return 0
    finally:
        await engine.dispose()


async def killed_in_the_middle(address: str, command: Command) -> int:
    """Once another batch is there; how many rows there are then."""
    before = now = await rows_in(address)
    async with asyncio.timeout(SECONDS):
        while now == before:
            now = await rows_in(address)
    command.send(signal.SIGKILL)
    assert await command.ended() == -signal.SIGKILL, "it had ended before it was killed"
    return await rows_in(address)


@pytest.mark.parametrize("way", ["there", "back"])
async def test_killed_again_and_again_it_goes_on(
    source: str, postgresql: Any, settings: Mapping[str, str], tmp_path: Path, way: str
) -> None:
    before = await everything(source)
    there, back = await new_postgresql(postgresql), f"sqlite+aiosqlite:///{tmp_path / 'back' / 'y.sqlite'}"
    target = there
    if way == "back":
        assert (await bot("copy-database", source, there, folder=tmp_path, settings=settings))[0] == 0
        source, target = there, back
    reached = 0
    for _ in range(KILLS):
        command = Command("copy-database", source, target, environment=settings, cwd=tmp_path, out=tmp_path / "log")
        now = await killed_in_the_middle(target, command)
        assert reached < now < 2 * ROWS
        reached = now
    unfinished = {**settings, "BOT_TOKEN": "1:made-up", "BOT_DATABASE_URL": target}
    for word in ("run", "close", "backup", "rotate-keys"):
        code, _, err = await bot(word, folder=tmp_path, settings=unfinished)
        assert (code, err.count("\n")) == (2, 1), err
        assert "The database is an unfinished copy. Finish it" in err
    code, out, err = await bot("copy-database", source, target, folder=tmp_path, settings=settings)
    assert (code, err) == (0, "")
    assert f"signature: {ROWS}\n" in out
    assert "Set BOT_DATABASE_URL to TO" in out
    assert await everything(target) == before


async def test_an_address_stands_in_a_variable_or_a_file_and_is_never_told(
    source: str, postgresql: Any, settings: Mapping[str, str], tmp_path: Path
) -> None:
    there = (await new_postgresql(postgresql)).replace("postgres:@", f"postgres:{PASSWORD}@")
    assert PASSWORD in there
    (tmp_path / "address").write_text(f"{source}\n")
    given = {**settings, "NEW_DATABASE": there}
    code, out, err = await bot("copy-database", f"file:{tmp_path / 'address'}", "env:NEW_DATABASE", folder=tmp_path,
                               settings=given)  # fmt: skip
    assert (code, err) == (0, "")
    assert f"Then remove {tmp_path / 'data' / 'x.sqlite'}" in out
    assert PASSWORD not in out
    for arguments in (
        ("env:NEW_DATABASE", "env:NEW_DATABASE"),
        (source, "env:NEW_DATABASE"),
        (source, "env:NOT_THERE"),
        ("file:/not/there", "env:NEW_DATABASE"),
        (source, there, there),
        (there.replace("postgresql", "mysql"), source),
        (source, f"env:{there}"),
    ):
        code, out, err = await bot("copy-database", *arguments, folder=tmp_path, settings=given)
        assert (code, out, err.count("\n")) == (2, "", 1), err
        assert PASSWORD not in err
    code, out, err = await bot("copy-database", "env:NEW_DATABASE", f"sqlite:///{tmp_path / 'back'}", folder=tmp_path,
                               settings=given)  # fmt: skip
    assert (code, err) == (0, "")
    assert "Then drop the database test_" in out
    assert PASSWORD not in out


async def test_told_to_stop_it_is_no_success(
    source: str, postgresql: Any, settings: Mapping[str, str], tmp_path: Path
) -> None:
    there = await new_postgresql(postgresql)
    command = Command("copy-database", source, there, environment=settings, cwd=tmp_path, out=tmp_path / "log")
    async with asyncio.timeout(SECONDS):
        while not await rows_in(there):
            pass
    command.send(signal.SIGINT)
    assert await command.ended() == 2
    assert (tmp_path / "log").read_text().endswith("The same command goes on.\n")
