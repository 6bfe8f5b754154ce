"""A chat may be written to in a burst, then at its own pace; a group more slowly; memory stays small."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bot import chat_pace
from bot.chat_pace import ChatPace

BURST = 20


def test_a_burst_and_then_one_a_second() -> None:
    pace = ChatPace(BURST)
    assert [pace.reserve(1, 100.0) for _ in range(BURST)] == [100.0] * BURST
    assert [pace.reserve(1, 100.0) for _ in range(3)] == [101.0, 102.0, 103.0]
    assert pace.reserve(2, 100.0) == 100.0, "another chat notices nothing"
    assert pace.reserve(1, 200.0) == 200.0


def test_a_group_gets_twenty_a_minute() -> None:
    pace = ChatPace(BURST)
    times = [pace.reserve(-1, 0.0) for _ in range(60)]
    assert max(sum(1 for other in times if time <= other < time + 60) for time in times[1:]) <= 40
    assert times[-1] - times[19] == 120.0


def test_no_limit_and_no_chat() -> None:
    assert [ChatPace(0).reserve(1, 5.0) for _ in range(100)] == [5.0] * 100
    assert [ChatPace(1).reserve(None, 5.0) for _ in range(100)] == [5.0] * 100


@given(st.lists(st.tuples(st.integers(1, 5), st.floats(0, 3)), max_size=200))
def test_a_chats_messages_go_in_order(messages: list[tuple[int, float]]) -> None:
    pace, now = ChatPace(3), 0.0
    last: dict[int, float] = {}
    for chat, pause in messages:
        now += pause
        at = pace.reserve(chat, now)
        assert at >= max(now, last.get(chat, 0.0))
        last[chat] = at


def test_who_is_silent_is_forgotten() -> None:
    pace = ChatPace(BURST)
    for chat in range(1_000):
        pace.reserve(chat, float(chat))
    assert len(pace) <= chat_pace.CHAT_SECONDS + 1
