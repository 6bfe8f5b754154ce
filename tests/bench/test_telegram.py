"""The fast Bot API of the benchmarks serves those that have no crowd too."""

from __future__ import annotations

import pytest

from bench.telegram import Limit, Telegram
from bench.waiting import Crowd

TAP = b'{"callback_query_id":"1"}'


@pytest.mark.parametrize("people", [0, 1])
def test_an_answered_tap_counts_where_the_crowd_made_it(people: int) -> None:
    telegram = Telegram(Limit(crowd=Crowd(people, taps=1)))
    status, _ = telegram.answer(b"answerCallbackQuery", TAP)
    assert status == 200
    assert telegram.waiting.found().answered == people
