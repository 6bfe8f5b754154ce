"""A backup becomes a database again: whole, or not at all, and without what was erased since."""

from __future__ import annotations

import asyncio
import hmac
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby, islice
from operator import itemgetter
from pathlib import Path

from sqlalchemy import MetaData, insert, update
from sqlalchemy.engine import URL
from sqlalchemy.ext.asyncio import AsyncConnection

from storage import identity, migrations
from storage.backup_file import BackupReader, BackupRefused, open_backup_file
from storage.backups import GROUP, SECRET, Row, read_rows
from storage.broadcast import BroadcastState
from storage.cipher import FIELD, PEPPER, PUBLIC, Cipher, KeysRefused
from storage.clock import utc_now
from storage.database import Database, DatabaseRefused, database_url
from storage.drafts import Kind
from storage.encrypted import ENCRYPTED, Ciphers
from storage.erasure_list import BACKUPS, Entries, Entry, Erasable, ErasureList, name_entry
from storage.retention import count_days
from storage.schema import BROADCAST, COUNTER, META, SIGNATURE, SUBSCRIBER
from storage.snapshot import is_missing

ERASABLE_ROWS = {Erasable.SIGNATURE.value, Erasable.SUBSCRIBER.value}  # as their tables are named
SQLITE_FILES = ("", "-wal", "-shm")


@dataclass(frozen=True)
class Restored:
    """What came back, and what the list of erasures kept from coming back."""

    signatures: int
    subscribers: int
    erased: int


@dataclass(frozen=True)
class Backup:
    """A backup's file with all that opens it."""

    path: Path
    private_key: bytes
    cipher: Cipher  # under the field key in use
    older: Ciphers
    slug: str
    erased: Entries
    reserved: int = 0  # numbers below this one may have been given
    oldest: datetime | None = None  # a backup made before it is refused

    @contextmanager
    def open(self) -> Iterator[BackupReader]:
        """Its reader; BackupRefused where it is no backup of these organisers."""
        with open_backup_file(self.path) as file:
            yield BackupReader(file, self.private_key)


@dataclass(frozen=True)
class _Tally:
    """Counts rows as they pass."""

    living: Counter[str] = field(default_factory=Counter)
    erased: Counter[str] = field(default_factory=Counter)
    retired: Counter[str] = field(default_factory=Counter)  # by day


async def restore(backup: Backup, address: str, folder: Path) -> Restored:
    """Into a place where no database is; refused in one line where there is one, and where the backup does not fit.

    It is one transaction: a kill leaves an empty database at most. By then the list of erasures lies in `folder`, so
    that `run` takes no signatures in an empty one, and what was erased from the backup, which goes on, stays noted.
    """
    _examine(backup)
    url = database_url(address)
    made = is_missing(url)
    database = await Database.open(address, folder=folder)
    try:
        restored = await database.write(
            lambda connection: _fill(connection, backup, ErasureList(folder / BACKUPS, utc_now))
        )
    except BaseException:
        await database.close()
        if made:
            _remove(url)
        raise
    await database.close()
    return restored


def _remove(url: URL) -> None:
    """The empty SQLite file that was made for nothing."""
    for ending in SQLITE_FILES:
        Path(f"{url.database}{ending}").unlink(missing_ok=True)


def _examine(backup: Backup) -> None:
    """Reads all of it once, before anything is made."""
    with backup.open() as reader:
        if reader.about.slug != backup.slug:
            raise BackupRefused(f"The backup is of the petition {reader.about.slug!r}, not of {backup.slug!r}.")
        if backup.oldest is not None and reader.about.made < backup.oldest:
            raise BackupRefused(
                f"The backup is of {reader.about.made:%Y-%m-%d}: the list of erasures no longer tells all since then. "
                "Take a newer one; --without-erasures restores it, with people who may have withdrawn."
            )
        revision, rows = read_rows(reader)
        if not migrations.is_known(revision):
            raise BackupRefused("The backup was made by a newer version of this program. Restore it with that one.")
        kept: dict[str, bytes] = {}
        for table, row in rows:
            if table == META.name:
                kept[row["key"]] = row["value"]
            elif table == COUNTER.name:  # the first after META
                _check_keys(kept, backup)
            else:
                _renew(table, row, backup)
        if not reader.is_made_under(backup.cipher.secret(SECRET)):
            raise BackupRefused("The backup was not made by this bot: somebody else wrote it. Bring another one.")


