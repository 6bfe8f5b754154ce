"""All that is kept of one person as JSON: every value with a plain explanation beside it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from handlers.context import Context
from handlers.own_meanings import MEANINGS, TABLES
from storage.clock import HOUR
from storage.person import Kept
from storage.record import Sealed

FILE_NAME = "mydata.json"
IN_HOURS = ("hour", "expires")


def own_document(context: Context, kept: Kept) -> bytes:
    """UTF-8, indented. It is made in memory; nobody keeps it."""
    _ = context.words.gettext
    document = {
        "about": _("All that this bot keeps of you. Each value stands beside what it means."),
        "petition": context.text.title,
        "bot": f"@{context.services.bot_name}",
        "day": context.store.clock().date().isoformat(),
        "kept": {table: _table(context, table, rows) for table, rows in kept.rows.items()},
    }
    return json.dumps(document, ensure_ascii=False, indent=2).encode()


def _table(context: Context, table: str, rows: tuple[Mapping[str, Any], ...]) -> dict[str, object]:
    told = {"meaning": context.words.gettext(TABLES[table])}
    return {**told, "rows": [_row(context.words.gettext, table, row) for row in rows]}


def _row(say: Callable[[str], str], place: str, row: Mapping[str, Any]) -> dict[str, object]:
    """What stands inside an encrypted value is told field by field as well."""
    return {name: _field(say, f"{place}.{name}", value) for name, value in row.items()}


def _field(say: Callable[[str], str], place: str, value: object) -> object:
    told = {"meaning": say(MEANINGS[place])}
    match value:
        case Mapping():
            return {**told, "fields": _row(say, place, value)}
        case Sealed(content):
            return {"value": say("sealed"), "hex": content.hex(), **told}
        case bytes():
            return {"hex": value.hex(), **told}
        case int() if place.rsplit(".", 1)[-1] in IN_HOURS:
            return {"value": value, "time": f"{datetime.fromtimestamp(value * HOUR, UTC):%Y-%m-%d %H:%M} UTC", **told}
    return {"value": value, **told}
