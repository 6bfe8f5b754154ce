"""What every handler is given."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from enum import Enum, auto
from zoneinfo import ZoneInfo

from handlers.answer import Screen
from handlers.daily_signings import DailySignings
from handlers.words import Words
from petition.content import Petition, Text
from storage.store import Store


class ScreenName(Enum):
    """Screens that another conversation may draw."""

    START = auto()
    SIGNATURE = auto()
    COMPOSER = auto()


@dataclass(frozen=True)
class Services:
    """What lives as long as the process."""

    petition: Petition
    store: Store
    words: Mapping[str, Words]
    bot_name: str
    clears_chats: bool  # whether message numbers are kept for it
    owners: frozenset[int]  # the organisers' accounts
    messages_per_second: int
    news_per_second: int  # more, where it is paid for
    first_recipients: int  # of a broadcast, before everybody
    approvals: bool  # by a second owner, where there are two
    broadcast_delay: int  # seconds between its confirm and its begin
    timezone: ZoneInfo  # in which organisers type a time
    wake_broadcaster: Callable[[], None]
    draft_hours: int  # that a half-filled signature is kept at most
    retention_days: int  # after closing for good, until signatures are erased; 0: never
    signings: DailySignings


@dataclass(frozen=True)
class Context:
    """One update of one person. Nothing here is ever missing but the tapped message."""

    services: Services
    screens: Mapping[ScreenName, Callable[[Context], Awaitable[Screen]]]
    update_id: int
    person: int
    chat: int
    full_name: str
    language: str  # in which news comes to her
    words: Words  # in her language where the bot's own are translated, else in English
    tapped: int | None  # the screen whose button was tapped; None where it must not change

    @property
    def petition(self) -> Petition:
        """What is signed."""
        return self.services.petition

    @property
    def text(self) -> Text:
        """What is signed, in the person's language where it is translated."""
        return self.services.petition.text(self.words.language)

    @property
    def store(self) -> Store:
        """What is kept."""
        return self.services.store

    @property
    def clears_chats(self) -> bool:
        """Whether Clear this chat can be offered."""
        return self.services.clears_chats

    @property
    def is_organiser(self) -> bool:
        """Whether the person holds an organiser's right at this moment."""
        return self.person in self.services.owners

    async def draw(self, name: ScreenName) -> Screen:
        """A screen of another conversation."""
        return await self.screens[name](self)

    async def signer_tag(self) -> bytes:
        """The code that her signature is found by: it costs some 30 ms of a core, once."""
        tag = await self.store.signer_tags.get(self.person)
        if tag is None:
            raise RuntimeError("no code was made, though nothing limited the wait for it")
        return tag
