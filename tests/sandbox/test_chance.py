"""Trouble by lot: the same for the same seed, in the shares that were asked for, and counted by chat."""

from __future__ import annotations

from collections import Counter

import aiohttp
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sandbox.chance import Chance, Lot
from sandbox.crowd import Crowd
from sandbox.errors import ApiError
from sandbox.faults import CutAfter, CutBefore, Faults
from sandbox.server import LocalTelegram
from tests.sandbox.conftest import BotApi

CALLS = 4_000


SHARES = {Lot.REFUSED: 0.05, Lot.DROPPED_BEFORE: 0.03, Lot.DROPPED_AFTER: 0.02}


def outcomes(seed: int) -> tuple[Chance, list[Lot | None]]:
    faults = Faults()
    refuse, drop_before, drop_after = SHARES.values()
    chance = faults.random(seed, refuse=refuse, drop_before=drop_before, drop_after=drop_after)
    found: list[Lot | None] = []
    for number in range(CALLS):
        try:
            met = faults.check("sendMessage", number % 7)
        except ApiError:
            found.append(Lot.REFUSED)
        except CutBefore:
            found.append(Lot.DROPPED_BEFORE)
        else:
            found.append(Lot.DROPPED_AFTER if [fault.cut for fault in met] == [CutAfter] else None)
    return chance, found


@given(seed=st.integers(0, 10**6))
@settings(max_examples=5)
def test_the_shares_are_kept_and_every_one_is_counted(seed: int) -> None:
    chance, found = outcomes(seed)
    assert outcomes(seed)[1] == found, "the same lots for the same seed"
    for lot, share in SHARES.items():
        assert abs(found.count(lot) / CALLS - share) < 0.02
        counted = Counter(number % 7 for number, one in enumerate(found) if one is lot)
        assert (chance.met[lot], chance.total(lot)) == (counted, found.count(lot))


def test_only_calls_of_the_method_to_these_chats_draw() -> None:
    faults = Faults()
    chance = faults.random(1, refuse=1.0, method="sendMessage", chats=range(10, 20))
    for method, chat in (("sendMessage", 5), ("editMessageText", 12), ("sendMessage", None), ("sendMessage", "@x")):
        assert faults.check(method, chat) == []
    with pytest.raises(ApiError, match="Internal Server Error"):
        faults.check("sendMessage", "12")
    assert chance.met[Lot.REFUSED] == {12: 1}


def test_an_answer_is_not_lost_of_a_call_that_the_limit_refused() -> None:
    faults = Faults(lambda: 0.0)
    chance = faults.random(1, drop_after=1.0)
    faults.limit(per_second=1)
    faults.check("sendMessage", 1)
    with pytest.raises(ApiError, match="Too Many"):
        faults.check("sendMessage", 1)
    assert chance.total(Lot.DROPPED_AFTER) == 1


async def test_the_sums_are_those_of_a_run(api: BotApi, telegram: LocalTelegram) -> None:
    crowd = Crowd(telegram.world, 300)
    chance = telegram.faults.random(7, refuse=0.1, drop_before=0.1, drop_after=0.1, method="sendMessage")
    failed = 0
    for chat in crowd.ids:
        try:
            failed += not (await api.call("sendMessage", chat_id=chat, text="news"))["ok"]
        except aiohttp.ClientError:
            failed += 1
    assert failed == sum(chance.total(lot) for lot in Lot)
    refused, before, after = (chance.met[lot] for lot in Lot)
    assert {*crowd.received("news")} == {*crowd.ids} - {*refused, *before}
    assert {*after} <= {*crowd.received("news")}
