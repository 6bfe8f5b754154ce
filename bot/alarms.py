"""What threatens the bot: told to the log and to the owners, each once when it begins, at most once a day again."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from functools import partial

import structlog

from bot.delivery import Delivery, Recipient
from handlers.answer import Answer, Screen
from handlers.organisers.alarms import Alarm, alarm_screen, ended_screen
from handlers.words import Words
from storage.room import Room

log = structlog.get_logger(__name__)

DAY = 24 * 3_600.0  # seconds
MEGABYTE = 1_000_000
IN_A_LINE: Mapping[Alarm, str] = {
    Alarm.DISK: "the disk is nearly full",
    Alarm.OTHER_POLL: "somebody else takes this bot's updates: another copy of it, or whoever has its token",
    Alarm.WEBHOOK: "somebody else has changed the webhook, and so has this bot's token: revoke it with @BotFather",
    Alarm.TOKEN: "telegram no longer accepts the bot's token: write the new one into BOT_TOKEN and start again",
    Alarm.ENDPOINT: "telegram cannot bring updates to BOT_WEBHOOK_URL: the log says why",
    Alarm.OUTAGE: "nothing from telegram arrived for so long that it may have dropped what people sent",
}
UNTIL_RESTART = frozenset({Alarm.TOKEN, Alarm.WEBHOOK})  # nobody sees their end


@dataclass
class _State:
    told: float  # when it was told last
    stands: bool = True
    owed: bool = True  # it was told, and its end was not


class Alarms:
    """Whoever sees a trouble says so each time; here it is told as seldom as is good."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """`clock`: seconds that never go back."""
        self._clock = clock
        self._states: dict[Alarm, _State] = {}
        self._to_tell: asyncio.Queue[Callable[[Words], Screen | None]] = asyncio.Queue()

    def begin(self, alarm: Alarm, **figures: int) -> None:
        """It is there; `figures` are for the log, and for those whom it is told to."""
        state = self._states.get(alarm)
        if state is not None and self._clock() - state.told < DAY:
            state.stands = True
            return
        self._states[alarm] = _State(self._clock())
        log.error(IN_A_LINE[alarm], **figures)
        self._to_tell.put_nowait(partial(alarm_screen, alarm=alarm, figures=figures))

    def end(self, alarm: Alarm) -> None:
        """It is not there, or not any more."""
        state = self._states.get(alarm)
        if state is None or not state.stands:
            return
        state.stands = False
        if state.owed:
            state.owed = False
            log.info("an alarm has ended", alarm=alarm.value)
            self._to_tell.put_nowait(partial(ended_screen, alarm=alarm))

    def standing(self) -> list[Alarm]:
        """Those that stand now."""
        return [alarm for alarm, state in self._states.items() if state.stands]

    def in_lines(self) -> list[str]:
        """The same in words, for whoever operates the bot."""
        return [IN_A_LINE[alarm] for alarm in self.standing()]

    async def watched(self) -> None:
        """Until it is cancelled: then another process may look, and whether it is still so is not known here."""
        try:
            await asyncio.Event().wait()
        finally:
            for alarm, state in self._states.items():
                state.stands = state.stands and alarm in UNTIL_RESTART

    async def tell(self, delivery: Delivery, words: Words, owners: Collection[int]) -> None:
        """Tells the owners, until it is cancelled. Who never started the bot, or blocked it, is passed over."""
        while True:
            screen = (await self._to_tell.get())(words)
            for owner in sorted(owners if screen is not None else ()):
                await delivery.deliver(Recipient(owner, owner), Answer(screen))


async def check_room(look: Callable[[], Room], alarms: Alarms) -> None:
    """Whether the disk has room: `look` may block for a moment."""
    found = await asyncio.to_thread(look)
    if found.is_short:
        alarms.begin(Alarm.DISK, free_mb=found.free // MEGABYTE, needed_mb=found.needed // MEGABYTE)
    else:
        alarms.end(Alarm.DISK)
