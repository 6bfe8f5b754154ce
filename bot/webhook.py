"""Updates in, by our own webhook: Telegram brings each one, and brings it again until it is answered with 200."""

from __future__ import annotations

import asyncio
import hmac
from collections.abc import Callable
from urllib.parse import urlsplit

import structlog
from aiohttp import web
from pydantic import SecretStr
from telegram.error import InvalidToken, TelegramError
from telegram.ext import ExtBot

from bot.intake import Intake, has_number
from bot.polling import PATIENCE, PAUSES
from bot.rate_limiter import Urgency
from bot.request import read_json

log = structlog.get_logger(__name__)

SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 - https://core.telegram.org/bots/api#setwebhook
BEAT_SECONDS = 30.0  # between calls that only ask whether Telegram is there


class Webhook:
    """The endpoint. It is there before the bot is at work, and after: then it asks Telegram to come again."""

    def __init__(self, url: str, secret: SecretStr) -> None:
        """`url`: as Telegram is told; what stands in front of this process keeps its path."""
        self._path = urlsplit(url).path or "/"
        self._secret = secret.get_secret_value().encode()
        self._intake: Intake | None = None

    def routes(self) -> list[web.RouteDef]:
        """For the site that tells the health."""
        return [web.post(self._path, self._receive)]

    def open(self, intake: Intake) -> None:
        """From here on updates are taken."""
        self._intake = intake

    async def stop(self, seconds: float) -> None:
        """Takes no new ones; what is in hand is finished and answered, what takes longer comes again."""
        intake, self._intake = self._intake, None
        if intake is not None:
            await intake.settle(seconds)
            intake.give_up()

    async def _receive(self, request: web.Request) -> web.Response:
        """200 once the update is handled. What cannot be read is passed over: else it would come for ever."""
        if not hmac.compare_digest(_bytes(request.headers.get(SECRET_HEADER, "")), self._secret):
            return web.Response(status=403)
        try:
            raw = read_json(await request.read())
        except (TelegramError, web.RequestPayloadError):
            return web.Response(status=400, text="This is no JSON.")
        if self._intake is None:
            return _later()
        if not has_number(raw):
            self._intake.pass_over(raw)
            return web.Response()
        handling = self._intake.take(raw)
        if handling is not None:
            await asyncio.wait({handling})
            if handling.cancelled():
                return _later()
        return web.Response()


def _bytes(header: str) -> bytes:
    """As it came: what is no text is none of ours, and no fault either."""
    return header.encode("utf-8", "surrogateescape")


def _later() -> web.Response:
    """Telegram, or whoever stands before it, brings it again."""
    return web.Response(status=503, headers={"Retry-After": "1"})


async def keep_in_touch(bot: ExtBot[Urgency], answered: Callable[[], None]) -> None:
    """Asks now and then whether Telegram is there; InvalidToken rises when it refuses the token again and again."""
    refusals, is_there = 0, True
    while True:
        try:
            await bot.request.post(f"{bot.base_url}/getMe")  # past the rate limiter: a flood is no silence
        except InvalidToken:
            if refusals >= PATIENCE:
                raise
            refusals += 1
            await asyncio.sleep(PAUSES[0])
            continue
        except TelegramError as error:
            if is_there:
                log.warning("telegram does not answer", exc_info=error)
            refusals, is_there = 0, False
        else:
            refusals, is_there = 0, True
            answered()
        await asyncio.sleep(BEAT_SECONDS)
