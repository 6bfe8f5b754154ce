"""`copy-database`: all that is kept moves to another database, and the operator is told what to do next."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from bot.settings import Place
from storage.cipher import Keys
from storage.copying import FROM, TO, copy_database, tell_removal
from storage.database import DatabaseRefused

VARIABLE, FILE = "env:", "file:"  # where an address stands, so that its password is in no list of processes


async def move(place: Place, source: str, target: str, say: Callable[[str], None]) -> None:
    """Copies the one into the other, and compares; both as the command is given them. Every refusal is one line."""
    keys = Keys.load(place.keys)
    source, target = _address(source, FROM), _address(target, TO)
    contents = await copy_database(
        source, target, folder=place.data, keys=keys, told=lambda table, rows: say(f"{table}: {rows}")
    )
    say(f"Copied and compared, row by row: {sum(content.rows for content in contents.values())} rows.")
    say("Set BOT_DATABASE_URL to TO, and see what python -m bot check says. Then start the bot, never again on FROM.")
    say("FROM is unchanged, and will still hold what people erase from now on: keep it for seven days at most, until a")
    say(f"backup of TO is made. Then {tell_removal(source)}")


def _address(given: str, end: str) -> str:
    """The address itself, or what stands in the variable or the file that is named; never told."""
    try:
        if given.startswith(VARIABLE):
            return os.environ[given.removeprefix(VARIABLE)]
        if given.startswith(FILE):
            return Path(given.removeprefix(FILE)).read_text(encoding="utf-8").strip()
    except (KeyError, OSError, ValueError) as error:
        raise DatabaseRefused(
            f"{end}: the variable or file that it names cannot be read ({type(error).__name__}). "
            "It is to hold an address."
        ) from None
    return given
