"""The field key's files over time: the one in use, the next one, and those that older backups need."""

from __future__ import annotations

import os
import secrets
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from storage.backups import LONGEST, backups_in
from storage.cipher import FIELD, KEY_BYTES, KEY_ID_BYTES, NEXT_FIELD, Cipher, Keys, key_id, read_key, write_key
from storage.durable import sync_folder
from storage.encrypted import Ciphers

OLDER = f"{FIELD}.{'[0-9a-f]' * 2 * KEY_ID_BYTES}"  # field.key.ID


def all_ciphers(folder: Path, keys: Keys) -> Ciphers:
    """A cipher for every field key that lies in the folder, by key id."""
    paths = [*sorted(folder.glob(OLDER)), *folder.glob(NEXT_FIELD)]
    field_keys = [keys.field_key, *(read_key(path) for path in paths)]
    return {key_id(field_key): Cipher(replace(keys, field_key=field_key)) for field_key in field_keys}


def make_next(folder: Path) -> bytes:
    """The next field key, written and synced; the one that is there where a rotation was broken off."""
    path, part = folder / NEXT_FIELD, folder / f"{FIELD}.part"
    if not path.exists():
        part.unlink(missing_ok=True)
        write_key(part, secrets.token_bytes(KEY_BYTES))
        part.rename(path)
        sync_folder(folder)
    return read_key(path)


def take_next(folder: Path, now: datetime) -> Path:
    """The next field key takes the place of the one in use, which is kept by its id; killed anywhere, again.

    At no moment is there no field.key, and no key is lost. Its file tells when it went out of use.
    """
    used = folder / FIELD
    older = folder / f"{FIELD}.{key_id(read_key(used)).hex()}"
    if not older.exists():
        os.link(used, older)
    os.utime(older, (now.timestamp(), now.timestamp()))
    sync_folder(folder)
    (folder / NEXT_FIELD).replace(used)
    sync_folder(folder)
    return older


def prune_older(folder: Path, backups: Path, now: datetime) -> list[Path]:
    """Removes the older field keys that no backup needs: neither one here nor one that was carried elsewhere."""
    made = list(backups_in(backups).values())
    removed = []
    for path in folder.glob(OLDER):
        out_of_use = datetime.fromtimestamp(path.stat().st_mtime, now.tzinfo)
        if now - out_of_use >= LONGEST and all(out_of_use < backup for backup in made):
            path.unlink()
            removed.append(path)
    if removed:
        sync_folder(folder)
    return removed
