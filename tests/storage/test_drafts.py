"""A half-filled signature: every update has its effect once."""

from __future__ import annotations

from dataclasses import replace

from storage.compositions import Composition
from storage.conversations import Outcome
from storage.drafts import Draft, Step
from storage.store import Store
from tests.storage.conftest import Open, TurnedClock
from tests.storage.people import TEXT

ANN = 712345678


async def begin(store: Store, update_id: int = 10) -> int:
    change = await store.drafts.begin(ANN, update_id, Draft(chat=ANN, text_hash=TEXT, offered_name="Ann Example"))
    assert change.outcome is Outcome.APPLIED
    return change.row.version


async def test_the_same_or_an_older_update_is_not_applied_again(store: Store) -> None:
    version = await begin(store)
    country = await store.drafts.apply(ANN, 12, lambda draft: replace(draft, step=Step.COUNTRY), version=version)
    assert country is not None
    assert country.outcome is Outcome.APPLIED
    for update_id in (12, 11, 10):
        again = await store.drafts.apply(ANN, update_id, lambda draft: replace(draft, country="JO"), version=None)
        assert again is not None
        assert again.outcome is Outcome.REPEATED
        assert again.row == country.row


async def test_a_button_of_another_version_is_stale(store: Store) -> None:
    version = await begin(store)
    change = await store.drafts.apply(ANN, 11, lambda draft: replace(draft, name="x"), version=version ^ 1)
    assert change is not None
    assert change.outcome is Outcome.STALE
    assert change.row.name is None


async def test_sign_again_goes_on_where_it_stood(store: Store) -> None:
    await begin(store)
    await store.drafts.apply(ANN, 11, lambda draft: replace(draft, step=Step.COUNTRY, name="Ann"), version=None)
    again = await store.drafts.begin(ANN, 12, Draft(chat=ANN, text_hash=TEXT, offered_name="Other"))
    assert (again.row.step, again.row.name) == (Step.COUNTRY, "Ann")
    repeated = await store.drafts.begin(ANN, 12, Draft(chat=ANN, text_hash=TEXT, offered_name="Other"))
    assert repeated.outcome is Outcome.REPEATED


async def test_the_live_screen_is_noted_for_its_version_alone(store: Store) -> None:
    version = await begin(store)
    await store.drafts.note_screen(ANN, version, 77)
    await store.drafts.note_screen(ANN, version ^ 1, 78)
    found = await store.drafts.find(ANN)
    assert found is not None
    assert (found.screen, found.version) == (77, version)


async def test_cancel_erases_it_once(store: Store) -> None:
    await begin(store)
    assert not await store.drafts.cancel(ANN, 10)
    assert await store.drafts.cancel(ANN, 11)
    assert not await store.drafts.cancel(ANN, 12)
    assert await store.drafts.find(ANN) is None


async def test_it_survives_a_restart(address: str, open_store: Open) -> None:
    async with open_store(address) as store:
        await begin(store)
        before = await store.drafts.find(ANN)
    async with open_store(address) as store:
        assert not store.made
        assert await store.drafts.find(ANN) == before


async def test_it_expires_after_a_day(store: Store, clock: TurnedClock) -> None:
    await begin(store)
    clock.turn(hours=23)
    assert await store.drafts.find(ANN) is not None
    assert await store.drafts.erase_expired() == 0
    clock.turn(hours=2)
    assert await store.drafts.find(ANN) is None
    assert await store.drafts.erase_expired() == 1


async def test_it_may_be_kept_for_less_and_news_for_a_day(
    sqlite_address: str, open_store: Open, clock: TurnedClock
) -> None:
    async with open_store(sqlite_address, draft_hours=2) as store:
        await begin(store)
        await store.compositions.begin(ANN, 11, Composition(chat=ANN))
        clock.turn(hours=1)
        assert await store.drafts.find(ANN) is not None
        clock.turn(hours=1)
        assert await store.drafts.find(ANN) is None
        await store.erase_expired()
        assert await store.compositions.find(ANN) is not None


async def test_an_expired_one_gives_way_to_a_fresh_one(store: Store, clock: TurnedClock) -> None:
    await begin(store, 1_000)
    clock.turn(hours=25)
    await begin(store, 5)
    found = await store.drafts.find(ANN)
    assert found is not None
    assert (found.update_id, found.step) == (5, Step.NAME)
