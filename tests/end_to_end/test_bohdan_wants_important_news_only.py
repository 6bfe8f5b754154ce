"""Bohdan wants important news only, and without a sound: he chooses, changes his mind, and taps what is old."""

from __future__ import annotations

import pytest

from tests.end_to_end.conftest import Start
from tests.end_to_end.organiser import confirm, write
from tests.people import Message, Newcomer, Person

WAYS_ON = [["Stop the news"], ["Clear this chat", "Back"]]


def terms(*, level: str = "All news", silent: bool = False) -> list[list[str]]:
    """The buttons of these terms, where nothing was sent yet."""
    levels = [f"✓ {label}" if label == level else label for label in ("All news", "Important only")]
    return [levels, ["✓ Silently" if silent else "Silently"], *WAYS_ON]


@pytest.fixture
async def bohdan(ann: Person) -> Person:
    """He has just asked for news."""
    await ann.send("/subscribe")
    await ann.expect("You will get news here. To stop: /unsubscribe")
    return ann


async def expect_terms(person: Person, *, level: str = "All news", silent: bool = False) -> Message:
    screen = await person.expect("You will get news here. To stop: /unsubscribe")
    assert screen.labels() == terms(level=level, silent=silent), person.picture()
    return screen


async def told(person: Person) -> str:
    """What /mydata says of his news."""
    await person.send("/mydata")
    lines = (await person.expect("What is kept of you")).text.splitlines()
    return next((line.partition(" For it")[0] for line in lines if line.startswith("News:")), "")


async def test_he_gets_all_until_he_chooses_and_every_choice_is_one_tap(bohdan: Person) -> None:
    first = await expect_terms(bohdan)
    assert "what the organisers mark as important" in first.text
    assert await told(bohdan) == "News: all, in English."
    await bohdan.press("Important only")
    assert (await expect_terms(bohdan, level="Important only")).message_id == first.message_id
    await bohdan.press("Silently")
    await expect_terms(bohdan, level="Important only", silent=True)
    assert await told(bohdan) == "News: important only, in English, silently."
    await bohdan.press("All news")
    await expect_terms(bohdan, silent=True)
    await bohdan.press("Silently")
    await expect_terms(bohdan)
    assert await told(bohdan) == "News: all, in English."


async def test_a_double_tap_has_the_effect_of_one(bohdan: Person) -> None:
    for label in ("Silently", "Important only"):
        for tap in await bohdan.press_twice(label):
            await tap.answered()
    await bohdan.quiet()
    assert bohdan.chat()[-1].labels() == terms(level="Important only", silent=True)
    assert await told(bohdan) == "News: important only, in English, silently."


async def test_asking_again_or_tapping_send_me_news_again_keeps_what_he_chose(bohdan: Person) -> None:
    await bohdan.press("Important only")
    await expect_terms(bohdan, level="Important only")
    await bohdan.send("/subscribe")
    await expect_terms(bohdan, level="Important only")
    await bohdan.send("/start")
    await bohdan.press("Send me news")
    await expect_terms(bohdan, level="Important only")


async def test_an_old_choice_makes_nobody_a_subscriber(bohdan: Person) -> None:
    old = bohdan.chat()[-1]
    await bohdan.send("/unsubscribe")
    await bohdan.expect("You get no news from here")
    for label in ("All news", "Important only", "Silently"):
        await bohdan.forge(old.data_of(label), message=old.message_id, inaccessible=True)
        nothing = await bohdan.expect("You get no news here, so there is nothing to choose.")
        assert nothing.labels() == [["Send me news"], ["Clear this chat", "Back"]]
        assert await told(bohdan) == ""
    await bohdan.forge(nothing.data_of("Send me news"), message=nothing.message_id)
    await expect_terms(bohdan)


async def test_what_he_chose_goes_with_him(bohdan: Person) -> None:
    await bohdan.press("Important only")
    await expect_terms(bohdan, level="Important only")
    await bohdan.press("Stop the news")
    await bohdan.expect("You get no news from here. What was kept for it is erased.")
    await bohdan.press("Send me news")
    await expect_terms(bohdan)


async def test_he_who_blocked_the_bot_chooses_nothing_by_an_old_button(bohdan: Person) -> None:
    old = bohdan.chat()[-1]
    bohdan.block()
    await bohdan.quiet()
    bohdan.telegram.world.block(bohdan.id, blocked=False)
    await bohdan.forge(old.data_of("Silently"), message=old.message_id)
    await bohdan.expect("You get no news here, so there is nothing to choose.")


async def test_nonsense_is_answered_and_changes_nothing(bohdan: Person) -> None:
    await bohdan.press("Important only")
    screen = await expect_terms(bohdan, level="Important only")
    for data in ("nl", "nl:", "nl:none", "nl:ALL", "nl:all:all", "ns:", "ns:x", "ns:True", "nl:all\x00"):
        tap = await bohdan.forge(data, message=screen.message_id)
        assert "older message" in str((await tap.answered()).text)
    assert await told(bohdan) == "News: important only, in English."


async def test_a_restart_keeps_it_and_its_buttons(start: Start, newcomer: Newcomer) -> None:
    bohdan = newcomer("Bohdan Example")
    async with start():
        await bohdan.send("/subscribe")
        await bohdan.press("Silently")
        await expect_terms(bohdan, silent=True)
    async with start():
        await bohdan.press("Important only")
        await expect_terms(bohdan, level="Important only", silent=True)


async def test_an_update_that_comes_again_has_the_effect_of_once(start: Start, newcomer: Newcomer) -> None:
    """As after a kill: Telegram hands over what was not confirmed."""
    bohdan = newcomer("Bohdan Example")
    world = bohdan.telegram.world
    async with start():
        await bohdan.send("/subscribe")
        await bohdan.press("Silently")
        tap = world.pending()[-1]
        await expect_terms(bohdan, silent=True)
        await bohdan.quiet()
    asked = len(bohdan.telegram.calls)
    world.repeat(tap)
    async with start():
        await bohdan.quiet()
        assert [call for call in bohdan.telegram.calls[asked:] if call.method == "answerCallbackQuery"]
        assert await told(bohdan) == "News: all, in English, silently."


async def test_who_wants_it_silently_hears_nothing_and_others_do(olga: Person, readers: list[Person]) -> None:
    bohdan, other = readers
    await bohdan.press("Silently")
    await expect_terms(bohdan, silent=True)
    await write(olga)
    await confirm(olga)
    await olga.expect("Sent in")
    silent = olga.telegram.world.silent
    heard = [(await one.expect("The count grows")).message_id not in silent for one in (bohdan, other)]
    assert heard == [False, True]
