"""What the Bot API allows: the shapes of its objects, and the parameters and limits of its methods.

Where the Bot API lies as data beside the checkout, that is asked; else a few types written down here.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from sandbox.calls import Call
from sandbox.entities import parse_html, utf16_length

DATA = Path(__file__).resolve().parents[2] / "shared" / "bot-api.json"
FEW: dict[str, Any] = {
    name: {
        "fields": [{"name": field, "types": [kind], "required": True} for field, kind in fields.items()],
        "open": True,
    }
    for name, fields in {
        "Update": {"update_id": "Integer"},
        "Message": {"message_id": "Integer", "date": "Integer", "chat": "Chat"},
        "Chat": {"id": "Integer", "type": "String"},
        "User": {"id": "Integer", "is_bot": "Boolean", "first_name": "String"},
    }.items()
}
API: dict[str, Any] = json.loads(DATA.read_text(encoding="utf-8")) if DATA.exists() else {"types": FEW, "methods": {}}
TYPES, METHODS = API["types"], API["methods"]
PLAIN = {
    "Integer": int, "String": str, "Boolean": bool, "True": bool, "Float": (int, float),
    "InputFile": tuple,  # name and content, as a form brought them
}  # fmt: skip


def faults(value: Any, kind: str, where: str) -> Iterator[str]:
    """What is wrong with a value of this type, by its place."""
    if kind.startswith("Array of "):
        if not isinstance(value, list):
            yield f"{where} is no array"
            return
        for number, one in enumerate(value):
            yield from faults(one, kind.removeprefix("Array of "), f"{where}[{number}]")
    elif kind in PLAIN:
        if not isinstance(value, PLAIN[kind]) or (kind == "Integer" and isinstance(value, bool)):  # type: ignore[arg-type] # a type or two
            yield f"{where} is no {kind}: {value!r}"
    elif kind in TYPES:
        yield from object_faults(value, kind, where)


def object_faults(value: Any, kind: str, where: str) -> Iterator[str]:
    rule = TYPES[kind]
    if rule.get("subtypes"):
        tried = [list(faults(value, one, where)) for one in rule["subtypes"]]
        yield from min(tried, key=len)
        return
    if not isinstance(value, dict):
        yield f"{where} is no {kind}"
        return
    fields = {field["name"]: field for field in rule.get("fields", [])}
    for name, field in fields.items():
        if name in value:
            yield from min((list(faults(value[name], one, f"{where}.{name}")) for one in field["types"]), key=len)
        elif field["required"]:
            yield f"{where}.{name} is missing"
    if not rule.get("open"):
        yield from (f"{where}.{name} is unknown" for name in value if name not in fields)


LIMIT = re.compile(r"\b(\d+)-(\d+) (characters|bytes|identifiers)")


def call_faults(call: Call) -> Iterator[str]:
    """What the Bot API would not take in a call: an unknown method or parameter, a wrong type, a limit passed."""
    rule = METHODS.get(call.method)
    if rule is None:
        yield f"{call.method} is unknown"
        return
    fields = {field["name"]: field for field in rule.get("fields", [])}
    for name, value in call.parameters.items():
        if name not in fields:
            yield f"{call.method}.{name} is unknown"
            continue
        yield from min((list(faults(value, kind, f"{call.method}.{name}")) for kind in fields[name]["types"]), key=len)
        yield from limit_faults(value, fields[name]["description"], f"{call.method}.{name}", call.parameters)
    yield from (
        f"{call.method}.{name} is missing"
        for name, field in fields.items()
        if field["required"] and name not in call.parameters
    )
    yield from button_faults(call)


def limit_faults(value: Any, description: str, where: str, parameters: dict[str, Any]) -> Iterator[str]:
    """A limit that stands in the words of the description."""
    found = LIMIT.search(description)
    if found is None:
        return
    if found[3] == "characters" and parameters.get("parse_mode") == "HTML" and "entit" in description:
        value = parse_html(value)[0]
    size = utf16_length(value) if found[3] == "characters" else len(value.encode() if found[3] == "bytes" else value)
    if not int(found[1]) <= size <= int(found[2]):
        yield f"{where} has {size} {found[3]}"


def button_faults(call: Call) -> Iterator[str]:
    """The limits of what stands inside a keyboard."""
    markup = call.parameters.get("reply_markup") or {}
    for row in markup.get("inline_keyboard", []):
        for button in row:
            if not 1 <= len(button.get("callback_data", "x").encode()) <= 64:
                yield f"{call.method}: a button's data has {len(button['callback_data'])} bytes"


def assert_allowed(calls: Iterable[Call]) -> None:
    """Every call is one that the Bot API takes; checked where it lies as data beside the checkout."""
    if METHODS:
        found = sorted({fault for call in calls for fault in call_faults(call)})
        assert not found, "\n".join(found)
