"""Every log line of a story, as it would be written at DEBUG; and what must not stand in any of them."""

from __future__ import annotations

import copy
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import StringIO
from typing import Any

import structlog

from bot.logs import SILENT, set_up_logs
from bot.settings import LogFormat, LogLevel
from sandbox.server import LocalTelegram

TELLING = 6  # characters: a shorter text or name may stand in a line by chance


@contextmanager
def captured() -> Iterator[StringIO]:
    """The program's own handler and format at DEBUG, into memory; afterwards everything is as it was."""
    loggers = [logging.getLogger(name) for name in (None, *SILENT)]
    before = [(logger, logger.handlers[:], logger.level, logger.propagate) for logger in loggers]
    lines = StringIO()
    set_up_logs(LogFormat.CONSOLE, LogLevel.DEBUG)
    for handler in logging.getLogger().handlers:
        if isinstance(handler, logging.StreamHandler):
            handler.setStream(lines)
    try:
        yield lines
    finally:
        structlog.reset_defaults()
        for logger, handlers, level, propagate in before:
            logger.handlers[:], logger.propagate = handlers, propagate
            logger.setLevel(level)


class Overheard:
    """What people say to one Telegram, from now on: every update that it hands to the bot."""

    def __init__(self, telegram: LocalTelegram) -> None:
        """Listens at the queue; a chat that is cleared later is heard all the same."""
        self._telegram = telegram
        self._updates: list[Any] = []
        self._told: list[Callable[[dict[str, Any]], None]] = []
        put = telegram.world.update

        def update(content: dict[str, Any]) -> int:
            number = put(content)
            self._hear(copy.deepcopy({"update_id": number, **content}))
            return number

        telegram.world.update = update  # type: ignore[method-assign] # the one door that all updates pass

    def tell(self, listener: Callable[[dict[str, Any]], None]) -> None:
        """`listener` is told of every update, as it stands when it is handed over."""
        self._told.append(listener)

    def _hear(self, update: dict[str, Any]) -> None:
        self._updates.append(update)
        for listener in self._told:
            listener(update)

    def secrets(self) -> set[str]:
        """The token, every person's id and names, and what was written, captions and forged buttons too."""
        people = self._telegram.world.people.values()
        names = {part for person in people for part in _names(person.user())}
        said = {one.strip() for update in self._updates for one in _texts(update)}
        telling = {one for one in names | said if len(one) >= TELLING and not _is_command(one)}
        return {self._telegram.token, *(str(person.id) for person in people), *telling}


def _names(user: dict[str, Any]) -> Iterator[str]:
    yield " ".join(user[key] for key in ("first_name", "last_name") if key in user)
    if "username" in user:
        yield user["username"]


def _texts(content: Any) -> Iterator[str]:
    if isinstance(content, dict):
        for key, value in content.items():
            if key in ("text", "caption", "data", "phone_number") and isinstance(value, str):
                yield value
            elif key != "reply_markup":
                yield from _texts(value)
    elif isinstance(content, list):
        for value in content:
            yield from _texts(value)


def _is_command(text: str) -> bool:
    """Its name stands in the names of our own files too."""
    return text.startswith("/") and text[1:].isidentifier()


def assert_unnamed(lines: str, secrets: set[str]) -> None:
    """No line holds any of these."""
    told = [(secret, line) for line in lines.splitlines() for secret in secrets if secret in line]
    assert not told, told[:3]
