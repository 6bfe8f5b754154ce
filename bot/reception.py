"""Where an update meets its handler: read, answered in one transaction, delivered."""

from __future__ import annotations

import time
from collections import OrderedDict
from dataclasses import replace

import structlog
from telegram import Update

from bot.delivery import Delivery, Recipient
from bot.flood import Flood
from bot.menus import Menus
from bot.metrics import Metrics, Outcome
from bot.request import Sent, nobody_asks
from handlers import registry
from handlers.answer import Answer
from handlers.context import Context, Services
from handlers.errors import apology
from handlers.flood import slow_down
from handlers.reading import Blocked, Reading, Sender, Tap, Unexpected, read
from handlers.words import language_of
from storage.database import StorageFault

log = structlog.get_logger(__name__)

ALBUMS_REMEMBERED = 1_000


class Reception:
    """Turns each update into one answer. It never raises: whatever fails is told and logged without personal data."""

    def __init__(self, services: Services, delivery: Delivery, menus: Menus, flood: Flood, metrics: Metrics) -> None:
        """`services` are what the handlers are given; `delivery` sends what they say."""
        self._menus = menus
        self._flood = flood
        self._metrics = metrics
        self._services = services
        self._delivery = delivery
        self._albums: OrderedDict[tuple[int, str], None] = OrderedDict()

    async def receive(self, update: Update, answered: Sent) -> None:
        """Returns when the update is handled: committed, and answered or waiting to be.

        `answered` is called when the answer has left, unless something is to follow it.
        """
        began = time.monotonic()
        try:
            outcome = await self._receive(update, answered)
        except Exception as error:
            log.error("an update could not be read and is passed over", exc_info=error)
            outcome = Outcome.UNREADABLE
        self._metrics.updated(update, outcome, time.monotonic() - began)

    async def _receive(self, update: Update, answered: Sent) -> Outcome:
        found = read(update, self._services.bot_name)
        if found is None:
            return Outcome.IGNORED
        sender, reading = found
        if update.message is not None:
            self._services.store.messages.note(sender.person, sender.chat, update.message.message_id)
        if isinstance(reading, Unexpected) and self._seen(sender, reading.album):
            if sender.person not in self._services.owners:
                return Outcome.IGNORED
            reading = replace(reading, repeated=True)  # each part may belong to news that is written
        context = self._context(update, sender, reading)
        query = update.callback_query.id if update.callback_query is not None else None
        to = Recipient(sender.person, sender.chat, context.tapped, query)
        flooded = None if isinstance(reading, Blocked) else self._flood.judge(sender.person, update.update_id)
        if flooded is not None:
            await self._delivery.deliver(to, slow_down(context, flooded.seconds, first=flooded.first), answered)
            return Outcome.FLOODED
        answer, outcome = await self._answer(context, reading)
        menu_follows = context.is_organiser or registry.is_for_organisers(reading)
        await self._delivery.deliver(to, answer, nobody_asks if menu_follows else answered)
        await self._menus.meet(sender.person)
        if not context.is_organiser and registry.is_for_organisers(reading):
            await self._menus.part(sender.person)
        return outcome

    def _seen(self, sender: Sender, album: str | None) -> bool:
        """Whether another part of this album was answered already."""
        if album is None:
            return False
        part = (sender.chat, album)
        seen = part in self._albums
        self._albums[part] = None
        while len(self._albums) > ALBUMS_REMEMBERED:
            self._albums.popitem(last=False)
        return seen

    def _context(self, update: Update, sender: Sender, reading: Reading) -> Context:
        language = language_of(sender.language_code)
        return Context(
            services=self._services,
            screens=registry.SCREENS,
            update_id=update.update_id,
            person=sender.person,
            chat=sender.chat,
            full_name=sender.full_name,
            language=language,
            words=self._services.words[language],
            tapped=reading.screen if isinstance(reading, Tap) else None,
        )

    async def _answer(self, context: Context, reading: Reading) -> tuple[Answer, Outcome]:
        """Once more on a fault of the database; then, as for any other failure, an apology.

        Not where a locked one was waited for: Telegram soon takes no answer to the tap any more.
        """
        try:
            try:
                return await registry.answer(context, reading), Outcome.HANDLED
            except StorageFault as fault:
                if fault.waited:
                    raise
                log.warning("the database failed, trying once more", exc_info=fault)
                return await registry.answer(context, reading), Outcome.HANDLED
        except Exception as error:
            log.error("an update was not handled", exc_info=error)
            return apology(context), Outcome.FAILED
