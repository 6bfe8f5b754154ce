"""The way by which updates come in: polls, or our own webhook where BOT_WEBHOOK_URL is set."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from aiohttp import web
from telegram.ext import ExtBot

from bot.alarms import Alarms
from bot.background import persistent, repeated
from bot.health import Pulse
from bot.intake import Intake
from bot.own_webhook import OwnWebhook
from bot.polling import Polling
from bot.rate_limiter import Urgency
from bot.rivals import Rivals
from bot.settings import Settings
from bot.webhook import Webhook, keep_in_touch
from storage.store import Store


class WayIn(Protocol):
    """What either is asked for."""

    def routes(self) -> Sequence[web.RouteDef]:
        """What is served beside the health."""

    async def prepare(self) -> object:
        """Calls of the Bot API without which nothing comes. TelegramError as it comes."""

    def arrives(self) -> bool:
        """Whether updates can arrive now, as far as is known."""

    async def watch(self) -> None:
        """Looks that nobody else takes the updates; of several processes one does it."""

    async def run(self, intake: Intake) -> None:
        """Takes updates until it is cancelled. InvalidToken rises where none will ever come again."""

    async def stop(self, intake: Intake, seconds: float) -> None:
        """Call it when `run` has ended: what is in hand is finished and acknowledged, what takes longer comes again."""


class ByPolling:
    """Telegram is asked."""

    def __init__(self, bot: ExtBot[Urgency], store: Store, alarms: Alarms, pulse: Pulse, minute: float) -> None:
        """`minute`: see `Rivals`."""
        self._bot = bot
        self._pulse = pulse
        self._minute = minute
        self._rivals = Rivals(bot, alarms, store.webhook_address.is_known, minute)
        self._polling: Polling | None = None

    def routes(self) -> Sequence[web.RouteDef]:
        """None."""
        return ()

    async def prepare(self) -> object:
        """A webhook would keep updates from being polled."""
        return await self._rivals.end_webhook()

    def arrives(self) -> bool:
        """While polls are answered."""
        return self._pulse.is_there()

    async def watch(self) -> None:
        """The end of a row of refusals shows in silence alone."""
        await repeated(self._rivals.look, self._minute)

    async def run(self, intake: Intake) -> None:
        """Polls."""
        self._polling = Polling(self._bot, intake, self._pulse.beat, self._rivals.refused)
        await self._polling.run()

    async def stop(self, intake: Intake, seconds: float) -> None:
        """Ends with a poll that acknowledges what is handled."""
        polling = self._polling or Polling(self._bot, intake)
        await polling.stop(seconds)


class ByWebhook:
    """Telegram brings them."""

    def __init__(
        self, settings: Settings, bot: ExtBot[Urgency], store: Store, alarms: Alarms, pulse: Pulse, minute: float
    ) -> None:
        """`settings` name an address and a secret. `minute`: see `OwnWebhook`."""
        url, secret = settings.webhook_url, settings.webhook_secret
        if url is None or secret is None:
            raise ValueError("there is no webhook without an address and a secret")
        self._bot = bot
        self._pulse = pulse
        self._webhook = Webhook(url, secret)
        self._own = OwnWebhook(bot, url, secret, store.webhook_address, alarms, minute)

    def routes(self) -> Sequence[web.RouteDef]:
        """The endpoint."""
        return self._webhook.routes()

    async def prepare(self) -> object:
        """Nothing: the webhook is set once the endpoint takes updates."""
        return None

    def arrives(self) -> bool:
        """While Telegram is there and says that it reaches the webhook."""
        return self._pulse.is_there() and self._own.is_well

    async def watch(self) -> None:
        """Sets the webhook, too."""
        await persistent(self._own.run)

    async def run(self, intake: Intake) -> None:
        """Lets updates in."""
        self._webhook.open(intake)
        await keep_in_touch(self._bot, self._pulse.beat)

    async def stop(self, intake: Intake, seconds: float) -> None:  # noqa: ARG002 - it was opened with its intake
        """New ones are asked to come again."""
        await self._webhook.stop(seconds)


def way_in(
    settings: Settings, bot: ExtBot[Urgency], store: Store, alarms: Alarms, pulse: Pulse, minute: float
) -> WayIn:
    """The one that the settings name."""
    if settings.webhook_url is None:
        return ByPolling(bot, store, alarms, pulse, minute)
    return ByWebhook(settings, bot, store, alarms, pulse, minute)
