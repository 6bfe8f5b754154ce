"""What the bot's database holds, whichever kind it is: looked at beside the bot, as an operator would."""

from __future__ import annotations

from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from storage.schema import METADATA


async def run(address: str, statement: str) -> list[tuple[Any, ...]]:
    """Runs it in a transaction of its own; the rows that it gives, if it does."""
    engine = create_async_engine(address, poolclass=NullPool)
    try:
        async with engine.begin() as connection:
            result = await connection.execute(text(statement))
            return [tuple(row) for row in result] if result.returns_rows else []
    finally:
        await engine.dispose()


async def everything(address: str) -> bytes:
    """Each value of each row, one after the other."""
    rows = [row for table in METADATA.tables for row in await run(address, f"SELECT * FROM {table}")]  # noqa: S608 - our own tables
    return b"\n".join(value if isinstance(value, bytes) else str(value).encode() for row in rows for value in row)


async def numbers(address: str) -> tuple[list[int], int]:
    """Of the signatures that are kept, and the next one to be given."""
    kept = [row[0] for row in await run(address, "SELECT number FROM signature")]
    [(next_number, valid)] = await run(address, "SELECT next_number, valid FROM counter")
    assert valid == len(kept)
    return kept, next_number
