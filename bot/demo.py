"""The bot and a local Telegram beside it, to be tried in a browser: no token, no network."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path

from bot.application import StartRefused, run
from bot.settings import Settings, load_settings
from sandbox.server import LocalTelegram
from storage.cipher import make_keys

PEOPLE = ("Ann Example", "Bohdan Example", "Chandra Example", "Daryna Example")


async def demo(port: int, say: Callable[[str], None]) -> None:
    """Runs until SIGINT or SIGTERM in a fresh folder, which is removed at the end."""
    with tempfile.TemporaryDirectory(prefix="undersigned-") as folder:
        try:
            async with LocalTelegram(port=port) as telegram:
                for name in PEOPLE:
                    telegram.world.add_person(*name.split(), language_code="en")
                settings = _settings(Path(folder), telegram)
                await run(settings, ready=lambda: say(f"Open {telegram.url} in a browser. Ctrl-C ends it."))
        except OSError as error:
            raise StartRefused(
                f"Port {port} is taken ({error.strerror}). Choose another: make demo DEMO='--port 8766'."
            ) from None


def _settings(folder: Path, telegram: LocalTelegram) -> Settings:
    make_keys(folder / "keys", folder / "offline")
    return load_settings(
        _env_file=None,
        token=telegram.token,
        api_url=telegram.url,
        data=folder / "data",
        database_url=None,
        keys=folder / "keys",
        listen="127.0.0.1:0",
    )
