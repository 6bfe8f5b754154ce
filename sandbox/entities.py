"""Telegram's HTML -> text and entities. Offsets are in UTF-16 units, those in errors in bytes.

https://core.telegram.org/bots/api#html-style
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, field
from typing import Any

from sandbox.errors import ApiError, bad_request

TAG = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9-]*)((?:\s+[A-Za-z-]+(?:\s*=\s*(?:\"[^\"]*\"|'[^']*'|[^\s>]+))?)*)\s*>")
ATTRIBUTE = re.compile(r"([A-Za-z-]+)(?:\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s>]+)))?")
CHARACTER = re.compile(r"&(?:lt|gt|amp|quot|#\d{1,7}|#x[0-9A-Fa-f]{1,6});")
LINK = re.compile(r"(?:https?|tg|ton|mailto|tel):\S|[^\s/]+\.[^\s/.]{2,}(?:[/?#]|$)")
TYPES = {
    "b": "bold", "strong": "bold", "i": "italic", "em": "italic", "u": "underline", "ins": "underline",
    "s": "strikethrough", "strike": "strikethrough", "del": "strikethrough", "tg-spoiler": "spoiler",
    "code": "code", "pre": "pre", "blockquote": "blockquote", "a": "text_link", "tg-emoji": "custom_emoji",
}  # fmt: skip


@dataclass
class _Open:
    tag: str
    offset: int
    attributes: dict[str, str]


@dataclass
class _Parser:
    source: str
    at: int = 0
    text: list[str] = field(default_factory=list)
    length: int = 0  # of the text, in UTF-16 units
    open: list[_Open] = field(default_factory=list)
    entities: list[dict[str, Any]] = field(default_factory=list)

    def run(self) -> tuple[str, list[dict[str, Any]]]:
        while self.at < len(self.source):
            character = self.source[self.at]
            if character == "<":
                self._tag()
            elif character == "&" and (found := CHARACTER.match(self.source, self.at)):
                self._add(html.unescape(found[0]))
                self.at = found.end()
            else:
                self._add(character)
                self.at += 1
        if self.open:
            raise _cannot_parse(f'Can\'t find end tag corresponding to start tag "{self.open[-1].tag}"')
        return "".join(self.text), sorted(self.entities, key=lambda one: (one["offset"], -one["length"]))

    def _add(self, text: str) -> None:
        self.text.append(text)
        self.length += utf16_length(text)

    def _tag(self) -> None:
        found = TAG.match(self.source, self.at)
        if found is None:
            raise self._malformed()
        name = found[2].lower()
        if found[1]:
            self._close(name)
        else:
            self._open(name, _attributes(found[3]))
        self.at = found.end()

    def _malformed(self) -> ApiError:
        rest = self.source[self.at + 1 :].lower()
        name = re.split(r"[\s>]", rest, maxsplit=1)[0]
        if name.startswith("/"):
            kind = "Unclosed end tag" if self.open else "Unexpected end tag"
        elif name in TYPES or name == "span" or name == rest:
            kind = "Unclosed start tag"
        else:
            kind = f'Unsupported start tag "{name}"'
        return _cannot_parse(f"{kind} at byte offset {self._byte()}")

    def _open(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == "span" and attributes.get("class") != "tg-spoiler":
            raise _cannot_parse(f'Tag "span" must have class "tg-spoiler" at byte offset {self._byte()}')
        if tag not in TYPES and tag != "span":
            raise _cannot_parse(f'Unsupported start tag "{tag}" at byte offset {self._byte()}')
        self.open.append(_Open(tag, self.length, attributes))

    def _close(self, tag: str) -> None:
        if not self.open:
            raise _cannot_parse(f"Unexpected end tag at byte offset {self._byte()}")
        opened = self.open.pop()
        if opened.tag != tag:
            raise _cannot_parse(
                f'Unmatched end tag at byte offset {self._byte()}, expected "</{opened.tag}>", found "</{tag}>"'
            )
        if self.length > opened.offset:
            self._entity(opened)

    def _entity(self, opened: _Open) -> None:
        kind = TYPES.get(opened.tag, "spoiler")
        entity: dict[str, Any] = {"type": kind, "offset": opened.offset, "length": self.length - opened.offset}
        if opened.tag == "a":
            entity["url"] = opened.attributes.get("href") or self._since(opened)
            if not LINK.match(entity["url"]):
                return
        if opened.tag == "tg-emoji":
            entity["custom_emoji_id"] = opened.attributes.get("emoji-id", "")
        if opened.tag == "blockquote" and "expandable" in opened.attributes:
            entity["type"] = "expandable_blockquote"
        inner = self.entities[-1] if self.entities else None
        if kind == "pre" and inner is not None and inner["type"] == "code" and inner["offset"] == entity["offset"]:
            self.entities.pop()  # <pre><code class="language-python"> is one entity
            entity.update({"language": inner["language"]} if "language" in inner else {})
        language = opened.attributes.get("class", "").removeprefix("language-")
        if opened.tag == "code" and language and self.open and self.open[-1].tag == "pre":
            entity["language"] = language
        self.entities.append(entity)

    def _since(self, opened: _Open) -> str:
        text = "".join(self.text).encode("utf-16-le")
        return text[opened.offset * 2 :].decode("utf-16-le")

    def _byte(self) -> int:
        return len(self.source[: self.at].encode())


def _attributes(source: str) -> dict[str, str]:
    found = ATTRIBUTE.finditer(source)
    return {one[1].lower(): html.unescape(one[2] or one[3] or one[4] or "") for one in found}


def _cannot_parse(reason: str) -> ApiError:
    return bad_request(f"can't parse entities: {reason}")


def utf16_length(text: str) -> int:
    """Telegram counts in UTF-16 units."""
    return len(text.encode("utf-16-le")) // 2


def parse_html(source: str) -> tuple[str, list[dict[str, Any]]]:
    """The text without tags, and its entities; ApiError with Telegram's words for what it cannot parse."""
    text, entities = _Parser(source).run()
    return trim(text, entities)


def trim(text: str, entities: list[dict[str, Any]]) -> tuple[str, list[dict[str, Any]]]:
    """Telegram strips white space at both ends, and entities with it."""
    start = utf16_length(text) - utf16_length(text.lstrip())
    stripped = text.strip()
    end = utf16_length(stripped)
    kept = []
    for entity in entities:
        offset = max(entity["offset"] - start, 0)
        length = min(entity["offset"] - start + entity["length"], end) - offset
        if length > 0:
            kept.append({**entity, "offset": offset, "length": length})
    return stripped, kept


def command_entities(text: str) -> list[dict[str, Any]]:
    """The commands that a client marks in a typed text."""
    found = re.finditer(r"(?<!\S)/[A-Za-z0-9_]{1,64}(?:@[A-Za-z0-9_]{3,32})?(?![\w/])", text)
    return [
        {"type": "bot_command", "offset": utf16_length(text[: one.start()]), "length": utf16_length(one[0])}
        for one in found
    ]
