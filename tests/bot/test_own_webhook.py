"""Our webhook is set, set again when it was changed, and what keeps Telegram from it is told."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import pytest
from pydantic import SecretStr
from structlog.testing import capture_logs
from telegram.error import BadRequest

from bot.alarms import Alarms
from bot.background import in_background
from bot.client import build_bot
from bot.own_webhook import QUIET, OwnWebhook, reason_of
from bot.rivals import Rivals
from bot.settings import load_settings
from handlers.organisers.alarms import Alarm
from sandbox.server import LocalTelegram
from storage.store import Store

OURS, BEFORE, THEIRS = "https://us.example/telegram", "https://us.example/before", "https://elsewhere.example/hook"
SECRET = "a_Secret-1"


@dataclass
class Scene:
    """A Telegram whose clock moves when told to, and the bot's own webhook there."""

    telegram: LocalTelegram
    store: Store
    bot: Any
    alarms: Alarms
    own: OwnWebhook
    now: list[float]

    def another(self, url: str) -> OwnWebhook:
        """As it would be after a restart."""
        return OwnWebhook(self.bot, url, SecretStr(SECRET), self.store.webhook_address, self.alarms, clock=self.clock)

    def clock(self) -> float:
        return self.now[-1]

    async def fail(self, reason: str, waiting: int = 1) -> None:
        """An update cannot be brought, a minute later; then the bot looks."""
        self.now.append(self.now[-1] + 60)
        self.telegram.world.drop_pending()
        for _ in range(waiting):
            self.telegram.world.update({})
        hook = self.telegram.world.hook
        assert hook is not None
        hook.error, hook.error_date = reason, int(self.now[-1])
        await self.own.look()

    def standing(self) -> list[Alarm]:
        return self.alarms.standing()


@pytest.fixture
async def scene(store: Store) -> AsyncIterator[Scene]:
    now = [1_800_000_000.5]
    async with LocalTelegram(clock=lambda: now[-1]) as telegram:
        settings = load_settings(_env_file=None, token=telegram.token, api_url=telegram.url)
        async with build_bot(settings) as bot:
            alarms = Alarms()
            scene = Scene(telegram, store, bot, alarms, OwnWebhook.__new__(OwnWebhook), now)
            scene.own = scene.another(OURS)
            yield scene


async def test_it_is_set_once(scene: Scene) -> None:
    for _ in range(3):
        await scene.own.look()
    assert scene.telegram.counts["setWebhook", 200] == 1
    assert scene.telegram.world.hook is not None
    assert (scene.telegram.world.webhook, scene.telegram.world.hook.secret) == (OURS, SECRET)
    assert scene.standing() == []
    assert scene.own.is_well


async def test_a_restart_sets_it_again_for_the_secret_may_be_new(scene: Scene) -> None:
    await scene.own.look()
    await scene.another(OURS).look()
    assert scene.telegram.counts["setWebhook", 200] == 2
    assert scene.standing() == []


@pytest.mark.parametrize("changed", [THEIRS, ""])
async def test_what_somebody_else_changed_is_told_and_put_right(scene: Scene, changed: str) -> None:
    await scene.own.look()
    scene.telegram.world.set_webhook(changed)
    with capture_logs() as logs:
        await scene.own.look()
    assert scene.telegram.world.webhook == OURS
    assert scene.standing() == [Alarm.WEBHOOK]
    assert THEIRS not in str(logs)


async def test_somebody_elses_from_before_the_start_is_told(scene: Scene) -> None:
    scene.telegram.world.set_webhook(THEIRS)
    await scene.own.look()
    assert scene.telegram.world.webhook == OURS
    assert scene.standing() == [Alarm.WEBHOOK]


async def test_an_own_one_of_before_is_nobody_elses(scene: Scene) -> None:
    await scene.another(BEFORE).look()
    await scene.own.look()
    assert scene.telegram.world.webhook == OURS
    assert scene.standing() == []


