"""A row as it is kept, to be shown to the person that it is about."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row

Record = Mapping[str, Any]
"""A row's values by their columns; what this server can open is open."""


@dataclass(frozen=True)
class Sealed:
    """What this server cannot open."""

    content: bytes


def record(row: Row[Any], **opened: object) -> Record:
    """All columns of a row, those named `opened` with what is in them."""
    return {**row._mapping, **opened}  # noqa: SLF001 - a public name of SQLAlchemy's
