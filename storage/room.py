"""How much room the disk has, and how much the database needs."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from storage.database import database_url

LEAST = 200_000_000  # bytes
TIMES = 3  # the database: VACUUM writes it anew into a temporary file, and once more into the log


@dataclass(frozen=True)
class Room:
    """In bytes."""

    free: int
    needed: int

    @property
    def is_short(self) -> bool:
        """Whether the disk is nearly full."""
        return self.free < self.needed


def free_bytes(folder: Path) -> int:
    """What is free on the folder's file system."""
    return shutil.disk_usage(folder).free


def look_for_room(address: str, folder: Path, free: Callable[[Path], int] = free_bytes) -> Room:
    """The scarcer of two places: the database's own, and `folder`, where temporary files go. OSError as it comes."""
    url = database_url(address)
    if url.get_backend_name() != "sqlite":
        return Room(free(folder), LEAST)
    file = Path(url.database or "").resolve()
    parts = [part for part in (file, file.with_name(f"{file.name}-wal")) if part.exists()]
    size = sum(part.stat().st_size for part in parts)
    return Room(min(free(file.parent), free(folder)), max(LEAST, TIMES * size))
