"""The way to Telegram that the environment names."""

from __future__ import annotations

import asyncio
from base64 import b64encode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from bot.check import check
from bot.client import StartRefused, build_bot
from bot.proxy import proxy_to
from bot.request import AiohttpRequest, CouldNotConnect
from bot.settings import Settings, load_settings
from sandbox.server import LocalTelegram
from tests.people import Person

NAMES = ("http_proxy", "https_proxy", "all_proxy", "no_proxy")
USER, PASSWORD = "me", "a:secret@word/"
CREDENTIALS = "me:a%3Asecret%40word%2F"
HEAD_ENDS = b"\r\n\r\n"


@pytest.fixture(autouse=True)
def no_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


@dataclass
class Proxy:
    """One that passes everything on to one server, whatever is asked for."""

    port: int = 0
    heads: list[bytes] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://{CREDENTIALS}@127.0.0.1:{self.port}"


@asynccontextmanager
async def proxy(to: LocalTelegram | None = None, refusal: bytes = b"") -> AsyncIterator[Proxy]:
    """It is at work; with a `refusal` it answers with that instead."""
    this = Proxy()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(HEAD_ENDS)
        this.heads.append(head)
        if to is None:
            writer.write(refusal)
            writer.close()
            return
        onward_reader, onward = await asyncio.open_connection("127.0.0.1", int(to.url.rpartition(":")[2]))
        method, _, rest = head.partition(b" http://telegram.example:81")
        onward.write(method + b" " + rest)
        await asyncio.gather(pump(reader, onward), pump(onward_reader, writer))

    async def pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while piece := await reader.read(1 << 16):
            writer.write(piece)
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    this.port = server.sockets[0].getsockname()[1]
    async with server:
        yield this


def settings(token: str, url: str) -> Settings:
    return load_settings(_env_file=None, token=token, api_url=url)


async def test_calls_and_files_go_through_it(monkeypatch: pytest.MonkeyPatch) -> None:
    async with LocalTelegram() as telegram, proxy(telegram) as this:
        monkeypatch.setenv("HTTP_PROXY", this.url)
        ann = Person(telegram)
        telegram.world.text(ann.id, "/start")
        made = settings(telegram.token, "http://telegram.example:81")
        bot = build_bot(made)
        await bot.request.initialize()
        for work in (bot.get_me(), bot.send_message(ann.id, "Hello")):
            # Each on a connection of its own: this proxy rewrites the first head of a connection alone.
            assert await work
            await bot.request.shutdown()
            await bot.request.initialize()
        sent = await bot.send_document(ann.id, b"a file", filename="a.txt")
        assert sent.document is not None
        await bot.request.shutdown()
        await bot.request.initialize()
        found = await bot.get_file(sent.document.file_id)
        await bot.request.shutdown()
        await bot.request.initialize()
        assert await found.download_as_bytearray() == b"a file"
        await bot.request.shutdown()
    known = b"Proxy-Authorization: Basic " + b64encode(f"{USER}:{PASSWORD}".encode())
    assert len(this.heads) == 5
    assert all(known in head for head in this.heads)


async def test_https_goes_through_a_tunnel_and_the_proxy_never_sees_the_token(monkeypatch: pytest.MonkeyPatch) -> None:
    async with proxy(refusal=b"HTTP/1.1 407 No\r\nContent-Length: 0\r\n\r\n") as this:
        monkeypatch.setenv("HTTPS_PROXY", this.url)
        async with AiohttpRequest("https://telegram.example") as request:
            with pytest.raises(CouldNotConnect) as refused:
                await request.post("https://telegram.example/bot1:token/getMe")
    assert this.heads[0].startswith(b"CONNECT telegram.example:443 ")
    assert b"Proxy-Authorization: Basic " in this.heads[0]
    assert b"token" not in this.heads[0]
    assert PASSWORD not in str(refused.value)


async def test_a_proxy_that_wants_a_password_let_nothing_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    async with proxy(refusal=b"HTTP/1.1 407 No\r\nContent-Length: 0\r\n\r\n") as this:
        monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{this.port}")
        async with AiohttpRequest("http://telegram.example") as request:
            with pytest.raises(CouldNotConnect):
                await request.post("http://telegram.example/getMe")


@pytest.mark.parametrize(
    ("environment", "url", "expected"),
    [
        ({}, "https://api.telegram.org", None),
        ({"HTTPS_PROXY": "http://p:1"}, "https://api.telegram.org", "http://p:1"),
        ({"https_proxy": "http://p:1"}, "https://api.telegram.org", "http://p:1"),
        ({"HTTPS_PROXY": "p:1"}, "https://api.telegram.org", "http://p:1"),
        ({"HTTPS_PROXY": "http://p:1"}, "http://telegram.example", None),
        ({"HTTP_PROXY": "http://p:1"}, "http://telegram.example", "http://p:1"),
        ({"HTTP_PROXY": "http://p:1"}, "https://api.telegram.org", None),
        ({"ALL_PROXY": "http://p:1"}, "https://api.telegram.org", "http://p:1"),
        ({"ALL_PROXY": "http://p:1", "HTTPS_PROXY": "http://p:2"}, "https://api.telegram.org", "http://p:2"),
        ({"HTTPS_PROXY": "http://p:1", "NO_PROXY": "api.telegram.org"}, "https://api.telegram.org", None),
        ({"HTTPS_PROXY": "http://p:1", "NO_PROXY": ".telegram.org"}, "https://api.telegram.org", None),
        ({"HTTPS_PROXY": "http://p:1", "NO_PROXY": "*"}, "https://api.telegram.org", None),
        ({"HTTPS_PROXY": "http://p:1", "NO_PROXY": "example.org"}, "https://api.telegram.org", "http://p:1"),
        ({"HTTP_PROXY": "http://p:1", "NO_PROXY": "telegram.example:81"}, "http://telegram.example:81", None),
        ({"HTTP_PROXY": "http://p:1", "NO_PROXY": "telegram.example:82"}, "http://telegram.example:81", "http://p:1"),
        ({"HTTP_PROXY": "http://p:1"}, "http://127.0.0.1:8081", None),
        ({"HTTP_PROXY": "http://p:1"}, "http://localhost:8081", None),
        ({"HTTP_PROXY": "http://p:1"}, "http://[::1]:8081", None),
    ],
)
def test_which_proxy(
    environment: dict[str, str], url: str, expected: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert proxy_to(url) == expected


@pytest.mark.parametrize("kind", ["socks5", "ftp"])
def test_one_of_another_kind_is_refused_at_the_start(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALL_PROXY", f"{kind}://{CREDENTIALS}@proxy.example:1080")
    with pytest.raises(StartRefused, match=f"a {kind} proxy") as refused:
        build_bot(settings("1:a", "https://api.telegram.org"))
    assert "secret" not in str(refused.value)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("place", ["[::1:1080", "proxy.example:port", "proxy.example:70000", ""])
def test_what_is_no_address_is_refused_at_the_start(place: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALL_PROXY", f"http://{CREDENTIALS}@{place}")
    with pytest.raises(StartRefused, match="no proxy's address") as refused:
        build_bot(settings("1:a", "https://api.telegram.org"))
    assert "secret" not in str(refused.value)


async def test_check_tells_of_it_beside_all_else(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("BOT_TOKEN", "123456789:AAE-thisIsMadeUp_0123456789abcdefgh")
    monkeypatch.setenv("HTTPS_PROXY", "socks5://proxy.example:1080")
    found = {finding.subject: finding for finding in await check()}
    assert "a socks5 proxy" in found["Bot API"].detail
    assert found["petition"].good
