"""The list of erasures, beside the backups: what a restored backup must not bring back.

An entry is written and synced inside the transaction that erases, before it commits. So whatever the database lost, the
list has: a backup that still holds the row was read before the commit, and finds the entry when it is restored. If the
transaction then fails, the entry names a row that is still there, and `settle` drops it: row ids are random and never
come back, and a name is known by the random part of its ciphertext, which another name does not have.

Nothing is written before the first backup makes the folder. A transaction looks for it after the statement that erases,
and so holds its lock by then: the first backup makes the folder, waits for all such locks, and only then reads.

An entry bears no more than a random id and the day, and means nothing without a backup.
"""

from __future__ import annotations

import asyncio
import os
import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from pathlib import Path

from sqlalchemy import Table, select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.cipher import random_part
from storage.clock import Clock
from storage.database import Database, DatabaseRefused
from storage.durable import alone, sync_folder, write_whole
from storage.schema import SIGNATURE, SUBSCRIBER

BACKUPS, LIST = "backups", "erased"  # the folder in BOT_DATA, the file in it
LINE = re.compile(
    r"(?:(signature|retired|subscriber) ([0-9a-f]{32})|(name) ([0-9a-f]{56})) (\d{4}-\d\d-\d\d)", re.ASCII
)
WHOLE = tuple(
    f"{kind} {'0' * digits} 2026-11-23"
    for kind, digits in {"signature": 32, "retired": 32, "subscriber": 32, "name": 56}.items()
)  # a line of each kind, to complete one that was cut off
ID_BYTES = 16
GROUP = 500  # ids in one statement
OVER_MIDNIGHT = timedelta(days=2)  # an entry may be a day older than its commit, and than a backup in between


class Erasable(StrEnum):
    """What was erased."""

    SIGNATURE = "signature"
    RETIRED = "retired"  # a signature that goes on being counted (`retention.py`)
    NAME = "name"  # of a signature that stays
    SUBSCRIBER = "subscriber"


@dataclass(frozen=True)
class Entry:
    """One erasure: the row's random id; for a name the random part of its ciphertext too."""

    kind: Erasable
    id: bytes


Entries = Mapping[Entry, date]
TABLES: Mapping[Erasable, Table] = {
    Erasable.SIGNATURE: SIGNATURE,
    Erasable.RETIRED: SIGNATURE,
    Erasable.NAME: SIGNATURE,
    Erasable.SUBSCRIBER: SUBSCRIBER,
}


def name_entry(row: bytes, name: bytes) -> Entry:
    """The entry of a signature's name: `name` as it is kept, encrypted or sealed."""
    return Entry(Erasable.NAME, row + random_part(name))


def read_erased(folder: Path) -> Entries | None:
    """The list beside the backups of a folder; None where there is none. A torn line belongs to no commit.

    DatabaseRefused where it cannot be read.
    """
    lines = _lines(folder)
    return None if lines is None else dict(filter(None, map(_read_line, lines)))


def is_damaged(folder: Path) -> bool:
    """Whether who withdrew may be missing in its list."""
    return bool(_damaged(_lines(folder) or []))


def _lines(folder: Path) -> list[str] | None:
    path = folder / LIST
    try:
        return path.read_text(encoding="ascii", errors="replace").splitlines()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise DatabaseRefused(
            f"{path} cannot be read ({error.strerror}). It tells who withdrew: bring back the file, and let this user "
            "read it."
        ) from None


def _damaged(lines: Iterable[str]) -> list[str]:
    """What is no entry, and nothing of one that a power cut left."""
    return [line for line in lines if _read_line(line) is None and not _is_torn(line)]


def _is_torn(line: str) -> bool:
    """Its end is missing, or one end never reached the disk."""
    begun = line.rstrip("\0")
    if line.startswith("\0") or _read_line(begun) is not None:
        return True
    return any(len(begun) < len(whole) and LINE.fullmatch(begun + whole[len(begun) :]) for whole in WHOLE)


