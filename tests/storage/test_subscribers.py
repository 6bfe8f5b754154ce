"""News on a subscriber's own terms: whatever somebody chooses in whatever order, she and the count say the same."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from itertools import combinations
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from petition.languages import LANGUAGES
from storage.audience import Level
from storage.cipher import Keys, make_keys
from storage.store import Store
from storage.subscribers import Subscription
from tests.copies import CHEAP
from tests.storage.conftest import PETITION

ANN, BOHDAN = 712345678, 723456789
PEOPLE = (ANN, BOHDAN, 734567890)
SPOKEN = LANGUAGES[:3]
BY_DEFAULT = Subscription(Level.ALL, silent=False)


@dataclass(frozen=True)
class Subscribes:
    """Asks for news, in a language."""

    person: int
    language: str


@dataclass(frozen=True)
class Unsubscribes:
    """Wants none any more."""

    person: int


@dataclass(frozen=True)
class Chooses:
    """A level, or the sound."""

    person: int
    chosen: Level | bool


Act = Subscribes | Unsubscribes | Chooses
Model = dict[int, tuple[str, Subscription]]
"""What everybody has: a language, and the terms."""

people = st.sampled_from(PEOPLE)
acts: st.SearchStrategy[Act] = st.one_of(
    st.builds(Subscribes, people, st.sampled_from(SPOKEN)),
    st.builds(Unsubscribes, people),
    st.builds(Chooses, people, st.sampled_from(Level) | st.booleans()),
)


async def test_who_subscribes_gets_all_news_with_sound(store: Store) -> None:
    assert await store.subscribers.find(ANN) is None
    await store.subscribers.subscribe(ANN, ANN, "en")
    assert await store.subscribers.find(ANN) == BY_DEFAULT


async def test_each_choice_stands_by_itself_and_said_again_changes_nothing(store: Store) -> None:
    await store.subscribers.subscribe(ANN, ANN, "en")
    await store.subscribers.subscribe(BOHDAN, BOHDAN, "en")
    for _ in range(2):
        assert await store.subscribers.set_level(ANN, Level.IMPORTANT) == Subscription(Level.IMPORTANT, silent=False)
    for _ in range(2):
        assert await store.subscribers.set_silent(ANN, silent=True) == Subscription(Level.IMPORTANT, silent=True)
    assert not await store.subscribers.subscribe(ANN, ANN, "en")
    assert await store.subscribers.find(ANN) == Subscription(Level.IMPORTANT, silent=True), "asked for again"
    assert await store.subscribers.find(BOHDAN) == BY_DEFAULT


async def test_a_choice_makes_nobody_a_subscriber(store: Store) -> None:
    assert await store.subscribers.set_level(ANN, Level.IMPORTANT) is None
    assert await store.subscribers.set_silent(ANN, silent=True) is None
    assert not await store.subscribers.has(ANN)
    await store.subscribers.subscribe(ANN, ANN, "en")
    await store.subscribers.set_level(ANN, Level.IMPORTANT)
    await store.subscribers.unsubscribe(ANN)
    await store.subscribers.subscribe(ANN, ANN, "en")
    assert await store.subscribers.find(ANN) == BY_DEFAULT, "nothing was kept of what she chose before"


async def test_the_count_is_of_those_who_get_it(store: Store) -> None:
    for person, language, level in (
        (1, "en", Level.ALL), (2, "en", Level.IMPORTANT), (3, "be", Level.ALL), (4, "de", Level.IMPORTANT),
    ):  # fmt: skip
        await store.subscribers.subscribe(person, person, language)
        await store.subscribers.set_level(person, level)
    assert await store.subscribers.count() == 4
    assert await store.subscribers.count(important=False) == 2
    assert await store.subscribers.count({"en"}) == 2
    assert await store.subscribers.count({"en", "be"}, important=False) == 2
    assert await store.subscribers.count({"de"}, important=False) == 0
    assert await store.subscribers.count({"fr"}) == 0


def test_whatever_is_chosen_she_and_the_count_say_the_same(tmp_path: Path) -> None:
    make_keys(tmp_path / "keys", tmp_path / "offline")
    with asyncio.Runner() as runner:
        store = runner.run(
            Store.open(
                f"sqlite+aiosqlite:///{tmp_path / 'data' / 'test.sqlite'}",
                folder=tmp_path / "data",
                keys=Keys.load(tmp_path / "keys"),
                petition=PETITION,
                tag_cost=CHEAP,
            )
        )

        @settings(max_examples=25, deadline=None)
        @given(st.lists(acts, max_size=12))
        def any_story(story: list[Act]) -> None:
            runner.run(play(store, story))

        any_story()
        runner.run(store.close())


async def play(store: Store, story: list[Act]) -> None:
    model: Model = {}
    for act in story:
        await do(store, model, act)
    for person in PEOPLE:
        expected = model[person][1] if person in model else None
        assert await store.subscribers.find(person) == expected
    for size in range(len(SPOKEN) + 1):
        for languages in combinations(SPOKEN, size):
            reached = [terms for language, terms in model.values() if not languages or language in languages]
            assert await store.subscribers.count(languages) == len(reached)
            everything = [terms for terms in reached if terms.level is Level.ALL]
            assert await store.subscribers.count(languages, important=False) == len(everything)
    for person in PEOPLE:
        await store.subscribers.unsubscribe(person)


async def do(store: Store, model: Model, act: Act) -> None:
    person, (language, terms) = act.person, model.get(act.person, ("", BY_DEFAULT))
    match act:
        case Subscribes(_, spoken):
            assert await store.subscribers.subscribe(person, person, spoken) is (person not in model)
            model.setdefault(person, (spoken, BY_DEFAULT))
        case Unsubscribes():
            assert await store.subscribers.unsubscribe(person) is (model.pop(person, None) is not None)
        case Chooses(_, Level() as level):
            model |= {person: (language, replace(terms, level=level))} if person in model else {}
            assert await store.subscribers.set_level(person, level) == (model[person][1] if person in model else None)
        case Chooses(_, bool() as silent):
            model |= {person: (language, replace(terms, silent=silent))} if person in model else {}
            assert await store.subscribers.set_silent(person, silent=silent) == (
                model[person][1] if person in model else None
            )
