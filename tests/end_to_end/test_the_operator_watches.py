"""The operator watches figures: they tell how the bot fares, and nothing of anybody."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import AsyncIterator

import aiohttp
import pytest
from prometheus_client.parser import text_string_to_metric_families
from pydantic import SecretStr

from bot.application import serving
from bot.metrics import LABELS
from bot.settings import Address, Settings
from bot.site import ListenRefused
from sandbox import odd_updates
from sandbox.server import LocalTelegram
from tests.end_to_end.organiser import confirm, subscribed, write
from tests.end_to_end.rows import run
from tests.end_to_end.test_bohdan_signs import sign
from tests.people import Newcomer, Person
from tests.postgresql import PostgreSQL

Figures = dict[str, float]


@pytest.fixture
async def olga(quick: tuple[Settings, Person], address: Address) -> AsyncIterator[Person]:
    """The bot runs, tells its figures, and she is its owner."""
    settings, olga = quick
    async with serving(settings.model_copy(update={"metrics_listen": address, "flood_updates": 20})):
        yield olga


async def scraped(address: Address) -> str:
    async with aiohttp.ClientSession() as session, session.get(f"http://{address}/metrics") as response:
        assert response.status == 200
        assert response.headers["Content-Type"].startswith("text/plain; version=0.0.4")
        return await response.text()


def figures(text: str) -> Figures:
    """Every sample by its name and the values of its labels."""
    return {
        " ".join([sample.name, *sample.labels.values()]): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


async def test_the_figures_of_a_busy_bot(
    olga: Person, address: Address, newcomer: Newcomer, telegram: LocalTelegram
) -> None:
    readers = await subscribed(newcomer, 2)
    ann, eva = newcomer("Qxmarker Zwsurname"), newcomer("Eva Example")
    await sign(ann)
    await eva.send("/subscribe")
    await eva.expect("You will get news here")
    await eva.send("/unsubscribe")
    await eva.expect("You get no news from here")
    for _ in range(30):
        await eva.send("/help")
    await eva.quiet()
    odd_updates.group_message(telegram.world, ann.id, {"text": ann.name})
    telegram.world.update({"message": {"nonsense": ann.name}})
    telegram.world.update({"message": {"message_id": "x", "date": 0, "chat": ann.account.chat(), "text": "hello"}})
    telegram.faults.refuse(502, "Bad Gateway", times=1, method="sendMessage", chat=ann.id)
    telegram.faults.flood(1, times=1, method="sendMessage", chat=readers[0].id)
    telegram.faults.refuse(403, "Forbidden: bot was blocked by the user", method="sendMessage", chat=readers[1].id)
    await write(olga)
    await confirm(olga)
    await olga.expect("blocked the bot 1")
    await ann.send("/start")
    await ann.expect("67 people have signed")
    await ann.quiet()

    text = await scraped(address)
    seen = figures(text)
    assert seen["undersigned_signatures"] == 1
    assert seen["undersigned_subscribers"] == 1
    assert seen["undersigned_broadcasts_under_way"] == 0
    assert seen["undersigned_leads"] == 1
    assert seen["undersigned_pending_erasures asked"] >= 1
    assert seen["undersigned_oldest_pending_erasure_seconds"] >= 0
    assert seen["undersigned_updates_total message flooded"] >= 10
    assert seen["undersigned_updates_total message ignored"] == 1
    assert seen["undersigned_updates_total other unreadable"] == 1
    assert seen["undersigned_updates_total message unreadable"] == 1
    assert seen["undersigned_updates_total callback_query handled"] >= 4
    assert seen["undersigned_handling_seconds_count"] >= 10
    assert seen["undersigned_bot_api_calls_total getUpdates ok"] >= 10
    assert seen["undersigned_bot_api_calls_total sendMessage 5xx"] == 1
    assert seen["undersigned_bot_api_calls_total sendMessage 403"] == 1
    assert seen["undersigned_bot_api_calls_total sendMessage 429"] == 1
    assert seen["undersigned_bot_api_call_seconds_count sendMessage"] >= 10
    assert seen["undersigned_rate_limiter_wait_seconds_sum broadcast"] >= 0.9
    assert_nobody_is_named(text, [olga, ann, eva, *readers], telegram)


def assert_nobody_is_named(text: str, people: list[Person], telegram: LocalTelegram) -> None:
    values: dict[str, set[str]] = defaultdict(set)
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            assert not {str(person.id) for person in people} & {str(sample.value), f"{sample.value:.0f}"}
            for label, value in sample.labels.items():
                values[label].add(value)
    assert {label for label in values if not values[label] <= LABELS.get(label, frozenset())} == {"le"}
    for secret in (telegram.token, telegram.token.partition(":")[2], telegram.url, "Qxmarker", "Zwsurname"):
        assert secret not in text


async def test_a_database_that_cannot_be_read_gives_no_older_figure(
    olga: Person, address: Address, settings: Settings
) -> None:
    await olga.send("/start")
    await olga.expect("66 people have signed")
    assert figures(await scraped(address))["undersigned_signatures"] == 0
    await run(settings.database(), "DROP TABLE counter")
    assert math.isnan(figures(await scraped(address))["undersigned_signatures"])


async def test_a_taken_port_names_the_setting(
    olga: Person, address: Address, settings: Settings, server: PostgreSQL | None, new_database: str
) -> None:
    assert olga
    place = {"data": settings.data.with_name("other"), "database_url": SecretStr(new_database) if server else None}
    elsewhere = settings.model_copy(update={"metrics_listen": address, **place})
    with pytest.raises(ListenRefused, match=f"BOT_METRICS_LISTEN is {address}, which cannot be listened on"):
        async with serving(elsewhere):
            pass
