"""What a call wants a message to say: text or caption, entities, inline keyboard."""

from __future__ import annotations

from functools import lru_cache

import orjson

from sandbox import errors
from sandbox.entities import parse_html, trim, utf16_length
from sandbox.errors import bad_request
from sandbox.parameters import Parameters, keyboard
from sandbox.typed import with_found
from sandbox.world import Json

LONGEST_TEXT, LONGEST_CAPTION = 4_096, 1_024
REMEMBERED = 64  # texts


def text_of(parameters: Parameters) -> Json:
    """A message's text and its entities."""
    text, entities = _formatted(parameters, "text", "entities")
    if not text:
        raise errors.EMPTY
    if utf16_length(text) > LONGEST_TEXT:
        raise errors.TOO_LONG
    return {"text": text, "entities": entities} if entities else {"text": text}


def caption_of(parameters: Parameters) -> Json:
    """A caption and its entities; nothing where there is none."""
    text, entities = _formatted(parameters, "caption", "caption_entities")
    if utf16_length(text) > LONGEST_CAPTION:
        raise bad_request("message caption is too long")
    found = {"caption": text, "caption_entities": entities}
    return {key: value for key, value in found.items() if value}


def _formatted(parameters: Parameters, text: str, entities: str) -> tuple[str, list[Json]]:
    mode = parameters.text("parse_mode")
    if mode and mode.lower() != "html":
        raise bad_request("unsupported parse_mode")
    given = [] if mode else _checked(parameters.array(entities, dict))
    plain, found = _read(parameters.text(text), orjson.dumps(given), is_html=bool(mode))
    return plain, [*found]


@lru_cache(maxsize=REMEMBERED)
def _read(source: str, given: bytes, *, is_html: bool) -> tuple[str, tuple[Json, ...]]:
    """What thousands of chats are sent is read once."""
    plain, entities = parse_html(source) if is_html else trim(source, orjson.loads(given))
    return plain, tuple(with_found(plain, entities))


def _checked(entities: list[Json]) -> list[Json]:
    for entity in entities:
        if not all(isinstance(entity.get(key), int) for key in ("offset", "length")) or "type" not in entity:
            raise bad_request("can't parse MessageEntity: type, offset and length are expected")
    return entities


def markup_of(parameters: Parameters) -> Json:
    """The inline keyboard; nothing where there is none."""
    markup = keyboard(parameters)
    return {"reply_markup": markup} if markup else {}


def marks_of(parameters: Parameters) -> Json:
    """How a message is to be shown and kept, beside what it says."""
    found = {
        "has_media_spoiler": parameters.flag("has_spoiler"),
        "show_caption_above_media": parameters.flag("show_caption_above_media"),
        "has_protected_content": parameters.flag("protect_content"),
        "effect_id": parameters.text("message_effect_id"),
        "link_preview_options": parameters.structure("link_preview_options"),
    }
    return {key: value for key, value in found.items() if value}


def delivery_of(parameters: Parameters) -> dict[str, bool]:
    """How a message is to arrive: what nobody can tell from the message itself."""
    return {"silent": parameters.flag("disable_notification"), "paid": parameters.flag("allow_paid_broadcast")}


def preview_of(parameters: Parameters) -> Json:
    """What is asked for the preview of a link; nothing where nothing is asked."""
    found = marks_of(parameters)
    return {key: value for key, value in found.items() if key == "link_preview_options"}
