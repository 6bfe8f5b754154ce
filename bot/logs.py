"""Log lines: their format, their levels, and what never stands in them."""

from __future__ import annotations

import asyncio
import logging
import sys
import traceback
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import structlog
from structlog.typing import EventDict, Processor

from bot.settings import HERE, LogFormat, LogLevel

FRAMES = 4  # of a traceback, innermost last
SILENT = ("telegram", "httpx", "httpcore", "aiohttp", "aiosqlite", "sqlalchemy", "alembic", "asyncio")
"""These write addresses that hold the token, whole updates, or the values of a statement into their lines."""


def set_up_logs(form: LogFormat, level: LogLevel) -> None:
    """Sends every line, ours and other libraries', to standard error in one form."""
    shared: list[Processor] = [
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _without_words_of_errors,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, _renderer(form)],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.value)
    _silence()


def _silence() -> None:
    for name in SILENT:
        logger = logging.getLogger(name)
        logger.handlers[:] = [logging.NullHandler()]
        logger.propagate = False
        logger.setLevel(logging.CRITICAL)


def _renderer(form: LogFormat) -> Processor:
    if form is LogFormat.JSON:
        return structlog.processors.JSONRenderer()
    return structlog.dev.ConsoleRenderer(colors=False)


def _without_words_of_errors(_logger: Any, _method: str, event: EventDict) -> EventDict:
    """An error's own text may hold a name, an id or the token: only its kind and place are kept."""
    error = event.pop("exc_info", None)
    if error is True:
        error = sys.exc_info()[1]
    if isinstance(error, tuple):
        error = error[1]
    if isinstance(error, BaseException):
        event["error"] = describe(error)
    return event


def log_lost_fault(_loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """For the event loop: a fault that nobody waited for. asyncio's own line bears the error's text."""
    structlog.get_logger(__name__).error("a fault that nobody waited for", exc_info=context.get("exception"))


def describe(error: BaseException) -> str:
    """What went wrong and where, without a word of the error's text."""
    kinds = " < ".join(type(one).__name__ for one in _chain(error))
    frames = traceback.extract_tb(error.__traceback__)[-FRAMES:]
    return f"{kinds} at " + " > ".join(f"{_short(frame.filename)}:{frame.lineno}" for frame in frames)


def _chain(error: BaseException) -> Iterator[BaseException]:
    one: BaseException | None = error
    while one is not None:
        yield one
        one = one.__cause__


def _short(filename: str) -> str:
    path = Path(filename)
    return str(path.relative_to(HERE)) if path.is_relative_to(HERE) else path.name
