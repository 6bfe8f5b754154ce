"""Says in a table whether everything that running needs is in order. It only looks: it creates nothing."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TypeVar

from telegram.error import InvalidToken, TelegramError
from telegram.ext import ExtBot

from bot.client import StartRefused, build_bot
from bot.own_webhook import reason_of
from bot.rate_limiter import Urgency
from bot.settings import Settings, SettingsRefused, load_settings
from petition.content import PetitionRefused, load_petition
from storage.backup_file import BackupRefused
from storage.cipher import PUBLIC, Cipher, Keys, KeysRefused, open_sealed, private_half_lies_in, read_private_key
from storage.clock import utc_now
from storage.database import DatabaseRefused, StorageFault
from storage.erasure_list import BACKUPS, ErasureList
from storage.inspection import inspect
from storage.standing import StandingRefused

Known = TypeVar("Known")
MADE_UP = "Ann Example"

KNOWN_REFUSALS = (
    SettingsRefused, KeysRefused, PetitionRefused, DatabaseRefused, BackupRefused, StandingRefused,
    StorageFault, OSError,
)  # fmt: skip


@dataclass(frozen=True)
class Finding:
    """One line of the table."""

    subject: str
    good: bool
    detail: str


async def check(offline_key: Path | None = None) -> list[Finding]:
    """Every finding; without settings there is only the one about them. `offline_key` is tried where it is given."""
    try:
        settings = load_settings()
    except SettingsRefused as refusal:
        return [Finding("settings", False, line) for line in str(refusal).splitlines()]
    findings = [Finding("settings", True, "all of their form")]
    for subject, look in (
        ("keys", _keys),
        ("petition", _petition),
        ("data folder", _folder),
        ("database", _database),
        ("Bot API", _bot_api),
        *([("webhook", _webhook)] if settings.webhook_url is not None else []),
    ):
        findings.append(await _finding(subject, look, settings))
    if offline_key is not None:
        findings.append(await _finding("offline key", partial(_offline_key, offline_key), settings))
    return findings


async def _finding(subject: str, look: Callable[[Settings], Awaitable[str]], settings: Settings) -> Finding:
    try:
        return Finding(subject, True, await look(settings))
    except KNOWN_REFUSALS as refusal:
        return Finding(subject, False, str(refusal))


async def _keys(settings: Settings) -> str:
    Keys.load(settings.keys)
    if private_half_lies_in(settings.keys):
        return f"{settings.keys}: complete. Move organisers.key offline: this bot never needs it"
    return f"{settings.keys}: complete"


async def _offline_key(path: Path, settings: Settings) -> str:
    """A made-up name is sealed as the bot does it, and must open."""
    private_key = read_private_key(path)
    sealed = Cipher(Keys.load(settings.keys)).seal(MADE_UP, slug="check", row=b"")
    try:
        opened = open_sealed(private_key, sealed, slug="check", row=b"")
    except KeysRefused:
        opened = None
    if opened != MADE_UP:
        raise KeysRefused(f"{path} does not open what is sealed to {settings.keys / PUBLIC}. Bring the true file.")
    return f"{path}: opens a sealed name"


async def _petition(settings: Settings) -> str:
    petition = load_petition(settings.petition)
    text = petition.text("en")
    return f"{text.title}: {len(text.demands)} demands, {len(petition.first_signatories)} first signatories"


async def _folder(settings: Settings) -> str:
    folder = settings.data
    while not folder.exists():
        folder = folder.parent
    if not (folder.is_dir() and os.access(folder, os.W_OK)):
        raise SettingsRefused(f"BOT_DATA is {settings.data}, which cannot be written. It takes a folder that can.")
    return f"{settings.data}: can be written"


async def _database(settings: Settings) -> str:
    keys = _known(lambda: Keys.load(settings.keys))
    petition = _known(lambda: load_petition(settings.petition))
    found = await inspect(settings.database(), keys=keys, slug=petition.slug if petition else None)
    if not found.exists:
        ErasureList(settings.data / BACKUPS, utc_now).refuse_anew()
    return found.detail


def _known(load: Callable[[], Known]) -> Known | None:
    try:
        return load()
    except KNOWN_REFUSALS:
        return None


async def _bot_api(settings: Settings) -> str:
    async with _asking(settings) as bot:
        return f"{settings.api_shown}: knows this bot as @{bot.username}"


async def _webhook(settings: Settings) -> str:
    """As Telegram tells it; a bot that runs sets it."""
    async with _asking(settings) as bot:
        found = await bot.get_webhook_info()
    if found.url != settings.webhook_url:
        return "another address is set: run sets this one" if found.url else "not set yet: run sets it"
    waiting = f"{found.pending_update_count} updates wait"
    if found.last_error_date is None:
        return f"set, {waiting}"
    reason = reason_of(found.last_error_message or "")
    return f"set, {waiting}; last trouble on {found.last_error_date:%Y-%m-%d %H:%M} UTC: {reason}"


@asynccontextmanager
async def _asking(settings: Settings) -> AsyncIterator[ExtBot[Urgency]]:
    try:
        bot = build_bot(settings)
    except StartRefused as refusal:
        raise SettingsRefused(str(refusal)) from None
    try:
        await bot.initialize()
        yield bot
    except InvalidToken:
        raise SettingsRefused(f"BOT_TOKEN is not accepted at {settings.api_shown}") from None
    except TelegramError as error:
        raise SettingsRefused(f"{settings.api_shown} does not answer ({type(error).__name__})") from None
    finally:
        await bot.shutdown()
        await bot.request.shutdown()  # which the line before leaves open when it could not begin


def table(findings: list[Finding]) -> str:
    """The findings as aligned lines."""
    width = max(len(finding.subject) for finding in findings)
    return "\n".join(
        f"{finding.subject:<{width}}  {'ok  ' if finding.good else 'WRONG'}  {finding.detail}" for finding in findings
    )
