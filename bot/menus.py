"""The menu of commands: one for everybody, a longer one in organisers' chats."""

from __future__ import annotations

from collections.abc import Iterable

import structlog
from telegram import BotCommand, BotCommandScope, BotCommandScopeAllPrivateChats, BotCommandScopeChat
from telegram.error import BadRequest, TelegramError
from telegram.ext import ExtBot

from bot.rate_limiter import Urgency
from handlers import registry

log = structlog.get_logger(__name__)


class Menus:
    """The bot works without them too: what fails is logged and left."""

    def __init__(self, bot: ExtBot[Urgency], organisers: Iterable[int]) -> None:
        """`organisers` get theirs once they have written to the bot: before, Telegram knows no such chat."""
        self._bot = bot
        self._without = set(organisers)

    async def introduce(self) -> None:
        """Sets every menu that can be set."""
        await self._set(BotCommandScopeAllPrivateChats(), organisers=False)
        for person in list(self._without):
            await self.meet(person)

    async def meet(self, person: int) -> None:
        """An organiser is there: from now on the chat has its menu."""
        if person in self._without and await self._set(BotCommandScopeChat(person), organisers=True):
            self._without.discard(person)

    async def part(self, person: int) -> None:
        """Somebody who is no organiser used an organisers' command: an earlier menu may still name it."""
        try:
            await self._bot.delete_my_commands(BotCommandScopeChat(person))
        except TelegramError as error:
            log.debug("a menu could not be taken back", exc_info=error)

    async def _set(self, scope: BotCommandScope, *, organisers: bool) -> bool:
        commands = [BotCommand(one.name, one.description) for one in registry.menu(organisers=organisers)]
        try:
            await self._bot.set_my_commands(commands, scope=scope)
        except BadRequest as refusal:
            log.debug("a menu cannot be set yet", exc_info=refusal)
            return False
        except TelegramError as error:
            log.warning("a menu of commands could not be set", exc_info=error)
            return False
        return True
