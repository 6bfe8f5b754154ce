"""What an organiser decides of a broadcast: what is said, in which languages, to whom, and how."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson

from storage.news import News

DEFAULT = ""
"""The version of everybody whose language has none of its own."""


@dataclass(frozen=True)
class Link:
    """A button that opens an address."""

    label: str
    url: str


@dataclass(frozen=True)
class NewsButtons:
    """What stands under the news; an album can bear none."""

    sign: bool = False
    appeal: bool = False
    link: Link | None = None


@dataclass(frozen=True)
class Announcement:
    """All of it, but when. Never to whom by who signed: the record of a delivery would tell."""

    versions: Mapping[str, News] = field(default_factory=dict)  # by language, DEFAULT among them
    buttons: NewsButtons = NewsButtons()
    languages: frozenset[str] = frozenset()  # of those who get it; empty: everyone
    important: bool = False  # else who wants important news only does not get it
    silent: bool = False

    def version(self, language: str) -> News:
        """What a subscriber of this language gets."""
        return self.versions.get(language) or self.versions[DEFAULT]

    def to_json(self) -> bytes:
        """All of it, to be encrypted; the same bytes for the same content."""
        kept = {
            "versions": {language: news.to_dict() for language, news in sorted(self.versions.items())},
            "buttons": self.buttons,
            "languages": sorted(self.languages),
            "important": self.important,
            "silent": self.silent,
        }
        return orjson.dumps(kept)

    @classmethod
    def from_json(cls, content: bytes) -> Announcement:
        """What `to_json` gave; what was kept before there were versions, too."""
        kept: dict[str, Any] = orjson.loads(content)
        if "versions" not in kept:
            return cls({DEFAULT: News.from_dict(kept)})
        buttons = kept["buttons"]
        link = None if buttons["link"] is None else Link(**buttons["link"])
        return cls(
            versions={language: News.from_dict(news) for language, news in kept["versions"].items()},
            buttons=NewsButtons(buttons["sign"], buttons["appeal"], link),
            languages=frozenset(kept["languages"]),
            important=kept["important"],
            silent=kept["silent"],
        )
