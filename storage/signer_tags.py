"""The codes that signatures are found by: dear on purpose, so that nobody makes a list of signers from a file."""

from __future__ import annotations

import asyncio
import hashlib
import heapq
import os
from collections import OrderedDict
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from itertools import count

from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from storage.cipher import Cipher

TAG_BYTES = 32
SALT_BYTES = 16
KEPT = 1_000  # finished codes
WAITED_FOR, BEGUN = 0, 1  # priorities


@dataclass(frozen=True)
class TagCost:
    """What one code costs (RFC 9106): memory in KiB, and passes over it."""

    memory_kib: int = 19_456
    iterations: int = 2


ARGON2ID = TagCost()


def signer_tag(secret: bytes, slug: str, cost: TagCost, person: int) -> bytes:
    """Argon2id of the Telegram id as decimal text, under the pepper."""
    salt = hashlib.sha256(b"undersigned signer v1" + slug.encode()).digest()[:SALT_BYTES]
    derivation = Argon2id(
        salt=salt, length=TAG_BYTES, iterations=cost.iterations, lanes=1, memory_cost=cost.memory_kib, secret=secret
    )
    return derivation.derive(str(person).encode())


class SignerTags:
    """Makes codes in as many threads as cores, those that somebody waits for first, one place a person."""

    def __init__(self, cipher: Cipher, slug: str, cost: TagCost) -> None:
        """`cost` is the one kept in the database."""
        self._secret = cipher.secret("signer")
        self._slug = slug
        self._cost = cost
        self._threads = os.cpu_count() or 1
        self._pool = ThreadPoolExecutor(self._threads, thread_name_prefix="signer-tag")
        self._queue: list[tuple[int, int, int]] = []  # priority, turn, person
        self._turn = count()
        self._under_way: set[int] = set()
        self._wanted: dict[int, asyncio.Future[bytes]] = {}
        self._finished: OrderedDict[int, bytes] = OrderedDict()

    def begin(self, person: int) -> None:
        """Makes the code in the background, unless it is there or on its way."""
        if person not in self._finished and person not in self._wanted:
            self._place(person, BEGUN)

    def ready(self, person: int) -> bytes | None:
        """The code, if it is made."""
        return self._finished.get(person)

    async def get(self, person: int, *, within: float | None = None) -> bytes | None:
        """The code, ahead of those only begun; None after `within` seconds, and it goes on in the background."""
        made = self._finished.get(person)
        if made is not None:
            return made
        future = self._place(person, WAITED_FOR)
        done, _ = await asyncio.wait({future}, timeout=within)
        return future.result() if done else None

    def drop(self, person: int) -> None:
        """Forgets a finished code."""
        self._finished.pop(person, None)

    def close(self) -> None:
        """Lets nobody wait any longer."""
        self._queue.clear()
        for future in self._wanted.values():
            future.cancel()
        self._pool.shutdown(wait=True, cancel_futures=True)

    def _place(self, person: int, priority: int) -> asyncio.Future[bytes]:
        """A second place for one only begun is harmless: whoever comes out second finds nothing to do."""
        future = self._wanted.get(person)
        if future is None:
            future = self._wanted[person] = asyncio.get_running_loop().create_future()
        elif priority == BEGUN:
            return future
        heapq.heappush(self._queue, (priority, next(self._turn), person))
        self._work()
        return future

    def _work(self) -> None:
        loop = asyncio.get_running_loop()
        while self._queue and len(self._under_way) < self._threads:
            _, _, person = heapq.heappop(self._queue)
            if person in self._wanted and person not in self._under_way:
                self._under_way.add(person)
                made = loop.run_in_executor(self._pool, signer_tag, self._secret, self._slug, self._cost, person)
                made.add_done_callback(partial(self._made, person))

    def _made(self, person: int, made: asyncio.Future[bytes]) -> None:
        self._under_way.discard(person)
        future = self._wanted.pop(person, None)
        if made.cancelled() or future is None or future.done():
            return
        error = made.exception()
        if error is not None:
            future.set_exception(error)
        else:
            future.set_result(made.result())
            self._keep(person, made.result())
        self._work()

    def _keep(self, person: int, tag: bytes) -> None:
        self._finished[person] = tag
        while len(self._finished) > KEPT:
            self._finished.popitem(last=False)
