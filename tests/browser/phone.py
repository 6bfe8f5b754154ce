"""The chat page in somebody's hands: what she taps and types, and what she sees. It waits for what it expects."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from playwright.async_api import Locator, Page, Request, expect

from sandbox.accounts import Account
from sandbox.server import LocalTelegram
from sandbox.world import Json

DEADLINE = 10_000.0  # milliseconds
MOST_TABS = 80

expect.set_options(timeout=DEADLINE)


@dataclass
class Phone:
    """One window with the page."""

    page: Page
    telegram: LocalTelegram
    complaints: list[str] = field(default_factory=list)  # of the browser: none is expected

    def __post_init__(self) -> None:
        """Listens for what must not happen."""
        self.page.set_default_timeout(DEADLINE)
        self.page.on("console", lambda line: self._complain(line.type in ("error", "warning"), line.text))
        self.page.on("pageerror", lambda error: self._complain(True, str(error)))
        self.page.on("request", self._watch)

    @property
    def messages(self) -> Locator:
        """Every message of the chat that is shown."""
        return self.page.get_by_role("log").get_by_role("article")

    @property
    def newest(self) -> Locator:
        """The last message."""
        return self.messages.last

    @property
    def field(self) -> Locator:
        """Where messages are written."""
        return self.page.get_by_role("textbox", name="Message", exact=True)

    def account(self, first_name: str) -> Account:
        """Whose phone it is when this one is chosen."""
        return next(one for one in self.telegram.world.people.values() if one.first_name == first_name)

    def person(self, first_name: str) -> Locator:
        """An entry of the column."""
        return self.page.get_by_role("navigation", name="People").get_by_role("button", name=re.compile(first_name))

    async def open(self, query: str = "") -> None:
        """Opens the page, and waits for the chat."""
        await self.page.goto(f"{self.telegram.url}/{query}")
        await expect(self.page.get_by_role("heading", level=2, name="Undersigned")).to_be_visible()

    async def start(self) -> None:
        """Taps START."""
        await self.page.get_by_role("button", name="Start", exact=True).click()

    async def say(self, text: str) -> None:
        """Types a text and sends it."""
        await self.field.fill(text)
        await self.field.press("Enter")

    def button(self, label: str) -> Locator:
        """The newest button under a message that ends with these words: an emoji may stand before them."""
        return self.page.get_by_role("log").get_by_role("button", name=re.compile(f"(^|\\W ){re.escape(label)}$")).last

    async def press(self, label: str) -> None:
        """Taps a button under a message."""
        await self.button(label).click()

    async def sees(self, text: str) -> None:
        """Waits until a message says so."""
        await expect(self.messages.filter(has_text=text).last).to_be_visible()

    async def tab_to(self, name: str) -> None:
        """Steps with the Tab key until this stands in focus."""
        for _ in range(MOST_TABS):
            focused = await self.page.evaluate("document.activeElement.ariaLabel || document.activeElement.textContent")
            if str(focused).strip().endswith(name):
                return
            await self.page.keyboard.press("Tab")
        raise AssertionError(f"no step of the Tab key leads to {name!r}")

    def post(self, text: str, **content: object) -> int:
        """A message from the bot to Ann, without a bot; its number."""
        ann = self.account("Ann")
        ann.started = True
        return int(self.telegram.world.post(ann, {"text": text, **content})["message_id"])

    def message(self, number: int) -> Json:
        """A message of Ann's, to be changed."""
        return self.telegram.world.chats[self.account("Ann").id][number]

    def _watch(self, request: Request) -> None:
        inside = (f"{self.telegram.url}/", "data:", f"blob:{self.telegram.url}/")
        self._complain(not request.url.startswith(inside), f"asked for {request.url}")

    def _complain(self, really: bool, words: str) -> None:
        if really:
            self.complaints.append(words)
