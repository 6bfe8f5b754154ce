"""The quickest ways into a store, for its tests."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from itertools import count

from storage.announcement import DEFAULT, Announcement
from storage.broadcasts import Confirmed
from storage.compositions import Composition
from storage.compositions import Step as WritingStep
from storage.deliveries import FIRST, Delivered, Settled
from storage.drafts import Before, Draft, Kind, Step
from storage.news import News, NewsKind
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


async def amending(store: Store, person: int, **becomes: object) -> Draft:
    """A change of her signature that is ready to be saved."""
    tag = await tag_of(store, person)
    now = await store.signatures.find(tag)
    assert now is not None
    fresh = Draft(
        chat=person, text_hash=TEXT, offered_name=None, step=Step.REVIEW, name=now.name, kind=now.kind,
        country=now.country, signer_tag=tag, amends=Before(now.number, now.kind, now.name, now.country),
    )  # fmt: skip
    await store.drafts.begin(person, next(UPDATES), fresh)

    def give(draft: Draft) -> Draft:
        return replace(draft, **becomes)  # type: ignore[arg-type] # each test names fields of a draft

    change = await store.drafts.apply(person, next(UPDATES), give, version=None)
    assert change is not None
    return change.row


async def in_every_table(store: Store, person: int, *, kind: Kind = Kind.SHOWN) -> None:
    """Somebody who does all that can be kept: signs, changes, reads news, writes it, clears the chat."""
    await sign(store, person, kind=kind)
    await amending(store, person, country="DE")
    await store.subscribers.subscribe(person, person, "en")
    for written in ("The count grows", "What comes next"):
        news = News(NewsKind.TEXT, written)
        await store.compositions.begin(person, next(UPDATES), Composition(chat=person))
        ready = partial(replace, step=WritingStep.READY, announcement=Announcement({DEFAULT: news}))
        change = await store.compositions.apply(person, next(UPDATES), ready, version=None)
        assert change is not None
        if written == "The count grows":
            version = change.row.version
            confirmed = await store.broadcasts.confirm(person, next(UPDATES), version, language="en", screen=7)
            assert isinstance(confirmed, Confirmed)
            number = confirmed.broadcast.number
            await store.broadcasts.begin_due({person})
            (recipient,) = await store.deliveries.next_recipients(number, FIRST, 9)
            assert (await store.deliveries.take_turn(number, (), [recipient])).claimed
    store.messages.note(person, person, 1)
    await store.messages.mark(person)
    await store.deliveries.take_turn(number, [Settled(recipient, Delivered.REACHED, (2,))], ())
    store.messages.note(person, person, 2)
