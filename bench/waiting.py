"""Taps that wait at the Bot API, as after an hour without the bot, and what comes of each."""

from __future__ import annotations

import random
import re
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field

import orjson

SEED = 14
ARRIVAL, BETWEEN = 10.0, 0.5  # seconds within which people came, and between one's taps: they lie among each other
SHOWN_AT_ONCE = 100  # https://core.telegram.org/bots/api#getupdates
FIRST_PERSON = 1_000
OFFSET = re.compile(rb'offset["=\s:\r\n]*(-?\d+)')  # in JSON, a form, or parts, as all here
LIMIT = re.compile(rb'limit["=\s:\r\n]*(\d+)')
TIMEOUT = re.compile(rb'timeout["=\s:\r\n]*(\d+)')
QUERY = re.compile(rb'callback_query_id["=\s:\r\n]*(\d+)')
PART = re.compile(rb"(\d+)(?: / |\+%2F\+|%20%2F%20|%20/%20)\d")  # "The appeal · 3 / 6": of which tap it is the answer


@dataclass(frozen=True)
class Crowd:
    """Each of so many people taps so often, one part of the appeal after the other."""

    people: int
    taps: int


@dataclass
class Found:
    """What came of it."""

    seconds: float = 0.0  # from the first poll to the last call
    answered: int = 0  # taps
    drawn: int = 0  # screens
    out_of_order: int = 0  # people whose screens, or whose answers, came in another order than their taps
    twice: int = 0  # taps that were answered again


@dataclass
class Waiting:
    """The queue of one bot."""

    crowd: Crowd
    answers: dict[int, list[int]] = field(default_factory=lambda: defaultdict(list))  # taps answered, by person
    screens: dict[int, list[int]] = field(default_factory=lambda: defaultdict(list))

    def __post_init__(self) -> None:
        """Writes all updates: later they are only handed out."""
        chance = random.Random(SEED)
        taps = []
        for person in range(self.crowd.people):
            at = chance.uniform(0, ARRIVAL)
            for tap in range(1, self.crowd.taps + 1):
                taps.append((at, FIRST_PERSON + person, tap))
                at += chance.expovariate(1 / BETWEEN)
        self._taps = [(person, tap) for _, person, tap in sorted(taps)]
        self._updates = [_update(number, *one) for number, one in enumerate(self._taps, 1)]
        self._began = self._ended = 0.0
        self._answered = self._drawn = 0
        self._waits: list[Callable[[], None]] = []

    def poll(self, body: bytes) -> tuple[bytes, float]:
        """An answer to getUpdates, and the seconds after which it comes: nothing new ever wakes a long poll."""
        self._began = self._began or time.monotonic()
        begin = max(_number(OFFSET, body, 0) - 1, 0)
        shown = self._updates[begin : begin + _number(LIMIT, body, SHOWN_AT_ONCE)]
        return b'{"ok":true,"result":[%b]}' % b",".join(shown), 0.0 if shown else _number(TIMEOUT, body, 0)

    def answer(self, body: bytes) -> None:
        """A tap was answered; one that nobody of the crowd made is of no interest."""
        number = _number(QUERY, body, 0)
        if not 0 < number <= len(self._taps):
            return
        person, tap = self._taps[number - 1]
        self.answers[person].append(tap)
        self._answered += 1
        self._look()

    def draw(self, chat: int, body: bytes) -> None:
        """A message was changed."""
        self.screens[chat].append(_number(PART, body, 0))
        self._drawn += 1
        self._look()

    def when_done(self, tell: Callable[[], None]) -> None:
        """Calls it once all is answered and drawn."""
        self._waits.append(tell)
        self._look()

    def found(self) -> Found:
        """So far."""
        right = list(range(1, self.crowd.taps + 1))
        people = {*self.answers, *self.screens}
        ordered = sum(
            sorted(self.answers[one]) == self.answers[one] and sorted(self.screens[one]) == self.screens[one]
            for one in people
        )
        twice = sum(max(len(self.answers[one]) - len(right), 0) for one in people)
        return Found(self._ended - self._began, self._answered, self._drawn, len(people) - ordered, twice)

    def _look(self) -> None:
        self._ended = time.monotonic()
        if self._answered >= len(self._taps) and self._drawn >= len(self._taps):
            for tell in self._waits:
                tell()
            self._waits.clear()


def _number(pattern: re.Pattern[bytes], body: bytes, default: int) -> int:
    found = pattern.search(body)
    return int(found[1]) if found else default


def _update(number: int, person: int, tap: int) -> bytes:
    """As Telegram tells of a tap under a bot's message."""
    who = {"id": person, "is_bot": False, "first_name": "Ann", "last_name": "Example", "language_code": "en"}
    message = {
        "message_id": 7,
        "from": {"id": 123456789, "is_bot": True, "first_name": "Petition", "username": "petition_bot"},
        "chat": {"id": person, "first_name": "Ann", "last_name": "Example", "type": "private"},
        "date": int(time.time()),
        "text": "The count grows. " * 20,
        "entities": [{"offset": 0, "length": 9, "type": "bold"}],
        "reply_markup": {"inline_keyboard": [[{"text": "Next", "callback_data": "ap:2"}]]},
    }
    query = {"id": str(number), "from": who, "message": message, "chat_instance": "-1", "data": f"ap:{tap}"}
    return orjson.dumps({"update_id": number, "callback_query": query})
