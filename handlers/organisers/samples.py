"""Exactly what subscribers get, for the organiser's own chat."""

from __future__ import annotations

from collections.abc import Mapping

from handlers.answer import Sample
from handlers.context import Context
from handlers.news_rows import news_rows
from handlers.words import Words
from petition.languages import LANGUAGES
from storage.announcement import DEFAULT, Announcement
from storage.news import NewsKind


def samples(context: Context, announcement: Announcement) -> tuple[Sample, ...]:
    """Every version, the default first, each with its buttons in its language."""
    return samples_for(context.services.words, context.words, announcement)


def samples_for(words: Mapping[str, Words], own: Words, announcement: Announcement) -> tuple[Sample, ...]:
    """The same; the default with buttons in the organiser's `own` language."""
    languages = [one for one in (DEFAULT, *LANGUAGES) if one in announcement.versions]
    return tuple(_sample(words.get(one, own), announcement, one) for one in languages)


def _sample(words: Words, announcement: Announcement, language: str) -> Sample:
    news = announcement.versions[language]
    rows = () if news.kind is NewsKind.ALBUM else news_rows(words, announcement.buttons)
    return Sample(news, rows, announcement.silent)
