"""What one process alone does begins when it leads, ends when it leads no more, and begins anew."""

from __future__ import annotations

import asyncio

from bot.background import in_background
from bot.leader import Leader, Work
from storage.membership import Membership


class Led(Membership):
    """Leads when a test lets it."""

    def __init__(self) -> None:
        super().__init__()
        self.leading, self._deposed = asyncio.Event(), asyncio.Event()

    @property
    def leads(self) -> bool:
        return not self._deposed.is_set()

    async def lead(self) -> bool:
        await self.leading.wait()
        self._deposed.clear()
        return True

    def depose(self) -> None:
        self.leading.clear()
        self._deposed.set()

    async def deposed(self) -> None:
        await self._deposed.wait()

    def wake(self) -> None:
        raise AssertionError

    async def present(self) -> bool:
        return True

    async def refused(self) -> None:
        raise AssertionError

    def hurry(self) -> None:
        """As a membership."""

    def begin_anew(self) -> None:
        raise AssertionError

    async def leave(self) -> None:
        raise AssertionError


class Works:
    """Two, which say what happens to them."""

    def __init__(self, slow: asyncio.Event | None = None) -> None:
        self.said: asyncio.Queue[str] = asyncio.Queue()
        self.slow = slow

    def begin(self) -> list[Work]:
        return [self._one("first"), self._one("second")]

    async def _one(self, name: str) -> None:
        self.said.put_nowait(f"{name} begins")
        try:
            await asyncio.Event().wait()
        finally:
            if self.slow is not None:
                await self.slow.wait()
            self.said.put_nowait(f"{name} ends")

    async def next(self, number: int) -> list[str]:
        async with asyncio.timeout(5):
            return [await self.said.get() for _ in range(number)]


BEGUN, ENDED = ["first begins", "second begins"], ["second ends", "first ends"]


async def test_works_last_as_long_as_it_leads() -> None:
    membership, works = Led(), Works()
    async with in_background(Leader(membership, works.begin).run()):
        await asyncio.sleep(0)
        assert works.said.empty()
        for _ in range(2):
            membership.leading.set()
            assert await works.next(2) == BEGUN
            membership.depose()
            assert await works.next(2) == ENDED
        membership.leading.set()
        assert await works.next(2) == BEGUN
    assert await works.next(2) == ENDED


async def test_it_ends_though_it_is_told_to_while_its_works_end() -> None:
    slow = asyncio.Event()
    membership, works = Led(), Works(slow)
    leading = asyncio.create_task(Leader(membership, works.begin).run())
    membership.leading.set()
    await works.next(2)
    membership.depose()
    await asyncio.sleep(0)
    membership.leading.set()
    leading.cancel()
    slow.set()
    async with asyncio.timeout(5):
        await asyncio.wait({leading})
    said = [works.said.get_nowait() for _ in range(works.said.qsize())]
    assert not [one for one in said if one.endswith("begins")], "it does not lead once more"
    assert leading.done()
