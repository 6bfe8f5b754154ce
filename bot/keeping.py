"""What an operator does with what is kept: backs it up, restores it, opens the private names, changes the key."""

from __future__ import annotations

import asyncio
import csv
from collections.abc import Iterable
from contextlib import aclosing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

import structlog

from bot.settings import Place, Settings
from petition.content import load_petition
from petition.names import FORMULA
from storage.backups import LONGEST, prune_backups, was_made, write_backup
from storage.cipher import Cipher, Keys, read_private_key
from storage.clock import Clock, utc_now
from storage.database import Database, database_url
from storage.erasure import NIGHT
from storage.erasure_list import BACKUPS, LIST, Entries, ErasureList, is_damaged, read_erased
from storage.key_files import all_ciphers, make_next, prune_older, take_next
from storage.numbers import reserved_in
from storage.restoring import Backup, Restored, restore
from storage.rotation import Rotation, refuse_unfit
from storage.snapshot import refuse_missing
from storage.store import Store
from storage.unsealing import unsealed_from_backup, unsealed_from_database

log = structlog.get_logger(__name__)

COLUMNS = ("number", "name", "country", "day")


class KeepingRefused(Exception):
    """A command of an operator's is not carried out; the text is one clear line that says what to do."""


class Writable(Protocol):
    """What takes text."""

    def write(self, text: str, /) -> object:
        """Takes it."""


@dataclass(frozen=True)
class Unsealing:
    """How many names were written; the numbers of those that did not open; whether withdrawn ones may be among them."""

    written: int
    closed: tuple[int, ...]
    without_list: bool


async def back_up(place: Place, clock: Clock = utc_now) -> Path:
    """Makes a backup, beside the running bot too, and removes what is too old; where it lies."""
    keys = await asyncio.to_thread(Keys.load, place.keys)
    path = await write_backup(place.database(), place.data / BACKUPS, keys, clock)
    await asyncio.to_thread(prune, place, clock)
    return path


def prune(place: Place, clock: Clock) -> None:
    """Removes backups of a week ago, and the erasures and older keys that none needs any more."""
    folder, now = place.data / BACKUPS, clock()
    ErasureList(folder, clock).prune(prune_backups(folder, now))
    prune_older(place.keys, folder, now)


async def tend(settings: Settings, store: Store) -> None:
    """Every few minutes while the bot runs: in the quietest hour a backup, once a day, where it is set."""
    now = store.clock()
    if now.hour == NIGHT:
        await store.erased.settle(store.database)
        if settings.nightly_backup and not await asyncio.to_thread(was_made, settings.data / BACKUPS, now):
            keys = await asyncio.to_thread(Keys.load, settings.keys)
            await write_backup(settings.database(), settings.data / BACKUPS, keys, store.clock)
            log.info("the nightly backup was made")
    await asyncio.to_thread(prune, settings, store.clock)


async def restore_backup(
    place: Place, key: Path, path: Path, *, without_erasures: bool, clock: Clock = utc_now
) -> Restored:
    """Makes a database of a backup in an empty place; every refusal is one line."""
    keys = Keys.load_unfinished(place.keys)
    beside = (path.parent, place.data / BACKUPS)
    damaged = next(filter(is_damaged, beside), None)
    if damaged is not None and not without_erasures:
        raise KeepingRefused(
            f"{damaged / LIST} is damaged: who withdrew since may be missing. Bring a copy that is whole. If there "
            "is none, --without-erasures takes what can be read of it."
        )
    erased = _erased_since(*beside)
    if erased is None and not without_erasures:
        raise KeepingRefused(
            f"No list of erasures (a file named erased) lies beside {path} or in {place.data / BACKUPS}. Bring it: it "
            "says who withdrew since. If it is lost, --without-erasures restores without it."
        )
    backup = Backup(
        path=path,
        private_key=read_private_key(key),
        cipher=Cipher(keys),
        older=all_ciphers(place.keys, keys),
        slug=load_petition(place.petition).slug,
        erased=erased or {},
        reserved=max(map(reserved_in, beside)),
        oldest=None if without_erasures else clock() - LONGEST,
    )
    return await restore(backup, place.database(), place.data)


async def unseal(place: Place, key: Path, path: Path | None, out: Writable) -> Unsealing:
    """Writes the private signatures as CSV, of the database or of a backup, without those that its list erased."""
    private_key = read_private_key(key)
    erased = None if path is None else _erased_since(path.parent)
    is_whole = path is not None and erased is not None and not is_damaged(path.parent)
    names = (
        unsealed_from_database(place.database(), private_key)
        if path is None
        else unsealed_from_backup(path, private_key, erased or {})
    )
    table = csv.writer(out, lineterminator="\n")
    written, closed = 0, []
    async with aclosing(names):  # also where `out` takes no more
        async for one in names:
            if one.name is None:
                closed.append(one.number)
                continue
            if not written:
                table.writerow(COLUMNS)
            table.writerow((one.number, _no_formula(one.name), one.country, one.day))
            written += 1
    if not written:
        table.writerow(COLUMNS)
    return Unsealing(written, tuple(closed), without_list=path is not None and not is_whole)


async def rotate_keys(place: Place, clock: Clock = utc_now) -> tuple[Path, bool]:
    """Changes the field key; where the old one lies, and whether the old ciphertexts are gone from the files.

    DatabaseRefused while the bot runs.
    """
    refuse_missing(database_url(place.database()))
    keys = Keys.load_unfinished(place.keys)
    database = await Database.open(place.database(), folder=place.data)
    try:
        ciphers = all_ciphers(place.keys, keys)
        await refuse_unfit(database, ciphers)
        cipher = Cipher(replace(keys, field_key=make_next(place.keys)))
        rotation = Rotation(database, cipher, ciphers, clock)
        await rotation.run()
        older = take_next(place.keys, clock())
        vanished = await rotation.vanish()
    finally:
        await database.close()
    prune(place, clock)
    return older, vanished


def _erased_since(*folders: Path) -> Entries | None:
    """What the lists in these folders say together; None where none of them has one."""
    lists = [found for found in map(read_erased, folders) if found is not None]
    return _joined(lists) if lists else None


def _joined(lists: Iterable[Entries]) -> Entries:
    return {entry: day for entries in lists for entry, day in entries.items()}


def _no_formula(name: str) -> str:
    """No name begins like this (petition/names.py), but a spreadsheet would run one that did."""
    return f"'{name}" if name.startswith(tuple(FORMULA)) else name
