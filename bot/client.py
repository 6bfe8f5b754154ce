"""The Bot API's client: made, and kept open as long as the bot runs."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import structlog
from telegram.error import InvalidToken, TelegramError
from telegram.ext import ExtBot

from bot.proxy import ProxyRefused
from bot.rate_limiter import RateLimiter, Urgency, Waited, not_timed
from bot.request import AiohttpRequest, Called, not_counted
from bot.settings import TELEGRAMS_OWN_LIMIT, Settings

log = structlog.get_logger(__name__)


class StartRefused(Exception):
    """The bot cannot start; the text is one clear line that says what to do."""


def build_limiter(settings: Settings, waited: Waited = not_timed) -> RateLimiter:
    """The budget of all that is sent. `waited` is told of each wait."""
    if settings.messages_per_second > TELEGRAMS_OWN_LIMIT:
        log.warning(
            "BOT_MESSAGES_PER_SECOND is above what Telegram grants a bot unasked: it may refuse some for a while",
            asked=settings.messages_per_second,
            granted=TELEGRAMS_OWN_LIMIT,
        )
    return RateLimiter(
        settings.messages_per_second, waited, paid_per_second=settings.paid_broadcast, burst=settings.flood_updates
    )


def build_bot(
    settings: Settings,
    limiter: RateLimiter | None = None,
    called: Called = not_counted,
) -> ExtBot[Urgency]:
    """The Bot API's client: one session for everything. StartRefused for a proxy that cannot be used."""
    try:
        request = AiohttpRequest(settings.api_url, called=called)
    except ProxyRefused as refusal:
        raise StartRefused(str(refusal)) from None
    return ExtBot(
        settings.token.get_secret_value(),
        base_url=f"{settings.api_url}/bot",
        base_file_url=f"{settings.api_url}/file/bot",
        request=request,
        get_updates_request=request,
        rate_limiter=limiter or build_limiter(settings),
    )


@asynccontextmanager
async def connected(
    bot: ExtBot[Urgency], settings: Settings, prepare: Callable[[], Awaitable[object]]
) -> AsyncIterator[None]:
    """Telegram was reached, and is until the end. `prepare` makes further calls without which the bot cannot begin."""
    try:
        await _reach(bot, settings, prepare)
        yield
    finally:
        await bot.shutdown()


async def _reach(bot: ExtBot[Urgency], settings: Settings, prepare: Callable[[], Awaitable[object]]) -> None:
    """Says hello to the Bot API, and waits for it while it cannot be reached."""
    pause = 1.0
    while True:
        try:
            await bot.initialize()
            await prepare()
        except InvalidToken:
            raise StartRefused(
                f"BOT_TOKEN is not accepted by the Bot API at {settings.api_shown}. "
                "It takes the token that @BotFather gave."
            ) from None
        except TelegramError as error:
            log.warning("the Bot API cannot be reached yet, trying again", seconds=pause, exc_info=error)
            await asyncio.sleep(pause)
            pause = min(pause * 2, 30.0)
        else:
            return
