"""A call's parameters, however they were sent: as JSON, in the address, or as a form where all are strings."""

from __future__ import annotations

import re
from typing import Any

import orjson

from sandbox.errors import BUTTON_DATA_INVALID, BUTTON_URL_INVALID, bad_request
from sandbox.world import Json

# Links of Telegram's own, and addresses of the web: a name with a dot, or a number. No scheme means http.
BUTTON_URL = re.compile(
    r"(?:(?:tg|ton)://\S+"
    r"|(?:https?://)?(?:[^\s/@]+@)?(?:(?:[\w-]+\.)+[^\W\d_][\w-]*[^\W_]|\d{1,3}(?:\.\d{1,3}){3})(?::\d{1,5})?(?:[/?#]\S*)?)",
    re.IGNORECASE,
)


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

    def array(self, name: str, kind: type) -> list[Any]:
        """An array of one kind of values; empty where it is missing."""
        values = self.structure(name) or []
        if not isinstance(values, list) or not all(isinstance(value, kind) for value in values):
            raise bad_request(f"can't parse {name} JSON object")
        return values


def read_json(body: bytes) -> Json:
    """A call's parameters that were sent as JSON."""
    try:
        found = orjson.loads(body or b"{}")
    except orjson.JSONDecodeError:
        found = None
    if not isinstance(found, dict):
        raise bad_request("can't parse request body as JSON object")
    return found


def keyboard(parameters: Parameters) -> Json | None:
    """An inline keyboard, checked; one without buttons counts as none."""
    markup = parameters.structure("reply_markup")
    if markup and not isinstance(markup, dict):
        raise bad_request("object expected as reply markup")
    if not markup or "inline_keyboard" not in markup:
        return None
    rows = markup["inline_keyboard"]
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        raise bad_request("can't parse inline keyboard: an Array of Arrays is expected")
    rows = [[_button(button) for button in row] for row in rows if row]
    return {"inline_keyboard": rows} if rows else None


def _button(button: Any) -> Json:
    if not isinstance(button, dict):
        raise bad_request("can't parse inline keyboard button: InlineKeyboardButton must be an Object")
    if not str(button.get("text", "")).strip():
        raise bad_request("can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard")
    data = button.get("callback_data")
    if data is not None and not 1 <= len(str(data).encode()) <= 64:
        raise BUTTON_DATA_INVALID
    if data is None and "url" not in button:
        raise bad_request("can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard")
    if "url" in button and not BUTTON_URL.fullmatch(str(button["url"]).strip()):
        raise BUTTON_URL_INVALID
    return {key: value for key, value in button.items() if value is not None}
