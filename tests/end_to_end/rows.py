"""What the bot's database holds, whichever kind it is: looked at beside the bot, as an operator would."""

from __future__ import annotations

from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from storage.schema import META, METADATA
from storage.upsert import upsert


async def run(address: str, *statements: str) -> list[tuple[Any, ...]]:
    """Runs them in a transaction of their own; the rows that they give, one statement's after the other's."""
    engine = create_async_engine(address, poolclass=NullPool)
    rows: list[tuple[Any, ...]] = []
    try:
        async with engine.begin() as connection:
            for statement in statements:
                result = await connection.execute(text(statement))
                rows += [tuple(row) for row in result] if result.returns_rows else []
    finally:
        await engine.dispose()
    return rows


async def keep_in_meta(address: str, key: str, value: bytes) -> None:
    """Writes one of the bot's notes of itself anew."""
    engine = create_async_engine(address, poolclass=NullPool)
    try:
        async with engine.begin() as connection:
            await upsert(connection, META, {"key": key}, {"value": value})
    finally:
        await engine.dispose()


async def everything(address: str) -> bytes:
    """Each value of each row, one after the other."""
    rows = await run(address, *(f"SELECT * FROM {table}" for table in METADATA.tables))  # noqa: S608 - our own tables
    return b"\n".join(value if isinstance(value, bytes) else str(value).encode() for row in rows for value in row)


async def numbers(address: str) -> tuple[list[int], int]:
    """Of the signatures that are kept, and the next one to be given."""
    (next_number, valid), *rows = await run(
        address, "SELECT next_number, valid FROM counter", "SELECT number FROM signature"
    )
    kept = [number for (number,) in rows]
    assert valid == len(kept)
    return kept, next_number
