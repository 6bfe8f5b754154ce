"""A webhook: who is brought what, in which order, and how often."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from aiohttp import web

from sandbox.server import LocalTelegram
from tests.people import Person
from tests.sandbox.conftest import BotApi

SECRET = "a_Secret-1"
PATH = "/hook"


@dataclass
class Server:
    """What stands behind a webhook: it notes what it is brought, and answers as it is told to."""

    came: list[dict[str, Any]] = field(default_factory=list)
    secrets: list[str | None] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)  # answers; then 200
    gate: asyncio.Event = field(default_factory=asyncio.Event)
    arrivals: asyncio.Queue[int] = field(default_factory=asyncio.Queue)
    at_work: int = 0
    most_at_work: int = 0
    port: int = 0

    async def receive(self, request: web.Request) -> web.Response:
        self.secrets.append(request.headers.get("X-Telegram-Bot-Api-Secret-Token"))
        self.came.append(await request.json())
        self.at_work += 1
        self.most_at_work = max(self.most_at_work, self.at_work)
        self.arrivals.put_nowait(self.at_work)
        await self.gate.wait()
        self.at_work -= 1
        return web.Response(status=self.statuses.pop(0) if self.statuses else 200)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}{PATH}"

    def texts(self) -> list[str]:
        return [update["message"]["text"] for update in self.came]


async def serve(server: Server) -> web.AppRunner:
    app = web.Application()
    app.router.add_post(PATH, server.receive)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", server.port).start()
    server.port = runner.addresses[0][1]
    return runner


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    server = Server()
    server.gate.set()
    runner = await serve(server)
    yield server
    await runner.cleanup()


async def all_taken(telegram: LocalTelegram) -> None:
    assert await telegram.world.wait_for(lambda: not telegram.world.pending(), 5)


async def test_updates_are_brought_with_the_secret_and_cannot_be_polled(
    api: BotApi, ann: Person, telegram: LocalTelegram, server: Server
) -> None:
    await ann.send("before")
    assert await api.result("setWebhook", url=server.url, secret_token=SECRET, max_connections=7)
    await ann.send("after")
    await all_taken(telegram)
    assert server.texts() == ["before", "after"]
    assert set(server.secrets) == {SECRET}
    assert (await api.refusal("getUpdates"))[0] == 409
    assert await api.result("getWebhookInfo") == {
        "url": server.url, "has_custom_certificate": False, "pending_update_count": 0, "max_connections": 7,
    }  # fmt: skip


async def test_without_a_webhook_nothing_is_brought(
    api: BotApi, ann: Person, telegram: LocalTelegram, server: Server
) -> None:
    await api.result("setWebhook", url=server.url)
    await api.result("deleteWebhook")
    await ann.send("polled")
    assert len(await api.result("getUpdates")) == 1
    await api.result("setWebhook", url=server.url, drop_pending_updates=True)
    await ann.send("brought")
    await all_taken(telegram)
    assert server.texts() == ["brought"]
    assert server.secrets == [None]


async def test_a_chats_next_update_waits_and_others_do_not(
    api: BotApi, ann: Person, telegram: LocalTelegram, server: Server
) -> None:
    bohdan = Person(telegram, "Bohdan")
    server.gate.clear()
    for text in ("first", "second"):
        await ann.send(text)
    await bohdan.send("his")
    await api.result("setWebhook", url=server.url)
    await at_work(server, 2)
    assert sorted(server.texts()) == ["first", "his"]
    server.gate.set()
    await all_taken(telegram)
    assert server.texts()[2:] == ["second"]


async def at_work(server: Server, number: int) -> None:
    """Waits until it has so many in hand."""
    async with asyncio.timeout(5):
        while await server.arrivals.get() < number:
            pass


async def test_no_more_connections_than_asked_for(api: BotApi, telegram: LocalTelegram, server: Server) -> None:
    people = [Person(telegram, f"Person {number}") for number in range(12)]
    for person in people:
        await person.send("hello")
    server.gate.clear()
    await api.result("setWebhook", url=server.url, max_connections=3)
    await at_work(server, 3)
    server.gate.set()
    await all_taken(telegram)
    assert server.most_at_work == 3
    assert len(server.came) == len(people)


async def test_what_is_not_taken_is_brought_again_and_told(
    api: BotApi, ann: Person, telegram: LocalTelegram, server: Server
) -> None:
    server.statuses = [500, 403]
    await api.result("setWebhook", url=server.url)
    for text in ("first", "second"):
        await ann.send(text)
    await all_taken(telegram)
    assert server.texts() == ["first", "first", "first", "second"]
    info = await api.result("getWebhookInfo")
    assert info["last_error_message"] == "Wrong response from the webhook: 403 Forbidden"
    assert info["last_error_date"] == int(telegram.world.clock())
    assert [status for _, status in telegram.webhooks.answers] == [500, 403, 200, 200]


async def test_an_answer_that_takes_too_long_is_lost(
    api: BotApi, ann: Person, telegram: LocalTelegram, server: Server
) -> None:
    telegram.webhooks.patience = 0.1
    server.gate.clear()
    await api.result("setWebhook", url=server.url)
    await ann.send("hello")
    await at_work(server, 2)
    assert (await api.result("getWebhookInfo"))["last_error_message"] == "Read timeout expired"
    server.gate.set()
    await all_taken(telegram)


async def test_nobody_there(api: BotApi, ann: Person, telegram: LocalTelegram) -> None:
    server = Server()
    server.gate.set()
    runner = await serve(server)
    await runner.cleanup()
    await api.result("setWebhook", url=server.url)
    await ann.send("hello")
    assert await telegram.world.wait_for(lambda: bool(telegram.world.hook and telegram.world.hook.error), 5)
    assert (await api.result("getWebhookInfo"))["last_error_message"] == "Connection refused"
    runner = await serve(server)
    await all_taken(telegram)
    assert server.texts() == ["hello"]
    await runner.cleanup()


@pytest.mark.parametrize("at_once", [False, True])
async def test_an_update_comes_twice_on_order(
    api: BotApi, ann: Person, telegram: LocalTelegram, server: Server, at_once: bool
) -> None:
    telegram.webhooks.repeat(at_once=at_once)
    server.gate.clear()
    await api.result("setWebhook", url=server.url)
    for text in ("first", "second"):
        await ann.send(text)
    await at_work(server, 1 + at_once)
    server.gate.set()
    await all_taken(telegram)
    assert server.texts() == ["first", "first", "second"]
    assert server.most_at_work == 1 + at_once


async def test_a_lost_answer_brings_it_again(api: BotApi, ann: Person, telegram: LocalTelegram, server: Server) -> None:
    telegram.webhooks.lose_answers()
    await api.result("setWebhook", url=server.url)
    await ann.send("hello")
    await all_taken(telegram)
    assert server.texts() == ["hello", "hello"]


async def test_servers_behind_one_address_take_turns_and_one_that_is_down_is_passed_over(
    api: BotApi, ann: Person, telegram: LocalTelegram, server: Server
) -> None:
    other = Server()
    other.gate.set()
    runner = await serve(other)
    telegram.webhooks.targets = [f"http://127.0.0.1:{one.port}" for one in (server, other)]
    await api.result("setWebhook", url=f"https://petition.example{PATH}")
    for number in range(4):
        await ann.send(str(number))
    await all_taken(telegram)
    assert (len(server.came), len(other.came)) == (2, 2)
    await runner.cleanup()
    for number in range(4):
        await ann.send(str(number))
    await all_taken(telegram)
    assert (len(server.came), len(other.came)) == (6, 2)
    telegram.webhooks.targets.remove(f"http://127.0.0.1:{server.port}")
    await ann.send("nobody")
    assert await telegram.world.wait_for(lambda: bool(telegram.world.hook and telegram.world.hook.error), 5)
    assert (await api.result("getWebhookInfo"))["last_error_message"].endswith("502 Bad Gateway")


async def test_an_address_elsewhere_is_never_called(api: BotApi, ann: Person, telegram: LocalTelegram) -> None:
    await api.result("setWebhook", url="https://elsewhere.example/hook")
    await ann.send("hello")
    await api.result("getMe")
    assert (await api.result("getWebhookInfo"))["pending_update_count"] == 1
    assert not telegram.webhooks.answers


async def test_only_the_kinds_asked_for_are_brought(
    api: BotApi, ann: Person, telegram: LocalTelegram, server: Server
) -> None:
    await api.result("setWebhook", url=server.url, allowed_updates=["callback_query"])
    await ann.send("not wanted")
    await ann.forge("x")
    await all_taken(telegram)
    assert [sorted(update) for update in server.came] == [["callback_query", "update_id"]]
    assert (await api.result("getWebhookInfo"))["allowed_updates"] == ["callback_query"]


@pytest.mark.parametrize(
    ("secret", "words"),
    [
        ("x" * 257, "Bad Request: secret token is too long"),
        ("not this", "Bad Request: secret token contains unallowed characters"),
    ],
)
async def test_a_secret_has_its_form(api: BotApi, secret: str, words: str) -> None:
    assert await api.refusal("setWebhook", url="https://elsewhere.example", secret_token=secret) == (400, words)
