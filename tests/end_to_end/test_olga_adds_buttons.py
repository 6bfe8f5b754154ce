"""Olga puts buttons under her news, in each reader's language; a link with a label and an address of its own."""

from __future__ import annotations

import pytest

from sandbox.server import LocalTelegram
from tests.end_to_end.organiser import confirm, preview, tap, write
from tests.people import Person


async def add_link(olga: Person, text: str = "Our page https://example.org") -> None:
    await olga.press("A link")
    await olga.expect("in one message")
    await olga.send(text)


async def test_they_stand_under_what_arrives_as_under_the_preview(olga: Person, readers: list[Person]) -> None:
    await write(olga)
    await olga.press("Buttons")
    await olga.expect("A tap here turns one on or off")
    await tap(olga, "Sign", "Read the appeal")
    await add_link(olga)
    screen = await olga.expect("The link: Our page, https://example.org")
    assert screen.labels() == [["✓ Sign", "✓ Read the appeal"], ["✓ A link"], ["Back"]]
    await olga.press("Back")
    await olga.expect("buttons: Read the appeal, Sign, Our page")
    previewed = await preview(olga)
    await confirm(olga)
    await olga.expect("Sent in")
    arrived = await readers[0].expect("The count grows")
    for one in (previewed, arrived):
        assert one.labels() == [["Read the appeal"], ["Sign"], ["Our page"]]
        assert one.raw["reply_markup"]["inline_keyboard"][2][0]["url"] == "https://example.org"


async def test_each_can_be_turned_off_again(olga: Person, readers: list[Person]) -> None:
    await write(olga)
    await tap(olga, "Buttons", "Sign")
    await add_link(olga)
    await olga.expect("The link: Our page")
    await olga.quiet()
    await tap(olga, "✓ A link", "✓ Sign")
    await olga.press("Back")
    await olga.expect("no buttons")
    await confirm(olga)
    await olga.expect("Sent in")
    assert (await readers[0].expect("The count grows")).labels() == []


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Our page", "I find no address at the end"),
        ("Our page ftp://example.org", "I find no address at the end"),
        ("https://example.org", "Please write before the address"),
        ("a" * 65 + " https://example.org", "at most 64 characters"),
    ],
)
async def test_what_is_no_link_is_told(olga: Person, text: str, told: str) -> None:
    await write(olga)
    await tap(olga, "Buttons")
    await add_link(olga, text)
    assert "in one message" in (await olga.expect(told)).text
    await olga.photo()
    await olga.expect("Please type it as a text of your own")
    await olga.forward("Our page https://example.org")
    await olga.expect("Please type it as a text of your own")
    await olga.press("Back")
    await olga.expect("A tap here turns one on or off")
    await olga.press("Back")
    await olga.expect("A text, the same in all languages")


@pytest.mark.parametrize("end", [".", ",", ";", "!", ")"])
async def test_what_ends_a_sentence_is_not_of_the_address(olga: Person, end: str) -> None:
    await write(olga)
    await tap(olga, "Buttons")
    await add_link(olga, f"Our page https://example.org{end}")
    assert (await olga.expect("The link: ")).text.endswith("The link: Our page, https://example.org")


async def test_an_address_that_telegram_refuses_is_told(olga: Person, telegram: LocalTelegram) -> None:
    await write(olga)
    await tap(olga, "Buttons")
    await add_link(olga)
    await olga.expect("The link: Our page")
    await olga.quiet()
    await tap(olga, "Back")
    telegram.faults.refuse(400, "Bad Request: BUTTON_URL_INVALID", times=1, method="sendMessage", chat=olga.id)
    await olga.press("Preview")
    told = await olga.expect("Telegram does not take this message, or the address under it")
    assert "Buttons, then A link, which takes it away, and A link once more" in told.text
    await olga.expect("buttons: Our page")
    await olga.quiet()
    await tap(olga, "Buttons", "✓ A link")
    await add_link(olga, "Our page https://example.com")
    await olga.expect("The link: Our page, https://example.com")


async def test_a_link_typed_when_none_is_asked_for_is_news(olga: Person, readers: list[Person]) -> None:
    await write(olga)
    await tap(olga, "Buttons")
    await olga.press("A link")
    await olga.expect("in one message")
    await olga.press("Back")
    await olga.expect("A tap here turns one on or off")
    await olga.send("Our page https://example.org")
    await olga.expect("no buttons")
    await confirm(olga)
    await olga.expect("Sent in")
    await readers[0].expect("Our page https://example.org")
