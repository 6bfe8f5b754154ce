"""One broadcast on its way: recipients are claimed, sent to and recorded, so many at once as the rate needs."""

from __future__ import annotations

import asyncio
import math
from collections import Counter, deque
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from enum import Enum, auto
from functools import partial
from typing import Protocol, TypeVar

import structlog
from telegram.error import TelegramError

from bot.broadcast_calls import BroadcastCalls
from bot.news_call import CannotBecome
from bot.outcomes import BAD_REQUEST, TOO_MANY, Came, Unsent, came_of
from bot.rate_limiter import RateLimiter, Urgency
from bot.trust import Trust
from bot.window import Turn
from bot.wire import Wire
from storage.broadcast import Broadcast, BroadcastKind
from storage.database import StorageFault
from storage.deliveries import FIRST, LAST, Course, Delivered, Recipient, Settled
from storage.deliveries import Turn as Recorded
from storage.store import Store

log = structlog.get_logger(__name__)
Result = TypeVar("Result")

PAGE = 500  # recipients looked up at once
MOST = 100  # claims that are not recorded
GROUP_SECONDS = 0.05  # what came of sends is recorded in groups, so often at most
EXPECTED_SECONDS = 0.05  # a round trip, before any was seen
BELIEVED_SECONDS = 2.5  # at most: a call that hangs must not open a hundred claims
WEIGHT = 0.1  # of the newest in what is expected
PASSES = 5  # through those whom Telegram holds back
STOP_SECONDS = 3.0  # for what is under way
REPEATABLE = (BroadcastKind.EDIT, BroadcastKind.DELETE)


class Insist(Protocol):
    """Tries work on the database until it succeeds."""

    async def __call__(self, work: Callable[[], Awaitable[Result]]) -> Result:
        """What the work gives."""
        ...


class Left(Enum):
    """Why a broadcast was left."""

    DONE = auto()
    OVER = auto()  # it is paused, or has ended
    FROZEN = auto()
    CALLED = auto()  # something else may be more urgent
    DEPOSED = auto()  # another process delivers it by now


LEFT = {Course.FROZEN: Left.FROZEN, Course.OVER: Left.OVER, Course.DEPOSED: Left.DEPOSED}


@dataclass(frozen=True)
class Means:
    """What every broadcast is sent with."""

    store: Store
    wire: Wire
    limiter: RateLimiter
    insist: Insist
    first: int  # recipients who are tried before all others
    per_second: int  # messages
    paid_per_second: int = 0  # of those that are sent for Stars; 0: none are
    token: bytes | None = None  # of who delivers


