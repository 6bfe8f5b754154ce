"""What must be done once, however many processes are at work: the leader's duties."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

from bot.alarms import Alarms, check_room
from bot.background import persistent, repeated
from bot.broadcaster import Broadcaster
from bot.clearing import Clearing
from bot.delivery import Delivery
from bot.keeping import tend
from bot.leader import Work
from bot.menus import Menus
from bot.outage import Outage
from bot.rate_limiter import RateLimiter
from bot.reporter import Reporter
from bot.settings import Settings
from bot.way_in import WayIn
from bot.wire import Wire
from handlers.words import DEFAULT_LANGUAGE, Words
from storage.room import look_for_room
from storage.store import Store

EXPIRY_SECONDS = 600.0
MINUTE = 60.0  # between looks at what may threaten the bot
MISSED_SECONDS = 10.0  # between looks at what other processes decided, should their word have been lost


@dataclass(frozen=True)
class Duties:
    """What they are done with."""

    settings: Settings
    store: Store
    words: Mapping[str, Words]
    wire: Wire
    limiter: RateLimiter
    delivery: Delivery
    clearing: Clearing
    menus: Menus
    alarms: Alarms
    way: WayIn

    def begin(self) -> list[Work]:
        """Those of one leadership, none of them begun yet."""
        settings, store = self.settings, self.store
        look = partial(look_for_room, settings.database(), settings.data)
        return [
            self.alarms.watched(),
            persistent(self.menus.introduce),
            persistent(partial(self.alarms.tell, self.delivery, self.words[DEFAULT_LANGUAGE], settings.owners)),
            repeated(partial(check_room, look, self.alarms), MINUTE),
            self.way.watch(),
            persistent(Outage(store.last_heard, self.alarms, self.way.arrives).run),
            *self._news(),
            persistent(store.erasure.run_forever),
            persistent(self.clearing.resume),
            repeated(self.clearing.resume, EXPIRY_SECONDS),
            repeated(store.erase_expired, EXPIRY_SECONDS),
            repeated(partial(tend, settings, store), EXPIRY_SECONDS),
        ]

    def _news(self) -> list[Work]:
        settings, store, membership = self.settings, self.store, self.store.database.membership
        reporter = Reporter(
            store, self.delivery, self.words, settings.owners, settings.timezone, lambda: broadcaster.is_out_of_reach
        )
        broadcaster = Broadcaster(
            store, self.wire, self.limiter, self.words, self.alarms, reporter.wake, settings=settings
        )
        membership.listen(broadcaster.wake)

        async def deliver() -> None:
            await persistent(broadcaster.run)
            membership.begin_anew()  # it ends by itself where another process has taken over, unnoticed by this one

        works: list[Work] = [persistent(reporter.run), deliver()]
        if membership.is_shared:
            works.append(repeated(broadcaster.look, MISSED_SECONDS))
        return works
