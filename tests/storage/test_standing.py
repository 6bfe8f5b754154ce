"""Closed, frozen, erased: what is decided beside the running bot holds in its next transaction, on both databases."""

from __future__ import annotations

import asyncio
import sqlite3
from collections import Counter
from datetime import date
from functools import partial
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from sqlalchemy import func, select, text

from storage import standing
from storage.change_standing import Changed, change_standing
from storage.database import DatabaseRefused
from storage.drafts import Kind
from storage.inspection import inspect
from storage.person import PERSON_TABLES, Erased
from storage.schema import SIGNATURE_DAY
from storage.signatures import AlreadySigned, NotTaken, Signed
from storage.standing import Closed, Frozen, Standing, StandingRefused
from storage.store import Store
from tests.copies import Copies
from tests.storage.conftest import Open, TurnedClock
from tests.storage.news import begun, composed
from tests.storage.people import consent, reviewed, sign, tag_of

ANN, BOHDAN, OLGA = 712345678, 723456789, 701234567
TODAY = date(2026, 11, 23)
SLUG = "test-petition"


async def close(address: str, *, for_good: bool = False, today: date = TODAY) -> Changed:
    return await change_standing(address, SLUG, partial(standing.close, today=today, for_good=for_good))


async def open_again(address: str) -> Changed:
    return await change_standing(address, SLUG, standing.open_again)


async def test_closed_nobody_signs_and_all_else_goes_on(store: Store, address: str) -> None:
    first = await sign(store, ANN)
    draft = await reviewed(store, BOHDAN)
    changed = await close(address)
    assert changed == Changed(Standing(), Standing(closed=Closed(TODAY, None)))
    assert await consent(store, BOHDAN, draft) == NotTaken(changed.after, draft)
    assert isinstance(first, Signed)
    assert await consent(store, ANN, await reviewed(store, ANN)) == AlreadySigned(first.signature)
    assert await store.signatures.withdraw(ANN, await tag_of(store, ANN), first.signature.number)
    assert await store.subscribers.subscribe(ANN, ANN, "en")
    assert (await close(address)).before == changed.after, "it was so already"
    assert (await open_again(address)).after == Standing()
    assert isinstance(await consent(store, BOHDAN, draft), Signed), "what she entered was kept"


async def test_closing_for_good_keeps_the_day_on_which_it_closed(store: Store, address: str) -> None:
    await close(address)
    later = date(2026, 12, 1)
    changed = await close(address, for_good=True, today=later)
    assert changed.after.closed == Closed(TODAY, later)
    assert (await close(address, today=later)).after == changed.after, "nobody opens it a little by closing it"
    assert await store.standing.now() == changed.after
    await store.standing.freeze(0)
    seen = (await inspect(address, keys=None, slug=SLUG)).detail
    assert seen == "0 signatures, closed for good on 2026-12-01, frozen"


async def test_frozen_nobody_signs_no_news_begins_and_an_old_question_freezes_nothing(
    store: Store, address: str
) -> None:
    draft = await reviewed(store, ANN)
    frozen = await store.standing.freeze(0)
    assert frozen.frozen == Frozen(now=True, times=1)
    assert await store.standing.freeze(0) == frozen == await store.standing.lately()
    assert await consent(store, ANN, draft) == NotTaken(frozen, draft)
    assert (await change_standing(address, SLUG, standing.unfreeze)).after.frozen == Frozen(now=False, times=1)
    assert not (await store.standing.freeze(0)).frozen.now, "asked before the last time"
    assert isinstance(await consent(store, ANN, draft), Signed)
    assert (await store.standing.freeze(1)).frozen.now


async def everything_of(store: Store, person: int, kind: Kind = Kind.SHOWN) -> None:
    """A row in as many tables as there are of persons."""
    await sign(store, person, kind=kind)
    await store.subscribers.subscribe(person, person, "en")
    await reviewed(store, person + 1)
    store.messages.note(person, person, 1)
    await store.messages.flush()


async def news_of(store: Store) -> None:
    """A broadcast with its report, and another one being written."""
    await begun(store, OLGA)
    await composed(store, OLGA)


async def people_kept(store: Store) -> int:
    async with store.database.read() as connection:
        return sum(
            [(await connection.execute(select(func.count()).select_from(one))).scalar_one() for one in PERSON_TABLES]
        )


async def days_kept(store: Store) -> dict[str, int]:
    async with store.database.read() as connection:
        return {row.day: row.number for row in (await connection.execute(select(SIGNATURE_DAY))).all()}


