"""Clears a chat: deletes the messages marked for it, and the mark of each that is gone."""

from __future__ import annotations

from collections.abc import Sequence

import structlog
from telegram.error import BadRequest, Forbidden, TelegramError
from telegram.ext import ExtBot

from bot.rate_limiter import Urgency
from storage.messages import Marked, Messages

log = structlog.get_logger(__name__)

BATCH = 100  # https://core.telegram.org/bots/api#deletemessages
GONE = "message to delete not found"
NEVER = "message can't be deleted"  # too old, or of a kind that no bot deletes: it is not tried again


class Clearing:
    """Deletes in calls of 100; where Telegram refuses a call, one by one.

    What could not be deleted stays marked: `resume` tries it again until it is 48 hours old.
    """

    def __init__(self, bot: ExtBot[Urgency], messages: Messages) -> None:
        """`messages`: where the marks are."""
        self._bot = bot
        self._messages = messages

    async def clear(self, person: int, chat: int, last: int | None) -> bool:
        """Deletes what is marked for this person, the message with the tapped button last; False if that one stays.

        TelegramError when Telegram cannot be reached, or refuses for now.
        """
        await self._messages.mark(person, last)  # answers that arrived after the marks were made
        marked = await self._messages.marked(person) or Marked(self._messages.tag(person), chat, ())
        stay = await self._delete(marked, _last(set(marked.messages), last))
        return last is None or last not in stay

    async def resume(self) -> None:
        """Goes on with what was marked and could not be deleted, by this process or an earlier one."""
        for marked in await self._messages.all_marked():
            try:
                await self._delete(marked, list(marked.messages))
            except Forbidden:
                log.debug("a chat cannot be cleared while its owner blocks the bot")
            except TelegramError as error:
                log.warning("a chat could not be cleared yet", exc_info=error)

    async def _delete(self, marked: Marked, messages: Sequence[int]) -> set[int]:
        """Those that stay in the chat."""
        stay: set[int] = set()
        for at in range(0, len(messages), BATCH):
            batch = messages[at : at + BATCH]
            try:
                await self._bot.delete_messages(marked.chat, batch)
            except BadRequest:
                stay |= await self._delete_one_by_one(marked, batch)
            else:
                await self._messages.erase_marked(marked.tag, batch)
        if not messages:
            await self._messages.erase_marked(marked.tag, ())
        return stay

    async def _delete_one_by_one(self, marked: Marked, messages: Sequence[int]) -> set[int]:
        settled, stay = set(), set()
        try:
            for message in messages:
                refusal = await self._refusal(marked.chat, message)
                if refusal is None or GONE in refusal or NEVER in refusal:
                    settled.add(message)
                if refusal is not None and GONE not in refusal:
                    stay.add(message)
        finally:
            await self._messages.erase_marked(marked.tag, settled)
        return stay

    async def _refusal(self, chat: int, message: int) -> str | None:
        """Why Telegram does not delete it; None when it did."""
        try:
            await self._bot.delete_message(chat, message)
        except BadRequest as refusal:
            return refusal.message.lower()
        return None


def _last(numbers: set[int], last: int | None) -> list[int]:
    """In their order, but the tapped one at the very end: its alert goes with it."""
    ordered = sorted(numbers - {last})
    return ordered if last is None else [*ordered, last]
