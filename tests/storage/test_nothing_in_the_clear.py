"""Many people's data is kept, and some of it erased: what stands in the files byte by byte."""

from __future__ import annotations

import asyncio
import re
import shutil
import sqlite3
from base64 import b64encode
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

from sqlalchemy import select

from storage.cipher import Keys
from storage.drafts import Kind
from storage.erasure import Erasure
from storage.inspection import inspect
from storage.schema import DRAFT, SIGNATURE, SUBSCRIBER
from storage.store import Store
from tests.storage.conftest import PETITION, Open, TurnedClock
from tests.storage.people import reviewed, sign, tag_of

FIRST = 5_712_347_136  # 0x1547b8000: the ids of all these people begin alike, so that one look finds any of them
PRIVATE, SHOWN, SUBSCRIBERS, DRAFTS = 90, 40, 60, 20
PEOPLE = range(FIRST, FIRST + PRIVATE + SHOWN + DRAFTS)
DECIMALS, HEXADECIMALS, BYTES = 7, 6, 6  # that are alike
ANN = FIRST
PLANTED = b"Qxplanted in the unused middle of a page"
HEADER = 8  # bytes before a leaf's cells: https://www.sqlite.org/fileformat2.html#b_tree_pages
LEAVES = (0x0A, 0x0D)


async def fill(store: Store) -> None:
    """Everybody signs or is half-way through; some subscribe; all have messages."""
    for place, person in enumerate(PEOPLE):
        name = f"Qxmarker{_letters(place)} Zwsurname{_letters(place)}"
        if place < PRIVATE + SHOWN:
            await sign(store, person, name=name, kind=Kind.PRIVATE if place < PRIVATE else Kind.SHOWN)
        else:
            await reviewed(store, person, name=name)
        if place < SUBSCRIBERS:
            await store.subscribers.subscribe(person, person, "en")
        store.messages.note(person, person, 40_000 + place)
    await store.messages.flush()


def _letters(number: int) -> str:
    return "".join(chr(ord("a") + int(digit)) for digit in str(number))


def forms_of_ids() -> list[bytes]:
    """How any id begins: decimal, hexadecimal, as 8-byte integers, and each of them in base64."""
    decimal = str(FIRST)[:DECIMALS].encode()
    integer = FIRST.to_bytes(8, "big")[:BYTES]
    hexadecimal = f"{FIRST:x}"[:HEXADECIMALS].encode()
    plain = [decimal, hexadecimal, hexadecimal.upper(), integer, integer[::-1]]
    return [*plain, *(_in_base64(form, skipped) for form in plain for skipped in range(3))]


