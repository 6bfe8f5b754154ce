"""A button's label and its address, typed in one message."""

from __future__ import annotations

from enum import Enum, auto
from urllib.parse import urlsplit

from storage.announcement import Link

LONGEST_LABEL = 64  # characters
LONGEST_ADDRESS = 1_024  # characters
STOPS = frozenset(".,;:!?…'\"’”»")  # what ends a sentence rather than an address
BRACKETS = {")": "(", "]": "[", "}": "{"}


class Amiss(Enum):
    """What is wrong with what was typed."""

    NO_ADDRESS = auto()
    NO_LABEL = auto()
    LONG_LABEL = auto()


def link_of(text: str) -> Link | Amiss:
    """The last word is the address, all before it the label: "Our page https://example.org"."""
    *words, last = text.split() or [""]
    address = _without_stops(last)
    label = " ".join(words)
    if not is_address(address):
        return Amiss.NO_ADDRESS
    if not any(character.isprintable() for character in label):
        return Amiss.NO_LABEL
    return Amiss.LONG_LABEL if len(label) > LONGEST_LABEL else Link(label, address)


def is_address(text: str) -> bool:
    """Whether it is one that a browser opens, at a host with a full name: Telegram takes no other."""
    try:
        parts = urlsplit(text)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return False
    whole = "." in host and not host.startswith(".") and ".." not in host and port != 0
    return parts.scheme in ("http", "https") and whole and text.isprintable() and len(text) <= LONGEST_ADDRESS


def _without_stops(text: str) -> str:
    """A closing bracket is of the address where its opening one is."""
    while text and (text[-1] in STOPS or text.count(text[-1]) > text.count(BRACKETS.get(text[-1], text[-1]))):
        text = text[:-1]
    return text
