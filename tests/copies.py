"""Databases as a bot leaves them that has only begun, with their keys: made once a session, then copied.

To make one takes three times as long as to open one, and hundreds of tests want one.
"""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from storage.cipher import Keys, make_keys
from storage.identity import PetitionIdentity
from storage.signer_tags import TagCost
from storage.store import Store
from tests.postgresql import PostgreSQL

CHEAP = TagCost(memory_kib=8, iterations=1)
FILE = "begun.sqlite"


class Copies:
    """Of one petition's database: the same keys open each."""

    def __init__(self, folder: Path, petition: PetitionIdentity) -> None:
        """Makes the keys in the folder; a database only when it is asked for."""
        self._folder = folder
        self._petition = petition
        self._free: list[str] = []
        make_keys(folder / "keys", folder / "offline")

    def give_keys(self, folder: Path) -> None:
        """Both halves, in `keys` and `offline`."""
        for part in ("keys", "offline"):
            shutil.copytree(self._folder / part, folder / part)

    def give_file(self, path: Path) -> None:
        """An SQLite file, and what lies beside it."""
        data = self._folder / "data"
        if not data.exists():
            asyncio.run(self._make(f"sqlite+aiosqlite:///{data / FILE}", data))
        shutil.copytree(data, path.parent)
        (path.parent / FILE).rename(path)

    @asynccontextmanager
    async def lend(self, postgresql: PostgreSQL | None, file: Path) -> AsyncIterator[str]:
        """The address of a database for a while: on the server, or in the SQLite file.

        What was done to one of the server's is undone: a new one each time costs ten times that.
        """
        if postgresql is None:
            await asyncio.to_thread(self.give_file, file)
            yield f"sqlite+aiosqlite:///{file}"
            return
        database = self._free.pop() if self._free else await self._new(postgresql)
        yield postgresql.address(database)
        if await postgresql.begin_anew(database):
            self._free.append(database)

    async def _new(self, postgresql: PostgreSQL) -> str:
        database = await postgresql.new_database()
        await self._make(postgresql.address(database), self._folder / "beside")
        await postgresql.keep_as_begun(database)
        return database

    async def _make(self, address: str, folder: Path) -> None:
        store = await Store.open(
            address, folder=folder, keys=Keys.load(self._folder / "keys"), petition=self._petition, tag_cost=CHEAP
        )  # fmt: skip
        await store.close()
