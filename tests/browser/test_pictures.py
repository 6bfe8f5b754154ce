"""The pictures of the page that stand in docs/, taken anew by `pytest tests/browser --pictures docs`."""

from __future__ import annotations

from pathlib import Path
from typing import Literal, NamedTuple

import pytest
from playwright.async_api import Page, expect

from tests.browser.phone import Phone

LARGEST = 200_000  # bytes: everyone who looks at the project loads them
QUALITY = 88  # the wallpaper is too soft for a small PNG


class Picture(NamedTuple):
    """A file, and the window that it shows."""

    name: str
    width: int
    height: int
    appearance: Literal["light", "dark"]


PICTURES = (Picture("page-wide.jpg", 1280, 800, "light"), Picture("page-phone.jpg", 390, 844, "dark"))


@pytest.fixture
def folder(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """Where the pictures go: without `--pictures` they are taken all the same, and thrown away."""
    asked = request.config.getoption("--pictures")
    folder = Path(asked) if asked else tmp_path
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@pytest.mark.usefixtures("bot")
@pytest.mark.parametrize("picture", PICTURES, ids=lambda picture: picture.name)
async def test_the_picture_shows_how_one_signs(phone: Phone, folder: Path, picture: Picture) -> None:
    await phone.page.set_viewport_size({"width": picture.width, "height": picture.height})
    await phone.page.emulate_media(color_scheme=picture.appearance, reduced_motion="reduce")
    await read_and_begin_to_sign(phone)
    content = await still(phone.page)
    assert len(content) < LARGEST
    (folder / picture.name).write_bytes(content)


async def read_and_begin_to_sign(phone: Phone) -> None:
    await phone.start()
    await phone.press("Read the appeal")
    await phone.sees("The appeal · 1 / 5")
    await phone.say("/sign")
    await phone.press("Sign as Ann Example")
    await phone.press("Poland")
    await phone.sees("3 of 4")


async def still(page: Page) -> bytes:
    """The window as it stands, with nothing pointed at."""
    await page.mouse.move(0, 0)
    await page.evaluate("document.activeElement.blur()")
    await expect(page.get_by_role("log").locator("[aria-busy=true]")).to_have_count(0)
    return await page.screenshot(animations="disabled", type="jpeg", quality=QUALITY)
