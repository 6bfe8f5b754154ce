"""A call's parameters, however they were sent: as JSON, in the address, or as a form where all are strings."""

from __future__ import annotations

from typing import Any

import orjson

from sandbox.errors import bad_request
from sandbox.world import Json


class Parameters(dict[str, Any]):
    """Reads values in the types that the Bot API names."""

    def integer(self, name: str, default: int | None = None) -> int:
        """A number; refused where it is missing or none."""
        value = self.get(name, default)
        try:
            return int(value)  # type: ignore[arg-type] # None is refused with the rest
        except (TypeError, ValueError):
            raise bad_request(f"{name} is not specified" if value is None else f"{name} is invalid") from None

    def flag(self, name: str) -> bool:
        """A boolean, in any of its spellings."""
        return str(self.get(name, "")).lower() in ("true", "1", "yes")

    def text(self, name: str) -> str:
        """A string; empty where it is missing."""
        return str(self.get(name) or "")

    def structure(self, name: str) -> Any:
        """An object or array; None where it is missing."""
        value = self.get(name)
        if not isinstance(value, str):
            return value
        try:
            return orjson.loads(value) if value else None
        except orjson.JSONDecodeError:
            raise bad_request(f"can't parse {name} JSON object") from None


def keyboard(parameters: Parameters) -> Json | None:
    """An inline keyboard, checked; one without buttons counts as none."""
    markup = parameters.structure("reply_markup")
    if not markup or "inline_keyboard" not in markup:
        return None
    rows = [[_button(button) for button in row] for row in markup["inline_keyboard"] if row]
    return {"inline_keyboard": rows} if rows else None


def _button(button: Json) -> Json:
    if not str(button.get("text", "")).strip():
        raise bad_request("can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard")
    data = button.get("callback_data")
    if data is not None and not 1 <= len(str(data).encode()) <= 64:
        raise bad_request("BUTTON_DATA_INVALID")
    if data is None and "url" not in button:
        raise bad_request("can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard")
    return {key: value for key, value in button.items() if value is not None}
