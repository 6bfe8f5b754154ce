"""News as one subscriber gets it, for a chat where it is shown at her wish."""

from __future__ import annotations

from handlers.answer import Sample
from handlers.news_rows import news_rows
from handlers.words import Words
from storage.announcement import Announcement
from storage.news import NewsKind


def news_sample(words: Words, announcement: Announcement, language: str) -> Sample:
    """The version of a language, with its buttons in these words; an album can bear none."""
    news = announcement.version(language)
    rows = () if news.kind is NewsKind.ALBUM else news_rows(words, announcement.buttons)
    return Sample(news, rows, announcement.silent)
