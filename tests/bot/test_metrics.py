"""Whatever comes, a label takes one of a few values that stand in the code."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from structlog.testing import capture_logs
from telegram import Update

from bot.alarms import Alarms
from bot.metrics import LABELS, Metrics, Outcome, metrics_site
from bot.rate_limiter import Urgency
from bot.request import CallOutcome
from bot.settings import Address
from storage.store import Store

TOKEN = "123456789:AAE-thisIsMadeUp_0123456789abcdefgh"


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["sendMessage", "getUpdates"]) | st.just(TOKEN) | st.text(), st.sampled_from(CallOutcome)
        )
    )
)
def test_no_label_takes_what_it_is_not_made_for(calls: list[tuple[str, CallOutcome]]) -> None:
    metrics = Metrics()
    for method, outcome in calls:
        metrics.called(method, outcome, 0.1)
    metrics.updated(Update(1, api_kwargs={"something_new": TOKEN}), Outcome.HANDLED, 0.1)
    metrics.waited(Urgency.ANSWER, 0.1)
    for family in metrics.registry.collect():
        for sample in family.samples:
            assert all(value in LABELS[label] for label, value in sample.labels.items() if label != "le"), sample


@pytest.mark.parametrize(("host", "warned"), [("127.0.0.1", False), ("0.0.0.0", True)])  # noqa: S104 - one is the point
async def test_an_address_beyond_this_machine_is_warned_of(host: str, warned: bool, store: Store) -> None:
    with capture_logs() as logs:
        async with metrics_site(Address(host, 0), Metrics(), store, Alarms()):
            assert any(line["log_level"] == "warning" for line in logs) is warned
