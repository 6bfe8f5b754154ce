"""How far ahead a moment is, in the largest units that tell it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.settings import HERE
from handlers.organisers.times import ahead
from handlers.words import load_words


@pytest.mark.parametrize(
    ("time", "told"),
    [
        (timedelta(seconds=-1), "which has passed"),
        (timedelta(seconds=1), "in 1 min"),
        (timedelta(minutes=59), "in 59 min"),
        (timedelta(minutes=59, seconds=1), "in 1 h 0 min"),
        (timedelta(hours=47, minutes=59), "in 47 h 59 min"),
        (timedelta(hours=47, minutes=59, seconds=1), "in 2 d 0 h"),
    ],
)
def test_begun_minutes_count(time: timedelta, told: str) -> None:
    assert ahead(load_words(HERE / "locales")["en"], time) == told
