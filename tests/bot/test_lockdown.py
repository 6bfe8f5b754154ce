"""Before a search the server's keys are destroyed, and a running bot ends by itself."""

from __future__ import annotations

import asyncio
import io
from functools import partial
from pathlib import Path

import pytest

from bot.application import run
from bot.command_line import main
from bot.key_watch import KeysGone, watch_keys
from bot.settings import load_settings
from sandbox.server import LocalTelegram
from storage.cipher import KeysRefused, make_keys
from storage.key_destruction import destroy_keys


@pytest.fixture
def keys(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    make_keys(tmp_path / "keys", tmp_path / "offline")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("BOT_KEYS", str(tmp_path / "keys"))
    return tmp_path / "keys"


def answers(monkeypatch: pytest.MonkeyPatch, text: str) -> int:
    monkeypatch.setattr("sys.stdin", io.StringIO(text))
    return main(["lockdown"])


@pytest.mark.parametrize("text", ["", "\n", "no\n", "YES\n", "yes please\n"])
def test_anything_but_yes_does_nothing(
    keys: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], text: str
) -> None:
    before = {path: path.read_bytes() for path in keys.iterdir()}
    assert answers(monkeypatch, text) == 2
    assert {path: path.read_bytes() for path in keys.iterdir()} == before
    assert capsys.readouterr().err == "Nothing was done.\n"


def test_yes_destroys_every_key_of_the_server_whatever_else_is_wrong(
    keys: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("BOT_OWNERS", "nonsense")
    for name in ("field.key.00ff", "field.key.new"):
        (keys / name).write_text("00" * 32)
    (keys / "field.key").chmod(0o400)
    held = tmp_path / "held"
    held.hardlink_to(keys / "pepper.key")
    before = held.read_bytes()
    assert answers(monkeypatch, "yes\n") == 0
    assert [path.name for path in keys.iterdir()] == ["organisers.pub"]
    assert held.read_bytes() != before, "it is overwritten where it stood"
    assert "/revoke" in capsys.readouterr().out
    assert answers(monkeypatch, "yes\n") == 2
    assert "There are no server keys in" in capsys.readouterr().err


def test_a_key_that_stays_is_named_and_the_others_go(keys: Path) -> None:
    (keys / "pepper.key").unlink()
    (keys / "pepper.key").mkdir()
    with pytest.raises(KeysRefused, match=r"Not destroyed: .*pepper\.key"):
        destroy_keys(keys)
    assert not (keys / "field.key").exists()


async def test_a_running_bot_ends_and_does_not_start_again(
    keys: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.application.watch_keys", partial(watch_keys, seconds=0.05))
    destroyed: list[Path] = []
    async with LocalTelegram() as telegram:
        settings = load_settings(
            token=telegram.token, api_url=telegram.url, data=tmp_path / "data", listen="127.0.0.1:0", tag_memory_kib=8
        )
        async with asyncio.timeout(15):
            with pytest.raises(KeysGone, match="gone, or others"):
                await run(settings, ready=lambda: destroyed.extend(destroy_keys(keys)))
            with pytest.raises(KeysRefused, match=r"pepper\.key is missing"):
                await run(settings)


async def test_a_start_that_waits_for_telegram_ends_too(
    keys: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def wait_for_telegram(*_arguments: object) -> None:
        await asyncio.to_thread(destroy_keys, keys)
        await asyncio.Event().wait()

    monkeypatch.setattr("bot.client._reach", wait_for_telegram)
    monkeypatch.setattr("bot.application.watch_keys", partial(watch_keys, seconds=0.05))
    settings = load_settings(token="1:made-up", data=tmp_path / "data", listen="127.0.0.1:0", tag_memory_kib=8)
    async with asyncio.timeout(15):
        with pytest.raises(KeysGone):
            await run(settings)
