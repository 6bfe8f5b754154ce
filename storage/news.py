"""One message as it was written: a text, a file or an album, formatting and all, without its origin."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any


class NewsKind(StrEnum):
    """How it is sent."""

    TEXT = "text"
    PHOTO = "photo"
    VIDEO = "video"
    ANIMATION = "animation"
    DOCUMENT = "document"
    AUDIO = "audio"
    VOICE = "voice"
    ALBUM = "album"


EXCHANGEABLE = frozenset(
    {NewsKind.PHOTO, NewsKind.VIDEO, NewsKind.ANIMATION, NewsKind.DOCUMENT, NewsKind.AUDIO}
)  # https://core.telegram.org/bots/api#inputmedia: each can take the place of another; a voice message is none of these


@dataclass(frozen=True)
class News:
    """A message without its origin: who wrote or forwarded it is not kept."""

    kind: NewsKind
    text: str = ""  # a file's caption may be empty; an album's captions stand in its parts
    entities: tuple[Mapping[str, Any], ...] = ()  # the formatting, in Telegram's own form
    file: str | None = None  # Telegram's number of the file
    link_preview: Mapping[str, Any] | None = None
    spoiler: bool = False  # the picture is covered until it is tapped
    caption_above: bool = False
    parts: tuple[News, ...] = ()  # of an album, 2 to 10

    @property
    def captioned(self) -> int:
        """The place of an album's part that bears the caption, or would."""
        return next((place for place, part in enumerate(self.parts) if part.text), 0)

    def to_dict(self) -> dict[str, Any]:
        """All of it, for JSON."""
        return asdict(self)

    @classmethod
    def from_dict(cls, kept: Mapping[str, Any]) -> News:
        """What `to_dict` gave."""
        parts = tuple(cls.from_dict(part) for part in kept.get("parts", ()))
        return cls(**{**kept, "kind": NewsKind(kept["kind"]), "entities": tuple(kept["entities"]), "parts": parts})
