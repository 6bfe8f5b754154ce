"""Every command ends with exit code 0, or with 2 and one clear line."""

from __future__ import annotations

import asyncio
import os
import socket
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from bot.command_line import OUTPUT_LOST
from bot.settings import HERE
from sandbox.server import LocalTelegram
from sandbox.webhook import Webhook
from storage.cipher import make_keys
from tests.process import SECONDS, Command


async def bot(*arguments: str, folder: Path, settings: Mapping[str, str] | None = None) -> tuple[int, str, str]:
    """Runs a command in this folder; its exit code, output and errors."""
    out, err = folder / "out", folder / "err"
    for path in (out, err):
        path.write_bytes(b"")
    environment = {"PATH": os.environ["PATH"], **(settings or {})}
    code = await Command(*arguments, environment=environment, cwd=folder, out=out, err=err).ended()
    return code, out.read_text(), err.read_text()


@pytest.fixture
async def telegram() -> LocalTelegram:
    return LocalTelegram()


def settings_for(telegram: LocalTelegram, folder: Path) -> dict[str, str]:
    return {
        "BOT_TOKEN": telegram.token,
        "BOT_API_URL": telegram.url,
        "BOT_DATA": str(folder / "data"),
        "BOT_KEYS": str(folder / "keys"),
        "BOT_LISTEN": "127.0.0.1:0",
    }


async def test_keygen_writes_the_keys_once(tmp_path: Path) -> None:
    code, out, _ = await bot(
        "keygen", str(tmp_path / "keys"), "--organisers", str(tmp_path / "offline"), folder=tmp_path
    )
    assert code == 0
    assert (tmp_path / "offline" / "organisers.key").exists()
    assert not (tmp_path / "keys" / "organisers.key").exists()
    assert "organisers.key" in out
    code, _, err = await bot("keygen", str(tmp_path / "keys"), folder=tmp_path)
    assert code == 2
    assert err.count("\n") == 1
    assert "there already; nothing was written" in err


async def test_without_a_token_run_says_what_is_missing(tmp_path: Path) -> None:
    code, _, err = await bot("run", folder=tmp_path)
    assert (code, err.count("\n")) == (2, 1)
    assert err.startswith("BOT_TOKEN is missing. It takes ")


async def test_without_keys_run_names_the_line_to_run(telegram: LocalTelegram, tmp_path: Path) -> None:
    async with telegram:
        code, _, err = await bot("run", folder=tmp_path, settings=settings_for(telegram, tmp_path))
    assert (code, err.count("\n")) == (2, 1)
    assert f"python -m bot keygen {tmp_path / 'keys'}" in err
    assert not (tmp_path / "keys").exists()


async def test_a_wrong_token_is_refused(telegram: LocalTelegram, tmp_path: Path) -> None:
    make_keys(tmp_path / "keys", tmp_path / "offline")
    async with telegram:
        wrong = {**settings_for(telegram, tmp_path), "BOT_TOKEN": "1:wrong"}
        code, _, err = await bot("run", folder=tmp_path, settings=wrong)
    assert code == 2
    assert "BOT_TOKEN is not accepted" in err
    assert "1:wrong" not in err


async def test_a_folder_that_cannot_be_written_is_named(telegram: LocalTelegram, tmp_path: Path) -> None:
    make_keys(tmp_path / "keys", tmp_path / "offline")
    (tmp_path / "data").write_bytes(b"a file")
    async with telegram:
        code, _, err = await bot("run", folder=tmp_path, settings=settings_for(telegram, tmp_path))
        assert (code, err.count("\n")) == (2, 1)
        assert str(tmp_path / "data") in err
        code, out, _ = await bot("check", folder=tmp_path, settings=settings_for(telegram, tmp_path))
        assert code == 2
        assert "data folder  WRONG" in out


async def test_a_broken_petition_is_named(telegram: LocalTelegram, tmp_path: Path) -> None:
    make_keys(tmp_path / "keys", tmp_path / "offline")
    async with telegram:
        settings = {**settings_for(telegram, tmp_path), "BOT_PETITION": str(tmp_path / "nowhere")}
        code, _, err = await bot("run", folder=tmp_path, settings=settings)
    assert (code, err.count("\n")) == (2, 1)
    assert "BOT_PETITION takes a petition's folder" in err


async def test_check_says_that_all_is_in_order_and_creates_nothing(telegram: LocalTelegram, tmp_path: Path) -> None:
    make_keys(tmp_path / "keys", tmp_path / "offline")
    async with telegram:
        code, out, _ = await bot("check", folder=tmp_path, settings=settings_for(telegram, tmp_path))
    assert code == 0, out
    rows = [line.split()[0] for line in out.splitlines()]
    assert rows == ["settings", "keys", "petition", "data", "database", "Bot"]
    assert "WRONG" not in out
    assert not (tmp_path / "data").exists()


async def test_an_output_that_is_not_taken_is_told(tmp_path: Path) -> None:
    err = tmp_path / "err"
    command = Command("check", environment={}, cwd=tmp_path, out=Path("/dev/full"), err=err)
    assert await command.ended() == 2
    assert err.read_text() == f"{OUTPUT_LOST}\n"


