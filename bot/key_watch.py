"""Ends the bot soon after its keys were taken away: `lockdown` destroys them, and what is in memory must go too."""

from __future__ import annotations

import asyncio
from pathlib import Path

from storage.cipher import Keys, KeysRefused

LOOK_SECONDS = 2.0  # with LOOKS and the time that a stop takes, within 15 seconds
LOOKS = 2  # in a row: one alone may fail for another reason


class KeysGone(Exception):
    """The key files are no longer those that the bot started with; one clear line."""


async def watch_keys(folder: Path, seconds: float = LOOK_SECONDS) -> None:
    """Until they change or go: then KeysGone. KeysRefused where they are not in order to begin with."""
    keys = Keys.load(folder)
    missed = 0
    while missed < LOOKS:
        await asyncio.sleep(seconds)
        missed = 0 if await asyncio.to_thread(_are_there, folder, keys) else missed + 1
    raise KeysGone(f"The keys in {folder} are gone, or others than this bot started with: it has ended.")


def _are_there(folder: Path, keys: Keys) -> bool:
    try:
        return Keys.load(folder) == keys
    except KeysRefused:
        return False
