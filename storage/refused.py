"""What is said of a database that must not be used."""

from __future__ import annotations


class DatabaseRefused(Exception):
    """This database must not be used; the text is one clear line that says what to do."""