class Dispatch:
    """A claim is committed before its send, and recorded after it: what a kill leaves open is in doubt."""

    def __init__(self, broadcast: Broadcast, calls: BroadcastCalls, means: Means, trust: Trust | None = None) -> None:
        """`calls`: what each recipient gets; `trust`: what it came to, if it was called away before."""
        figures = broadcast.figures
        self._broadcast = broadcast
        self._calls = calls
        self._means = means
        self._deliveries = means.store.deliveries
        self._paid = bool(means.paid_per_second) and broadcast.kind not in REPEATABLE
        self._rate = means.paid_per_second if self._paid else means.per_second
        self.trust = trust or Trust(min(means.first, figures.recipients), figures.tried)
        self._recipients = self._looked_up()
        self._again: deque[Recipient] = deque()  # who was claimed, and got nothing
        self._held: Counter[bytes] = Counter()  # how often, in this pass
        self._postponed = False  # whether anybody is left for another pass
        self._passes = PASSES
        self._round_trip = EXPECTED_SECONDS
        self._recording = 0.0  # seconds that a turn takes: a slow disk must not slow the broadcast
        self._resume_at = 0.0  # a time of the event loop's clock
        self._open: dict[bytes, asyncio.Task[None]] = {}  # by the recipient's tag
        self._waiting: set[bytes] = set()  # those of them whose turn has not come
        self._settled: list[Settled] = []
        self._late: set[asyncio.Task[Course]] = set()  # a turn that the database still holds at the end
        self._changed = asyncio.Event()
        self._is_called = False
        self._pause: Came | None = None

    def call_away(self) -> None:
        """Something else may be more urgent, or this one is to end: what is under way is finished, and no more."""
        self._is_called = True
        self._changed.set()

    async def run(self) -> Left:
        """Until it is done, over, or called away; then nothing is under way any more."""
        try:
            left = await self._run()
            await self._finish()
        except BaseException:
            await self._finish_soon()
            raise
        finally:
            await self._recipients.aclose()
        return await self._paused(self._pause) if self._pause is not None else left

    async def _run(self) -> Left:
        while not self._is_called and self._pause is None:
            self._changed.clear()
            began = self._now()
            wanted = await self._wanted()
            if wanted or self._settled:
                course = await self._take_turn(wanted)
                if course is not Course.GOES_ON:
                    return LEFT[course]
                if not self._open:
                    continue
            elif await self._is_over():
                return Left.DEPOSED if await self._take_turn([]) is Course.DEPOSED else Left.DONE
            await self._until_changed(began)
        return Left.CALLED

    async def _paused(self, came: Came) -> Left:
        number, reason = self._broadcast.number, came.pause
        if reason is not None:
            log.warning("a broadcast is paused", reason=reason.value)
            await self._means.insist(partial(self._means.store.broadcasts.pause, number, reason, detail=came.detail))
        return Left.OVER

    # Whom next.

    async def _looked_up(self) -> AsyncGenerator[Recipient, None]:
        """All that have no claim yet: from where an earlier process came to, and then those whom it left out."""
        number, insist = self._broadcast.number, self._means.insist
        furthest = await insist(partial(self._deliveries.furthest_claim, number))
        for after, until in ((furthest, LAST), (FIRST, furthest)):
            seen = after
            while seen < until:
                page = await insist(partial(self._deliveries.next_recipients, number, seen, PAGE, until=until))
                for recipient in page:
                    yield recipient
                seen = page[-1].tag if page else until

    async def _wanted(self) -> list[Recipient]:
        """As many as may be claimed now."""
        room, found = self._room(), list[Recipient]()
        while len(found) < room:
            recipient = self._again.popleft() if self._again else await anext(self._recipients, None)
            if recipient is None:
                break
            found.append(recipient)
        return found

    def _room(self) -> int:
        """So many claims that the rate is kept, and no more: a kill leaves all of them in doubt."""
        if self._resting():
            return 0
        seconds = self._round_trip + GROUP_SECONDS + self._recording
        rate = min(self._rate, self._means.limiter.per_second(paid=self._paid))
        most = 1 if self.trust.troubles else min(math.ceil(rate * seconds) + 1, MOST)
        if self.trust.first_left:
            most = min(most, self.trust.first_left)
        return most - len(self._open)

    async def _is_over(self) -> bool:
        """Nobody is left, in this pass or another: then no rest is waited for either."""
        if self._open or self._again:
            return False
        recipient = await anext(self._recipients, None)
        if recipient is None:
            return not self._next_pass()
        self._again.append(recipient)
        return False

    def _next_pass(self) -> bool:
        """Once more through those who were held back; False if there are none."""
        if not self._postponed:
            return False
        self._postponed = False
        self._passes -= 1
        self._held.clear()
        self._recipients = self._looked_up()
        return True

    # Claimed, sent, settled.

    async def _take_turn(self, wanted: list[Recipient]) -> Course:
        """Whoever cancels waits for it: what it claims is sent, or given back."""
        turn = asyncio.create_task(self._turn(wanted))
        try:
            return await asyncio.shield(turn)
        except asyncio.CancelledError:
            self._is_called = True
            _, self._late = await asyncio.wait({turn}, timeout=STOP_SECONDS)
            raise

    async def _turn(self, wanted: list[Recipient]) -> Course:
        began, group = self._now(), list(self._settled)
        turn = await self._means.insist(partial(self._recorded, group, wanted))
        self._recording = self._smoothed(self._recording, self._now() - began)
        del self._settled[: len(group)]
        for recipient in turn.claimed:
            if self._is_called:
                self._settle(recipient, Came(Unsent.RECALLED))
            else:
                self._open[recipient.tag] = asyncio.create_task(self._deliver(recipient))
        return turn.course

    async def _recorded(self, group: list[Settled], wanted: list[Recipient]) -> Recorded:
        """What may have been recorded is not told again, for it would count twice: whoever takes over looks at it.

        A try that comes after the end claims nobody: it would be in doubt, and nothing was sent.
        """
        number, token = self._broadcast.number, self._means.token
        try:
            return await self._deliveries.take_turn(number, group, [] if self._is_called else wanted, token=token)
        except StorageFault as fault:
            if not fault.may_be_done:
                raise
            log.warning("whether a group of a broadcast was recorded is not known: it is looked at anew")
            return Recorded((), Course.DEPOSED, self._broadcast.figures)

    async def _deliver(self, recipient: Recipient) -> None:
        try:
            turn = await self._own_turn(recipient.tag)
            self._settle(recipient, Came(Unsent.RECALLED) if turn is None else await self._sent(recipient, turn))
        finally:
            del self._open[recipient.tag]
            self._changed.set()

    async def _own_turn(self, tag: bytes) -> Turn | None:
        """None for one that is recalled: only who waits already can be, for a task that never began just vanishes."""
        if self._is_called or self._resting():
            return None
        self._waiting.add(tag)
        try:
            return await self._means.limiter.turn(paid=self._paid)
        except asyncio.CancelledError:
            return None
        finally:
            self._waiting.discard(tag)

    async def _sent(self, recipient: Recipient, turn: Turn) -> Came:
        began = self._now()
        try:
            call = self._calls.of(recipient)
            messages = await self._means.wire.send(
                call, recipient.chat, recipient.messages, urgency=Urgency.BROADCAST, turn=turn
            )
        except TelegramError as error:
            came = came_of(error, self._broadcast.kind)
            log.debug("a message of a broadcast did not arrive", exc_info=error)
        except CannotBecome:
            came = Came(Delivered.FAILED, status=BAD_REQUEST)
        except Exception as error:
            log.error("a message of a broadcast is in doubt", exc_info=error)
            came = Came(Delivered.IN_DOUBT)
        else:
            came = Came(Delivered.REACHED, messages)
            self._round_trip = self._smoothed(self._round_trip, self._now() - began)
        return came

    @staticmethod
    def _smoothed(before: float, seconds: float) -> float:
        return before + WEIGHT * (min(seconds, BELIEVED_SECONDS) - before)

    def _settle(self, recipient: Recipient, came: Came) -> None:
        """Takes down what came of a claim; it is recorded with the next group."""
        met = came.outcome
        came = self._judged(recipient, came)
        self.trust.note(met if met is Delivered.IN_DOUBT else came.outcome)
        if came.pause is None and (pause := self.trust.pause) is not None:
            came = Came(came.outcome, came.messages, came.status, pause=pause)
        if came.pause is not None and self._pause is None:
            self._pause = came
        if isinstance(came.outcome, Delivered):
            self._settled.append(Settled(recipient, came.outcome, came.messages, came.status))
        else:
            self._settled.append(Settled(recipient, None))
        self._rest(came)
        self._changed.set()

    def _judged(self, recipient: Recipient, came: Came) -> Came:
        """Whether one who got nothing is tried again at once, in the next pass, or not any more."""
        repeats = came.outcome is Delivered.IN_DOUBT and self._broadcast.kind in REPEATABLE
        if came.outcome is not Unsent.HELD and not repeats:
            if isinstance(came.outcome, Unsent):
                self._again.append(recipient)
            return came
        self._held[recipient.id] += 1
        if self._held[recipient.id] < 2 and not repeats:
            self._again.append(recipient)
        elif self._passes > 1:
            self._postponed = True
        else:
            return came if repeats else Came(Delivered.FAILED, status=TOO_MANY)
        return Came(Unsent.HELD, seconds=came.seconds)

    def _rest(self, came: Came) -> None:
        """All wait: who has not had her turn gives her claim back."""
        seconds = max(came.seconds, self.trust.seconds)
        if seconds and not (isinstance(came.outcome, Unsent) and came.outcome is Unsent.RECALLED):
            self._resume_at = max(self._resume_at, self._now() + seconds)
            self._recall()

    # Waiting, and the end.

    def _resting(self) -> bool:
        return self._now() < self._resume_at

    def _recall(self) -> None:
        for tag in self._waiting:
            self._open[tag].cancel()

    async def _until_changed(self, began: float) -> None:
        """Something came of a send; what comes of others in the next moment is recorded with it."""
        if self._open or self._resting():
            rest = None if self._open else self._resume_at - self._now()
            with suppress(TimeoutError):
                async with asyncio.timeout(rest):
                    await self._changed.wait()
        if self._open and not self._is_called:
            await asyncio.sleep(max(began + GROUP_SECONDS - self._now(), 0.0))

    async def _finish(self) -> None:
        """Waits for what is under way, and records it."""
        self._is_called = True
        self._recall()
        if self._open:
            await asyncio.wait(self._open.values())
        if self._settled:
            await self._take_turn([])

    async def _finish_soon(self) -> None:
        """What still hangs then is in doubt; what is known by then is recorded."""
        self._is_called = True
        self._recall()
        if self._open:
            await asyncio.wait(self._open.values(), timeout=STOP_SECONDS)
        if self._settled and not self._late:
            await asyncio.wait({asyncio.create_task(self._turn([]))}, timeout=STOP_SECONDS)

    def _now(self) -> float:
        return asyncio.get_running_loop().time()