def _in_base64(form: bytes, skipped: int) -> bytes:
    """The characters that depend on the form alone, where it stands behind so many bytes."""
    encoded = b64encode(b"\0" * skipped + form)
    return encoded[-(-skipped * 8 // 6) : (skipped + len(form)) * 8 // 6]


def content(folder: Path) -> bytes:
    """Of every file of the database together."""
    return b"\0".join(path.read_bytes() for path in sorted(folder.glob("test.sqlite*")))


async def bytes_of(store: Store, person: int) -> list[bytes]:
    """The ciphertexts and codes of one person's signature, draft and subscription."""
    signer, draft, subscriber = await tag_of(store, person), store.drafts.tag(person), store.subscribers
    async with store.database.read() as connection:
        names = select(SIGNATURE.c.name, SIGNATURE.c.tag).where(SIGNATURE.c.tag == signer)
        contents = select(DRAFT.c.content, DRAFT.c.tag).where(DRAFT.c.tag == draft)
        rows = [*(await connection.execute(names)), *(await connection.execute(contents))]
        if await subscriber.count() == 1:
            rows += list(await connection.execute(select(SUBSCRIBER.c.chat, SUBSCRIBER.c.tag, SUBSCRIBER.c.id)))
    return [value for row in rows for value in row]


async def test_no_name_and_no_id_stands_in_any_file(sqlite_store: Store, tmp_path: Path) -> None:
    await fill(sqlite_store)
    assert {path.name for path in (tmp_path / "data").glob("test.sqlite*")} == {
        "test.sqlite", "test.sqlite-wal", "test.sqlite-shm",
    }  # fmt: skip
    found = content(tmp_path / "data")
    assert await tag_of(sqlite_store, ANN) in found, "what is looked for would be found"
    for form in (b"Qxmarker", b"Zwsurname", *forms_of_ids()):
        assert form not in found, form


async def erased(store: Store) -> list[bytes]:
    """Ann was there, and has had everything erased; what was kept of her."""
    await sign(store, ANN, kind=Kind.SHOWN)
    await store.subscribers.subscribe(ANN, ANN, "en")
    wanted = await bytes_of(store, ANN)
    assert len(wanted) == 5
    await store.person.erase(ANN, await tag_of(store, ANN))
    return wanted


async def turn_until(store: Store, clock: TurnedClock, over: Callable[[int], bool]) -> None:
    """Lets the erasure take its turns, as the running bot does, until it is over."""
    turns = 0

    async def pause(_seconds: float) -> None:
        nonlocal turns
        turns += 1
        if over(turns):
            raise asyncio.CancelledError

    with suppress(asyncio.CancelledError):
        await Erasure(store.database, clock, pause).run_forever()


async def test_killed_between_the_commit_and_its_vanishing_it_is_finished_after_the_restart(
    sqlite_store: Store, sqlite_address: str, open_store: Open, clock: TurnedClock, tmp_path: Path
) -> None:
    """A kill leaves the files as they are at that moment, the log too."""
    wanted = await erased(sqlite_store)
    shutil.copytree(tmp_path / "data", tmp_path / "killed")
    assert any(value in content(tmp_path / "killed") for value in wanted), "else there is nothing to finish"
    address = sqlite_address.replace("/data/", "/killed/")
    async with open_store(address, folder=tmp_path / "killed") as store:
        assert (await store.erasure.pending()).asked > 0
        await turn_until(store, clock, lambda turn: turn == 2)
        assert not [value for value in wanted if value in content(tmp_path / "killed")]
        assert (await store.erasure.pending()).since is None


async def test_while_somebody_else_reads_it_is_shown_as_pending_and_done_afterwards(
    sqlite_store: Store, sqlite_address: str, keys: Keys, clock: TurnedClock, tmp_path: Path
) -> None:
    await sign(sqlite_store, ANN + 1)
    reader = sqlite3.connect(tmp_path / "data" / "test.sqlite", isolation_level=None)
    reader.execute("BEGIN")
    reader.execute("SELECT count(*) FROM signature").fetchone()
    wanted = await erased(sqlite_store)
    await turn_until(sqlite_store, clock, lambda turn: turn == 11)  # ten of them between the tries of the first look
    shown = await inspect(sqlite_address, keys=keys, slug=PETITION.slug, clock=lambda: clock.now + timedelta(minutes=7))
    assert re.search(r", \d+ erasures pending since 2026-11-23 12:30 UTC \((\d+) min\)", shown.detail)
    reader.close()
    await turn_until(sqlite_store, clock, lambda turn: turn == 2)
    assert not [value for value in wanted if value in content(tmp_path / "data")]
    assert "pending" not in (await inspect(sqlite_address, keys=keys, slug=PETITION.slug)).detail


async def test_what_stands_in_the_unused_middle_of_a_page_goes(
    sqlite_address: str, open_store: Open, tmp_path: Path
) -> None:
    """Deleting overwrites a value where it stands; what the balancing of pages left elsewhere it never sees."""
    async with open_store(sqlite_address) as store:
        await sign(store, ANN)
    assert plant(tmp_path / "data" / "test.sqlite") > 0
    async with open_store(sqlite_address) as store:
        await store.person.erase(ANN, await tag_of(store, ANN))
        assert PLANTED in content(tmp_path / "data"), "else it is no proof that it goes"
        assert await store.erasure.vanish()
        assert PLANTED not in content(tmp_path / "data")


def plant(path: Path) -> int:
    """Writes bytes into the unused middle of every page that has room for them, while nobody has it open."""
    content = bytearray(path.read_bytes())
    size = int.from_bytes(content[16:18], "big")
    planted = 0
    for page in range(size, len(content), size):
        cells, begin = (int.from_bytes(content[page + at : page + at + 2], "big") for at in (3, 5))
        used = HEADER + 2 * cells
        if content[page] in LEAVES and begin - used > 2 * len(PLANTED):
            middle = page + (used + begin) // 2
            content[middle : middle + len(PLANTED)] = PLANTED
            planted += 1
    path.write_bytes(content)
    return planted
