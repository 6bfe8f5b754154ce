"""The languages the bot speaks."""

from __future__ import annotations

LANGUAGES: tuple[str, ...] = ("en", "be", "ru", "uk", "pl", "lt", "de", "fr")
