"""Clears a chat: deletes the messages marked for it, and then the marks."""

from __future__ import annotations

from collections.abc import Sequence

import structlog
from telegram.error import BadRequest, Forbidden, TelegramError
from telegram.ext import ExtBot

from bot.rate_limiter import Urgency
from storage.messages import Messages

log = structlog.get_logger(__name__)

BATCH = 100  # https://core.telegram.org/bots/api#deletemessages


class Clearing:
    """Deletes in calls of 100; where Telegram refuses a call, one by one."""

    def __init__(self, bot: ExtBot[Urgency], messages: Messages) -> None:
        """`messages`: where the marks are."""
        self._bot = bot
        self._messages = messages

    async def clear(self, person: int, chat: int, last: int | None) -> None:
        """Deletes what is marked for this person, the message with the tapped button last, then the marks.

        A TelegramError leaves the marks: `resume` goes on with them.
        """
        await self._messages.mark(person)  # answers that arrived after the marks were made
        marked = await self._messages.marked(person)
        if marked is not None:
            await self._delete(chat, _last(set(marked.messages), last))
            await self._messages.erase_marked(marked.tag)

    async def resume(self) -> None:
        """Goes on with what was marked and could not be deleted, by this process or an earlier one."""
        for marked in await self._messages.all_marked():
            try:
                await self._delete(marked.chat, list(marked.messages))
            except TelegramError as error:
                log.warning("a chat could not be cleared yet", exc_info=error)
            else:
                await self._messages.erase_marked(marked.tag)

    async def _delete(self, chat: int, messages: Sequence[int]) -> None:
        for at in range(0, len(messages), BATCH):
            batch = messages[at : at + BATCH]
            try:
                await self._bot.delete_messages(chat, batch)
            except Forbidden:
                return
            except BadRequest:
                await self._delete_one_by_one(chat, batch)

    async def _delete_one_by_one(self, chat: int, messages: Sequence[int]) -> None:
        for message in messages:
            try:
                await self._bot.delete_message(chat, message)
            except BadRequest:
                continue  # gone already, or older than Telegram lets anybody delete


def _last(numbers: set[int], last: int | None) -> list[int]:
    """In their order, but the tapped one at the very end: its alert goes with it."""
    ordered = sorted(numbers - {last})
    return ordered if last is None else [*ordered, last]
