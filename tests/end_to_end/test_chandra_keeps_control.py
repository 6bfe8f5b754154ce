"""Chandra sees what is kept, takes it back, and clears the chat."""

from __future__ import annotations

import pytest

from bot.application import serving
from bot.settings import Settings
from sandbox.server import LocalTelegram
from tests.end_to_end.conftest import Start
from tests.end_to_end.test_bohdan_signs import sign
from tests.people import Newcomer, Person


async def test_my_signature_shows_number_and_day(ann: Person) -> None:
    await ann.send("/mysignature")
    assert (await ann.expect("There is no signature of yours here")).labels() == [["✍️ Sign", "Back"]]
    await sign(ann)
    await ann.send("/mysignature")
    own = await ann.expect("You have signed: No. 67, on ")
    assert "Name: private. Your name is sealed: only the organisers' offline key opens it." in own.text
    assert "Country: not given\nLanguage: English" in own.text
    assert "Ann Example" not in own.text


async def test_a_shown_name_is_shown_to_its_owner(ann: Person) -> None:
    await sign(ann, "Show my name")
    await ann.send("/mysignature")
    assert "Name: Ann Example, shown" in (await ann.expect("You have signed")).text


async def test_withdraw_asks_once_and_then_it_is_gone(ann: Person) -> None:
    await sign(ann)
    await ann.send("/withdraw")
    question = await ann.expect("Withdraw your signature, No. 67?")
    assert question.labels() == [["Yes, withdraw", "Back"]]
    await ann.press("Back")
    await ann.expect("You have signed")
    await ann.press("Withdraw")
    await ann.press("Yes, withdraw")
    await ann.expect("Your signature is withdrawn")
    await ann.send("/start")
    await ann.expect("66 people have signed")
    await sign(ann)
    await ann.expect("No. 68")


async def test_an_old_yes_does_not_withdraw_a_later_signature(ann: Person) -> None:
    await sign(ann)
    await ann.send("/withdraw")
    question = await ann.expect("Withdraw your signature, No. 67?")
    yes = question.data_of("Yes, withdraw")
    await ann.press("Yes, withdraw")
    await ann.expect("Your signature is withdrawn")
    await sign(ann)
    await (await ann.forge(yes)).answered()
    await ann.send("/mysignature")
    await ann.expect("No. 68")


async def test_a_forged_yes_says_what_is_true(ann: Person) -> None:
    await ann.send("/mysignature")
    await ann.expect("There is no signature of yours here")
    await (await ann.forge("w:67")).answered()
    assert not [one for one in await ann.quiet() if "is withdrawn:" in one.text]


async def test_news_on_and_off(ann: Person) -> None:
    await ann.send("/start")
    await ann.press("Send me news")
    await ann.expect("You will get news here. To stop: /unsubscribe")
    await ann.send("/subscribe")
    await ann.expect("You will get news here. To stop: /unsubscribe")
    await ann.send("/unsubscribe")
    await ann.expect("You get no news from here")


async def test_no_thanks_asks_nothing_more(ann: Person) -> None:
    await sign(ann)
    await ann.press("No, thanks")
    await ann.expect("All right, no news")


async def test_forget_erases_everything_and_says_goodbye_in_an_alert(ann: Person) -> None:
    await sign(ann, "Show my name")
    await ann.press("Send me news")
    await ann.send("/forget")
    question = await ann.expect("Forget me?")
    assert question.labels() == [["Yes, erase everything", "Back"]]
    tap = await ann.press("Yes, erase everything")
    goodbye = await tap.answered()
    assert goodbye.alert
    assert goodbye.shown
    assert goodbye.text is not None
    assert goodbye.text.startswith("All that was kept of you is erased")
    await ann.expect_empty_chat()
    await ann.send("/start")
    await ann.expect("66 people have signed")
    await ann.send("/mysignature")
    await ann.expect("There is no signature of yours here")


async def test_forget_twice_and_with_nothing_kept(ann: Person) -> None:
    for _ in range(2):
        await ann.send("/forget")
        tap = await ann.press("Yes, erase everything")
        assert (await tap.answered()).alert
        await ann.expect_empty_chat()


async def test_clear_this_chat_deletes_the_messages_and_touches_no_data(ann: Person) -> None:
    await sign(ann)
    await ann.press("Clear this chat")
    question = await ann.expect("Clear this chat?")
    assert question.labels() == [["Yes, clear", "Back"]]
    tap = await ann.press("Yes, clear")
    alert = await tap.answered()
    assert alert.alert
    assert alert.shown
    await ann.expect_empty_chat()
    await ann.send("/mysignature")
    await ann.expect("You have signed: No. 67")


async def test_clearing_goes_on_after_a_restart(start: Start, newcomer: Newcomer, telegram: LocalTelegram) -> None:
    ann = newcomer("Ann Example")
    async with start():
        await ann.send("/privacy")
        await ann.press("Clear this chat")
        telegram.faults.refuse(500, "Internal Server Error", method="deleteMessages")
        await (await ann.press("Yes, clear")).answered()
        await ann.quiet()
    telegram.faults.clear()
    async with start():
        await ann.expect_empty_chat()


async def test_where_nothing_is_noted_clearing_is_not_offered(settings: Settings, telegram: LocalTelegram) -> None:
    async with serving(settings.model_copy(update={"keep_message_ids": False})):
        ann = Person(telegram, "Ann Example")
        await ann.send("/privacy")
        assert (await ann.expect("What is kept, and why")).labels() == [["Forget me"], ["Back"]]


@pytest.mark.parametrize("command", ["/privacy", "/help"])
async def test_words_about_itself(ann: Person, command: str) -> None:
    await ann.send(command)
    assert (await ann.expect("What")).labels()


async def test_the_help_and_the_menu_name_the_same_commands(ann: Person, telegram: LocalTelegram) -> None:
    await ann.send("/help")
    lines = (await ann.expect("What I can do")).text.splitlines()[2:]
    shown = [tuple(line.removeprefix("/").split(" – ", 1)) for line in lines]
    assert shown == [(command["command"], command["description"]) for command in telegram.world.commands()]


async def test_the_first_screen_is_the_same_for_everybody(ann: Person, newcomer: Newcomer) -> None:
    await sign(ann)
    await ann.press("Send me news")
    await ann.send("/start")
    first = await ann.expect("67 people have signed")
    bohdan = newcomer("Bohdan Example")
    await bohdan.send("/start")
    other = await bohdan.expect("67 people have signed")
    assert (first.text, first.labels()) == (other.text, other.labels())
