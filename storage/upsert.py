"""Writes a row whether it is there or not, or only where it is not, in the words of either database."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection


async def upsert(
    connection: AsyncConnection, table: Table, key: Mapping[str, object], values: Mapping[str, object]
) -> None:
    """`key` are the columns that tell the row; `values` all others."""
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    statement = insert(table).values({**key, **values})
    await connection.execute(statement.on_conflict_do_update(index_elements=list(key), set_=values))


async def insert_once(
    connection: AsyncConnection, table: Table, values: Mapping[str, object], *, key: Sequence[str]
) -> bool:
    """False where a row with the same key is there already; one that is just being made is waited for."""
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    statement = insert(table).values(values).on_conflict_do_nothing(index_elements=list(key))
    return (await connection.execute(statement)).rowcount > 0
