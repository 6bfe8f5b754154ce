"""Past news: what went out to everybody, or to this language, can be read one by one; what was stopped cannot."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from enum import Enum, auto
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from petition.languages import LANGUAGES
from storage.announcement import DEFAULT, Announcement
from storage.broadcast import PauseReason
from storage.broadcasts import Confirmed
from storage.cipher import Keys
from storage.news import News, NewsKind
from storage.store import Store
from tests.copies import CHEAP, Copies
from tests.storage.conftest import PETITION
from tests.storage.news import begun, composed, confirmed, sent
from tests.storage.people import UPDATES, tag_of

OLGA, ANN = 701234567, 712345678
SPOKEN = LANGUAGES[:3]


class Fate(Enum):
    """What became of a broadcast."""

    PROPOSED = auto()
    SENDING = auto()
    SENT = auto()
    PAUSED = auto()
    STOPPED = auto()
    DELETED = auto()


SHOWN = {Fate.SENDING, Fate.SENT}


@dataclass(frozen=True)
class Told:
    """A broadcast for these languages; none: for everybody."""

    languages: frozenset[str]
    fate: Fate


pieces = st.builds(Told, st.frozensets(st.sampled_from(SPOKEN), max_size=2), st.sampled_from(Fate))


def announcement(text: str, *languages: str) -> Announcement:
    return Announcement({DEFAULT: News(NewsKind.TEXT, text)}, languages=frozenset(languages))


async def tell(store: Store, told: Told) -> int:
    """Its number."""
    said = announcement("News", *told.languages)
    if told.fate is Fate.PROPOSED:
        return (await confirmed(store, OLGA, said, approvers={ANN})).number
    number = (await begun(store, OLGA, said)).number
    match told.fate:
        case Fate.SENT:
            assert await store.broadcasts.end(number)
        case Fate.PAUSED:
            assert await store.broadcasts.pause(number, PauseReason.ASKED)
        case Fate.STOPPED:
            assert await store.broadcasts.stop(number)
        case Fate.DELETED:
            assert await store.broadcasts.end(number)
            assert await store.broadcasts.delete_everywhere(OLGA, number, chat=OLGA, language="en", screen=None)
    return number


async def older(store: Store, language: str) -> list[int]:
    """All of them, turned to one by one from the newest; each says truly what is on either side."""
    walked: list[int] = []
    past = await store.past_news.find(language)
    while past is not None:
        assert past.newer is bool(walked)
        walked.append(past.broadcast.number)
        following = await store.past_news.find(language, before=past.broadcast.number)
        assert past.older is (following is not None)
        past = following
    return walked


async def newer(store: Store, language: str, number: int) -> list[int]:
    """The same the other way, from this one."""
    walked = [number]
    while (past := await store.past_news.find(language, after=walked[-1])) is not None:
        walked.append(past.broadcast.number)
    return walked


def test_everybody_finds_what_was_meant_for_her_and_nothing_else(tmp_path: Path, keys: Keys, copies: Copies) -> None:
    async def play(folder: Path, story: list[Told]) -> None:
        address = f"sqlite+aiosqlite:///{folder / 'test.sqlite'}"
        store = await Store.open(address, folder=folder, keys=keys, petition=PETITION, tag_cost=CHEAP)
        try:
            numbers = [(await tell(store, told), told) for told in story]
            for language in SPOKEN:
                expected = [
                    number
                    for number, told in reversed(numbers)
                    if told.fate in SHOWN and (not told.languages or language in told.languages)
                ]
                assert await older(store, language) == expected
                if expected:
                    assert await newer(store, language, expected[-1]) == expected[::-1]
        finally:
            await store.close()

    stories = 0

    @settings(max_examples=20, deadline=None)
    @given(st.lists(pieces, max_size=6))
    def any_story(story: list[Told]) -> None:
        nonlocal stories
        stories += 1
        folder = tmp_path / f"data-{stories}"
        copies.give_file(folder / "test.sqlite")
        asyncio.run(play(folder, story))

    any_story()


async def test_what_was_never_there_has_nothing_beside_it(store: Store) -> None:
    assert await store.past_news.find("en") is None
    number = (await begun(store, OLGA)).number
    for nowhere in (0, number + 1, 2**31 - 1):
        assert await store.past_news.find("en", before=nowhere) is None
        assert await store.past_news.find("en", after=nowhere) is None


async def test_it_says_what_was_edited_into_it_and_does_not_come_twice(store: Store) -> None:
    await store.subscribers.subscribe(ANN, ANN, "en")
    number = (await begun(store, OLGA, announcement("We are mny"))).number
    await sent(store, number)
    row = await composed(store, OLGA, announcement("We are many"))
    change = await store.compositions.apply(OLGA, next(UPDATES), lambda row: replace(row, edits=number), version=None)
    assert change is not None
    assert change.row.version != row.version
    edit = await store.broadcasts.confirm(OLGA, next(UPDATES), change.row.version, language="en", screen=None)
    assert isinstance(edit, Confirmed)
    await store.broadcasts.begin_due({OLGA})
    await sent(store, edit.broadcast.number)
    past = await store.past_news.find("en")
    assert past is not None
    assert (past.broadcast.number, past.newer, past.older) == (number, False, False)
    assert past.broadcast.announcement.version("en").text == "We are many"


@pytest.mark.parametrize("way", ["unsubscribes", "forgets", "comes back"])
async def test_what_she_got_can_be_cleared_whatever_she_does_first(store: Store, way: str) -> None:
    await store.subscribers.subscribe(ANN, ANN, "en")
    await sent(store, (await begun(store, OLGA)).number)
    match way:
        case "unsubscribes":
            await store.subscribers.unsubscribe(ANN)
        case "forgets":
            await store.person.erase(ANN, await tag_of(store, ANN))
        case "comes back":
            await store.subscribers.unsubscribe(ANN)
            await store.subscribers.subscribe(ANN, ANN, "en")
    await store.messages.mark(ANN)
    marked = await store.messages.marked(ANN)
    assert marked is not None
    assert marked.messages == (101,)
