"""One account, one signature, one number, on both databases."""

from __future__ import annotations

import asyncio
from datetime import date

import pytest

from storage.drafts import Kind
from storage.signatures import AlreadySigned, NoDraft, Signed, StaleDraft
from storage.store import Store
from tests.storage.people import UPDATES, consent, reviewed, sign, tag_of

ANN, BOHDAN = 712345678, 723456789


async def test_the_first_number_comes_after_the_first_signatories(store: Store) -> None:
    result = await sign(store, ANN)
    assert isinstance(result, Signed)
    assert result.signature.number == 67
    assert result.signature.day == date(2026, 11, 23)
    assert await store.signatures.count() == 1


@pytest.mark.parametrize(
    ("kind", "readable"), [(Kind.SHOWN, "Ann Example"), (Kind.PRIVATE, None), (Kind.NAMELESS, None)]
)
async def test_only_a_shown_name_can_be_read_again(store: Store, kind: Kind, readable: str | None) -> None:
    result = await sign(store, ANN, kind=kind)
    assert isinstance(result, Signed)
    found = await store.signatures.find(await tag_of(store, ANN))
    assert found == result.signature
    assert found is not None
    assert (found.kind, found.name, found.country) == (kind, readable, "PL")


async def test_signing_twice_takes_no_second_number(store: Store) -> None:
    first = await sign(store, ANN)
    again = await sign(store, ANN, name="Somebody Else")
    assert isinstance(first, Signed)
    assert again == AlreadySigned(first.signature)
    assert await store.drafts.find(ANN) is None
    other = await sign(store, BOHDAN)
    assert isinstance(other, Signed)
    assert other.signature.number == 68


async def test_fifty_taps_at_once_give_one_signature(store: Store) -> None:
    draft = await reviewed(store, ANN)
    await tag_of(store, ANN)
    results = await asyncio.gather(*(consent(store, ANN, draft) for _ in range(50)))
    assert sum(isinstance(result, Signed) for result in results) == 1
    assert sum(isinstance(result, AlreadySigned) for result in results) == 49
    assert await store.signatures.count() == 1


async def test_many_people_at_once_have_numbers_of_their_own(store: Store) -> None:
    results = await asyncio.gather(*(sign(store, person) for person in range(1000, 1040)))
    numbers = sorted(result.signature.number for result in results if isinstance(result, Signed))
    assert numbers == list(range(67, 107))


async def test_consent_to_another_version_signs_nothing(store: Store) -> None:
    old = await reviewed(store, ANN)
    now = await store.drafts.apply(ANN, next(UPDATES), lambda draft: draft, version=None)
    assert now is not None
    assert await consent(store, ANN, old) == StaleDraft(now.row)
    assert await consent(store, ANN, now.row, update_id=now.row.update_id) == StaleDraft(now.row)
    assert await store.signatures.count() == 0


async def test_consent_without_a_draft_signs_nothing(store: Store) -> None:
    draft = await reviewed(store, ANN)
    assert await store.drafts.cancel(ANN, next(UPDATES))
    assert await consent(store, ANN, draft) == NoDraft()


async def test_consent_to_another_text_signs_nothing(store: Store) -> None:
    draft = await reviewed(store, ANN)
    result = await store.signatures.sign(
        ANN,
        await tag_of(store, ANN),
        next(UPDATES),
        draft.version,
        text_hash=b"x" * 32,
        consent_hash=b"c" * 32,
        language="en",
    )
    assert result == StaleDraft(draft)


async def test_a_withdrawn_number_is_never_given_again(store: Store) -> None:
    await sign(store, ANN)
    tag = await tag_of(store, ANN)
    assert not await store.signatures.withdraw(ANN, tag, 68)
    assert await store.signatures.withdraw(ANN, tag, 67)
    assert not await store.signatures.withdraw(ANN, tag, 67)
    assert await store.signatures.find(tag) is None
    assert await store.signatures.count() == 0
    again = await sign(store, ANN)
    assert isinstance(again, Signed)
    assert again.signature.number == 68


async def test_the_shown_ones_are_paged_by_number(store: Store) -> None:
    for person, letter in enumerate("abcdefghijkl", 1):
        kind = Kind.SHOWN if person % 3 else Kind.PRIVATE
        await sign(store, person, name=f"Person {letter}", kind=kind)
    after = [signature.number for signature in await store.signatures.shown_after(0, 3)]
    assert after == [67, 68, 70]
    following = [signature.number for signature in await store.signatures.shown_after(after[-1], 3)]
    assert following == [71, 73, 74]
    assert [signature.number for signature in await store.signatures.shown_before(following[0], 3)] == after
    assert [signature.name for signature in await store.signatures.shown_after(76, 9)] == ["Person k"]
