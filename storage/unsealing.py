"""The private names, for the day the petition is handed over: read from a database or a backup, by the offline key."""

from __future__ import annotations

import hmac
from collections import deque
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Select, select

from storage import identity
from storage.backup_file import BackupReader, open_backup_file
from storage.backups import GROUP, Row, read_rows
from storage.cipher import PUBLIC, KeysRefused, open_sealed, public_check, public_half
from storage.drafts import Kind
from storage.erasure_list import Entries, Entry, Erasable, name_entry
from storage.schema import SIGNATURE
from storage.snapshot import read_meta, snapshot


@dataclass(frozen=True)
class Unsealed:
    """A private signature; `name` is None where it does not open."""

    number: int
    name: str | None
    country: str | None
    day: str


async def unsealed_from_database(address: str, private_key: bytes) -> AsyncGenerator[Unsealed, None]:
    """By number, from one state of the database; KeysRefused for another petition's key."""
    async with snapshot(address) as connection:
        kept = await read_meta(connection)
        _check_key(kept, private_key)
        result = await connection.stream(_private())
        async for rows in result.partitions(GROUP):
            for row in rows:
                yield _open(row._asdict(), kept[identity.SLUG].decode(), private_key)


async def unsealed_from_backup(path: Path, private_key: bytes, erased: Entries) -> AsyncGenerator[Unsealed, None]:
    """By number, without what was erased since; BackupRefused where the file is cut, changed or of others."""
    with open_backup_file(path) as file:
        deque(BackupReader(file, private_key).body(), maxlen=0)  # else names would be told before a cut is found
        file.seek(0)
        reader = BackupReader(file, private_key)
        _, rows = read_rows(reader)
        for table, row in rows:
            if table == SIGNATURE.name and row["kind"] == Kind.PRIVATE.value and not _is_erased(row, erased):
                yield _open(row, reader.about.slug, private_key)


def _private() -> Select[Any]:
    columns = (SIGNATURE.c.id, SIGNATURE.c.number, SIGNATURE.c.name, SIGNATURE.c.country, SIGNATURE.c.day)
    return select(*columns).where(SIGNATURE.c.kind == Kind.PRIVATE.value).order_by(SIGNATURE.c.number)


def _check_key(kept: Row, private_key: bytes) -> None:
    if not hmac.compare_digest(kept.get(f"check {PUBLIC}", b""), public_check(public_half(private_key))):
        raise KeysRefused("This key is not the one that the names of this database are sealed to. Bring the true file.")


def _is_erased(row: Row, erased: Entries) -> bool:
    gone = (Entry(kind, row["id"]) for kind in (Erasable.SIGNATURE, Erasable.RETIRED))
    return any(entry in erased for entry in (*gone, name_entry(row["id"], row["name"])))


def _open(row: Row, slug: str, private_key: bytes) -> Unsealed:
    try:
        name = open_sealed(private_key, row["name"], slug=slug, row=row["id"])
    except (KeysRefused, ValueError):  # the row was changed
        name = None
    return Unsealed(row["number"], name, row["country"], row["day"])
