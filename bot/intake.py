"""Updates in hand: each person's in order, different people's side by side, one that comes again told apart.

How they come is another matter: `polling.py` asks for them, `webhook.py` is brought them. Either acknowledges an update
once it is handled, so that a kill loses none.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection
from functools import partial
from typing import Any

import structlog
from telegram import Update
from telegram.constants import UpdateType
from telegram.ext import ExtBot

from bot.rate_limiter import Urgency
from bot.request import Sent

log = structlog.get_logger(__name__)

IN_HAND = 100  # https://core.telegram.org/bots/api#getupdates, limit; #setwebhook, max_connections
REMEMBERED = 1_000  # updates that are handled
KINDS = ["message", "edited_message", "callback_query", "my_chat_member"]

Handle = Callable[[Update, Sent], Awaitable[None]]
"""Handles an update. What it is given besides may be called when the answer has left, and more than once."""


class Intake:
    """Gives each person's updates in order, different people's side by side."""

    def __init__(
        self,
        bot: ExtBot[Urgency],
        handle: Handle,
        unreadable: Callable[[], None] = lambda: None,
    ) -> None:
        """`handle` never raises; an update is handled when it returns. `unreadable` is told of each without a form."""
        self.progress = asyncio.Event()  # set whenever an update is answered or handled
        self._bot = bot
        self._handle = handle
        self._unreadable = unreadable
        self._in_hand: dict[int, asyncio.Task[None]] = {}
        self._unanswered: set[int] = set()
        self._handled: dict[int, None] = {}  # the oldest first
        self._lanes: dict[int, asyncio.Task[None]] = {}  # the last update in hand of each person

    @property
    def in_hand(self) -> Collection[int]:
        """The numbers of the updates that are not handled yet."""
        return self._in_hand.keys()

    @property
    def unanswered(self) -> Collection[int]:
        """Those of them whose answers have not left either."""
        return self._unanswered

    def take(self, raw: dict[str, Any]) -> asyncio.Task[None] | None:
        """Begins an update that has a number; one in hand is not begun again. Its task, None for one that is over.

        The task never raises, but a stop may cancel it: then the update is not handled.
        """
        update_id = raw["update_id"]
        if update_id in self._handled:
            return None
        if update_id in self._in_hand:
            return self._in_hand[update_id]
        update = self._parse(raw)
        if update is None:
            self._remember(update_id)
            return None
        return self._begin(update)

    def remember_only(self, updates: Collection[int]) -> None:
        """Of the updates that are handled none but these can come again."""
        self._handled = {update_id: None for update_id in self._handled if update_id in updates}

    async def settle(self, seconds: float) -> None:
        """Waits for what is in hand; what takes longer is given up, and comes again."""
        if self._in_hand:
            await asyncio.wait(self._in_hand.values(), timeout=seconds)

    def give_up(self) -> None:
        """Ends what is still in hand: it was not handled."""
        for task in list(self._in_hand.values()):
            task.cancel()

    def pass_over(self, raw: object) -> None:
        """It cannot be told apart from others."""
        log.error("an update has no number and is passed over", kind=_kind(raw))
        self._unreadable()

    def _parse(self, raw: dict[str, Any]) -> Update | None:
        try:
            return Update.de_json(raw, self._bot)
        except Exception as error:
            log.error("an update could not be read and is passed over", kind=_kind(raw), exc_info=error)
            self._unreadable()
            return None

    def _begin(self, update: Update) -> asyncio.Task[None]:
        person = update.effective_user.id if update.effective_user is not None else 0
        task = asyncio.create_task(self._handle_after(self._lanes.get(person), update, person))
        self._in_hand[update.update_id] = task
        self._unanswered.add(update.update_id)
        self._lanes[person] = task
        return task

    async def _handle_after(self, previous: asyncio.Task[None] | None, update: Update, person: int) -> None:
        me = asyncio.current_task()
        try:
            if previous is not None:
                await asyncio.wait({previous})
            await self._handle(update, partial(self._note_answered, update.update_id))
            self._remember(update.update_id)
        finally:
            if self._lanes.get(person) is me:
                del self._lanes[person]
            del self._in_hand[update.update_id]
            self._note_answered(update.update_id)

    def _note_answered(self, update_id: int) -> None:
        self._unanswered.discard(update_id)
        self.progress.set()

    def _remember(self, update_id: int) -> None:
        self._handled[update_id] = None
        if len(self._handled) > REMEMBERED:
            del self._handled[next(iter(self._handled))]


def has_number(raw: object) -> bool:
    """Whether it is an update that can be told apart."""
    return isinstance(raw, dict) and type(raw.get("update_id")) is int


def _kind(raw: object) -> str:
    """What kind of update it is; its content stays out of the log, and so does a key that Telegram does not use."""
    keys = raw if isinstance(raw, dict) else {}
    return next((kind.value for kind in UpdateType if kind.value in keys), "none")
