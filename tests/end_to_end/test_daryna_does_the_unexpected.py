"""Daryna sends what nobody expects: one short helpful answer each, or silence where nobody spoke to the bot."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest

from sandbox import odd_updates
from sandbox.server import LocalTelegram
from sandbox.world import with_commands
from tests.end_to_end.test_bohdan_signs import sign
from tests.people import Newcomer, Person

Act = Callable[[Person], Awaitable[object]]


@pytest.mark.parametrize(
    "act",
    [
        lambda person: person.sticker(),
        lambda person: person.voice(),
        lambda person: person.photo(),
        lambda person: person.album(3),
        lambda person: person.location(),
        lambda person: person.contact(),
        lambda person: person.send("hello there"),
        lambda person: person.send("/nonsense"),
        lambda person: person.send("/sign@another_bot"),
        lambda person: person.forward("/sign"),
        lambda person: person.send("<b>&lt;" * 300),
    ],
    ids=["sticker", "voice", "photo", "album", "location", "contact", "text", "command", "others", "forward", "html"],
)
async def test_one_short_answer(ann: Person, act: Act) -> None:
    await act(ann)
    answers = await ann.quiet()
    assert len(answers) == 1
    assert "/help" in answers[0].text
    assert answers[0].labels() == [["Read the appeal", "✍️ Sign"], ["Back"]]


@pytest.mark.parametrize(
    "act",
    [lambda person: person.sticker(), lambda person: person.album(3), lambda person: person.forward("Ann")],
    ids=["sticker", "album", "forward"],
)
async def test_while_signing_the_question_comes_again(ann: Person, act: Act) -> None:
    await ann.send("/sign")
    await ann.expect("Under which name do you sign?")
    await act(ann)
    answers = [message for message in await ann.quiet() if message.labels()]
    assert len(answers) == 1
    assert "Under which name do you sign?" in answers[0].text


async def test_an_edited_message_is_not_a_new_one(ann: Person) -> None:
    message = await ann.send("/help")
    await ann.expect("What I can do")
    await ann.edit(message, "/sign")
    await ann.expect("I do not read changes to older messages")


async def test_a_command_in_the_middle_of_signing_is_answered_and_the_draft_stays(ann: Person) -> None:
    await ann.send("/sign")
    await ann.press("Sign as Ann Example")
    await ann.expect("Where do you live?")
    await ann.send("/privacy")
    await ann.expect("What is kept, and why")
    await ann.send("/sign")
    await ann.expect("Where do you live?")
    await ann.press("Poland")
    await ann.expect("3 of 4")


async def test_text_where_a_tap_is_asked_for(ann: Person) -> None:
    await ann.send("/sign")
    await ann.press("Sign as Ann Example")
    await ann.press("Poland")
    await ann.expect("3 of 4")
    await ann.send("yes of course")
    await ann.expect("Please tap one of the buttons below")
    await ann.press("Show my name")
    await ann.send("ok")
    await ann.expect("Please check")


async def test_a_tap_on_an_old_button_shows_where_she_is(ann: Person) -> None:
    await ann.send("/sign")
    old = (await ann.expect("Under which name do you sign?")).data_of("Without my name")
    await ann.press("Sign as Ann Example")
    await ann.expect("Where do you live?")
    told = await (await ann.forge(old)).answered()
    assert told.text == "That was an older message. Here is where you are."
    await ann.press("Poland")
    await ann.expect("3 of 4")


@pytest.mark.parametrize(
    "data", ["", "x", "s:y:review:1:", "s:::", "ap:99999999999999999999", "ap:-1", "de:0", "w:67", "\x00", "é" * 30]
)
async def test_forged_buttons_are_answered(ann: Person, data: str) -> None:
    await ann.send("/start")
    await ann.expect("66 people have signed")
    tap = await ann.forge(data)
    await tap.answered()
    await ann.send("/start")
    await ann.expect("66 people have signed")


async def test_a_button_of_another_version_shows_the_question_she_is_at(ann: Person) -> None:
    await ann.send("/sign")
    await ann.press("Sign as Ann Example")
    await ann.expect("Where do you live?")
    told = await (await ann.forge("zz:1")).answered()
    assert told.text == "That was an older message. Here is where you are."
    await ann.quiet()
    assert ["Where do you live?" in one.text for one in ann.chat() if one.labels()] == [True]
    await ann.send("Poland")
    await ann.expect("3 of 4")


@pytest.mark.parametrize(
    "wrong",
    [
        {"text": 5},
        {"text": ["x"]},
        {"message_id": "abc"},
        {"chat": None},
        {"from": None},
        {"entities": [{"type": "bot_command", "offset": 0, "length": "5"}]},
    ],
    ids=str,
)
async def test_a_message_of_another_form_harms_nobody(
    ann: Person, newcomer: Newcomer, telegram: LocalTelegram, wrong: dict[str, object]
) -> None:
    message = {"message_id": 5, "date": 0, "chat": ann.account.chat(), "from": ann.account.user(), "text": "/start"}
    telegram.world.update({"message": {**message, **wrong}})
    telegram.world.touch()
    await ann.quiet()
    bohdan = newcomer("Bohdan Example")
    await bohdan.send("/privacy")
    await bohdan.press("Clear this chat")
    await bohdan.press("Yes, clear")
    await bohdan.expect_empty_chat()


async def test_a_forged_consent_signs_nothing(ann: Person) -> None:
    await ann.send("/sign")
    await ann.expect("Under which name do you sign?")
    await (await ann.forge("s:y:review:1:")).answered()
    await ann.send("/start")
    await ann.expect("66 people have signed")


async def test_a_button_in_a_chat_she_lost_is_answered_below(ann: Person) -> None:
    await ann.send("/start")
    first = await ann.expect("66 people have signed")
    tap = await ann.forge(first.data_of("Read the appeal"), inaccessible=True)
    await tap.answered()
    await ann.expect("The appeal · 1 / 5")


async def test_others_are_met_with_silence(ann: Person, telegram: LocalTelegram) -> None:
    before = len(telegram.sent())
    command = with_commands("/start")
    odd_updates.group_message(telegram.world, ann.id, command)
    odd_updates.channel_post(telegram.world, command)
    odd_updates.business_message(telegram.world, ann.id, command)
    odd_updates.service_message(telegram.world, ann.id)
    await ann.quiet()
    assert len(telegram.sent()) == before


async def test_a_blocked_bot_goes_on(ann: Person, newcomer: Newcomer) -> None:
    await ann.send("/start")
    await ann.expect("66 people have signed")
    ann.block()
    await ann.send("/start")
    await ann.quiet()
    await sign(newcomer("Bohdan Example"))


async def test_a_fault_of_telegrams_own_loses_no_answer(ann: Person, telegram: LocalTelegram) -> None:
    telegram.faults.refuse(500, "Internal Server Error", times=1, method="sendMessage")
    await ann.send("/start")
    await ann.expect("66 people have signed")


async def test_a_question_is_asked_once_where_only_the_old_buttons_stay(ann: Person, telegram: LocalTelegram) -> None:
    await ann.send("/sign")
    await ann.press("Use another name")
    await ann.expect("Please type the name")
    telegram.faults.refuse(500, "Internal Server Error", times=1, method="editMessageReplyMarkup")
    await ann.send("Ann Other")
    await ann.expect("Where do you live?")
    await ann.quiet()
    asked = [call for call in telegram.sent(ann.id) if "Where do you live?" in str(call.parameters.get("text"))]
    assert len(asked) == 1
    assert sum(call.method == "editMessageReplyMarkup" for call in telegram.sent(ann.id)) == 1


async def test_one_who_taps_too_fast_holds_nobody_else(
    ann: Person, newcomer: Newcomer, telegram: LocalTelegram
) -> None:
    telegram.faults.flood(60, method="sendMessage", chat=ann.id)
    await ann.send("/start")
    bohdan = newcomer("Bohdan Example")
    await bohdan.send("/start")
    await bohdan.expect("66 people have signed")


async def test_telegram_asks_to_wait(ann: Person, telegram: LocalTelegram) -> None:
    telegram.faults.flood(1, times=1, method="sendMessage")
    await ann.send("/start")
    await ann.expect("66 people have signed")


async def test_a_connection_cut_before_acceptance_is_tried_again(ann: Person, telegram: LocalTelegram) -> None:
    await ann.send("/start")
    await ann.expect("66 people have signed")
    telegram.faults.refuse(502, "Bad Gateway", times=1, method="getUpdates")
    await ann.press("Read the appeal")
    await ann.expect("1 / 5")


async def test_a_token_refused_once_among_other_faults_ends_nothing(ann: Person, telegram: LocalTelegram) -> None:
    await ann.send("/start")
    await ann.expect("66 people have signed")
    telegram.faults.refuse(502, "Bad Gateway", times=2, method="getUpdates")
    telegram.faults.refuse(401, "Unauthorized", times=3, method="getUpdates")  # the first two meet the other
    await ann.press("Read the appeal")
    await ann.expect("1 / 5")
