"""Trouble on order: Telegram slow, silent, refusing, or asking to wait."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from sandbox.errors import ApiError, too_many_requests


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

    def takes(self, method: str, chat: object) -> bool:
        """Whether this call is met by it; counts it."""
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


async def after_acceptance(met: list[Fault]) -> None:
    """Holds the answer back, or breaks the connection instead of it."""
    for fault in met:
        if isinstance(fault.wait, asyncio.Event):
            await fault.wait.wait()
        elif fault.wait is not None:
            await asyncio.sleep(fault.wait)
        if fault.cut is CutAfter:
            raise CutAfter
