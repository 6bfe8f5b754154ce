"""How a petition's folder is refused, and how its files are read."""

from __future__ import annotations

from pathlib import Path


class PetitionRefused(Exception):
    """A petition's folder is broken: one clear line that names the file and says what it takes."""


def read(path: Path) -> str:
    """A file's text; a byte order mark and the ends of lines of other systems are no part of it."""
    try:
        return path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise PetitionRefused(f"{path} is missing.") from None
    except UnicodeDecodeError:
        raise PetitionRefused(f"{path} is not UTF-8.") from None
    except OSError as error:
        raise PetitionRefused(f"{path} cannot be read ({error.strerror}).") from None