async def test_check_tells_what_telegram_says_of_the_webhook(telegram: LocalTelegram, tmp_path: Path) -> None:
    make_keys(tmp_path / "keys", tmp_path / "offline")
    url = "https://petition.example/telegram"
    async with telegram:
        settings = {**settings_for(telegram, tmp_path), "BOT_WEBHOOK_URL": url, "BOT_WEBHOOK_SECRET": "a_Secret-1"}
        code, out, _ = await bot("check", folder=tmp_path, settings=settings)
        assert (code, out.splitlines()[-1].split(maxsplit=2)) == (0, ["webhook", "ok", "not set yet: run sets it"])
        telegram.world.set_hook(Webhook("https://elsewhere.example/telegram"))
        code, out, _ = await bot("check", folder=tmp_path, settings=settings)
        assert out.splitlines()[-1].endswith("another address is set: run sets this one")
        telegram.world.set_hook(Webhook(url, error="Connection refused", error_date=1_800_000_000))
        code, out, _ = await bot("check", folder=tmp_path, settings=settings)
    assert code == 0
    assert out.splitlines()[-1].endswith(
        "set, 0 updates wait; last trouble on 2027-01-15 08:00 UTC: nothing listens there"
    )


async def test_a_webhook_without_a_secret_is_refused(telegram: LocalTelegram, tmp_path: Path) -> None:
    async with telegram:
        settings = {**settings_for(telegram, tmp_path), "BOT_WEBHOOK_URL": "https://petition.example/telegram"}
        code, _, err = await bot("run", folder=tmp_path, settings=settings)
    assert (code, err.count("\n")) == (2, 1)
    assert "BOT_WEBHOOK_SECRET is not" in err


async def test_check_names_all_that_is_wrong(tmp_path: Path) -> None:
    settings = {
        "BOT_TOKEN": "1:wrong", "BOT_API_URL": "http://me:hush@127.0.0.1:1", "BOT_KEYS": str(tmp_path / "none"),
        "BOT_DATA": str(tmp_path / "data"),
    }  # fmt: skip
    code, out, _ = await bot("check", folder=tmp_path, settings=settings)
    assert code == 2
    assert [line.split()[0] for line in out.splitlines() if "WRONG" in line] == ["keys", "Bot"]
    assert "http://127.0.0.1:1 does not answer" in out
    code, out, _ = await bot("check", folder=tmp_path)
    assert code == 2
    assert "BOT_TOKEN is missing" in out


async def test_keys_are_written_whole_or_not_at_all(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    code, _, err = await bot(
        "keygen", str(tmp_path / "keys"), "--organisers", str(tmp_path / "file" / "offline"), folder=tmp_path
    )
    assert (code, err.count("\n")) == (2, 1)
    assert not await asyncio.to_thread(lambda: any((tmp_path / "keys").iterdir()))


async def test_a_start_that_waits_for_telegram_ends_when_it_is_told_to(tmp_path: Path) -> None:
    make_keys(tmp_path / "keys", tmp_path / "offline")
    settings = {
        "PATH": os.environ["PATH"], "BOT_TOKEN": "1:made-up", "BOT_API_URL": "http://127.0.0.1:1",
        "BOT_KEYS": str(tmp_path / "keys"), "BOT_DATA": str(tmp_path / "data"),
    }  # fmt: skip
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", "run", cwd=HERE, env=settings, stderr=asyncio.subprocess.PIPE
    )
    assert process.stderr is not None
    async with asyncio.timeout(SECONDS):
        while b"cannot be reached yet" not in await process.stderr.readline():
            pass
        process.terminate()
        _, rest = await process.communicate()
    assert process.returncode == 0
    assert b"Traceback" not in rest


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"BOT_DATABASE_URL": "postgresql://me:hush@127.0.0.1:1/x"}, "The database cannot be opened (Conn"),
        ({"BOT_DATABASE_URL": "postgresql://me:hush@host:port/x"}, "BOT_DATABASE_URL"),
        ({"BOT_DATABASE_URL": "sqlite:///KEYS/x.sqlite"}, "BOT_DATABASE_URL names a file inside BOT_KEYS"),
        ({"BOT_LISTEN": "192.0.2.1:80"}, "BOT_LISTEN is 192.0.2.1:80, which cannot be listened on"),
    ],
    ids=["down", "nonsense", "beside the keys", "another machine's address"],
)
async def test_what_cannot_be_used_is_one_line(
    telegram: LocalTelegram, tmp_path: Path, changed: dict[str, str], told: str
) -> None:
    make_keys(tmp_path / "keys", tmp_path / "offline")
    changed = {name: value.replace("KEYS", str(tmp_path / "keys")) for name, value in changed.items()}
    async with telegram:
        code, _, err = await bot(
            "run", folder=tmp_path, settings={**settings_for(telegram, tmp_path), "BOT_LOG_LEVEL": "ERROR", **changed}
        )
    assert (code, err.count("\n")) == (2, 1), err
    assert told in err
    assert "hush" not in err


async def test_settings_that_are_no_text_are_one_line(tmp_path: Path) -> None:
    (tmp_path / ".env").write_bytes(b"BOT_OWNERS=\xff\xfe")
    code, _, err = await bot("run", folder=tmp_path)
    assert (code, err.count("\n")) == (2, 1)
    assert ".env" in err


async def test_a_taken_port_is_one_line(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        code, _, err = await bot("demo", "--port", str(port), folder=tmp_path)
    assert (code, err.count("\n")) == (2, 1)
    assert f"Port {port} is taken" in err


@pytest.mark.parametrize("arguments", [(), ("nonsense",), ("keygen",), ("run", "--fast"), ("demo", "--port", "99999")])
async def test_wrong_arguments_are_one_line(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    code, _, err = await bot(*arguments, folder=tmp_path)
    assert (code, err.count("\n")) == (2, 1)
    assert "python -m bot --help" in err
