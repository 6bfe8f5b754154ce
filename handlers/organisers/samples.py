"""Exactly what subscribers get, for the organiser's own chat."""

from __future__ import annotations

from handlers.answer import Sample
from handlers.context import Context
from handlers.news_sample import news_sample
from petition.languages import LANGUAGES
from storage.announcement import DEFAULT, Announcement


def samples(context: Context, announcement: Announcement) -> tuple[Sample, ...]:
    """Every version, the default first, each with its buttons in its language."""
    languages = [one for one in (DEFAULT, *LANGUAGES) if one in announcement.versions]
    return tuple(news_sample(context.services.words.get(one, context.words), announcement, one) for one in languages)
