"""Options of the whole suite."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest

from tests.browser.chromium import NONE_FOUND, find_chromium
from tests.postgresql import PostgreSQL, started

FEW_STORIES = 5
SQLITE, POSTGRESQL = "sqlite", "postgresql"
IN_MEMORY, ROOM = Path("/dev/shm"), 2 * 2**30  # bytes  # noqa: S108 - pytest makes a folder of its user's own there
SQLITES_OWN = "sqlites_own"

hypothesis.settings.register_profile("unhurried", deadline=None)  # another process may hold the core
hypothesis.settings.load_profile("unhurried")


def pytest_addoption(parser: pytest.Parser) -> None:
    """What `pytest` takes here beside its own options."""
    parser.addoption("--kills", type=int, default=4, help="how often the bot is killed while people sign")
    parser.addoption(
        "--stories", type=int, default=FEW_STORIES, help="how many random stories the promises are held against"
    )
    parser.addoption("--database", choices=(SQLITE, POSTGRESQL), default=SQLITE, help="the kind that stories run on")
    parser.addoption("--need-browser", action="store_true", help="fail where no Chromium is found")
    parser.addoption("--pictures", metavar="FOLDER", help="take the pictures of the chat page anew into this folder")


def pytest_configure(config: pytest.Config) -> None:
    """Refused at once where a browser is needed and there is none.

    Files lie in memory where it has room: what is synced to a disk takes half of the suite's time, and none of it has
    to survive. PYTEST_DEBUG_TEMPROOT names another place.
    """
    if IN_MEMORY.is_dir() and os.access(IN_MEMORY, os.W_OK) and shutil.disk_usage(IN_MEMORY).free > ROOM:
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(IN_MEMORY))
    if config.getoption("--need-browser") and find_chromium() is None:
        raise pytest.UsageError(NONE_FOUND)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """What looks at an SQLite file says nothing of PostgreSQL."""
    if config.getoption("--database") == SQLITE:
        return
    left_out = [item for item in items if item.get_closest_marker(SQLITES_OWN)]
    items[:] = [item for item in items if item not in left_out]
    config.hook.pytest_deselected(items=left_out)


@pytest.fixture(scope="session")
def postgresql(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PostgreSQL]:
    """The server of this session's tests."""
    with started(tmp_path_factory.mktemp("postgresql")) as server:
        yield server


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """One loud line where the chat page was not tested."""
    if find_chromium() is None:
        terminalreporter.section(NONE_FOUND, sep="!", red=True, bold=True)
