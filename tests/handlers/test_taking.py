"""Whatever an organiser sends, in whatever order: it is taken where it fits, and nothing that was there is lost."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.settings import HERE
from handlers.organisers.albums import MOST_PARTS, TOGETHER
from handlers.organisers.edits import edited
from handlers.organisers.news_buttons import with_link
from handlers.organisers.not_taken import NotTaken, Reason, why_not
from handlers.organisers.taking import done, settled, taken, with_version, without_version
from handlers.organisers.typed_link import Amiss
from handlers.organisers.typed_time import Unclear
from handlers.organisers.versions import writing
from handlers.organisers.when import asking_when
from handlers.organisers.written_news import Written
from handlers.words import load_words
from petition.languages import LANGUAGES
from storage.announcement import DEFAULT
from storage.compositions import Composition, Step
from storage.news import EXCHANGEABLE, News, NewsKind

NOW = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)
ZONE = ZoneInfo("Europe/Warsaw")
TEXT = News(NewsKind.TEXT, "The count grows")
PHOTO = News(NewsKind.PHOTO, "Look", file="photo")
ALBUM = News(NewsKind.ALBUM, parts=(PHOTO, PHOTO))

kinds = st.sampled_from([kind for kind in NewsKind if kind is not NewsKind.ALBUM])
texts = st.sampled_from(["The count grows", "tomorrow 9:00", "in 0 minutes", "now", "Our page https://example.org"])
contents = st.one_of(st.builds(News, kinds, texts), st.sampled_from([NotTaken.OTHER_KIND, NotTaken.LONG_CAPTION]))
sent = st.builds(Written, st.just(1), contents, st.booleans(), st.booleans())
languages = st.sampled_from([DEFAULT, *LANGUAGES])


def take(row: Composition, written: Written) -> Composition | Reason:
    return taken(row, written, NOW, ZONE)


taps = st.one_of(
    st.just(done),
    st.just(settled),
    st.just(asking_when),
    st.just(with_link),
    languages.map(lambda language: lambda row: writing(row, language)),
    languages.map(lambda language: lambda row: without_version(row, language)),
)


@given(st.lists(st.one_of(sent, taps), max_size=30))
def test_any_order_of_messages_and_taps_leaves_news_that_can_be_sent(acts: list[object]) -> None:
    row = Composition(chat=1)
    for act in acts:
        after = take(row, act) if isinstance(act, Written) else act(row)  # type: ignore[operator]
        if not isinstance(after, Composition):
            continue
        lost = set(row.announcement.versions) - set(after.announcement.versions)
        assert not (lost and isinstance(act, Written))
        row = after
        versions = row.announcement.versions
        assert DEFAULT in versions or not versions
        assert row.step is not Step.READY or DEFAULT in versions
        assert row.at is None or row.at > NOW.timestamp()
        assert row.step is Step.ALBUM or not row.parts
        for news in versions.values():
            assert (news.kind is NewsKind.ALBUM) is bool(news.parts)
            assert not news.parts or any({part.kind for part in news.parts} <= together for together in TOGETHER)
            assert len(news.parts) != 1
            assert len(news.parts) <= MOST_PARTS


def test_forwarded_words_are_no_time_and_no_link_but_news() -> None:
    ready = with_version(Composition(chat=1), TEXT)
    forwarded = Written(1, News(NewsKind.TEXT, "tomorrow 9:00"), own=False)
    assert take(asking_when(ready), forwarded) is NotTaken.NO_TEXT_TYPED
    assert take(replace(ready, step=Step.LINK), forwarded) is NotTaken.NO_TEXT_TYPED
    after = take(ready, forwarded)
    assert isinstance(after, Composition)
    assert after.news == forwarded.content


@pytest.mark.parametrize("kind", sorted(EXCHANGEABLE))
def test_a_file_that_arrived_can_be_exchanged_or_get_another_caption(kind: NewsKind) -> None:
    before = News(kind, "Before", file="before")
    assert edited(before, PHOTO) == PHOTO
    assert edited(before, TEXT) == News(kind, "The count grows", file="before")
    assert edited(before, News(NewsKind.VOICE, file="voice")) is NotTaken.FILE_OR_CAPTION
    assert edited(before, News(NewsKind.TEXT, "a" * 1_025)) is NotTaken.LONG_NEW_CAPTION


def test_a_text_stays_a_text_and_what_cannot_be_exchanged_gets_a_caption_alone() -> None:
    assert edited(TEXT, News(NewsKind.TEXT, "Mended")) == News(NewsKind.TEXT, "Mended")
    assert edited(TEXT, PHOTO) is NotTaken.TEXT_ONLY
    voice = News(NewsKind.VOICE, file="voice")
    assert edited(voice, PHOTO) is NotTaken.CAPTION_ONLY
    assert edited(voice, TEXT) == replace(voice, text="The count grows")
    assert edited(ALBUM, PHOTO) is NotTaken.CAPTION_ONLY
    assert edited(ALBUM, TEXT) == replace(ALBUM, parts=(replace(PHOTO, text="The count grows"), PHOTO))


@given(st.sampled_from([TEXT, PHOTO, ALBUM, News(NewsKind.VOICE, file="voice")]), st.lists(sent, max_size=8), languages)
def test_an_edit_always_fits_what_stands_in_the_chats(before: News, messages: list[Written], language: str) -> None:
    row = replace(with_version(Composition(chat=1), before), edits=1)
    for message in messages:
        after = take(writing(row, language), message)
        row = after if isinstance(after, Composition) else row
    for news in row.announcement.versions.values():
        exchanged = {before.kind, news.kind} <= EXCHANGEABLE
        assert news.kind is before.kind or exchanged
        assert len(news.parts) == len(before.parts)


def test_the_default_of_what_arrived_stays() -> None:
    row = replace(with_version(Composition(chat=1), TEXT), edits=1)
    assert without_version(row, DEFAULT) == row


def test_every_reason_is_told() -> None:
    words = load_words(HERE / "locales")["en"]
    for reason in (*NotTaken, *Unclear, *Amiss):
        assert why_not(words, reason).endswith(".")
