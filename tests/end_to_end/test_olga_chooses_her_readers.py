"""Olga chooses whom news is for, and how it comes: by language, important or not, silently; never by who signed."""

from __future__ import annotations

import pytest

from sandbox.server import LocalTelegram
from tests.end_to_end.organiser import confirm, news_calls, subscribed, tap, write
from tests.end_to_end.test_olga_writes_in_two_languages import subscriber
from tests.people import Newcomer, Person


async def test_where_all_want_important_news_only_it_is_told(olga: Person, newcomer: Newcomer) -> None:
    (reader,) = await subscribed(newcomer, 1)
    await tap(reader, "Important only")
    await write(olga)
    panel = olga.chat()[-1]
    assert "whoever asked for it wants important news only · with sound · not marked important" in panel.text
    assert not panel.bears("Send to 1 person")
    await olga.press("Important")
    assert (await olga.expect("to everyone (1)")).bears("Send to 1 person")


async def test_only_readers_of_the_languages_she_chose(olga: Person, newcomer: Newcomer) -> None:
    german, polish, english = [await subscriber(newcomer, language) for language in ("de", "pl", "en")]
    await write(olga)
    await olga.press("Audience")
    screen = await olga.expect("Everyone who asked for news")
    assert screen.labels()[0] == ["✓ Everyone"]
    await tap(olga, "Deutsch", "✓ Deutsch")
    assert olga.chat()[-1].bears("✓ Everyone")
    await tap(olga, "Deutsch", "Polski")
    screen = olga.chat()[-1]
    assert [label for row in screen.labels() for label in row if "✓" in label] == ["✓ Polski", "✓ Deutsch"]
    await olga.press("Back")
    await olga.expect("to readers of Polish, German (2)")
    await confirm(olga)
    await olga.expect("Sent in")
    await german.expect("The count grows")
    await polish.expect("The count grows")
    await english.quiet()
    assert not [one for one in english.chat() if "The count grows" in one.text]


async def test_of_news_that_is_not_important_some_are_left_out(olga: Person, readers: list[Person]) -> None:
    await tap(readers[0], "Important only")
    await write(olga)
    assert (await olga.expect("not marked important")).bears("Send to 1 person")
    await olga.press("Important")
    panel = await olga.expect("with sound · important")
    assert (panel.bears("✓ Important"), panel.bears("Send to 2 people")) == (True, True)
    await olga.press("✓ Important")
    assert (await olga.expect("not marked important")).bears("Send to 1 person")
    await confirm(olga, "1 person")
    await olga.expect("reached 1")
    await readers[1].expect("The count grows")


async def test_silent_comes_without_a_sound(olga: Person, readers: list[Person], telegram: LocalTelegram) -> None:
    await write(olga)
    await olga.press("Silent")
    assert (await olga.expect("· silent ·")).bears("✓ Silent")
    await olga.press("Send me a test")
    await olga.expect("The count grows")
    await confirm(olga)
    await olga.expect("Sent in")
    assert len(readers) == 2
    assert [call.parameters.get("disable_notification") for call in news_calls(telegram)] == [True] * 3


@pytest.mark.usefixtures("readers")
async def test_a_tap_on_an_older_panel_changes_nothing(olga: Person) -> None:
    await write(olga)
    older = olga.chat()[-1].data_of("Silent")
    await olga.press("Silent")
    await olga.expect("· silent ·")
    told = await (await olga.forge(older)).answered()
    assert told.text == "That was an older message. Here is where you are."
    await olga.send("/broadcast")
    await olga.expect("· silent ·")


async def test_to_no_readers_nothing_is_sent(olga: Person, readers: list[Person]) -> None:
    await write(olga)
    await tap(olga, "Audience", "Lietuvių")
    await olga.press("Back")
    panel = await olga.expect("nobody has asked for such news yet")
    assert not any("Send to" in label for row in panel.labels() for label in row)
    assert len(readers) == 2
