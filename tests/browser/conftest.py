"""The chat page in a real Chromium, with the local Telegram behind it, and the whole bot where a test asks for it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from sandbox.server import LocalTelegram
from tests.browser.chromium import chromium, find_chromium
from tests.browser.phone import Phone
from tests.end_to_end import conftest as whole

HERE = Path(__file__).parent
NONE_FOUND = "NO CHROMIUM WAS FOUND: the chat page was not tested. On Debian: apt-get install chromium"
WIDE = {"width": 1280, "height": 800}
PEOPLE = (("Ann Example", None), ("Bohdan Example", None), ("Daryna Example", "organiser"))

telegram = whole.telegram
settings = whole.settings
start = whole.start
bot = whole.bot


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Without a browser its tests are skipped, or refused where one is needed."""
    if find_chromium() is not None:
        return
    mine = [item for item in items if HERE in item.path.parents]
    if mine and config.getoption("--need-browser"):
        raise pytest.UsageError(NONE_FOUND)
    for item in mine:
        item.add_marker(pytest.mark.skip(reason="no Chromium"))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """One loud line where nothing was tested."""
    if find_chromium() is None:
        terminalreporter.section(NONE_FOUND, sep="!", red=True, bold=True)


@pytest.fixture
async def phone(telegram: LocalTelegram) -> AsyncIterator[Phone]:
    """The page on a wide screen, with its people; the browser complains of nothing."""
    for name, role in PEOPLE:
        telegram.world.add_person(*name.split(), role=role)
    async with chromium() as browser:
        context = await browser.new_context(viewport=WIDE, locale="en-GB")  # type: ignore[arg-type] # a dict of these
        await context.grant_permissions(["clipboard-read", "clipboard-write"], origin=telegram.url)
        phone = Phone(await context.new_page(), telegram)
        await phone.open()
        yield phone
        await context.close()
    assert phone.complaints == []
