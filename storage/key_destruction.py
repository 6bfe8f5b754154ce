"""Destroys the server's keys. Without them nothing encrypted opens again, and no tag tells a person."""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from pathlib import Path

from storage.cipher import FIELD, PEPPER, KeysRefused
from storage.durable import sync_folder


def server_keys(folder: Path) -> list[Path]:
    """What there is to destroy: the pepper, the field key, and the field keys of earlier or later days.

    KeysRefused where there is nothing.
    """
    found = [path for path in (folder / PEPPER, folder / FIELD, *sorted(folder.glob(f"{FIELD}.*"))) if path.exists()]
    if not found:
        raise KeysRefused(f"There are no server keys in {folder}: nothing was destroyed. Is it the folder of BOT_KEYS?")
    return found


def destroy_keys(folder: Path) -> list[Path]:
    """Overwrites and removes every one; KeysRefused, once all are tried, names those that are still there."""
    found = server_keys(folder)
    left = [f"{path} ({reason})" for path in found if (reason := _destroy(path)) is not None]
    if left:
        raise KeysRefused(f"Not destroyed: {', '.join(left)}. Destroy these by hand, now.")
    return found


def _destroy(path: Path) -> str | None:
    """Why it could not be; a link's target goes too."""
    target = path.resolve()
    try:
        _overwrite(target)
        for one in {path, target}:
            one.unlink()
            sync_folder(one.parent)
    except OSError as error:
        return error.strerror
    return None


def _overwrite(path: Path) -> None:
    """In place: a new file would leave the old bytes where they are. What a disk keeps elsewhere, it keeps."""
    with suppress(OSError):
        path.chmod(0o600)  # a key that its owner made read-only is to go too
    with path.open("r+b", buffering=0) as file:
        file.write(secrets.token_bytes(path.stat().st_size))
        os.fsync(file.fileno())
