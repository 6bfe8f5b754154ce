"""A typed text as a client sends it: **marks** become formatting, and links, names and commands are found in it."""

from __future__ import annotations

import re
from typing import Any

from sandbox.entities import command_entities, trim, utf16_length

Json = dict[str, Any]

# https://core.telegram.org/api/entities: what Telegram's clients read in a typed text
MARKS = re.compile(
    r"```(?:(?P<language>\w+)\n)?(?P<pre>.+?)```"
    r"|`(?P<code>[^`\n]+)`"
    r"|\*\*(?P<bold>.+?)\*\*"
    r"|__(?P<italic>.+?)__"
    r"|~~(?P<strikethrough>.+?)~~"
    r"|\|\|(?P<spoiler>.+?)\|\|"
    r"|\[(?P<text_link>[^\]\n]+)\]\((?P<url>(?:https?|tg)://[^\s)]+)\)",
    re.DOTALL,
)
FOUND = {
    "url": re.compile(
        r"(?:https?|tg)://[^\s<>\"]*[^\s<>\".,:;!?)\]}»]"
        r"|(?<![\w@./-])(?:[a-z0-9-]+\.)+(?:org|com|net|info|me|eu|by|ru|ua|uk|pl|lt|de|fr)(?:/[^\s<>\"]*[^\s<>\".,:;!?)\]}»])?(?![\w@])",
        re.IGNORECASE,
    ),
    "email": re.compile(r"(?<![\w.+-])[\w.+-]+@(?:[\w-]+\.)+[a-z]{2,}(?!\w)", re.IGNORECASE),
    "mention": re.compile(r"(?<![\w@/.])@[a-z][a-z0-9_]{3,31}(?!\w)", re.IGNORECASE),
    "hashtag": re.compile(r"(?<![\w#])#\w*[^\W\d]\w*"),
}
ALONE = ("code", "pre", "text_link")  # nothing is found inside these


def as_typed(source: str) -> tuple[str, list[Json]]:
    """The text that is sent for a typed one, and its entities."""
    text, entities = trim(*_read(source))
    return text, with_found(text, entities)


def with_found(text: str, entities: list[Json]) -> list[Json]:
    """The entities, and those that Telegram finds by itself: links, addresses, names, hashtags, commands."""
    taken = [one for one in entities if one["type"] in ALONE or one["type"] in (*FOUND, "bot_command")]
    found: list[Json] = []
    for one in (*_found(text), *command_entities(text)):
        if not any(_overlap(one, other) for other in (*taken, *found)):
            found.append(one)
    return sorted((*entities, *found), key=lambda one: (one["offset"], -one["length"]))


def _found(text: str) -> list[Json]:
    return [
        {"type": kind, "offset": utf16_length(text[: one.start()]), "length": utf16_length(one[0])}
        for kind, pattern in FOUND.items()
        for one in pattern.finditer(text)
    ]


def _overlap(one: Json, other: Json) -> bool:
    return bool(one["offset"] < other["offset"] + other["length"] and other["offset"] < one["offset"] + one["length"])


def _read(source: str) -> tuple[str, list[Json]]:
    text, entities, at = "", [], 0
    for mark in MARKS.finditer(source):
        text += source[at : mark.start()]
        at = mark.end()
        kind = next(name for name in ("pre", "code", "bold", "italic", "strikethrough", "spoiler", "text_link")
                    if mark[name] is not None)  # fmt: skip
        inner, nested = (mark[kind], []) if kind in ("pre", "code") else _read(mark[kind])
        offset = utf16_length(text)
        extra = {name: mark[name] for name in ("language", "url") if mark[name] is not None}
        entities.append({"type": kind, "offset": offset, "length": utf16_length(inner), **extra})
        entities += [{**one, "offset": one["offset"] + offset} for one in nested]
        text += inner
    return text + source[at:], entities