async def test_an_own_one_of_before_stays_own_while_the_new_one_is_not_taken(scene: Scene) -> None:
    await scene.another(BEFORE).look()
    scene.telegram.faults.refuse(400, "Bad Request: bad webhook: Failed to resolve host", method="setWebhook", times=2)
    for _ in range(2):
        with pytest.raises(BadRequest):
            await scene.own.look()
    assert scene.telegram.world.webhook == BEFORE
    await scene.own.look()
    assert scene.telegram.world.webhook == OURS
    assert scene.standing() == []
    scene.telegram.world.set_webhook(BEFORE)
    await scene.own.look()
    assert scene.standing() == [Alarm.WEBHOOK], "somebody else may have that address by now"


async def test_polling_deletes_an_own_one_without_an_alarm(scene: Scene) -> None:
    rivals = Rivals(scene.bot, scene.alarms, scene.store.webhook_address.is_known)
    await scene.own.look()
    await rivals.end_webhook()
    assert scene.telegram.world.webhook == ""
    assert scene.standing() == []
    scene.telegram.world.set_webhook(THEIRS)
    await rivals.refused()
    assert scene.telegram.world.webhook == ""
    assert scene.standing() == [Alarm.WEBHOOK]


async def test_faults_of_over_a_minute_are_an_alarm_until_nothing_waits(scene: Scene) -> None:
    await scene.own.look()
    with capture_logs() as logs:
        await scene.fail("Connection refused")
        assert scene.standing() == []
        await scene.fail("SSL error {error:0A000086:SSL routines::certificate verify failed}")
    assert scene.standing() == [Alarm.ENDPOINT]
    assert not scene.own.is_well
    assert [line["reason"] for line in logs if "reason" in line] == [
        "nothing listens there", "the certificate is not accepted",
    ]  # fmt: skip
    await scene.own.look()
    assert scene.standing() == [Alarm.ENDPOINT], "what waits was not brought yet"
    scene.telegram.world.drop_pending()
    await scene.own.look()
    assert scene.standing() == []
    assert scene.own.is_well


async def test_one_update_that_waits_for_ever_is_no_alarm_for_ever(scene: Scene) -> None:
    await scene.own.look()
    for _ in range(2):
        await scene.fail("Connection timed out")
    for _ in range(QUIET - 1):
        await scene.own.look()
    assert scene.standing() == [Alarm.ENDPOINT]
    await scene.own.look()
    assert scene.standing() == []


async def test_a_restart_now_and_then_is_no_alarm(scene: Scene) -> None:
    await scene.own.look()
    for _ in range(3):
        await scene.fail("Wrong response from the webhook: 503 Service Unavailable")
        scene.telegram.world.drop_pending()
        await scene.own.look()
    assert scene.standing() == []


async def test_a_fault_from_before_the_start_is_nobodys(scene: Scene) -> None:
    await scene.own.look()
    await scene.fail("Connection refused")
    scene.now.append(scene.now[-1] + 60)
    scene.own = scene.another(OURS)
    hook = scene.telegram.world.hook
    assert hook is not None
    await scene.own.look()
    assert scene.telegram.world.hook is not None
    scene.telegram.world.hook.error, scene.telegram.world.hook.error_date = hook.error, hook.error_date
    with capture_logs() as logs:
        await scene.own.look()
    assert logs == []


async def test_an_address_that_telegram_does_not_take_is_an_alarm_and_is_tried_again(scene: Scene) -> None:
    own = OwnWebhook(scene.bot, OURS, SecretStr(SECRET), scene.store.webhook_address, scene.alarms, minute=0.05)
    scene.telegram.faults.refuse(400, "Bad Request: bad webhook: Failed to resolve host", method="setWebhook", times=2)
    with capture_logs() as logs:
        async with in_background(own.run()):
            async with asyncio.timeout(10):
                while not own.is_well:
                    await scene.bot.get_me()
    assert scene.standing() == []
    assert [line["reason"] for line in logs if line["log_level"] == "error" and "reason" in line] == [
        "its name is not known", "its name is not known",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("message", "reason"),
    [
        ("Wrong response from the webhook: 502 Bad Gateway", "it answers 502"),
        ("Read timeout expired", "it does not answer in time"),
        ("Bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443", "Telegram calls the ports"),
        ("https://petition.example/my-token", "unknown to this program"),
        ("", "unknown to this program"),
    ],
)
def test_telegrams_reason_is_told_in_words_of_our_own(message: str, reason: str) -> None:
    assert reason_of(message).startswith(reason)
