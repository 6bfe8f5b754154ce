"""Trouble on order: Telegram slow, silent, refusing, or asking to wait."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from enum import StrEnum

from sandbox.errors import ApiError, too_many_requests

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

    def __init__(self) -> None:
        """All is well to begin with."""
        self._faults: list[Fault] = []

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

    def check(self, method: str, chat: object) -> list[Fault]:
        """What this call meets; a refusal rises at once."""
        met = [fault for fault in list(self._faults) if fault.takes(method, chat)]
        for fault in met:
            if fault.error is not None:
                raise fault.error
            if fault.cut is CutBefore:
                raise CutBefore
        return met


async def before_acceptance(met: list[Fault]) -> None:
    """The call is on its way for a while."""
    await asyncio.sleep(sum(fault.lag for fault in met))


async def after_acceptance(met: list[Fault]) -> None:
    """Holds the answer back, or breaks the connection instead of it."""
    for fault in met:
        if isinstance(fault.wait, asyncio.Event):
            await fault.wait.wait()
        elif fault.wait is not None:
            await asyncio.sleep(fault.wait)
        if fault.cut is CutAfter:
            raise CutAfter
