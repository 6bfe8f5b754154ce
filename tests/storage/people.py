"""The quickest ways into a store, for its tests."""

from __future__ import annotations

from dataclasses import replace
from itertools import count

from storage.drafts import Draft, Kind, Step
from storage.signatures import SignResult
from storage.store import Store

TEXT, CONSENT = b"t" * 32, b"c" * 32
UPDATES = count(1)


async def reviewed(store: Store, person: int, *, name: str = "Ann Example", kind: Kind = Kind.PRIVATE,
                   country: str | None = "PL") -> Draft:  # fmt: skip
    """A draft that is ready to be signed."""
    await store.drafts.begin(person, next(UPDATES), Draft(chat=person, text_hash=TEXT, offered_name=name))

    def fill(draft: Draft) -> Draft:
        kept = None if kind is Kind.NAMELESS else name
        return replace(draft, step=Step.REVIEW, name=kept, kind=kind, country=country)

    change = await store.drafts.apply(person, next(UPDATES), fill, version=None)
    assert change is not None
    return change.row


async def tag_of(store: Store, person: int) -> bytes:
    """A person's signer tag."""
    tag = await store.signer_tags.get(person)
    assert tag is not None
    return tag


async def consent(store: Store, person: int, draft: Draft, *, update_id: int | None = None) -> SignResult:
    """I sign, tapped under the review of this draft."""
    return await store.signatures.sign(
        person,
        await tag_of(store, person),
        next(UPDATES) if update_id is None else update_id,
        draft.version,
        text_hash=TEXT,
        consent_hash=CONSENT,
        language="en",
    )


async def sign(store: Store, person: int, *, name: str = "Ann Example", kind: Kind = Kind.PRIVATE) -> SignResult:
    """All of it."""
    return await consent(store, person, await reviewed(store, person, name=name, kind=kind))
