"""A Bot API that does little and does it fast, in a process of its own: what is measured is the bot."""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import re
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from multiprocessing.connection import Connection
from typing import cast

import aiohttp
import orjson
import uvloop

from bench.waiting import Crowd, Found, Waiting

HOST = "127.0.0.1"
TOKEN = "123456789:AAE-thisIsMadeUp_0123456789abcdefgh"
HEAD = b"\r\n\r\n"
LENGTH = re.compile(rb"content-length: *(\d+)", re.IGNORECASE)
CHAT = re.compile(rb'chat_id["=\s:\r\n]*(-?\d+)')  # in JSON, a form, or parts
STATES = {200: b"200 OK", 429: b"429 Too Many Requests"}
ME = {"id": 123456789, "is_bot": True, "first_name": "Petition", "username": "petition_bot"}
NO_WEBHOOK = {"url": "", "has_custom_certificate": False, "pending_update_count": 0}
RESULTS = {b"getMe": ME, b"getWebhookInfo": NO_WEBHOOK}  # of what else is asked: True
SECOND = 1.0


@dataclass(frozen=True)
class Limit:
    """How this Telegram is set up."""

    per_second: int = 0  # messages; more are refused with 429. 0: any number
    way: float = 0.0  # seconds that each answer takes
    core: int | None = None  # the only one that its process may use
    crowd: Crowd = field(default_factory=lambda: Crowd(0, 0))  # whose taps wait


@dataclass
class Tally:
    """What came, by the server's own clock."""

    accepted: list[float] = field(default_factory=list)
    refused: list[float] = field(default_factory=list)


class Telegram:
    """Answers calls; counts messages."""

    def __init__(self, limit: Limit) -> None:
        """`limit`: what is granted."""
        self._limit = limit
        self._recent: deque[float] = deque(maxlen=max(limit.per_second, 1))
        self._tally = Tally()
        self.waiting = Waiting(limit.crowd)

    def answer(self, method: bytes, body: bytes) -> tuple[int, bytes]:
        """The status, and a body."""
        if method == b"answerCallbackQuery":
            self.waiting.answer(body)
        if method == b"tally":
            tally, self._tally = self._tally, Tally()
            return 200, orjson.dumps(tally)
        if not method.startswith((b"send", b"edit")):
            return 200, orjson.dumps({"ok": True, "result": RESULTS.get(method, True)})
        now = time.monotonic()
        if self._is_too_much(now):
            self._tally.refused.append(now)
            return 429, orjson.dumps(
                {"ok": False, "error_code": 429, "description": "Too Many Requests", "parameters": {"retry_after": 1}}
            )
        self._recent.append(now)
        self._tally.accepted.append(now)
        found = CHAT.search(body)
        chat = int(found[1]) if found else 0
        if method == b"editMessageText":
            self.waiting.draw(chat, body)
        return 200, _message(len(self._tally.accepted), chat)

    def _is_too_much(self, now: float) -> bool:
        granted = self._limit.per_second
        return bool(granted) and len(self._recent) == granted and now - self._recent[0] < SECOND


def _message(number: int, chat: int) -> bytes:
    """As Telegram tells of a message with formatting and buttons."""
    message = {
        "message_id": number,
        "from": ME,
        "chat": {"id": chat, "first_name": "Ann", "last_name": "Example", "username": "ann", "type": "private"},
        "date": int(time.time()),
        "text": "The count grows. " * 20,
        "entities": [{"offset": 0, "length": 9, "type": "bold"}],
        "reply_markup": {"inline_keyboard": [[{"text": "Sign", "callback_data": "s"}]]},
    }
    return orjson.dumps({"ok": True, "result": message})


class _Wire(asyncio.Protocol):
    """HTTP, as much of it as clients of a Bot API use."""

    def __init__(self, telegram: Telegram, way: float) -> None:
        self._telegram = telegram
        self._way = way
        self._read = b""
        self._transport: asyncio.WriteTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """A client came."""
        self._transport = cast(asyncio.WriteTransport, transport)  # uvloop's own class is none of asyncio's

    def data_received(self, data: bytes) -> None:
        """A part of a request, or more."""
        self._read += data
        while (end := self._read.find(HEAD)) >= 0:
            length = LENGTH.search(self._read, 0, end)
            size = end + len(HEAD) + (int(length[1]) if length else 0)
            if len(self._read) < size:
                return
            request, self._read = self._read[:size], self._read[size:]
            method = request[: request.index(b"\r\n")].split()[1].rpartition(b"/")[2]
            self._serve(method, request[end:])

    def _serve(self, method: bytes, body: bytes) -> None:
        waiting = self._telegram.waiting
        if method == b"getUpdates":
            updates, seconds = waiting.poll(body)
            self._answer(200, updates, seconds + self._way)
        elif method == b"found":
            waiting.when_done(lambda: self._answer(200, orjson.dumps(waiting.found())))
        else:
            self._answer(*self._telegram.answer(method, body), self._way)

    def _answer(self, status: int, body: bytes, seconds: float = 0.0) -> None:
        head = b"HTTP/1.1 %b\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
        answer = head % (STATES[status], len(body)) + body
        if seconds:
            asyncio.get_running_loop().call_later(seconds, self._write, answer)
        else:
            self._write(answer)

    def _write(self, answer: bytes) -> None:
        if self._transport is not None and not self._transport.is_closing():
            self._transport.write(answer)


async def _serve(limit: Limit, ready: Connection) -> None:
    telegram = Telegram(limit)
    server = await asyncio.get_running_loop().create_server(partial(_Wire, telegram, limit.way), HOST, 0)
    ready.send(server.sockets[0].getsockname()[1])
    await server.serve_forever()


def _main(limit: Limit, ready: Connection) -> None:
    if limit.core is not None:
        os.sched_setaffinity(0, {limit.core})
    uvloop.run(_serve(limit, ready))


async def tally(url: str) -> Tally:
    """What came since the last time it was asked."""
    async with aiohttp.ClientSession() as session, session.get(f"{url}/tally") as answer:
        return Tally(**orjson.loads(await answer.read()))


async def found(url: str, seconds: float) -> Found:
    """What came of all taps, once all are answered. TimeoutError after so many `seconds`."""
    limits = aiohttp.ClientTimeout(total=seconds)
    async with aiohttp.ClientSession(timeout=limits) as session, session.get(f"{url}/found") as answer:
        return Found(**orjson.loads(await answer.read()))


@contextmanager
def telegram(limit: Limit | None = None) -> Iterator[str]:
    """Runs it; gives its address."""
    context = multiprocessing.get_context("spawn")
    ready, port = context.Pipe(duplex=False)
    process = context.Process(target=_main, args=(limit or Limit(), port), daemon=True)
    process.start()
    try:
        yield f"http://{HOST}:{ready.recv()}"
    finally:
        process.terminate()
        process.join()
