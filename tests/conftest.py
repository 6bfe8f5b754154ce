"""Options of the whole suite."""

from __future__ import annotations

import hypothesis
import pytest

from tests.browser.chromium import NONE_FOUND, find_chromium

FEW_STORIES = 5

hypothesis.settings.register_profile("unhurried", deadline=None)  # another process may hold the core
hypothesis.settings.load_profile("unhurried")


def pytest_addoption(parser: pytest.Parser) -> None:
    """What `pytest` takes here beside its own options."""
    parser.addoption("--kills", type=int, default=4, help="how often the bot is killed while people sign")
    parser.addoption(
        "--stories", type=int, default=FEW_STORIES, help="how many random stories the promises are held against"
    )
    parser.addoption("--need-browser", action="store_true", help="fail where no Chromium is found")
    parser.addoption("--pictures", metavar="FOLDER", help="take the pictures of the chat page anew into this folder")


def pytest_configure(config: pytest.Config) -> None:
    """Refused at once where a browser is needed and there is none."""
    if config.getoption("--need-browser") and find_chromium() is None:
        raise pytest.UsageError(NONE_FOUND)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """One loud line where the chat page was not tested."""
    if find_chromium() is None:
        terminalreporter.section(NONE_FOUND, sep="!", red=True, bold=True)
