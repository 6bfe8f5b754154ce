"""Telegram's own limit: never more in any second than it allows, never a refusal below it."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.errors import ApiError
from sandbox.faults import Faults
from sandbox.limit import SECOND, Limit
from sandbox.server import LocalTelegram
from tests.people import Person
from tests.sandbox.conftest import BotApi

GAPS = st.lists(st.floats(0, 0.6, allow_nan=False) | st.just(0.0), min_size=1, max_size=80)


@dataclass
class Time:
    now: float = 100.0

    def __call__(self) -> float:
        return self.now


def granted(faults: Faults, method: str = "sendMessage", *, paid: bool = False) -> bool:
    try:
        faults.check(method, 1, paid=paid)
    except ApiError:
        return False
    return True


@given(gaps=GAPS, per_second=st.integers(1, 5))
def test_any_second_holds_so_many_and_no_fewer(gaps: list[float], per_second: int) -> None:
    limit, now = Limit(per_second), 0.0
    accepted: list[float] = []
    for gap in gaps:
        now += gap
        within = [one for one in accepted if one > now - SECOND]
        try:
            limit.take(now)
        except ApiError:
            assert len(within) == per_second, "a call is refused only where the window is full"
        else:
            assert len(within) < per_second
            accepted.append(now)
    assert (limit.accepted, limit.refused) == (len(accepted), len(gaps) - len(accepted))


@pytest.mark.parametrize(
    ("method", "counted"),
    [
        ("sendMessage", True),
        ("sendMediaGroup", True),
        ("editMessageCaption", True),
        ("copyMessage", True),
        ("forwardMessage", True),
        ("answerCallbackQuery", False),
        ("getUpdates", False),
        ("deleteMessages", False),
        ("sendChatAction", False),
    ],
)
def test_what_puts_a_message_into_a_chat_is_counted(method: str, counted: bool) -> None:
    faults = Faults(Time())
    faults.limit(per_second=1)
    assert [granted(faults, method) for _ in range(2)] == [True, not counted]


def test_paid_calls_have_a_window_of_their_own_where_one_is_ordered() -> None:
    faults = Faults(Time())
    plain = faults.limit(per_second=1)
    assert [granted(faults, paid=paid) for paid in (True, False)] == [True, False]
    paid_for = faults.limit_paid(per_second=2)
    assert [granted(faults, paid=True) for _ in range(3)] == [True, True, False]
    assert (plain.accepted, plain.refused, paid_for.accepted, paid_for.refused) == (1, 1, 2, 1)


def test_what_trouble_stops_takes_no_place() -> None:
    time = Time()
    faults = Faults(time)
    limit = faults.limit(per_second=1)
    faults.refuse(500, "Internal Server Error", times=1)
    with pytest.raises(ApiError, match="Internal"):
        faults.check("sendMessage", 1)
    assert (granted(faults), limit.accepted) == (True, 1)
    time.now += SECOND
    assert granted(faults)
    faults.clear()
    assert granted(faults)


async def test_the_bot_is_told_to_wait(api: BotApi, telegram: LocalTelegram, ann: Person) -> None:
    limit = telegram.faults.limit(per_second=2)
    bodies = [await api.call("sendMessage", chat_id=ann.id, text=str(number)) for number in range(4)]
    assert [body["ok"] for body in bodies] == [True, True, False, False]
    assert bodies[-1]["description"] == "Too Many Requests: retry after 1"
    assert (bodies[-1]["error_code"], bodies[-1]["parameters"]) == (429, {"retry_after": 1})
    assert (limit.accepted, limit.refused) == (2, 2)
    assert limit.refused_at is not None
