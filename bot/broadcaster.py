"""Delivers broadcasts, one recipient at a time: claimed, sent, settled; claim and outcome are committed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Coroutine
from contextlib import aclosing
from enum import Enum, auto
from functools import partial
from typing import Any, TypeVar

import structlog
from telegram.error import BadRequest, Forbidden, InvalidToken, RetryAfter, TelegramError

from bot.news_call import send_call
from bot.rate_limiter import RateLimiter, Urgency
from bot.request import CouldNotConnect
from bot.wire import Refused, Wire
from storage.broadcasts import Broadcast, BroadcastState
from storage.database import StorageFault
from storage.deliveries import FIRST, Claim, Delivered, Recipient
from storage.store import Store

log = structlog.get_logger(__name__)
Result = TypeVar("Result")

PAGE = 100  # recipients looked up at once
FAULT_SECONDS = 1.0  # between tries while the database cannot be written
LONGEST_PAUSE = 60.0  # seconds, while Telegram cannot be relied on
PASSES = 5  # through those whom Telegram holds back
FROZEN_SECONDS = 0.5  # between looks whether it goes on
STOP_SECONDS = 3.0  # for the one send under way
DEACTIVATED = "deactivated"  # https://core.telegram.org/bots/api: "Forbidden: user is deactivated"


class Unsent(Enum):
    """Why it is certain that nothing was sent."""

    NOT_CLAIMED = auto()
    HELD = auto()  # Telegram asks to wait
    UNREACHABLE = auto()
    FROZEN = auto()


Came = Delivered | Unsent


class Broadcaster:
    """Works through every broadcast under way, the oldest first. What a kill leaves claimed is in doubt."""

    def __init__(self, wire: Wire, store: Store, limiter: RateLimiter, report: Callable[[], None]) -> None:
        """`report` is called when there is something to tell the organiser."""
        self._wire = wire
        self._store = store
        self._limiter = limiter
        self._report = report
        self._woken = asyncio.Event()
        self._troubles = 0  # sends in a row after which it is not known whether they arrived

    def wake(self) -> None:
        """There is a broadcast to begin."""
        self._woken.set()
        self._report()

    async def run(self) -> None:
        """Until it is cancelled; then the send under way is still waited for, and settled."""
        in_doubt = await self._insist(self._store.deliveries.doubt_claims)
        if in_doubt:
            log.warning("messages of a broadcast are in doubt after the last stop, and not sent again", number=in_doubt)
        while True:
            self._report()
            self._woken.clear()
            under_way = await self._insist(self._store.broadcasts.sending)
            if not under_way:
                await self._woken.wait()
            for broadcast in under_way:
                await self._deliver_all(broadcast)
                self._report()

    async def _deliver_all(self, broadcast: Broadcast) -> None:
        """Pass by pass: whom Telegram holds back comes last, and is given up at the end."""
        number = broadcast.number
        for left in reversed(range(PASSES)):
            postponed = 0
            async with aclosing(self._recipients(number)) as recipients:
                async for recipient in recipients:
                    came = await self._deliver(broadcast, recipient, last=not left)
                    if came is Unsent.NOT_CLAIMED and await self._is_over(broadcast):
                        return
                    postponed += came is Unsent.HELD
            if not postponed:
                break
        await self._insist(lambda: self._store.broadcasts.end(number, BroadcastState.SENT))

    async def _recipients(self, number: int) -> AsyncGenerator[Recipient, None]:
        """All that have no claim yet, a page at a time."""
        after = FIRST
        while True:
            page = await self._insist(partial(self._store.deliveries.next_recipients, number, after, PAGE))
            if not page:
                return
            for recipient in page:
                yield recipient
            after = page[-1].id

    async def _is_over(self, broadcast: Broadcast) -> bool:
        found = await self._insist(lambda: self._store.broadcasts.find(broadcast.number))
        return found is None or found.state is not BroadcastState.SENDING

    async def _deliver(self, broadcast: Broadcast, recipient: Recipient, *, last: bool) -> Came:
        """Until it is settled; HELD if Telegram asked twice in a row to wait, so that others go first."""
        held = 0
        while True:
            await self._limiter.turn()
            came = await self._to_its_end(self._attempt(broadcast, recipient, give_up=last and held > 0))
            await self._recover(came)
            if came is Unsent.FROZEN:
                await self._thaw()
                continue
            if came is Unsent.HELD:
                held += 1
            if came is not Unsent.UNREACHABLE and (came is not Unsent.HELD or held > 1):
                return came

    async def _to_its_end(self, attempt: Coroutine[Any, Any, Came]) -> Came:
        """Whoever cancels waits for the send under way: else it would be in doubt."""
        task = asyncio.create_task(attempt)
        try:
            return await asyncio.shield(task)
        except asyncio.CancelledError:
            await asyncio.wait({task}, timeout=STOP_SECONDS)
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            raise

    async def _attempt(self, broadcast: Broadcast, recipient: Recipient, *, give_up: bool) -> Came:
        """Claims, sends, and settles; where it is certain that nothing was sent, the claim is taken back.

        `give_up`: one whom Telegram holds back once more counts as failed.
        """
        deliveries, number = self._store.deliveries, broadcast.number
        claim = await self._insist(lambda: deliveries.claim(number, recipient))
        if claim is not Claim.TAKEN:
            return Unsent.FROZEN if claim is Claim.FROZEN else Unsent.NOT_CLAIMED
        came, message = await self._send(broadcast, recipient)
        if came is Unsent.HELD and give_up:
            came = Delivered.FAILED
        if isinstance(came, Unsent):
            await self._insist(lambda: deliveries.release(number, recipient))
        else:
            settled = came
            await self._insist(lambda: deliveries.settle(number, recipient, settled, message))
        return came

    async def _thaw(self) -> None:
        """Waits while the petition is frozen; whoever unfreezes it does so from another process."""
        self._report()
        while (await self._insist(self._store.standing.now)).frozen.now:  # noqa: ASYNC110 - another process's act
            await asyncio.sleep(FROZEN_SECONDS)
        self._report()

    async def _send(self, broadcast: Broadcast, recipient: Recipient) -> tuple[Came, int | None]:
        """What came of it, and the number of the message."""
        try:
            sent = await self._wire.send(send_call(broadcast.news), recipient.chat, urgency=Urgency.BROADCAST)
        except RetryAfter:
            return Unsent.HELD, None
        except (CouldNotConnect, InvalidToken):
            return Unsent.UNREACHABLE, None
        except Forbidden as refusal:
            gone = DEACTIVATED in refusal.message.lower()
            return (Delivered.DEACTIVATED if gone else Delivered.BLOCKED), None
        except (BadRequest, Refused) as refusal:
            log.warning("a message of a broadcast was refused", exc_info=refusal)
            return Delivered.FAILED, None
        except TelegramError as error:  # no answer, a broken one, or a fault of Telegram's own
            log.warning("a message of a broadcast is in doubt", exc_info=error)
            return Delivered.IN_DOUBT, None
        return Delivered.REACHED, sent[0]

    async def _recover(self, came: Came) -> None:
        """While Telegram cannot be relied on the pauses grow, so that an outage leaves few in doubt."""
        if came not in (Unsent.UNREACHABLE, Delivered.IN_DOUBT):
            self._troubles = 0
            return
        await asyncio.sleep(min(2.0**self._troubles - 1, LONGEST_PAUSE))
        self._troubles += 1

    async def _insist(self, work: Callable[[], Awaitable[Result]]) -> Result:
        """Tries until the database takes it: an outcome that is known must not be lost."""
        while True:
            try:
                return await work()
            except StorageFault as fault:
                log.warning("the database failed in a broadcast, trying again", exc_info=fault)
                await asyncio.sleep(FAULT_SECONDS)
