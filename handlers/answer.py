"""What a handler says: a value that the process then sends. No handler calls Telegram itself."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from handlers.buttons import Button
from storage.news import News


@dataclass(frozen=True)
class Choice:
    """One button: what it says and what it means."""

    label: str
    button: Button


@dataclass(frozen=True)
class LinkChoice:
    """One button that opens an address."""

    label: str
    url: str


Rows = tuple[tuple[Choice | LinkChoice, ...], ...]


@dataclass(frozen=True)
class Screen:
    """A message: HTML with every inserted value escaped, and its rows of buttons."""

    text: str
    rows: Rows = ()


@dataclass(frozen=True)
class Document:
    """A file that is made for one person and kept nowhere."""

    name: str
    content: bytes = field(repr=False)


@dataclass(frozen=True)
class Sample:
    """News as one subscriber gets it."""

    news: News
    rows: Rows = ()
    silent: bool = False


@dataclass(frozen=True)
class Answer:
    """What follows an update, sent once its transaction is committed."""

    screen: Screen | None = None
    news: tuple[Sample, ...] = ()  # sent before the screen, one after the other
    document: Document | None = None  # sent before the screen, which comes only if it got there
    refused: Screen | None = None  # instead of news, or a document, that Telegram does not take
    below: bool = False  # send the screen anew even after a tap, which otherwise changes its message
    changes: int | None = None  # the message that becomes the screen, where it is not the tapped one
    toast: str | None = None  # to a tap; shown for a moment
    alert: str | None = None  # to a tap; stays until it is closed
    retire: int | None = None  # the message that loses its buttons
    drawn: Callable[[int], Awaitable[None]] | None = None  # is told the number of the message sent
    clear: bool = False  # then delete the messages marked for it; the screen takes the tapped one's place if that stays


NOTHING = Answer()


def ticked(label: str, *, on: bool) -> str:
    """A label that shows what is chosen."""
    return f"✓ {label}" if on else label
