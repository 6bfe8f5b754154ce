"""Olga owns the bot: she is warned when somebody else has its token, or its disk is nearly full."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import aiohttp
import pytest
from structlog.testing import capture_logs

from bot import application, duties, polling
from bot.alarms import IN_A_LINE
from bot.application import serving
from bot.settings import Address, Settings
from handlers.organisers.alarms import Alarm
from sandbox.server import LocalTelegram
from storage.clock import hours, utc_now
from storage.room import Room
from tests.end_to_end.rows import keep_in_meta
from tests.people import Newcomer, Person

ELSEWHERE = "https://elsewhere.example/hook"
NO_ACCOUNT = 77


@pytest.fixture
def settings_of_olga(
    quick: tuple[Settings, Person], address: Address, newcomer: Newcomer, monkeypatch: pytest.MonkeyPatch
) -> Settings:
    """A minute is short, and not every owner has written to the bot."""
    monkeypatch.setattr(application, "MINUTE", 0.5)
    monkeypatch.setattr(duties, "MINUTE", 0.5)
    monkeypatch.setattr(polling, "PAUSES", (0.02,))
    settings, olga = quick
    owners = frozenset({olga.id, newcomer("Silent Owner").id, NO_ACCOUNT})
    return settings.model_copy(update={"owners": owners, "listen": address})


@pytest.fixture
async def olga(settings_of_olga: Settings, quick: tuple[Settings, Person]) -> AsyncIterator[Person]:
    async with serving(settings_of_olga):
        olga = quick[1]
        await olga.send("/start")
        await olga.expect("66 people have signed")
        yield olga


async def troubles(address: Address) -> list[str]:
    async with aiohttp.ClientSession() as session, session.get(f"http://{address}/healthz") as response:
        assert response.status == 200
        return list((await response.json())["troubles"])


def warnings(person: Person) -> list[str]:
    return [message.text for message in person.chat() if message.text.startswith("⚠️")]


async def test_somebody_sets_a_webhook(
    olga: Person, newcomer: Newcomer, telegram: LocalTelegram, address: Address
) -> None:
    with capture_logs() as logs:
        telegram.world.set_webhook(ELSEWHERE)
        told = await olga.expect("Somebody else has this bot's token.")
        assert "send /revoke to @BotFather" in told.text
        ann = newcomer()
        await ann.send("/start")
        await ann.expect("66 people have signed")
        telegram.world.set_webhook(ELSEWHERE)
        await ann.send("/demands")
        await ann.expect("12 demands")
    assert telegram.world.webhook == ""
    assert len(warnings(olga)) == 1
    assert warnings(ann) == []
    assert [line["event"].split(",")[0] for line in logs if line["log_level"] == "error"] == [
        "somebody else has changed the webhook"
    ]
    assert not [line for line in logs if line["event"] == "an answer failed" or ELSEWHERE in str(line)]
    assert await troubles(address) == [
        "somebody else has changed the webhook, and so has this bot's token: revoke it with @BotFather"
    ]
    await olga.send("/privacy")
    await olga.press("Clear this chat")
    await olga.press("Yes, clear")
    await olga.expect_empty_chat()


async def test_a_webhook_that_stood_before_the_start(
    settings_of_olga: Settings, quick: tuple[Settings, Person], telegram: LocalTelegram
) -> None:
    olga = quick[1]
    await olga.send("/start")
    telegram.world.set_webhook(ELSEWHERE)
    async with serving(settings_of_olga):
        await olga.expect("Somebody else has this bot's token.")
        await olga.expect("66 people have signed")


async def test_somebody_changes_the_webhook(
    settings_of_olga: Settings, quick: tuple[Settings, Person], telegram: LocalTelegram, by_webhook: Settings
) -> None:
    olga = quick[1]
    secret = {"webhook_url": by_webhook.webhook_url, "webhook_secret": by_webhook.webhook_secret}
    async with serving(settings_of_olga.model_copy(update=secret)):
        await olga.send("/start")
        await olga.expect("66 people have signed")
        telegram.world.set_webhook(ELSEWHERE)
        told = await olga.expect("Somebody else has this bot's token.")
        assert "The webhook was changed, and not by me. I have put it right just now." in told.text
        await olga.send("/demands")
        await olga.expect("12 demands")
        assert telegram.world.webhook == by_webhook.webhook_url


@pytest.mark.parametrize("way", ["polling", "webhook"])
async def test_the_bot_was_away_for_longer_than_telegram_keeps_anything(
    settings_of_olga: Settings, quick: tuple[Settings, Person], by_webhook: Settings, address: Address, way: str
) -> None:
    olga, settings = quick[1], settings_of_olga
    if way == "webhook":
        secret = {"webhook_url": by_webhook.webhook_url, "webhook_secret": by_webhook.webhook_secret}
        settings = settings.model_copy(update=secret)
    async with serving(settings):
        await olga.send("/start")
        await olga.expect("66 people have signed")
    await keep_in_meta(settings.database(), "last heard", str(hours(utc_now()) - 30).encode())
    async with serving(settings):
        told = await olga.expect("I was away for 3")  # another hour may begin meanwhile
        assert "look at /mysignature here" in told.text
        assert await troubles(address) == [IN_A_LINE[Alarm.OUTAGE]]
    async with serving(settings):
        await olga.send("/demands")
        await olga.expect("12 demands")
        assert await troubles(address) == []
    assert len(warnings(olga)) == 1


async def test_somebody_polls_with_the_same_token(olga: Person, telegram: LocalTelegram, address: Address) -> None:
    async def poll_without_end() -> None:
        async with aiohttp.ClientSession() as session:
            while True:
                await session.post(f"{telegram.url}/bot{telegram.token}/getUpdates", json={"timeout": 50})

    rival = asyncio.create_task(poll_without_end())
    told = await olga.expect("Somebody else takes this bot's updates.")
    assert "Is a second copy of the bot running?" in told.text
    assert len(await troubles(address)) == 1
    rival.cancel()
    await olga.expect("Nobody else takes this bot's updates now.")
    assert len(warnings(olga)) == 1
    assert await troubles(address) == []


async def test_the_disk_is_nearly_full(
    settings_of_olga: Settings, quick: tuple[Settings, Person], telegram: LocalTelegram,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    olga = quick[1]
    found = [Room(5, 10)]
    monkeypatch.setattr(duties, "MINUTE", 0.05)
    monkeypatch.setattr(duties, "look_for_room", lambda _address, _folder: found[-1])
    telegram.world.text(olga.id, "/start")
    async with serving(settings_of_olga):
        await olga.expect("The disk is nearly full.")
        found.append(Room(10, 10))
        await olga.expect("There is room on the disk again.")
        assert len(warnings(olga)) == 1
