"""Whose database this is: which petition's, and under which keys."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, inspect

from storage.cipher import Cipher, KeysRefused
from storage.database import DatabaseRefused
from storage.signer_tags import TagCost

SLUG, COST = "slug", "signer tag cost"
COPYING = "copying"  # the mark of an unfinished copy (`copying.py`)
NEWER = "The database was made by a newer version of this program. Run that version, or bring back an older backup."
UNFINISHED = (
    "The database is an unfinished copy. Finish it: the same python -m bot copy-database again; until then go on with "
    "the database that it is copied from."
)


@dataclass(frozen=True)
class PetitionIdentity:
    """What a database keeps of its petition."""

    slug: str
    first_signatories: int  # numbers begin after them


def values(cipher: Cipher, slug: str, cost: TagCost) -> dict[str, bytes]:
    """What a new database is told about itself."""
    return {
        SLUG: slug.encode(),
        COST: f"{cost.memory_kib} {cost.iterations}".encode(),
        **{f"check {name}": value for name, value in cipher.check_values().items()},
    }


def check(kept: Mapping[str, bytes], cipher: Cipher, slug: str | None) -> None:
    """DatabaseRefused for another petition's database, KeysRefused for a wrong key file, which it names."""
    if slug is not None:
        check_petition(kept, slug)
    for name, value in cipher.check_values().items():
        if not hmac.compare_digest(kept.get(f"check {name}", b""), value):
            raise KeysRefused(f"{name} is not the key that this database was made with. Bring back the true file.")


def check_petition(kept: Mapping[str, bytes], slug: str) -> None:
    """DatabaseRefused for another petition's database."""
    there = kept.get(SLUG, b"").decode()
    if there != slug:
        raise DatabaseRefused(f"The database is of the petition {there!r}, not of {slug!r}. Use another database.")


def tag_cost(kept: Mapping[str, bytes]) -> TagCost:
    """What a signer's code costs in this database: another cost would give other codes."""
    memory_kib, iterations = kept[COST].decode().split()
    return TagCost(int(memory_kib), int(iterations))


def refuse_foreign(connection: Connection) -> None:
    """DatabaseRefused for a database that holds somebody else's tables."""
    tables = inspect(connection).get_table_names()
    if tables:
        raise DatabaseRefused("The database holds tables that are not this program's. Use another database.")
