"""The calls of one broadcast: built once for everybody of one language, silent or not."""

from __future__ import annotations

from collections.abc import Mapping

from bot.keyboard import keyboard
from bot.news_call import Call, delete_call, edit_call, send_call
from handlers.news_rows import news_rows
from handlers.words import Words
from storage.announcement import Announcement
from storage.broadcast import Broadcast, BroadcastKind
from storage.deliveries import Recipient


class BroadcastCalls:
    """Each call is made when the first of its kind is to be sent."""

    def __init__(
        self,
        broadcast: Broadcast,
        words: Mapping[str, Words],
        *,
        before: Announcement | None = None,
        paid: bool = False,
    ) -> None:
        """`before`: what an edit changes; or what is sent again, as it says now."""
        self._broadcast = broadcast
        self._words = words
        self._before = before
        self._paid = paid
        self._made: dict[tuple[str, bool], Call] = {}

    def of(self, recipient: Recipient) -> Call:
        """What this recipient gets."""
        key = (recipient.language, recipient.silent)
        call = self._made.get(key)
        if call is None:
            call = self._made[key] = self._make(*key)
        return call

    def _make(self, language: str, silent: bool) -> Call:
        kind, announcement = self._broadcast.kind, self._broadcast.announcement
        if kind is BroadcastKind.DELETE:
            return delete_call()
        if kind is BroadcastKind.RESEND and self._before is not None:  # it may have been edited since
            announcement = self._before
        news = announcement.version(language)
        rows = keyboard(news_rows(self._words[language], announcement.buttons))
        if kind is BroadcastKind.EDIT and self._before is not None:
            return edit_call(self._before.version(language), news, rows)
        return send_call(news, rows, silent=silent or announcement.silent, paid=self._paid)
