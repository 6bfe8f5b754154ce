"""Who sends next: so many messages a second, people's answers first, broadcasts evenly in what is left."""

from __future__ import annotations

import asyncio
import math
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from bot.window import EARLY, MARGIN, SECOND, Turn, Window

PATIENCE = 2.9  # slots that an answer waits, three with a coarse clock: nobody queues for long, Telegram grants bursts
SPARE, ANSWERS_A_SPARE = 3, 5  # slots that broadcasts leave free: one for so many answers in the last second
FLOOR = 0.2  # of the budget, for broadcasts, whatever answers take
CATCH_UP = 0.05  # seconds that a broadcast under way may be behind, and make good at once
SLOWER, SLOWEST = 0.9, 0.3  # of the pace, after Telegram asked to wait
RECOVERY = 60.0  # seconds until the full pace


class Pace:
    """A part of the full pace: lower after each refusal, and creeping back."""

    def __init__(self) -> None:
        """The full one."""
        self._low = 1.0
        self._since = -RECOVERY

    @property
    def full_at(self) -> float:
        """When it is the full one again; a time of the event loop's clock."""
        return self._since + RECOVERY

    def at(self, now: float) -> float:
        """From SLOWEST to 1."""
        creeping = max(now - self._since, 0.0) / RECOVERY
        return min(self._low + (1 - self._low) * creeping, 1.0)

    def lower(self, now: float, held_until: float) -> None:
        """Once a wait, however many were refused until it began."""
        if now >= self._since:
            self._low = max(self.at(now) * SLOWER, SLOWEST)
        self._since = max(self._since, held_until)


@dataclass(eq=False)
class Waiter:
    """One who waits for a turn, and when it came."""

    asked: float
    turn: asyncio.Future[Turn]


MayGo = Callable[[float], float]
"""When one may go who asked at a time; both are times of the event loop's clock."""


class Budget:
    """One limit of Telegram's. A turn is waited for and taken at once: so any number may wait side by side."""

    def __init__(self, per_second: int) -> None:
        """`per_second`: how many messages in all, of which a part may be granted (`change`)."""
        self.per_second = per_second
        self.asked = 0  # answers, so far
        self._slot = self._whole_slot = (SECOND + MARGIN) / per_second
        self._window = Window(per_second)
        self._pace = Pace()
        self._answers: deque[Waiter] = deque()
        self._broadcasts: deque[Waiter] = deque()
        self._answered: deque[float] = deque(maxlen=SPARE * ANSWERS_A_SPARE)
        self._next = 0.0  # broadcasts' slot; a time of the event loop's clock, as all here
        self._last = -math.inf  # broadcast
        self._held = 0.0  # all
        self._broadcasts_held = 0.0
        self._timer: asyncio.TimerHandle | None = None

    async def answer(self) -> Turn:
        """As soon as there is room, before any broadcast; and after a few slots anyway."""
        self.asked += 1
        self._answered.append(_now())
        return await self._wait(self._answers, self._answer_at)

    async def broadcast(self) -> Turn:
        """In the order of asking. However many answers there are, a part of the budget is left."""
        return await self._wait(self._broadcasts, self._broadcast_at)

    def change(self, per_second: int) -> None:
        """So much of it may be used from now on. With 0 broadcasts wait; answers go after the same few slots."""
        self.per_second = per_second
        self._slot = (SECOND + MARGIN) / per_second if per_second else math.inf
        self._window.resize(per_second)
        self._next = min(self._next, _now() + self._slot)
        self._release()

    def waiting(self) -> int:
        """How many answers have no turn yet."""
        return len(self._answers)

    def is_broadcasting(self) -> bool:
        """Whether a broadcast waits for its turn, or had one lately."""
        return bool(self._broadcasts) or _now() - self._last < SECOND

    def hold(self, until: float) -> None:
        """Telegram refused: nobody sends before then, and broadcasts go slower for a while."""
        self._pace.lower(_now(), until)
        self._held = max(self._held, until)
        self._release()

    def hold_broadcasts(self, until: float) -> None:
        """They alone send nothing before then."""
        self._broadcasts_held = max(self._broadcasts_held, until)
        self._release()

    def held(self) -> float:
        """Until when nobody sends."""
        return self._held

    def close(self) -> None:
        """Who still waits is let go by whoever cancels it."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    async def _wait(self, queue: deque[Waiter], may_go: MayGo) -> Turn:
        now = _now()
        if not queue and not self._answers and may_go(now) <= now + EARLY:
            return self._turn(queue, now)
        waiter = Waiter(now, asyncio.get_running_loop().create_future())
        queue.append(waiter)
        if len(queue) == 1 or self._timer is None:  # else the first of them is waited for already
            self._release()
        try:
            return await waiter.turn
        except asyncio.CancelledError:
            self._give_back(queue, waiter)
            raise

    def _give_back(self, queue: deque[Waiter], waiter: Waiter) -> None:
        """It was cancelled, perhaps in the moment between its turn and hearing of it."""
        if waiter in queue:
            queue.remove(waiter)
        elif not waiter.turn.cancelled():
            self._window.take_back(waiter.turn.result())
            if queue is self._broadcasts:
                self._next -= self._slot if self._slot < math.inf else 0.0
        self._release()

    def _release(self) -> None:
        """Whoever may go goes; a timer is set for the next."""
        now = _now()
        self._grant(self._answers, self._answer_at, now)
        self._grant(self._broadcasts, self._broadcast_at, now)
        self._set_timer()

    def _grant(self, queue: deque[Waiter], may_go: MayGo, now: float) -> None:
        while queue:
            first = queue[0]
            if not first.turn.cancelled():
                if may_go(first.asked) > now + EARLY:
                    return
                first.turn.set_result(self._turn(queue, now))
            queue.popleft()

    def _turn(self, queue: deque[Waiter], now: float) -> Turn:
        if queue is self._broadcasts:
            self._plan_next(now)
        return self._window.grant(now)

    def _plan_next(self, now: float) -> None:
        """By the plan, not by when this one went: else the moments by which each is late would add up."""
        late = CATCH_UP if now - self._last < SECOND else 0.0
        self._next = max(self._next, now - late) + self._slot / self._pace.at(now)
        self._last = now

    def _answer_at(self, asked: float) -> float:
        """For a while after a refusal no burst is granted: who was refused would be again, and again, and give up."""
        patience = max(asked + PATIENCE * self._whole_slot, self._pace.full_at)
        return max(min(self._window.opens(), patience), self._held)

    def _broadcast_at(self, asked: float) -> float:
        spare = self._spare()
        at = max(self._next, self._window.opens(spare))
        if spare:  # without answers no floor is needed
            floor = max(asked, self._last) + self._slot / FLOOR
            at = min(at, max(floor, self._pace.full_at))
        return max(at, self._held, self._broadcasts_held)

    def _spare(self) -> int:
        """While people tap, most of them find a slot free."""
        if not self._answered:
            return 0
        since = _now() - SECOND
        return math.ceil(sum(time > since for time in self._answered) / ANSWERS_A_SPARE)

    def _set_timer(self) -> None:
        times = [self._answer_at(waiter.asked) for waiter in self._first(self._answers)]
        times += [self._broadcast_at(waiter.asked) for waiter in self._first(self._broadcasts)]
        self.close()
        if times and min(times) < math.inf:
            self._timer = asyncio.get_running_loop().call_at(min(times), self._release)

    @staticmethod
    def _first(queue: deque[Waiter]) -> list[Waiter]:
        return [queue[0]] if queue else []


def _now() -> float:
    return asyncio.get_running_loop().time()
