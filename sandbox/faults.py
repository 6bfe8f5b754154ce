"""Trouble on order: Telegram slow, silent, refusing, or asking to wait."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Container
from dataclasses import dataclass
from enum import StrEnum

from sandbox.chance import Chance, Lot
from sandbox.errors import ApiError, too_many_requests
from sandbox.limit import Limit, counts

SLOW_SECONDS = 2.0
FLOOD_SECONDS = 3


class Trouble(StrEnum):
    """The page's switches."""

    NONE = "none"
    SLOW = "slow"
    REFUSE = "refuse"
    FLOOD = "flood"


class CutBefore(Exception):
    """The connection breaks before the call is accepted."""


class CutAfter(Exception):
    """The call is accepted, and the connection breaks before its answer."""


@dataclass
class Fault:
    """One kind of trouble, for some methods and chats, so many times (None: until cleared)."""

    method: str | None = None
    chat: int | None = None
    times: int | None = None
    error: ApiError | None = None
    wait: float | asyncio.Event | None = None
    cut: type[Exception] | None = None
    lag: float = 0.0  # seconds on the way, before the call is accepted
    spares_polls: bool = False
    name: str = ""

    def takes(self, method: str, chat: object) -> bool:
        """Whether this call is met by it; counts it."""
        if self.spares_polls and method == "getUpdates":
            return False
        if self.method not in (None, method) or (self.chat is not None and str(self.chat) != str(chat)):
            return False
        if self.times is None:
            return True
        self.times -= 1
        return self.times >= 0


class Faults:
    """What is on order now."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """All is well to begin with."""
        self._clock = clock
        self._faults: list[Fault] = []
        self._chances: list[Chance] = []
        self._limit: Limit | None = None
        self._paid: Limit | None = None

    def hold(self, until: float | asyncio.Event, *, method: str | None = None, chat: int | None = None,
             times: int | None = None) -> None:  # fmt: skip
        """Calls are accepted, and answered only after so many seconds or at the event."""
        self._faults.append(Fault(method, chat, times, wait=until))

    def slow(self, seconds: float) -> None:
        """Every answer takes so much longer."""
        self._faults.append(Fault(wait=seconds))

    def flood(self, seconds: int, *, method: str | None = None, chat: int | None = None,
              times: int | None = None) -> None:  # fmt: skip
        """Calls are refused with 429 and the seconds to wait."""
        self._faults.append(Fault(method, chat, times, error=too_many_requests(seconds)))

    def refuse(self, code: int, description: str, *, method: str | None = None, chat: int | None = None,
               times: int | None = None) -> None:  # fmt: skip
        """Calls are refused with this code."""
        self._faults.append(Fault(method, chat, times, error=ApiError(code, description)))

    def drop(self, *, after: bool, method: str | None = None, chat: int | None = None,
             times: int | None = None) -> None:  # fmt: skip
        """The connection breaks, before or after the call is accepted."""
        self._faults.append(Fault(method, chat, times, cut=CutAfter if after else CutBefore))

    def limit(self, *, per_second: int) -> Limit:
        """More messages and edits than these are refused with 429, of all chats together. What it counted."""
        self._limit = Limit(per_second)
        return self._limit

    def limit_paid(self, *, per_second: int) -> Limit:
        """Calls that are paid for have a limit of their own; without one they share that of all others."""
        self._paid = Limit(per_second)
        return self._paid

    def random(self, seed: int, *, refuse: float = 0.0, drop_before: float = 0.0, drop_after: float = 0.0,
               method: str | None = None, chats: Container[int] | None = None) -> Chance:  # fmt: skip
        """Shares of the calls to chats are refused with 500, or their connections break. What each chat met."""
        shares = {Lot.REFUSED: refuse, Lot.DROPPED_BEFORE: drop_before, Lot.DROPPED_AFTER: drop_after}
        self._chances.append(Chance(seed, shares, method, chats))
        return self._chances[-1]

    def order(self, trouble: Trouble) -> None:
        """One of the page's switches, instead of whatever was on order: the bot hears, and cannot answer well."""
        self.clear()
        fault = Fault(spares_polls=True, name=trouble)
        match trouble:
            case Trouble.NONE:
                return
            case Trouble.SLOW:
                fault.lag = SLOW_SECONDS
            case Trouble.REFUSE:
                fault.error = ApiError(500, "Internal Server Error")
            case Trouble.FLOOD:
                fault.error = too_many_requests(FLOOD_SECONDS)
        self._faults.append(fault)

    def ordered(self) -> Trouble:
        """Which of the page's switches is on."""
        return next((Trouble(fault.name) for fault in self._faults if fault.name), Trouble.NONE)

    def clear(self) -> None:
        """All is well again; those held are let go at their time."""
        self._faults.clear()
        self._chances.clear()
        self._limit = self._paid = None

    def check(self, method: str, chat: object, *, paid: bool = False) -> list[Fault]:
        """What this call meets; a refusal rises at once. What is accepted counts for the limit."""
        met = [fault for fault in list(self._faults) if fault.takes(method, chat)]
        for fault in met:
            if fault.error is not None:
                raise fault.error
            if fault.cut is CutBefore:
                raise CutBefore
        drawn = self._draw(method, chat)
        limit = self._paid if paid and self._paid is not None else self._limit
        if limit is not None and counts(method):
            limit.take(self._clock())
        for chance, known in drawn:
            chance.count(Lot.DROPPED_AFTER, known)
            met.append(Fault(cut=CutAfter))
        return met

    def _draw(self, method: str, chat: object) -> list[tuple[Chance, int]]:
        """Those by which the answer will be lost; what happens before a call is accepted rises at once."""
        number = str(chat)
        known = int(number) if number.removeprefix("-").isdecimal() else None
        lost = []
        for chance in self._chances:
            lot = chance.draw(method, known)
            if lot is None or known is None:
                continue
            if lot is Lot.DROPPED_AFTER:
                lost.append((chance, known))
                continue
            chance.count(lot, known)
            raise ApiError(500, "Internal Server Error") if lot is Lot.REFUSED else CutBefore
        return lost


async def before_acceptance(met: list[Fault]) -> None:
    """The call is on its way for a while."""
    for fault in met:
        if fault.lag:
            await asyncio.sleep(fault.lag)


async def after_acceptance(met: list[Fault]) -> None:
    """Holds the answer back, or breaks the connection instead of it."""
    for fault in met:
        if isinstance(fault.wait, asyncio.Event):
            await fault.wait.wait()
        elif fault.wait is not None:
            await asyncio.sleep(fault.wait)
        if fault.cut is CutAfter:
            raise CutAfter
