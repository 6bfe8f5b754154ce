"""The watch over every story's log lines can see, or it would prove nothing."""

from __future__ import annotations

from io import StringIO

import pytest
import structlog

from sandbox.server import LocalTelegram
from tests.end_to_end.log_lines import Overheard, assert_unnamed
from tests.people import Person


@pytest.mark.parametrize("told", ["the token", "the id", "the name", "the text", "the caption", "the button"])
async def test_whatever_names_somebody_is_seen(told: str, telegram: LocalTelegram) -> None:
    overheard = Overheard(telegram)
    ann = Person(telegram, "Ганна Прыклад")
    await ann.send("Minsk, Sunday at noon")
    await ann.photo()
    await ann.forge("s:y:review:1:")
    words = {
        "the token": telegram.token,
        "the id": ann.id,
        "the name": ann.name,
        "the text": {"nested": ["Minsk, Sunday at noon"]},
        "the caption": "a photo",
        "the button": "s:y:review:1:",
    }
    with pytest.raises(AssertionError):
        assert_unnamed(f"2026-11-23 [info] something happened here={words[told]}", overheard.secrets())


async def test_lines_of_every_level_are_caught(log_lines: StringIO) -> None:
    structlog.get_logger("bot.anywhere").debug("a line", here=1)
    assert "a line" in log_lines.getvalue()
