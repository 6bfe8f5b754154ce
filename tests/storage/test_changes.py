"""A signature is changed in one transaction: its number, day and hashes stay, and what it bore is gone."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import Any

from sqlalchemy import Row, select

from storage.cipher import open_sealed, read_key
from storage.drafts import Before, Draft, Kind, Step
from storage.erasure import ASKED
from storage.schema import SIGNATURE
from storage.signatures import AlreadySigned, Changed, ChangeResult, NoDraft, StaleDraft
from storage.store import Store
from tests.storage.conftest import PETITION, TurnedClock
from tests.storage.people import TEXT, UPDATES, amending, consent, reviewed, sign, tag_of
from tests.storage.test_erasure import left

ANN = 712345678
STAYS = ("id", "number", "tag", "language", "text_hash", "consent_hash", "day")


async def row_of(store: Store, person: int) -> Row[Any]:
    tag = await tag_of(store, person)
    async with store.database.read() as connection:
        return (await connection.execute(select(SIGNATURE).where(SIGNATURE.c.tag == tag))).one()


async def save(store: Store, person: int, draft: Draft, update_id: int | None = None) -> ChangeResult:
    update = next(UPDATES) if update_id is None else update_id
    return await store.signatures.change(person, await tag_of(store, person), update, draft.version)


async def changed(store: Store, person: int, **becomes: object) -> Row[Any]:
    """Changes it, and holds what stays against what was."""
    before = await row_of(store, person)
    result = await save(store, person, await amending(store, person, **becomes))
    assert isinstance(result, Changed)
    assert result.signature == await store.signatures.find(await tag_of(store, person))
    assert await store.drafts.find(person) is None
    assert await store.signatures.count() == 1
    after = await row_of(store, person)
    assert all(getattr(before, name) == getattr(after, name) for name in STAYS)
    return after


async def test_between_all_kinds(store: Store, clock: TurnedClock, tmp_path: Path) -> None:
    await sign(store, ANN)
    sealed = (await row_of(store, ANN)).name
    clock.turn(days=3)
    moved = await changed(store, ANN, country="DE")
    assert (moved.name, moved.country) == (sealed, "DE"), "a sealed name that stays is not touched"
    private = await changed(store, ANN, name="Ann Other")
    key = read_key(tmp_path / "offline" / "organisers.key")
    assert open_sealed(key, private.name, slug=PETITION.slug, row=private.id) == "Ann Other"
    shown = await changed(store, ANN, name="Anna", kind=Kind.SHOWN)
    assert [one.name for one in await store.signatures.shown_after(0, 9)] == ["Anna"]
    abroad = await changed(store, ANN, country=None)
    assert (abroad.name, abroad.country) == (shown.name, None)
    again = await changed(store, ANN, kind=Kind.PRIVATE)
    assert open_sealed(key, again.name, slug=PETITION.slug, row=again.id) == "Anna"
    assert await store.signatures.shown_after(0, 9) == []
    assert (await changed(store, ANN, name=None, kind=Kind.NAMELESS)).name is None
    assert (await changed(store, ANN, name="Anna", kind=Kind.SHOWN)).kind == "shown"


async def test_a_name_that_was_readable_is_gone_from_the_files(sqlite_store: Store, tmp_path: Path) -> None:
    store = sqlite_store
    await sign(store, ANN, kind=Kind.SHOWN)
    readable = (await row_of(store, ANN)).name
    assert await store.erasure.vanish()
    assert left(tmp_path / "data", [readable]) == 1
    await changed(store, ANN, kind=Kind.PRIVATE)
    assert (await store.erasure.pending()).asked == 2, f"the name and the draft are erased as {ASKED}"
    assert await store.erasure.vanish()
    assert left(tmp_path / "data", [readable]) == 0


async def test_nothing_new_another_version_or_again_writes_nothing(store: Store) -> None:
    await sign(store, ANN, kind=Kind.SHOWN)
    before = await row_of(store, ANN)
    same = await amending(store, ANN)
    assert await save(store, ANN, same) == StaleDraft(same)
    draft = await amending(store, ANN, country="DE")
    assert await save(store, ANN, replace(draft, version=draft.version ^ 1)) == StaleDraft(draft)
    assert await save(store, ANN, draft, update_id=draft.update_id) == StaleDraft(draft)
    half = await amending(store, ANN, step=Step.NAME, name=None, kind=Kind.SHOWN)
    assert await save(store, ANN, half) == StaleDraft(half)
    nameless_shown = await amending(store, ANN, step=Step.REVIEW, name=None, kind=Kind.SHOWN)
    assert await save(store, ANN, nameless_shown) == StaleDraft(nameless_shown)
    assert await row_of(store, ANN) == before


async def test_ten_taps_at_once_change_it_once(store: Store) -> None:
    await sign(store, ANN, kind=Kind.SHOWN)
    draft = await amending(store, ANN, name="Anna")
    results = await asyncio.gather(*(save(store, ANN, draft) for _ in range(10)))
    assert sum(isinstance(result, Changed) for result in results) == 1
    assert sum(isinstance(result, NoDraft) for result in results) == 9


async def test_withdrawing_drops_a_change_and_a_change_brings_nothing_back(store: Store) -> None:
    await sign(store, ANN, kind=Kind.SHOWN)
    draft = await amending(store, ANN, name="Anna")
    assert await store.signatures.withdraw(ANN, await tag_of(store, ANN), 67)
    assert await store.drafts.find(ANN) is None
    assert await save(store, ANN, draft) == NoDraft()
    await sign(store, ANN)
    older = await amending(store, ANN, country="DE", amends=Before(67, Kind.PRIVATE, None, None))
    assert await save(store, ANN, older) == NoDraft(), "the signature of that number is gone"
    assert (await row_of(store, ANN)).number == 68
    assert (await row_of(store, ANN)).country == "PL"
    assert await store.drafts.find(ANN) is None


async def test_consent_and_save_keep_to_drafts_of_their_own(store: Store) -> None:
    signing = await reviewed(store, ANN)
    assert await save(store, ANN, signing) == StaleDraft(signing)
    await consent(store, ANN, signing)
    draft = await amending(store, ANN, country="DE")
    assert isinstance(await consent(store, ANN, draft), AlreadySigned)
    assert await store.drafts.find(ANN) == draft, "a repeated consent leaves the change alone"
    fresh = Draft(chat=ANN, text_hash=TEXT, offered_name=None)
    begun = await store.drafts.begin(ANN, next(UPDATES), fresh)
    assert begun.row.amends is None, "signing does not go on with a change"
