"""Daryna, the organiser, sends news to everyone who asked for it: her phone and theirs, in one window."""

from __future__ import annotations

from playwright.async_api import expect

from tests.browser.phone import Phone


async def test_the_organiser_is_told_apart(phone: Phone) -> None:
    await expect(phone.person("Daryna")).to_contain_text("organiser")
    await phone.person("Daryna").click()
    await expect(phone.person("Daryna")).to_have_attribute("aria-current", "true")
    await expect(phone.person("Ann")).to_have_attribute("aria-current", "false")