def _check_keys(kept: Mapping[str, bytes], backup: Backup) -> None:
    """The pepper and the organisers' key must be those that the database was made with."""
    for name in (PEPPER, PUBLIC):
        if not hmac.compare_digest(kept.get(f"check {name}", b""), backup.cipher.check_values()[name]):
            raise KeysRefused(f"{name} is not the key that this backup was made with. Bring back the true file.")


async def _fill(connection: AsyncConnection, backup: Backup, erased: ErasureList) -> Restored:
    if await connection.run_sync(migrations.current) is not None:
        raise DatabaseRefused("There is a database already. A backup is restored into an empty place only.")
    await connection.run_sync(identity.refuse_foreign)
    await asyncio.to_thread(erased.make, backup.erased)
    tally = _Tally()
    with backup.open() as reader:
        revision, rows = read_rows(reader)
        await connection.run_sync(migrations.upgrade, revision)
        shape = MetaData()
        await connection.run_sync(shape.reflect)
        for table, group in _groups(_living(rows, backup, tally)):
            await connection.execute(insert(shape.tables[table]), group)
    await connection.run_sync(migrations.upgrade)
    await connection.execute(update(COUNTER).values(valid=COUNTER.c.valid - tally.erased[Erasable.SIGNATURE]))
    await count_days(connection, tally.retired)
    ahead = update(COUNTER).where(COUNTER.c.next_number < backup.reserved)
    await connection.execute(ahead.values(next_number=backup.reserved))
    field_check = backup.cipher.check_values()[FIELD]
    await connection.execute(update(META).where(META.c.key == f"check {FIELD}").values(value=field_check))
    return Restored(
        tally.living[SIGNATURE.name], tally.living[SUBSCRIBER.name], tally.erased.total() + tally.retired.total()
    )


def _living(rows: Iterable[tuple[str, Row]], backup: Backup, tally: _Tally) -> Iterator[tuple[str, Row]]:
    """The rows as they are to be, without what was erased, which is counted."""
    for table, row in rows:
        if table in ERASABLE_ROWS and Entry(Erasable(table), row["id"]) in backup.erased:
            tally.erased[table] += 1
            continue
        if table == SIGNATURE.name and Entry(Erasable.RETIRED, row["id"]) in backup.erased:
            tally.retired[row["day"]] += 1
            continue
        if table == SIGNATURE.name and row["name"] is not None and name_entry(row["id"], row["name"]) in backup.erased:
            tally.erased[Erasable.NAME] += 1
            row.update(kind=Kind.NAMELESS.value, name=None)
        if table == BROADCAST.name and row["ended"] is None:  # who had it by then is not known, nor who approves it
            row.update(state=BroadcastState.STOPPED.value, ended=row["began"] or 0)
        _renew(table, row, backup)
        tally.living[table] += 1
        yield table, row


def _renew(table: str, row: Row, backup: Backup) -> None:
    """Encrypts under the key in use what is under an older one."""
    for encrypted in ENCRYPTED:
        if encrypted.table.name == table:
            renewed = encrypted.renewed(row, backup.cipher, backup.older)
            if renewed is not None:
                row[encrypted.column] = renewed


def _groups(rows: Iterable[tuple[str, Row]]) -> Iterator[tuple[str, list[Row]]]:
    """As many rows of one table as one statement takes."""
    for table, of_table in groupby(rows, key=itemgetter(0)):
        while group := [row for _, row in islice(of_table, GROUP)]:
            yield table, group
