"""Our webhook at Telegram: set at the start, set again when somebody else changed it, and watched."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Callable

import structlog
from pydantic import SecretStr
from telegram import WebhookInfo
from telegram.error import BadRequest, TelegramError
from telegram.ext import ExtBot

from bot.alarms import Alarms
from bot.intake import IN_HAND, KINDS
from bot.rate_limiter import Urgency
from handlers.organisers.alarms import Alarm
from storage.webhook_address import WebhookAddress

log = structlog.get_logger(__name__)

MINUTE = 60.0
FIRST_PAUSE = 1.0  # seconds, growing up to a minute while it cannot be set
LONG = 2  # looks that show a new fault: one may be a restart
QUIET = 5  # looks without a new one
ANSWERED = re.compile(r"wrong response from the webhook: (\d{3})")
REASONS = {
    "ssl": "the certificate is not accepted",
    "certificate": "the certificate is not accepted",
    "refused": "nothing listens there",
    "time": "it does not answer in time",
    "resolve": "its name is not known",
    "port": "Telegram calls the ports 443, 80, 88 and 8443 alone",
    "reset": "the connection breaks",
}


class OwnWebhook:
    """One process of all does this."""

    def __init__(
        self,
        bot: ExtBot[Urgency],
        url: str,
        secret: SecretStr,
        known: WebhookAddress,
        alarms: Alarms,
        minute: float = MINUTE,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """`minute`: seconds between looks. `clock` tells the time of day, as Telegram's errors bear it."""
        self._bot = bot
        self._url = url
        self._secret = secret
        self._known = known
        self._alarms = alarms
        self._minute = minute
        self._is_set = False
        self._newest = int(clock())  # when the newest fault was that is known; older ones are of an earlier run
        self._faults = self._quiet = 0  # looks in a row

    @property
    def is_well(self) -> bool:
        """Whether Telegram can bring updates, as far as it says."""
        return self._is_set and Alarm.ENDPOINT not in self._alarms.standing()

    async def run(self) -> None:
        """Sets it, and looks each minute, until it is cancelled."""
        pause = min(FIRST_PAUSE, self._minute)
        while True:
            try:
                await self.look()
            except BadRequest as refusal:
                log.error("telegram does not take BOT_WEBHOOK_URL", reason=reason_of(refusal.message))
                self._alarms.begin(Alarm.ENDPOINT)
            except TelegramError as error:
                log.warning("the webhook cannot be looked at", exc_info=error)
            await asyncio.sleep(self._minute if self._is_set else pause)
            pause = min(pause * 2, self._minute)

    async def look(self) -> None:
        """One look; sets it where it is not. TelegramError as it comes."""
        found = await self._bot.get_webhook_info()
        if self._is_set and found.url == self._url:
            self._judge(found)
            return
        if (found.url or self._is_set) and found.url != self._url and not await self._known.is_known(found.url):
            self._alarms.begin(Alarm.WEBHOOK)
        await self._set()

    async def _set(self) -> None:
        self._is_set = False
        await self._known.remember(self._url)
        await self._bot.set_webhook(
            self._url,
            max_connections=IN_HAND,
            allowed_updates=KINDS,
            secret_token=self._secret.get_secret_value(),
        )
        await self._known.forget_older(self._url)
        self._is_set = True
        self._alarms.end(Alarm.ENDPOINT)
        log.info("telegram brings updates to BOT_WEBHOOK_URL")

    def _judge(self, found: WebhookInfo) -> None:
        """Whether Telegram reaches it. A fault of long ago stays in what Telegram tells."""
        at = 0 if found.last_error_date is None else int(found.last_error_date.timestamp())
        if at > self._newest:
            self._newest = at
            self._faults, self._quiet = self._faults + 1, 0
            log.warning("telegram could not bring an update", reason=reason_of(found.last_error_message or ""))
            if self._faults >= LONG:
                self._alarms.begin(Alarm.ENDPOINT)
            return
        self._quiet += 1
        if not found.pending_update_count or self._quiet >= QUIET:
            self._faults = 0
            self._alarms.end(Alarm.ENDPOINT)


def reason_of(message: str) -> str:
    """Why Telegram cannot bring updates, in words of our own: its words may hold an address."""
    lower = message.lower()
    answered = ANSWERED.search(lower)
    if answered is not None:
        return f"it answers {answered[1]}"
    return next((reason for word, reason in REASONS.items() if word in lower), "unknown to this program")
