"""Telegram brings updates to the bot's own webhook: though some come twice, or while it stops, nothing is lost."""

from __future__ import annotations

import asyncio
from pathlib import Path

import aiohttp
import pytest

from bot import health, webhook
from bot.application import serving
from bot.intake import KINDS
from bot.settings import Address, Settings
from sandbox.server import LocalTelegram
from sandbox.world import Json
from tests.end_to_end.test_nothing_is_lost import number_told, signatures
from tests.people import DEADLINE, Newcomer, Person
from tests.process import WEBHOOK_SECRET, running, webhook_at


async def sign(person: Person) -> None:
    await person.send("/sign")
    for label in ("Use another name",):
        await person.press(label)
    await person.send(person.name)
    for label in ("Skip", "Keep my name private", "I sign"):
        await person.press(label)
    await person.expect("You are signatory")


async def is_set(telegram: LocalTelegram) -> None:
    assert await telegram.world.wait_for(lambda: bool(telegram.world.webhook), DEADLINE)


def calls(telegram: LocalTelegram, method: str) -> list[Json]:
    return [call.parameters for call in telegram.calls if call.method == method]


async def test_people_sign_and_nothing_is_polled(
    by_webhook: Settings, newcomer: Newcomer, telegram: LocalTelegram
) -> None:
    async with serving(by_webhook):
        people = [newcomer(f"Person {letter}") for letter in "abc"]
        await asyncio.gather(*(sign(person) for person in people))
    assert sorted(number_told(person) for person in people) == [67, 68, 69]
    assert calls(telegram, "setWebhook") == [{
        "url": by_webhook.webhook_url, "max_connections": 100, "allowed_updates": KINDS, "secret_token": WEBHOOK_SECRET,
    }]  # fmt: skip
    assert calls(telegram, "getUpdates") == []
    assert {status for _, status in telegram.webhooks.answers} == {200}
    assert telegram.world.webhook, "a webhook outlives a restart"


async def test_behind_a_load_balancer(
    by_webhook: Settings, newcomer: Newcomer, telegram: LocalTelegram, address: Address
) -> None:
    """Telegram knows the address outside alone; of two servers behind it one is down."""
    telegram.webhooks.targets = ["http://127.0.0.1:1", f"http://{address}"]
    outside = {"webhook_url": "https://petition.example/telegram"}
    async with serving(by_webhook.model_copy(update=outside)):
        ann = newcomer("Ann Example")
        await sign(ann)
    assert {status for _, status in telegram.webhooks.answers} == {200}


@pytest.mark.parametrize("at_once", [False, True])
async def test_every_update_comes_twice(
    by_webhook: Settings, newcomer: Newcomer, telegram: LocalTelegram, at_once: bool
) -> None:
    telegram.webhooks.repeat(1_000, at_once=at_once)
    async with serving(by_webhook):
        ann = newcomer("Ann Example")
        await sign(ann)
        await ann.quiet()
    assert signatures(by_webhook.data / "undersigned.sqlite") == [67]
    assert len(telegram.webhooks.answers) == 2 * len({number for number, _ in telegram.webhooks.answers})


async def test_answers_to_telegram_are_lost(by_webhook: Settings, newcomer: Newcomer, telegram: LocalTelegram) -> None:
    telegram.webhooks.lose_answers(4)
    async with serving(by_webhook):
        ann = newcomer("Ann Example")
        await sign(ann)
        await ann.quiet()
        assert number_told(ann) == 67
    assert signatures(by_webhook.data / "undersigned.sqlite") == [67]


async def test_what_somebody_else_brings_is_refused(
    by_webhook: Settings, newcomer: Newcomer, telegram: LocalTelegram
) -> None:
    ann = newcomer("Ann Example")
    async with serving(by_webhook), aiohttp.ClientSession() as session:
        await is_set(telegram)
        forged = {"update_id": 1, "message": ann.telegram.world.receive(ann.id, {"text": "/start"}, quiet=True)}
        for headers in ({}, {"X-Telegram-Bot-Api-Secret-Token": "guessed"}):
            async with session.post(str(by_webhook.webhook_url), json=forged, headers=headers) as response:
                assert response.status == 403
        await ann.send("/help")
        await ann.expect("/appeal")
        assert not [message for message in ann.chat() if "66 people" in message.text]


async def test_it_is_well_though_nobody_writes(
    by_webhook: Settings, telegram: LocalTelegram, address: Address, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(webhook, "BEAT_SECONDS", 0.02)
    monkeypatch.setattr(health, "LONGEST_SILENCE", 1.0)
    async with serving(by_webhook), aiohttp.ClientSession() as session:

        async def asked() -> list[str]:
            async with session.get(f"http://{address}/healthz") as response:
                return list((await response.json())["troubles"])

        loop = asyncio.get_running_loop()
        later = loop.time() + 1.2 * health.LONGEST_SILENCE
        while loop.time() < later:
            assert await asked() == []
        telegram.faults.refuse(502, "Bad Gateway")
        async with asyncio.timeout(DEADLINE):
            while await asked() != ["the Bot API does not answer"]:
                pass
            telegram.faults.clear()
            while await asked():
                pass


async def test_a_stop_answers_what_is_in_hand_and_leaves_the_rest_to_the_next_start(
    telegram: LocalTelegram, tmp_path: Path, address: Address, newcomer: Newcomer
) -> None:
    ann, bohdan = newcomer("Ann Example"), newcomer("Bohdan Example")
    release = asyncio.Event()
    async with running(telegram, tmp_path, **webhook_at(address)) as bot:
        await is_set(telegram)
        telegram.faults.hold(release, method="sendMessage", chat=ann.id)
        await ann.send("/start")
        assert await telegram.world.wait_for(lambda: bool(calls(telegram, "sendMessage")), DEADLINE)
        stopping = asyncio.create_task(bot.stop())
        assert await telegram.world.wait_for(lambda: bool(telegram.webhooks.answers), DEADLINE)
        assert [status for _, status in telegram.webhooks.answers] == [200]
        release.set()
        assert await stopping == 0
        await bohdan.send("/start")
        await bot.start()
        await bohdan.expect("66 people have signed")
        await ann.quiet()
    assert len([message for message in ann.chat() if "66 people" in message.text]) == 1, "nothing came twice"


async def test_what_waits_comes_by_either_way(
    settings: Settings, by_webhook: Settings, ann_alone: Person, telegram: LocalTelegram
) -> None:
    for chosen, ways in ((by_webhook, 0), (settings, 1), (by_webhook, 1)):
        await ann_alone.send("/start")
        async with serving(chosen) as taking:
            await ann_alone.expect("66 people have signed")
            await ann_alone.quiet()
            assert not taking.done()
        assert bool(calls(telegram, "getUpdates")) == bool(ways)


@pytest.fixture
def ann_alone(newcomer: Newcomer) -> Person:
    """The bot does not run yet."""
    return newcomer("Ann Example")
