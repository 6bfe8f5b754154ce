"""News being written is kept whole, and is not lost to what else is begun."""

from __future__ import annotations

from dataclasses import replace

import orjson

from storage.announcement import DEFAULT, Announcement, Link, NewsButtons
from storage.compositions import Composition, Step
from storage.news import News, NewsKind
from storage.store import Store
from tests.storage.conftest import Open

OLGA = 712345678
PHOTO = News(NewsKind.PHOTO, "Look", ({"type": "bold", "offset": 0, "length": 4},), "file", spoiler=True)
WRITTEN = Announcement(
    versions={
        DEFAULT: News(NewsKind.TEXT, "The count grows", link_preview={"is_disabled": True}),
        "de": News(NewsKind.ALBUM, parts=(PHOTO, replace(PHOTO, kind=NewsKind.VIDEO, caption_above=True))),
    },
    buttons=NewsButtons(sign=True, appeal=True, link=Link("Our page", "https://example.org")),
    languages=frozenset({"de", "pl"}),
    important=True,
    silent=True,
)


async def write(store: Store, *, edits: int | None = None) -> Composition:
    await store.compositions.begin(OLGA, 1, Composition(chat=OLGA, edits=edits))
    change = await store.compositions.apply(
        OLGA,
        2,
        lambda row: replace(
            row, step=Step.ALBUM, announcement=WRITTEN, language="fr", parts=(PHOTO, PHOTO), at=1_800_000_000
        ),
        version=None,
    )
    assert change is not None
    return change.row


async def test_every_decision_survives_a_restart(address: str, open_store: Open) -> None:
    async with open_store(address) as store:
        written = await write(store)
    async with open_store(address) as store:
        assert await store.compositions.find(OLGA) == written


async def test_the_same_content_is_the_same_bytes() -> None:
    turned = replace(WRITTEN, versions=dict(sorted(WRITTEN.versions.items(), reverse=True)))
    assert turned.to_json() == WRITTEN.to_json()
    assert Announcement.from_json(WRITTEN.to_json()) == WRITTEN
    assert Announcement.from_json(orjson.dumps(PHOTO.to_dict())) == Announcement({DEFAULT: PHOTO})


async def test_an_edit_takes_the_place_of_another_but_not_of_news_that_is_written(store: Store) -> None:
    editing = Composition(chat=OLGA, step=Step.READY, announcement=WRITTEN, edits=3)
    assert (await store.compositions.begin(OLGA, 1, editing)).row.edits == 3
    assert (await store.compositions.begin(OLGA, 2, Composition(chat=OLGA))).row.edits == 3
    assert (await store.compositions.begin(OLGA, 3, replace(editing, edits=4))).row.edits == 4
    assert await store.compositions.cancel(OLGA, 4)
    await store.compositions.begin(OLGA, 5, Composition(chat=OLGA))
    assert (await store.compositions.begin(OLGA, 6, editing)).row.edits == 3
    assert await store.compositions.cancel(OLGA, 7)
    await store.compositions.begin(OLGA, 8, replace(editing, edits=None))
    assert (await store.compositions.begin(OLGA, 9, editing)).row.edits is None
