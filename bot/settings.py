"""Settings: one frozen object, read once from the environment, `.env` and a folder of secrets."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Any, TypeVar
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict, SettingsError

PREFIX = "BOT_"
SECRETS = (Path("/run/secrets"), Path("secrets"))  # folders of files named as the variables, the later one first
LARGEST_ID = 2**52 - 1  # https://core.telegram.org/bots/api#user: at most 52 significant bits
LAST_PORT = 65_535
TELEGRAMS_OWN_LIMIT = 30  # messages a second: https://core.telegram.org/bots/faq#broadcasting-to-users
LONGEST_SECRET = 256  # https://core.telegram.org/bots/api#setwebhook
MAKE_SECRET = "python3 -c 'import secrets; print(secrets.token_urlsafe(32))'"  # noqa: S105 - a command
HEALTH = "/healthz"
NOT_SHOWN = ("token", "database_url", "webhook_url", "webhook_secret")  # an address may hold a password or a token
WEBHOOK_PATH = re.compile(r"/[A-Za-z0-9._~/-]*")
HERE = Path(__file__).resolve().parent.parent

Kind = TypeVar("Kind", bound=BaseSettings)


class SettingsRefused(Exception):
    """A setting is missing or wrong: one clear line each, naming the variable and what it takes."""


class LogFormat(StrEnum):
    """How a log line is written."""

    CONSOLE = "console"
    JSON = "json"


class LogLevel(StrEnum):
    """How much is logged."""

    DEBUG = "DEBUG"
    INFO = "INFO"
    WARNING = "WARNING"
    ERROR = "ERROR"


@dataclass(frozen=True)
class Address:
    """Where to listen."""

    host: str
    port: int  # 0: any that is free

    def __str__(self) -> str:
        """As it is written in a setting."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


def is_this_machine(host: str) -> bool:
    """Whether only this very machine is there."""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


class Place(BaseSettings):
    """Where everything lies: all that commands need which never speak to Telegram."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_file=".env", frozen=True, extra="ignore", hide_input_in_errors=True
    )

    data: Path = Field(Path("data"), description="a folder that can be written")
    database_url: SecretStr | None = Field(
        None, description="sqlite+aiosqlite:///FILE or postgresql+asyncpg://USER:PASSWORD@HOST/NAME"
    )
    keys: Path = Field(Path("keys"), description="the folder of the keys, outside of BOT_DATA")
    petition: Path = Field(HERE / "petition" / "belarus", description="a petition's folder")
    retention_days: int = Field(
        0,
        ge=0,
        le=36_500,
        description="days after closing for good until signatures and subscribers are erased; 0 keeps them",
    )

    @field_validator("database_url")
    @classmethod
    def _database_is_known(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and not value.get_secret_value().startswith(("sqlite", "postgresql")):
            raise ValueError
        return value

    @model_validator(mode="after")
    def _keys_lie_elsewhere(self) -> Place:
        if self.keys.resolve().is_relative_to(self.data.resolve()):
            raise SettingsRefused(
                f"BOT_KEYS is {self.keys}, inside BOT_DATA ({self.data}): who takes the data must not have the keys "
                f"too. It takes {description('keys')}."
            )
        file = self._database_file()
        if file is not None and file.is_relative_to(self.keys.resolve()):
            raise SettingsRefused(
                f"BOT_DATABASE_URL names a file inside BOT_KEYS ({self.keys}): who takes the one must not have the "
                "other too. It takes a place of its own."
            )
        return self

    def _database_file(self) -> Path | None:
        """An SQLite file that BOT_DATABASE_URL names."""
        kind, _, path = self.database().partition(":///")
        return Path(path).resolve() if kind.startswith("sqlite") and path else None

    def database(self) -> str:
        """The database's address: BOT_DATABASE_URL, or an SQLite file in BOT_DATA."""
        if self.database_url is not None:
            return self.database_url.get_secret_value()
        return f"sqlite+aiosqlite:///{(self.data / 'undersigned.sqlite').resolve()}"


