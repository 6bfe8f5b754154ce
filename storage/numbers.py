"""Numbers of signatures, beside the backups: a restored database must not give one again that was told to somebody.

The file names a number that none given so far has reached, a hundred ahead, so that it is written once in a hundred.
Like the list of erasures (`erasure_list.py`) it is begun when the first backup makes the folder.
"""

from __future__ import annotations

import asyncio
from pathlib import Path

from storage.durable import alone, write_whole

FILE = "numbers"
AHEAD = 100


def reserved_in(folder: Path) -> int:
    """Up to which number, this one not included, some may have been given; 0 where nothing is noted."""
    try:
        return int((folder / FILE).read_text(encoding="ascii"))
    except (FileNotFoundError, ValueError):
        return 0


class Numbers:
    """Reserves them in groups."""

    def __init__(self, folder: Path) -> None:
        """`folder` is the one of the backups."""
        self._folder = folder
        self._reserved = reserved_in(folder)

    async def reserve(self, number: int) -> None:
        """Inside the transaction that gives the number, after it took it: when it commits, the file is ahead of it."""
        if number >= self._reserved and await asyncio.to_thread(self._folder.exists):
            self._reserved = await asyncio.to_thread(self._reserve, number)

    def _reserve(self, number: int) -> int:
        """What the file says then: never less than it did, and no more than is needed where another process wrote it.

        A transaction may have failed while its file is still being written: two may want to write at once.
        """
        with alone(self._folder):
            there = reserved_in(self._folder)
            if there > number:
                return there
            write_whole(self._folder / FILE, f"{number + AHEAD}\n".encode())
            return number + AHEAD
