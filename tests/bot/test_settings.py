"""A wrong setting is named, with what it got and what it takes; a secret's value is never shown."""

from __future__ import annotations

import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from pydantic import SecretStr

from bot.settings import LONGEST_SECRET, TELEGRAMS_OWN_LIMIT, Address, Settings, SettingsRefused, load_settings

TOKEN = "123456789:AAE-thisIsMadeUp_0123456789abcdefgh"


@pytest.fixture(autouse=True)
def _elsewhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No .env, no secrets, no variables of whoever runs the tests."""
    monkeypatch.chdir(tmp_path)
    for field in Settings.model_fields:
        monkeypatch.delenv(f"BOT_{field.upper()}", raising=False)


def test_only_the_token_is_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BOT_TOKEN", TOKEN)
    settings = load_settings()
    assert settings.token.get_secret_value() == TOKEN
    assert settings.api_url == "https://api.telegram.org"
    assert settings.data == Path("data")
    assert settings.keys == Path("keys")
    assert settings.database().startswith("sqlite+aiosqlite:////")
    assert settings.petition.name == "belarus"
    assert TOKEN not in repr(settings)


def test_a_missing_token_is_named() -> None:
    with pytest.raises(SettingsRefused, match=r"^BOT_TOKEN is missing\. It takes the bot's token"):
        load_settings()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("BOT_API_URL", "telegram.org"),
        ("BOT_OWNERS", "12,ann"),
        ("BOT_OWNERS", "99999999999999999999"),
        ("BOT_API_URL", "http://localhost:99999"),
        ("BOT_MESSAGES_PER_SECOND", "many"),
        ("BOT_MESSAGES_PER_SECOND", "0"),
        ("BOT_DATABASE_POOL", "0"),
        ("BOT_DATABASE_POOL", "enough"),
        ("BOT_PAID_BROADCAST", "1001"),
        ("BOT_KEEP_MESSAGE_IDS", "perhaps"),
        ("BOT_NIGHTLY_BACKUP", "often"),
        ("BOT_FLOOD_UPDATES", "-1"),
        ("BOT_FIRST_RECIPIENTS", "-1"),
        ("BOT_APPROVALS", "perhaps"),
        ("BOT_BROADCAST_DELAY", "soon"),
        ("BOT_TIMEZONE", "Europe/Nowhere"),
        ("BOT_TIMEZONE", "Europe"),
        ("BOT_TIMEZONE", "../etc/passwd"),
        ("BOT_TIMEZONE", ""),
        ("BOT_LISTEN", "8080"),
        ("BOT_LISTEN", ":8080"),
        ("BOT_LISTEN", "localhost:http"),
        ("BOT_LISTEN", "127.0.0.1:70000"),
        ("BOT_METRICS_LISTEN", "9100"),
        ("BOT_LOG_FORMAT", "xml"),
        ("BOT_LOG_LEVEL", "loud"),
        ("BOT_TAG_MEMORY_KIB", "1"),
    ],
)
def test_a_wrong_value_is_shown(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv("BOT_TOKEN", TOKEN)
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsRefused, match=rf"^{name} is '{value}'\. It takes \w"):
        load_settings()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("BOT_TOKEN", "my secret token"),
        ("BOT_DATABASE_URL", "mysql://me:password@host/db"),
        ("BOT_WEBHOOK_SECRET", "my secret"),
        ("BOT_WEBHOOK_SECRET", "x" * 257),
        ("BOT_WEBHOOK_SECRET", "naïve"),
        ("BOT_WEBHOOK_URL", "http://petition.example/telegram"),
        ("BOT_WEBHOOK_URL", "petition.example"),
        ("BOT_WEBHOOK_URL", "https:///telegram"),
        ("BOT_WEBHOOK_URL", "https://me:password@petition.example/"),
        ("BOT_WEBHOOK_URL", "https://petition.example/?a=b"),
        ("BOT_WEBHOOK_URL", "https://petition.example/{name}"),
        ("BOT_WEBHOOK_URL", "https://petition.example/healthz"),
        ("BOT_WEBHOOK_URL", "https://petition.example:port/"),
    ],
)
def test_a_secrets_value_is_never_shown(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv("BOT_TOKEN", TOKEN)
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsRefused, match=rf"^{name} is not of its form") as refused:
        load_settings()
    assert value not in str(refused.value)
    assert "password" not in str(refused.value).lower().replace("user:password", "")


def test_a_webhook_without_its_secret_is_one_line_that_says_how_to_make_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BOT_TOKEN", TOKEN)
    monkeypatch.setenv("BOT_WEBHOOK_URL", "https://petition.example/telegram")
    with pytest.raises(SettingsRefused, match="BOT_WEBHOOK_SECRET") as refused:
        load_settings()
    line = str(refused.value)
    assert "\n" not in line
    command = [sys.executable, *shlex.split(line.partition(": python3 ")[2].rstrip("."))]
    made = subprocess.run(command, check=True, capture_output=True, text=True)
    monkeypatch.setenv("BOT_WEBHOOK_SECRET", made.stdout.strip())
    assert load_settings().webhook_secret == SecretStr(made.stdout.strip())


@pytest.mark.parametrize(
    "url", ["https://petition.example", "https://petition.example:8443/a/b-c_d.~", "http://127.0.0.1:80/x"]
)
def test_addresses_of_a_webhook(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    monkeypatch.setenv("BOT_TOKEN", TOKEN)
    monkeypatch.setenv("BOT_WEBHOOK_URL", url)
    monkeypatch.setenv("BOT_WEBHOOK_SECRET", "x" * LONGEST_SECRET)
    settings = load_settings()
    assert settings.webhook_url == url
    assert "xxx" not in repr(settings)


def test_a_webhook_comes_from_the_folder_of_secrets_too(tmp_path: Path) -> None:
    (tmp_path / "secrets").mkdir()
    found = {"token": TOKEN, "webhook_url": "https://petition.example/telegram", "webhook_secret": "a_Secret-1"}
    for name, value in found.items():
        (tmp_path / "secrets" / f"BOT_{name.upper()}").write_text(f"{value}\n")
    settings = load_settings()
    assert settings.webhook_url == found["webhook_url"]
    assert settings.webhook_secret == SecretStr(found["webhook_secret"])


def test_an_empty_webhook_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BOT_TOKEN", TOKEN)
    monkeypatch.setenv("BOT_WEBHOOK_URL", "")
    monkeypatch.setenv("BOT_WEBHOOK_SECRET", "")
    assert load_settings().webhook_url is None


def test_several_wrong_ones_are_all_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BOT_LOG_LEVEL", "loud")
    with pytest.raises(SettingsRefused) as refused:
        load_settings()
    assert [line.split(" ")[0] for line in str(refused.value).splitlines()] == ["BOT_TOKEN", "BOT_LOG_LEVEL"]


def test_keys_may_not_lie_inside_the_data(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BOT_TOKEN", TOKEN)
    monkeypatch.setenv("BOT_KEYS", "data/keys")
    with pytest.raises(SettingsRefused, match="BOT_KEYS is data/keys, inside BOT_DATA"):
        load_settings()


@pytest.mark.parametrize(
    ("value", "address"),
    [("0.0.0.0:80", Address("0.0.0.0", 80)), ("[::1]:8080", Address("::1", 8080))],  # noqa: S104 - read, not listened on
)
def test_where_to_listen(monkeypatch: pytest.MonkeyPatch, value: str, address: Address) -> None:
    monkeypatch.setenv("BOT_TOKEN", TOKEN)
    assert load_settings().listen == Address("127.0.0.1", 8080)
    monkeypatch.setenv("BOT_LISTEN", value)
    assert load_settings().listen == address
    assert str(address) == value


def test_more_messages_than_telegram_grants_are_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BOT_TOKEN", TOKEN)
    assert load_settings().messages_per_second == TELEGRAMS_OWN_LIMIT
    monkeypatch.setenv("BOT_MESSAGES_PER_SECOND", "2000")
    assert load_settings().messages_per_second == 2000


def test_a_secret_that_cannot_be_read_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "secrets" / "bot_token").mkdir(parents=True)
    with pytest.raises(SettingsRefused) as refused:
        load_settings()
    assert "token" in str(refused.value)
    assert "\n" not in str(refused.value)


def test_settings_come_from_a_file_and_a_folder_of_secrets(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("BOT_OWNERS=1, 2\nBOT_LOG_LEVEL=WARNING\nOTHER=x\n")
    (tmp_path / "secrets").mkdir()
    (tmp_path / "secrets" / "bot_token").write_text(TOKEN + "\n")
    settings = load_settings()
    assert settings.token.get_secret_value() == TOKEN
    assert settings.owners == {1, 2}
    assert settings.log_level == "WARNING"


def test_the_database_with_its_password_comes_from_a_secret(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("BOT_TOKEN", TOKEN)
    (tmp_path / "secrets").mkdir()
    (tmp_path / "secrets" / "BOT_DATABASE_URL").write_text("postgresql+asyncpg://me:hush@db/petition\n")
    assert load_settings().database() == "postgresql+asyncpg://me:hush@db/petition"
    assert "hush" not in repr(load_settings())
