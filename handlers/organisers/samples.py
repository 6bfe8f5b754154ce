"""Exactly what subscribers get, for the organiser's own chat."""

from __future__ import annotations

from collections.abc import Mapping

from handlers.answer import Sample
from handlers.context import Context
from handlers.news_sample import news_sample
from handlers.words import Words
from petition.languages import LANGUAGES
from storage.announcement import DEFAULT, Announcement


def samples(context: Context, announcement: Announcement) -> tuple[Sample, ...]:
    """Every version, the default first, each with its buttons in its language."""
    return samples_for(context.services.words, context.words, announcement)


def samples_for(words: Mapping[str, Words], own: Words, announcement: Announcement) -> tuple[Sample, ...]:
    """The same; the default with buttons in the organiser's `own` language."""
    languages = [one for one in (DEFAULT, *LANGUAGES) if one in announcement.versions]
    return tuple(news_sample(words.get(one, own), announcement, one) for one in languages)
