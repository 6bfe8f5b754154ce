"""Options of the whole suite."""

from __future__ import annotations

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--kills N`: how often the bot is killed while people sign."""
    parser.addoption("--kills", type=int, default=8, help="how often the bot is killed while people sign")