def _read_line(line: str) -> tuple[Entry, date] | None:
    match = LINE.fullmatch(line)
    if match is None:
        return None
    kind, row = (match[1], match[2]) if match[1] else (match[3], match[4])
    try:
        return Entry(Erasable(kind), bytes.fromhex(row)), date.fromisoformat(match[5])
    except ValueError:  # no day of the calendar
        return None


class ErasureList:
    """Adds to the list, and drops what no backup needs any more."""

    def __init__(self, folder: Path, clock: Clock) -> None:
        """`folder` is the one of the backups."""
        self._folder = folder
        self._clock = clock

    def refuse_anew(self) -> None:
        """Before an empty database is made. DatabaseRefused where the list tells that there was one."""
        if (self._folder / LIST).exists():
            raise DatabaseRefused(
                f"There is no database, but {self._folder} tells that there was one. Bring it back, or restore a "
                "backup; to begin anew, move that folder away."
            )

    async def note(self, *entries: Entry) -> None:
        """Inside the erasing transaction, after the statement that erases: synced when it returns.

        An OSError must end the transaction: what is not in the list must not be erased.
        """
        if entries:
            await asyncio.to_thread(self._note, entries)

    async def note_name(self, row: bytes, name: bytes | None) -> None:
        """The same for a signature's name that is erased or replaced; `name` as it was kept."""
        if name is not None:
            await self.note(name_entry(row, name))

    async def settle(self, database: Database) -> None:
        """Drops the entries of transactions that failed: what they name is still there.

        One that goes on holds its row, so that this waits for its end: on SQLite all that write do.
        """

        async def work(connection: AsyncConnection) -> None:
            entries = await asyncio.to_thread(read_erased, self._folder)
            there = await _still_there(connection, entries or {})
            if there:
                await asyncio.to_thread(self._rewrite, lambda entry, _day: entry not in there)

        await database.write(work)

    def prune(self, oldest: date) -> None:
        """Drops what is older than the oldest backup, or than this day where there is none."""
        if (self._folder / LIST).exists():
            self._rewrite(lambda _entry, day: day > oldest - OVER_MIDNIGHT)

    def make(self, entries: Collection[Entry] = ()) -> None:
        """Makes the folder and the list: from here on erasures are noted."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._append(entries)

    def _note(self, entries: Collection[Entry]) -> None:
        if self._folder.exists():
            self._append(entries)

    def _append(self, entries: Collection[Entry]) -> None:
        """A line break comes first, so that a line torn by a power cut stays alone."""
        day = self._clock().date()
        content = "".join(f"\n{_line(entry, day)}" for entry in entries) + "\n"
        with alone(self._folder):
            path = self._folder / LIST
            made = not path.exists()
            with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "wb") as file:
                file.write(content.encode() if entries else b"")
                file.flush()
                os.fsync(file.fileno())
            if made:
                sync_folder(self._folder)
                sync_folder(self._folder.parent)

    def _rewrite(self, keep: Callable[[Entry, date], bool]) -> None:
        """Anew in one step, and sorted: the order of the lines says nothing of who did what one after the other."""
        path = self._folder / LIST
        with alone(self._folder):
            entries = read_erased(self._folder) or {}
            lines = sorted(_line(entry, day) for entry, day in entries.items() if keep(entry, day))
            lines += _damaged(_lines(self._folder) or [])  # so that it is still told
            content = "".join(f"{line}\n" for line in lines).encode()
            if content != path.read_bytes():
                write_whole(path, content)


def _line(entry: Entry, day: date) -> str:
    return f"{entry.kind.value} {entry.id.hex()} {day.isoformat()}"


async def _still_there(connection: AsyncConnection, entries: Collection[Entry]) -> set[Entry]:
    there: set[Entry] = set()
    for kind, table in TABLES.items():
        wanted = [entry for entry in entries if entry.kind is kind]
        for start in range(0, len(wanted), GROUP):
            ids = {entry.id[:ID_BYTES] for entry in wanted[start : start + GROUP]}
            rows = await connection.execute(select(table).where(table.c.id.in_(ids)).with_for_update())
            for row in rows:
                if kind is not Erasable.NAME:
                    there.add(Entry(kind, row.id))
                elif row.name is not None:
                    there.add(name_entry(row.id, row.name))
    return there & set(entries)
