"""What a screen reader and the eye need: names, landmarks, a page that fits."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from tests.browser.phone import Phone

NAMELESS = """() => [...document.querySelectorAll('button, a, input, select, textarea, [role=button]')]
  .filter(one => one.checkVisibility() && !(one.ariaLabel || one.textContent.trim() || one.labels?.length))
  .map(one => one.outerHTML)"""
LARGER_THAN_WINDOW = "() => document.documentElement.scrollWidth > innerWidth"


async def test_everything_that_can_be_used_has_a_name(phone: Phone) -> None:
    phone.post("hello", reply_markup={"inline_keyboard": [[{"text": "Go", "callback_data": "go"}]]})
    await phone.sees("hello")
    await phone.page.get_by_role("button", name="Behind the scenes").click()
    assert await phone.page.evaluate(NAMELESS) == []


async def test_the_parts_of_the_page_are_told_apart(phone: Phone) -> None:
    await expect(phone.page.get_by_role("main")).to_have_count(1)
    await expect(phone.page.get_by_role("navigation", name="People")).to_have_count(1)
    await expect(phone.page.get_by_role("heading", level=1)).to_have_count(1)
    await expect(phone.page.get_by_role("log")).to_have_attribute("aria-live", "polite")


@pytest.mark.parametrize("width", [320, 390, 700, 1280])
async def test_nothing_is_wider_than_the_window(phone: Phone, width: int) -> None:
    await phone.page.set_viewport_size({"width": width, "height": 700})
    phone.post(
        "x" * 300, reply_markup={"inline_keyboard": [[{"text": "a long label " * 5, "callback_data": "go"}] * 3]}
    )
    await phone.sees("xxx")
    assert not await phone.page.evaluate(LARGER_THAN_WINDOW)


async def test_the_appearance_is_chosen_and_kept(phone: Phone) -> None:
    await phone.page.get_by_role("button", name="More").click()
    await phone.page.get_by_role("menuitemradio", name="Dark").click()
    await phone.page.reload()
    scheme = await phone.page.evaluate("getComputedStyle(document.documentElement).colorScheme")
    assert scheme == "dark"
