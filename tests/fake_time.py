"""An event loop whose clock leaps to what is waited for: minutes pass in no time, and exactly."""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Coroutine
from typing import Any, TypeVar

Result = TypeVar("Result")


class _Leaping(selectors.SelectSelector):
    """Instead of sleeping it moves the clock on."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 1_000.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout is None:
            raise RuntimeError("everybody waits for something that never comes")
        self.now += timeout
        return super().select(0)


class LeapingLoop(asyncio.SelectorEventLoop):
    """Its time is made up."""

    def __init__(self, coarse: float = 0.0) -> None:
        """`coarse`: seconds that the clock rounds down to, as some loops do."""
        self._leaping = _Leaping()
        self._coarse = coarse
        super().__init__(self._leaping)

    def time(self) -> float:
        """Seconds."""
        now = self._leaping.now
        return now // self._coarse * self._coarse if self._coarse else now

    def stall(self, seconds: float) -> None:
        """Something blocks the loop for so long."""
        self._leaping.now += seconds


def run(story: Coroutine[Any, Any, Result], coarse: float = 0.0) -> Result:
    """To its end, however long that takes on its own clock."""
    with asyncio.Runner(loop_factory=lambda: LeapingLoop(coarse)) as runner:
        return runner.run(story)


def stall(seconds: float) -> None:
    """The running loop is blocked for so long."""
    _leaping_loop().stall(seconds)


async def pass_time(seconds: float) -> None:
    """So much made-up time goes by: whatever is due by then is done, and nobody waits for it."""
    _leaping_loop()
    await asyncio.sleep(seconds)


def _leaping_loop() -> LeapingLoop:
    loop = asyncio.get_running_loop()
    if not isinstance(loop, LeapingLoop):
        raise TypeError("only made-up time can pass at once")
    return loop
