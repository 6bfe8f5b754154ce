"""For the hour before a search: destroys the server's keys. A running bot ends by itself (`key_watch.py`)."""

from __future__ import annotations

from collections.abc import Callable

from bot.settings import keys_folder
from storage.key_destruction import destroy_keys, server_keys

YES = "yes"


class NotConfirmed(Exception):
    """Nothing was done; one clear line."""


def lockdown(ask: Callable[[], str], say: Callable[[str], None]) -> None:
    """Asks once. NotConfirmed for any answer but yes, KeysRefused where something could not be destroyed."""
    folder = keys_folder()
    names = ", ".join(path.name for path in server_keys(folder))
    say(f"This destroys {names} in {folder}. Without a copy elsewhere all that is encrypted is lost for good;")
    say("private names stay openable with organisers.key alone. A running bot ends within 15 seconds.")
    say(f"Type {YES} to destroy them:")
    try:
        answer = ask().strip()
    except KeyboardInterrupt:
        answer = ""
    if answer != YES:
        raise NotConfirmed("Nothing was done.")
    for path in destroy_keys(folder):
        say(f"destroyed {path}")
    say("Revoke the token too: send /revoke to @BotFather. What else to do: docs/lockdown.md")