async def test_days_after_closing_for_good_only_figures_stay(
    address: str, open_store: Open, clock: TurnedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("storage.retention.BATCH", 2)
    async with open_store(address, retention_days=30) as store:
        for person in range(1_000, 1_050, 10):
            await everything_of(store, person)
        clock.turn(days=1)
        await sign(store, ANN, kind=Kind.PRIVATE)
        await news_of(store)
        await close(address, for_good=True, today=clock().date())
        clock.turn(days=29)
        await store.retention.erase_due()
        assert len(await store.signatures.shown_after(0, 10)) == 5, "it is not time"
        clock.turn(days=1)
        assert await store.retention.erase_batch()
    async with open_store(address, retention_days=0) as store:
        with pytest.raises(StandingRefused, match="stays closed"):
            await open_again(address)
        assert await store.signatures.count() == 6
        await store.erase_expired()
        assert await people_kept(store) == 0
        assert await days_kept(store) == {"2026-11-23": 5, "2026-11-24": 1}
        assert await store.signatures.count() == 6
        assert (await store.standing.now()).erased == standing.Erased(30, done=True)
        tag = await tag_of(store, ANN)
        assert await store.signatures.find(tag) is None
        assert not await store.signatures.withdraw(ANN, tag, 72)
        assert await store.person.erase(ANN, tag) == Erased(signature=False, draft=False, subscriber=False)
        assert await store.signatures.count() == 6
        assert not await store.subscribers.subscribe(ANN, ANN, "en")
        assert not await store.subscribers.has(ANN)
        store.messages.note(ANN, ANN, 5)
        await store.messages.flush()
        await store.erase_expired()
        assert await people_kept(store) == 1, "what is written to the bot later is kept its 48 hours"


async def test_closed_for_a_while_nothing_is_erased(address: str, open_store: Open, clock: TurnedClock) -> None:
    async with open_store(address, retention_days=1) as store:
        await sign(store, ANN)
        await close(address)
        clock.turn(days=100)
        await store.erase_expired()
        assert await store.signatures.find(await tag_of(store, ANN)) is not None


@hypothesis_settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(days=st.lists(st.integers(0, 3), max_size=12), batch=st.integers(1, 5), kill=st.integers(0, 6))
async def test_a_kill_between_batches_loses_and_doubles_no_day(
    tmp_path_factory: pytest.TempPathFactory, open_store: Open, copies: Copies, days: list[int], batch: int, kill: int
) -> None:
    folder, clock = tmp_path_factory.mktemp("kill") / "data", TurnedClock()
    await asyncio.to_thread(copies.give_file, folder / "x.sqlite")
    address, options = f"sqlite+aiosqlite:///{folder / 'x.sqlite'}", {"folder": folder, "clock": clock}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("storage.retention.BATCH", batch)
        expected: Counter[str] = Counter()
        async with open_store(address, retention_days=1, **options) as store:
            for person, turn in enumerate(sorted(days), 1):
                clock.now = TurnedClock().now.replace(day=23 + turn)
                await sign(store, person)
                expected[clock().date().isoformat()] += 1
            await close(address, for_good=True, today=clock().date())
            clock.turn(days=1)
            for _ in range(kill):
                await store.retention.erase_batch()
        async with open_store(address, retention_days=1, **options) as store:
            await store.retention.erase_due()
            assert await days_kept(store) == expected
            assert await store.signatures.count() == len(days)


async def test_what_is_not_this_petitions_database_is_left_alone(
    sqlite_address: str, open_store: Open, tmp_path: Path
) -> None:
    with pytest.raises(DatabaseRefused, match="There is no database yet"):
        await close(sqlite_address)
    assert not (tmp_path / "data").exists()
    async with open_store(sqlite_address) as store:
        with pytest.raises(DatabaseRefused, match="not of 'other'"):
            await change_standing(sqlite_address, "other", standing.unfreeze)
        for version, told in (("0002", "older version"), ("9999", "newer version")):
            statement = text("UPDATE alembic_version SET version_num = :version").bindparams(version=version)
            await store.database.write(lambda connection, one=statement: connection.execute(one))  # type: ignore[misc]
            with pytest.raises(DatabaseRefused, match=told):
                await close(sqlite_address)
        assert await store.standing.now() == Standing()
    foreign = tmp_path / "foreign.sqlite"
    connection = sqlite3.connect(foreign)
    connection.execute("CREATE TABLE theirs (one)")
    connection.close()
    before = foreign.read_bytes()
    with pytest.raises(DatabaseRefused, match="not this program's"):
        await close(f"sqlite+aiosqlite:///{foreign}")
    assert foreign.read_bytes() == before
    with pytest.raises(DatabaseRefused, match="cannot be written now"):
        await close("postgresql+asyncpg://nobody@127.0.0.1:1/nothing")
