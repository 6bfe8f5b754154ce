"""The whole bot against the local Telegram, in one event loop: a real HTTP server, a real database file."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from io import StringIO
from pathlib import Path

import pytest
from pydantic import SecretStr

from bot.application import serving
from bot.settings import Address, Settings, load_settings
from sandbox.server import LocalTelegram
from storage.cipher import make_keys
from tests.bot_api import assert_allowed
from tests.end_to_end.log_lines import Overheard, assert_unnamed, captured
from tests.end_to_end.organiser import subscribed
from tests.people import Newcomer, Person
from tests.process import WEBHOOK_SECRET, webhook_at

Start = Callable[[], AbstractAsyncContextManager[asyncio.Task[None]]]


@pytest.fixture
async def telegram() -> AsyncIterator[LocalTelegram]:
    async with LocalTelegram() as telegram:
        yield telegram
    assert telegram.unknown_methods == []
    assert_allowed(telegram.calls)


@pytest.fixture(autouse=True)
def log_lines(telegram: LocalTelegram) -> Iterator[StringIO]:
    """No story, whatever goes wrong in it, names anybody in a log line at DEBUG."""
    overheard = Overheard(telegram)
    with captured() as lines:
        yield lines
    assert_unnamed(lines.getvalue(), {*overheard.secrets(), WEBHOOK_SECRET})


@pytest.fixture(autouse=True)
def prompt_reports(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits three seconds for what a report says next."""
    monkeypatch.setattr("bot.reporter.INTERVAL", 0.2)


@pytest.fixture
def settings(telegram: LocalTelegram, tmp_path: Path) -> Settings:
    make_keys(tmp_path / "keys", tmp_path / "offline")
    return load_settings(
        _env_file=None,
        token=telegram.token,
        api_url=telegram.url,
        data=tmp_path / "data",
        keys=tmp_path / "keys",
        tag_memory_kib=8,
        listen="127.0.0.1:0",
    )


@pytest.fixture
def address() -> Address:
    """A port that is free."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return Address("127.0.0.1", free.getsockname()[1])


@pytest.fixture
def by_webhook(settings: Settings, address: Address) -> Settings:
    """Updates are brought, not polled."""
    secret, url = SecretStr(WEBHOOK_SECRET), f"http://{address}/telegram"
    return settings.model_copy(update={"listen": address, "webhook_url": url, "webhook_secret": secret})


@pytest.fixture(params=["polling", "webhook"])
def way(request: pytest.FixtureRequest, address: Address) -> Mapping[str, str]:
    """Settings of a process, for either way by which updates come in."""
    return {} if request.param == "polling" else webhook_at(address)


@pytest.fixture
def start(settings: Settings) -> Start:
    """Starts the bot; leaving the block stops it. Entered again, it is a restart on the same data."""

    @asynccontextmanager
    async def start() -> AsyncIterator[asyncio.Task[None]]:
        async with serving(settings) as intake:
            yield intake
            assert not intake.done(), "the intake ended by itself"

    return start


@pytest.fixture
async def bot(start: Start) -> AsyncIterator[asyncio.Task[None]]:
    async with start() as intake:
        yield intake


@pytest.fixture
def newcomer(telegram: LocalTelegram) -> Newcomer:
    """Makes a person by name."""

    def newcomer(name: str = "Ann Example", language_code: str = "en") -> Person:
        return Person(telegram, name, language_code=language_code)

    return newcomer


@pytest.fixture
def ann(newcomer: Newcomer, bot: asyncio.Task[None]) -> Person:  # noqa: ARG001 - the bot runs
    return newcomer("Ann Example")


@pytest.fixture
def quick(settings: Settings, telegram: LocalTelegram) -> tuple[Settings, Person]:
    """Settings whose owner Olga is, and with room for every message, however fast she taps."""
    olga = Person(telegram, "Olga Example")
    room = {"messages_per_second": 1_000, "flood_updates": 0}
    return settings.model_copy(update={"owners": frozenset({olga.id}), **room}), olga


@pytest.fixture
async def olga(quick: tuple[Settings, Person]) -> AsyncIterator[Person]:
    """The bot runs, and she is its owner."""
    settings, olga = quick
    async with serving(settings):
        yield olga


@pytest.fixture
async def readers(olga: Person, newcomer: Newcomer) -> list[Person]:  # noqa: ARG001 - the bot runs
    return await subscribed(newcomer, 2)
