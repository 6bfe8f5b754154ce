"""The disk is full, the database locked, or its file gone, just when Ann taps I sign: she is told, and can later."""

from __future__ import annotations

import resource
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from io import StringIO
from pathlib import Path

import pytest

from bot.settings import Settings
from tests.end_to_end.conftest import Start
from tests.people import Newcomer

Trouble = Callable[[Path], AbstractContextManager[None]]


@contextmanager
def full(file: Path) -> Iterator[None]:
    """No file may grow any more: what a full disk is to SQLite, without a disk of our own."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (file.with_name(f"{file.name}-wal").stat().st_size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@contextmanager
def locked(file: Path) -> Iterator[None]:
    """Another program writes, and does not come to an end."""
    connection = sqlite3.connect(file, isolation_level=None)
    connection.execute("BEGIN EXCLUSIVE")
    yield
    connection.close()


@contextmanager
def removed(file: Path) -> Iterator[None]:
    """Somebody moves it away: a signature that is written to it now would be lost at the end."""
    elsewhere = file.rename(file.with_name("elsewhere"))
    yield
    assert not file.exists(), "no new database stands in the place of the one that was there"
    elsewhere.rename(file)


@pytest.mark.sqlites_own("PostgreSQL's files, and their locks, are its server's own")
@pytest.mark.parametrize("trouble", [full, locked, removed])
async def test_she_is_told_to_try_again_and_can(
    start: Start, newcomer: Newcomer, settings: Settings, trouble: Trouble, monkeypatch: pytest.MonkeyPatch,
    log_lines: StringIO,
) -> None:  # fmt: skip
    monkeypatch.setattr("storage.engines.BUSY_MILLISECONDS", 50)
    async with start():
        ann = newcomer("Ann Example")
        await ann.send("/sign")
        for label in ("Sign as Ann Example", "Skip", "Show my name"):
            await ann.press(label)
        await ann.expect("Please check")
        with trouble(settings.data / "undersigned.sqlite"):
            told = await (await ann.press("I sign")).answered()
            assert told.alert
            assert told.text is not None
            assert told.text.startswith("I could not do that just now. What you entered before is safe.")
            tried_again = "the database failed, trying once more" in log_lines.getvalue()
            assert tried_again == (trouble is not locked), "a lock was waited for, and a tap cannot wait longer"
        await ann.press("I sign")
        await ann.expect("You are signatory No. 67")
