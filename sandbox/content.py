"""What a call wants a message to say: text or caption, entities, inline keyboard."""

from __future__ import annotations

from sandbox import errors
from sandbox.entities import parse_html, trim, utf16_length
from sandbox.errors import bad_request
from sandbox.parameters import Parameters, keyboard
from sandbox.world import Json

LONGEST_TEXT, LONGEST_CAPTION = 4_096, 1_024


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
    source = parameters.text(text)
    mode = parameters.text("parse_mode")
    if mode.lower() == "html":
        return parse_html(source)
    if mode:
        raise bad_request("unsupported parse_mode")
    return trim(source, _checked(parameters.array(entities, dict)))


def _checked(entities: list[Json]) -> list[Json]:
    for entity in entities:
        if not all(isinstance(entity.get(key), int) for key in ("offset", "length")) or "type" not in entity:
            raise bad_request("can't parse MessageEntity: type, offset and length are expected")
    return entities


def markup_of(parameters: Parameters) -> Json:
    """The inline keyboard; nothing where there is none."""
    markup = keyboard(parameters)
    return {"reply_markup": markup} if markup else {}
