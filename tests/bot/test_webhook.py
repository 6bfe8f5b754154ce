"""Our endpoint: who is let in, what is answered, and that nothing is lost when the bot stops."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from pydantic import SecretStr
from structlog.testing import capture_logs
from telegram import Update

from bot import intake
from bot.client import build_bot
from bot.intake import Intake
from bot.settings import Address, load_settings
from bot.site import listening
from bot.webhook import SECRET_HEADER, Webhook

SECRET = "a_Secret-1"
MADE_UP = "1:made-up"
LARGER = 1024 * 1024 + 1  # bytes


@dataclass
class Desk:
    """The endpoint, who calls it, and a handler that works while the gate is shut."""

    webhook: Webhook
    session: aiohttp.ClientSession = field(init=False)
    url: str = ""
    gate: asyncio.Event = field(default_factory=asyncio.Event)
    begun: list[int] = field(default_factory=list)
    handled: list[int] = field(default_factory=list)
    unreadable: int = 0
    arrivals: asyncio.Queue[int] = field(default_factory=asyncio.Queue)

    async def handle(self, update: Update, tell: Callable[[], None]) -> None:
        """What has left may not have arrived: that is waited for all the same."""
        tell()
        self.begun.append(update.update_id)
        self.arrivals.put_nowait(update.update_id)
        await self.gate.wait()
        self.handled.append(update.update_id)

    def misread(self) -> None:
        self.unreadable += 1

    async def post(self, content: Any, secret: str | None = SECRET) -> int:
        headers = {} if secret is None else {SECRET_HEADER: secret}
        data = content if isinstance(content, bytes) else json.dumps(content).encode()
        async with self.session.post(self.url, data=BytesIO(data), headers=headers) as response:
            return response.status


@asynccontextmanager
async def at_work(*, is_open: bool = True) -> AsyncIterator[Desk]:
    desk = Desk(Webhook("https://petition.example/telegram", SecretStr(SECRET)))
    desk.gate.set()
    app = web.Application()
    app.add_routes(desk.webhook.routes())
    bot = build_bot(load_settings(_env_file=None, token=MADE_UP))
    async with (
        listening(app, Address("127.0.0.1", 0), "listen") as port,
        aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(10)) as desk.session,
    ):
        desk.url = f"http://127.0.0.1:{port}/telegram"
        if is_open:
            desk.webhook.open(Intake(bot, desk.handle, desk.misread))
        yield desk


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    async with at_work() as desk:
        yield desk


def update(number: int, person: int = 5, text: str = "hello") -> dict[str, Any]:
    user = {"id": person, "is_bot": False, "first_name": "Ann"}
    message = {"message_id": number, "from": user, "chat": {"id": person, "type": "private"}, "date": 1, "text": text}
    return {"update_id": number, "message": message}


@pytest.mark.parametrize("secret", [None, "", "another", SECRET + "x", SECRET[:-1], "Ä\udcff"])
async def test_without_the_secret_nobody_is_let_in(desk: Desk, secret: str | None) -> None:
    with capture_logs() as logs:
        assert await desk.post(update(1), secret) == 403
        assert await desk.post(b"{", secret) == 403
    assert desk.begun == []
    assert logs == []


@pytest.mark.parametrize(("content", "status"), [(b"{", 400), (b"", 400), (b"\xff", 400), (b" " * LARGER, 413)])
async def test_what_is_no_json_or_too_large_is_refused(desk: Desk, content: bytes, status: int) -> None:
    assert await desk.post(content) == status
    assert desk.begun == []


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br"])
async def test_what_does_not_unpack_is_refused(desk: Desk, encoding: str) -> None:
    headers = {SECRET_HEADER: SECRET, "Content-Encoding": encoding}
    async with desk.session.post(desk.url, data=json.dumps(update(1)).encode(), headers=headers) as response:
        assert response.status == 400
    assert desk.begun == []


async def test_only_posts_to_its_path_are_taken(desk: Desk) -> None:
    async with desk.session.get(desk.url, headers={SECRET_HEADER: SECRET}) as response:
        assert response.status == 405
    async with desk.session.post(f"{desk.url}/more", headers={SECRET_HEADER: SECRET}) as response:
        assert response.status == 404


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        ({}, "none"), ([], "none"), ("x", "none"), ({"update_id": "5", "ann_example": {}}, "none"),
        ({"update_id": 5, "message": {"message_id": "x"}}, "message"),
    ],
)  # fmt: skip
async def test_an_update_that_cannot_be_read_is_not_brought_for_ever(desk: Desk, content: Any, kind: str) -> None:
    with capture_logs() as logs:
        assert await desk.post(content) == 200
    assert [(line["log_level"], line["kind"]) for line in logs] == [("error", kind)]
    assert desk.unreadable == 1
    assert desk.begun == []


async def test_half_a_surrogate_pair_hides_nothing(desk: Desk) -> None:
    assert await desk.post(json.dumps(update(1, text="\ud83d")).encode()) == 200
    assert desk.handled == [1]


async def test_it_is_answered_once_its_answer_has_arrived(desk: Desk) -> None:
    desk.gate.clear()
    waiting = asyncio.ensure_future(desk.post(update(1)))
    await desk.arrivals.get()
    assert await desk.post({"update_id": 2, "message": 5}) == 200  # which nobody handles
    assert not waiting.done()
    desk.gate.set()
    assert await waiting == 200


async def test_the_same_update_at_once_is_waited_for_once(desk: Desk) -> None:
    desk.gate.clear()
    waiting = [asyncio.ensure_future(desk.post(update(1))) for _ in range(3)]
    await desk.arrivals.get()
    desk.gate.set()
    assert await asyncio.gather(*waiting) == [200, 200, 200]
    assert await desk.post(update(1)) == 200
    assert desk.handled == [1]


async def test_only_the_newest_are_remembered(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(intake, "REMEMBERED", 2)
    for number in (1, 2, 3, 2, 1):
        assert await desk.post(update(number)) == 200
    assert desk.handled == [1, 2, 3, 1]


async def test_a_connection_that_breaks_changes_nothing(desk: Desk) -> None:
    desk.gate.clear()
    waiting = asyncio.ensure_future(desk.post(update(1)))
    await desk.arrivals.get()
    waiting.cancel()
    again = asyncio.ensure_future(desk.post(update(1)))
    desk.gate.set()
    assert await again == 200
    assert desk.handled == [1]


async def test_each_persons_updates_are_handled_in_order(desk: Desk) -> None:
    desk.gate.clear()
    first = asyncio.ensure_future(desk.post(update(1)))
    await desk.arrivals.get()
    second = asyncio.ensure_future(desk.post(update(2)))
    third = asyncio.ensure_future(desk.post(update(3, person=6)))
    assert await desk.arrivals.get() == 3
    assert desk.begun == [1, 3]
    desk.gate.set()
    assert list(await asyncio.gather(first, second, third)) == [200, 200, 200]
    assert desk.handled == [1, 3, 2]


async def test_before_the_bot_is_at_work_they_come_later() -> None:
    async with at_work(is_open=False) as desk:
        assert await desk.post(update(1)) == 503
        assert await desk.post(update(1), "another") == 403


async def test_a_stop_finishes_what_is_in_hand_and_takes_nothing_new(desk: Desk) -> None:
    desk.gate.clear()
    waiting = asyncio.ensure_future(desk.post(update(1)))
    await desk.arrivals.get()
    stopping = asyncio.ensure_future(desk.webhook.stop(5.0))
    await asyncio.sleep(0)
    assert await desk.post(update(2, person=6)) == 503
    assert not stopping.done()
    desk.gate.set()
    await stopping
    assert await waiting == 200
    assert desk.handled == [1]


async def test_what_takes_longer_than_a_stop_comes_again(desk: Desk) -> None:
    desk.gate.clear()
    waiting = [asyncio.ensure_future(desk.post(update(number))) for number in (1, 2)]
    await desk.arrivals.get()
    await desk.webhook.stop(0.01)
    assert await asyncio.gather(*waiting) == [503, 503]
    assert desk.handled == []