class Settings(Place):
    """What an operator can set. Each description says what the variable takes."""

    token: SecretStr = Field(description="the bot's token, as @BotFather gives it: digits, a colon, letters")
    database_pool: int = Field(
        10,
        ge=1,
        le=1_000,
        description="a whole number from 1 to 1000: connections to PostgreSQL that this process keeps",
    )
    api_url: str = Field("https://api.telegram.org", description="the address of a Bot API, http:// or https://")
    owners: Annotated[frozenset[int], NoDecode] = Field(
        frozenset(), description="Telegram user ids of the owners, separated by commas"
    )
    messages_per_second: int = Field(
        TELEGRAMS_OWN_LIMIT, ge=1, description="a whole number from 1, the budget of everything the bot sends"
    )
    paid_broadcast: int = Field(
        0,
        ge=0,
        le=1_000,
        description="a whole number from 0 to 1000: broadcasts alone go out at so many a second, each message paid for "
        "in Telegram Stars; 0 pays nothing",
    )
    first_recipients: int = Field(
        20, ge=0, description="a whole number from 0: who gets a broadcast before everybody; 10 failures pause it there"
    )
    approvals: bool = Field(
        True, description="1 to have a second owner approve each broadcast, where there are two or more; or 0"
    )
    broadcast_delay: int = Field(
        0, ge=0, description="a whole number from 0: seconds before a broadcast begins, in which any owner can stop it"
    )
    timezone: Annotated[ZoneInfo, NoDecode] = Field(
        ZoneInfo("UTC"), description="the zone in which organisers type a time, such as Europe/Warsaw"
    )
    flood_updates: int = Field(
        20, ge=0, description="a whole number from 0: updates that one person may send at once; 0 sets no limit"
    )
    listen: Annotated[Address, NoDecode] = Field(
        Address("127.0.0.1", 8080), description="HOST:PORT for /healthz and a webhook, such as 127.0.0.1:8080"
    )
    webhook_url: str | None = Field(
        None,
        description="the address to which Telegram brings updates, https://HOST/PATH, or http:// on this machine alone",
    )
    webhook_secret: SecretStr | None = Field(
        None, description=f"1 to {LONGEST_SECRET} of A-Z a-z 0-9 _ -, such as this makes: {MAKE_SECRET}"
    )
    metrics_listen: Annotated[Address | None, NoDecode] = Field(
        None, description="HOST:PORT for /metrics, such as 127.0.0.1:9100, best where only Prometheus can reach it"
    )
    keep_message_ids: bool = Field(True, description="1, or 0 to offer no clearing of chats")
    nightly_backup: bool = Field(False, description="1 to make a backup every night, or 0")
    draft_hours: int = Field(
        24, ge=1, le=24, description="a whole number from 1 to 24: hours that a half-filled signature is kept at most"
    )
    tag_memory_kib: int = Field(
        19_456,
        ge=8,
        le=1_048_576,
        description="KiB of memory for a signer's code, from 8 to 1048576; read when a database is made",
    )
    log_format: LogFormat = Field(LogFormat.CONSOLE, description="console or json")
    log_level: LogLevel = Field(LogLevel.INFO, description="DEBUG, INFO, WARNING or ERROR")

    @field_validator("token")
    @classmethod
    def _token_has_its_shape(cls, value: SecretStr) -> SecretStr:
        number, _, secret = value.get_secret_value().partition(":")
        if not (number.isascii() and number.isdigit() and secret and secret.isascii() and " " not in secret):
            raise ValueError
        return value

    @field_validator("api_url")
    @classmethod
    def _api_url_is_one(cls, value: str) -> str:
        parts = urlsplit(value)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.port == 0:  # a wrong port raises too
            raise ValueError
        return value.rstrip("/")

    @field_validator("webhook_url", mode="before")
    @classmethod
    def _nothing_is_no_webhook(cls, value: object) -> object:
        return value or None

    @field_validator("webhook_url")
    @classmethod
    def _webhook_url_can_be_reached(cls, value: str | None) -> str | None:
        if value is None:
            return None
        parts = urlsplit(value)
        known = parts.scheme == "https" or (parts.scheme == "http" and is_this_machine(parts.hostname or ""))
        if not (known and parts.hostname and parts.port != 0 and WEBHOOK_PATH.fullmatch(parts.path or "/")):
            raise ValueError
        if parts.query or parts.fragment or parts.username is not None or parts.path == HEALTH:
            raise ValueError
        return value

    @field_validator("webhook_secret")
    @classmethod
    def _webhook_secret_has_its_form(cls, value: SecretStr | None) -> SecretStr | None:
        if value is None or not value.get_secret_value():
            return None
        if not re.fullmatch(rf"[A-Za-z0-9_-]{{1,{LONGEST_SECRET}}}", value.get_secret_value()):
            raise ValueError
        return value

    @model_validator(mode="after")
    def _webhook_has_its_secret(self) -> Settings:
        if self.webhook_url is not None and self.webhook_secret is None:
            raise SettingsRefused(
                "BOT_WEBHOOK_URL is set, and BOT_WEBHOOK_SECRET is not: without it anybody could speak as Telegram. "
                f"It takes {description('webhook_secret')}."
            )
        return self

    @field_validator("owners", mode="before")
    @classmethod
    def _owners_are_ids(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        ids = [part.strip() for part in value.split(",") if part.strip()]
        if not all(part.isascii() and part.isdigit() and 0 < int(part) <= LARGEST_ID for part in ids):
            raise ValueError
        return frozenset(int(part) for part in ids)

    @field_validator("timezone", mode="before")
    @classmethod
    def _timezone_is_known(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        try:
            return ZoneInfo(value)
        except (KeyError, OSError, ValueError):  # no such zone; a folder of zones; no zone's name
            raise ValueError from None

    @field_validator("listen", "metrics_listen", mode="before")
    @classmethod
    def _listen_is_an_address(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        host, _, port = value.rpartition(":")
        if not host or not (port.isascii() and port.isdigit()) or int(port) > LAST_PORT:
            raise ValueError
        return Address(host.strip("[]"), int(port))

    @property
    def api_shown(self) -> str:
        """The Bot API's address, without a name and a password that it may bear."""
        place = urlsplit(self.api_url)
        return place._replace(netloc=place.netloc.rpartition("@")[2]).geturl()


Read = TypeVar("Read", bound=BaseSettings)


class _KeysFolder(BaseSettings):
    """One setting alone."""

    model_config = Settings.model_config
    keys: Path = Field(Path("keys"))


def keys_folder() -> Path:
    """BOT_KEYS: the keys can be destroyed whatever is wrong with other settings."""
    return _load(_KeysFolder, {}).keys


def description(field: str) -> str:
    """What a setting takes."""
    return Settings.model_fields[field].description or ""


def load_settings(**overrides: Any) -> Settings:
    """The settings; SettingsRefused names each variable that is wrong, never a secret's value."""
    return _load(Settings, overrides)


def load_place(**overrides: Any) -> Place:
    """The settings that need no token, refused likewise."""
    return _load(Place, overrides)


def _load(kind: type[Read], overrides: dict[str, Any]) -> Read:
    folders = [folder for folder in SECRETS if folder.is_dir()]
    options: dict[str, Any] = {"_secrets_dir": folders or None, **overrides}
    try:
        return kind(**options)
    except ValidationError as error:
        raise SettingsRefused("\n".join(_line(dict(problem)) for problem in error.errors())) from None
    except UnicodeDecodeError:
        raise SettingsRefused("The file .env, or a secret, is not UTF-8. Write it anew as plain text.") from None
    except SettingsError as error:
        raise SettingsRefused(_unreadable(error)) from None


def _unreadable(error: SettingsError) -> str:
    """Most often a secret's file that belongs to another user."""
    cause = error.__cause__
    if isinstance(cause, OSError) and cause.filename:
        return f"{cause.filename} cannot be read ({cause.strerror}). The user that runs the bot must be able to."
    return f"A setting cannot be read: {error}."


def _line(problem: dict[str, Any]) -> str:
    field = str(problem["loc"][0])
    name = PREFIX + field.upper()
    takes = description(field)
    if problem["type"] == "missing":
        return f"{name} is missing. It takes {takes}."
    if field in NOT_SHOWN:
        return f"{name} is not of its form (its value is not shown). It takes {takes}."
    return f"{name} is {problem['input']!r}. It takes {takes}."
