"""Backups: a copy of what lasts, read from one state of the database and sealed to the organisers.

It is a copy of rows, not of a file, so that it restores into either database. What is open with somebody (drafts, news
being written), numbers of messages and who was sent what are left out: they are gone by the time that it is needed.
"""

from __future__ import annotations

import asyncio
import base64
import os
import time
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy import Column, MetaData, Table, select
from sqlalchemy import Row as TableRow
from sqlalchemy.ext.asyncio import AsyncConnection

from storage import identity, migrations
from storage.backup_file import About, BackupReader, BackupRefused, BackupWriter
from storage.cipher import Cipher, Keys
from storage.clock import HOUR, Clock
from storage.durable import sync_folder
from storage.erasure_list import ErasureList
from storage.schema import (
    BROADCAST,
    COMPOSITION,
    COUNTER,
    DELIVERY,
    DRAFT,
    MESSAGE,
    META,
    PENDING_ERASURE,
    PROCESS,
    REPORT,
    SIGNATURE,
    SIGNATURE_DAY,
    SUBSCRIBER,
)
from storage.snapshot import read_meta, snapshot, wait_for_writers

KEPT = (META, COUNTER, SIGNATURE, SIGNATURE_DAY, SUBSCRIBER, BROADCAST)
LEFT_OUT = (DRAFT, COMPOSITION, MESSAGE, DELIVERY, REPORT, PENDING_ERASURE, PROCESS)
ENDING, PART = ".backup", ".backup.part"
TIME = "%Y%m%dT%H%M%SZ"
LONGEST = timedelta(days=7)  # as /privacy promises
EARLY = timedelta(hours=1)  # before, so that with one a night there are seven
GROUP = 500  # rows
SECRET = "backup"  # noqa: S105 - the purpose of a key, not a key

Row = dict[str, Any]


async def write_backup(address: str, folder: Path, keys: Keys, clock: Clock) -> Path:
    """Makes a backup in this folder, beside a running bot too; the file is there whole or not at all.

    BackupRefused where the folder does not take it. KeysRefused where the keys are not those of the database: a backup
    under another key would open for nobody.
    """
    try:
        return await _write_backup(address, folder, keys, clock)
    except FileExistsError:
        raise BackupRefused(f"Another backup is just being made in {folder}. Try again in a minute.") from None
    except OSError as error:
        raise BackupRefused(
            f"No backup was made in {folder} ({error.strerror}). Make room on the disk, or look at who may write there."
        ) from None


async def _write_backup(address: str, folder: Path, keys: Keys, clock: Clock) -> Path:
    cipher = Cipher(keys)
    async with snapshot(address, long=True) as connection:
        identity.check(await read_meta(connection), cipher, None)
    await _begin_lists(address, folder, clock)
    made = clock()
    path = folder / made.strftime(f"{TIME}{ENDING}")
    async with snapshot(address, long=True) as connection:
        about = About((await read_meta(connection))[identity.SLUG].decode(), made)
        part = path.with_suffix(PART)
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            try:
                writer = BackupWriter(file, about, public=keys.organisers_public, secret=cipher.secret(SECRET))
                async for line in _lines(connection):
                    await asyncio.to_thread(writer.write, line)
                await asyncio.to_thread(writer.finish)
                await asyncio.to_thread(file.flush)
                await asyncio.to_thread(os.fsync, file.fileno())
            except BaseException:
                part.unlink()
                raise
    part.rename(path)
    await asyncio.to_thread(sync_folder, folder)
    return path


async def _begin_lists(address: str, folder: Path, clock: Clock) -> None:
    """The first backup waits for those who looked for the lists' folder before it was there (`erasure_list.py`)."""
    await asyncio.to_thread(ErasureList(folder, clock).make)
    if not any(path.name.endswith(ENDING) for path in backups_in(folder)):
        await wait_for_writers(address, SIGNATURE, SUBSCRIBER, COUNTER)


async def _lines(connection: AsyncConnection) -> AsyncIterator[bytes]:
    """The revision, and then each table: its name and columns, and its rows by number or random id."""
    yield _line([await connection.run_sync(migrations.current)])
    shape = MetaData()
    await connection.run_sync(shape.reflect, only=lambda name, _: name in {table.name for table in KEPT})
    for table in (shape.tables[kept.name] for kept in KEPT if kept.name in shape.tables):
        yield _line({"table": table.name, "columns": [column.name for column in table.columns]})
        result = await connection.stream(select(table).order_by(*_order(table)))
        async for rows in result.partitions(GROUP):
            yield await asyncio.to_thread(_group, rows)


def _order(table: Table) -> Sequence[Column[Any]]:
    """Signatures by number, so that names come out in order; none as the rows arrived."""
    return [table.c.number] if table.name == SIGNATURE.name else list(table.primary_key)


def _group(rows: Sequence[TableRow[Any]]) -> bytes:
    return b"".join(_line([_packed(value) for value in row]) for row in rows)


def _line(content: object) -> bytes:
    return orjson.dumps(content) + b"\n"


def _packed(value: Any) -> Any:
    return [base64.b64encode(value).decode()] if isinstance(value, bytes) else value


def _unpacked(value: Any) -> Any:
    return base64.b64decode(value[0]) if isinstance(value, list) else value


def read_rows(reader: BackupReader) -> tuple[str, Iterator[tuple[str, Row]]]:
    """The revision, and every row with its table's name; BackupRefused where the file does not hold."""
    lines = _split(reader.body())
    revision = str(orjson.loads(next(lines))[0])
    return revision, _rows(lines)


def _rows(lines: Iterable[bytes]) -> Iterator[tuple[str, Row]]:
    table, columns = "", []
    for line in lines:
        content = orjson.loads(line)
        if isinstance(content, dict):
            table, columns = content["table"], content["columns"]
        else:
            yield table, dict(zip(columns, map(_unpacked, content), strict=True))


def _split(chunks: Iterable[bytes]) -> Iterator[bytes]:
    rest = b""
    for chunk in chunks:
        *whole, rest = (rest + chunk).split(b"\n")
        yield from whole


def made_at(path: Path) -> datetime | None:
    """When a backup was made, by its name; None for another file."""
    try:
        return datetime.strptime(path.name.partition(".")[0], TIME).replace(tzinfo=UTC)
    except ValueError:
        return None


def backups_in(folder: Path) -> dict[Path, datetime]:
    """Every backup in a folder, those being made too, the oldest first."""
    found = {path: made_at(path) for path in sorted(folder.glob("*.backup*")) if path.name.endswith((ENDING, PART))}
    return {path: made for path, made in found.items() if made is not None}


def was_made(folder: Path, now: datetime) -> bool:
    """Whether one was finished in this very hour."""
    whole = [made for path, made in backups_in(folder).items() if path.name.endswith(ENDING)]
    return any((made.date(), made.hour) == (now.date(), now.hour) for made in whole)


def prune_backups(folder: Path, now: datetime) -> date:
    """Removes what is a week old, and what a kill left unfinished; the day of the oldest one left, or today."""
    for path, made in backups_in(folder).items():
        unfinished = path.name.endswith(PART) and time.time() - path.stat().st_mtime > HOUR
        if unfinished or now - made >= LONGEST - EARLY:
            path.unlink()
    return min((made.date() for made in backups_in(folder).values()), default=now.date())
