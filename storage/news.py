"""What is sent to subscribers, as it was written: text or one file, formatting and all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

import orjson


class NewsKind(StrEnum):
    """How it is sent."""

    TEXT = "text"
    PHOTO = "photo"
    VIDEO = "video"
    ANIMATION = "animation"
    DOCUMENT = "document"


@dataclass(frozen=True)
class News:
    """A message without its origin: who wrote or forwarded it is not kept."""

    kind: NewsKind
    text: str  # a file's caption; may be empty then
    entities: tuple[Mapping[str, Any], ...] = ()  # the formatting, in Telegram's own form
    file: str | None = None  # Telegram's number of the file
    link_preview: Mapping[str, Any] | None = None
    spoiler: bool = False  # the picture is covered until it is tapped
    caption_above: bool = False

    def to_json(self) -> bytes:
        """All of it, to be encrypted."""
        return orjson.dumps(asdict(self))

    @classmethod
    def from_json(cls, content: bytes) -> News:
        """What `to_json` gave."""
        kept = orjson.loads(content)
        return cls(**{**kept, "kind": NewsKind(kept["kind"]), "entities": tuple(kept["entities"])})
