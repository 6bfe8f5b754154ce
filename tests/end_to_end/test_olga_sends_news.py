"""Olga, an organiser, sends news to those who asked for it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from itertools import pairwise
from typing import Any

import pytest

from bot.application import serving
from bot.settings import Settings
from sandbox.server import Call, LocalTelegram
from tests.end_to_end.conftest import Newcomer
from tests.people import Person

ALL_ARRIVED = "reached {count} · blocked the bot 0 · deactivated 0 · failed 0 · in doubt 0"
FORMATTED: dict[str, Any] = {
    "text": "The count grows: see it",
    "entities": [
        {"type": "bold", "offset": 0, "length": 9},
        {"type": "text_link", "offset": 17, "length": 6, "url": "https://example.org/"},
    ],
}


@pytest.fixture
def quick(settings: Settings, telegram: LocalTelegram) -> tuple[Settings, Person]:
    """Settings whose owner Olga is, and with room for every message."""
    olga = Person(telegram, "Olga Example")
    return settings.model_copy(update={"owners": frozenset({olga.id}), "messages_per_second": 1_000}), olga


@pytest.fixture
async def olga(quick: tuple[Settings, Person]) -> AsyncIterator[Person]:
    """The bot runs, and she is its owner."""
    settings, olga = quick
    async with serving(settings):
        yield olga


@pytest.fixture
async def readers(olga: Person, newcomer: Newcomer) -> list[Person]:  # noqa: ARG001 - the bot runs
    return await subscribed(newcomer, 2)


async def subscribed(newcomer: Newcomer, number: int) -> list[Person]:
    people = [newcomer(f"Reader {one}") for one in range(number)]
    for person in people:
        await person.send("/subscribe")
        await person.expect("You will get news here")
    return people


async def write(olga: Person, text: str = "The count grows") -> None:
    await olga.send("/broadcast")
    await olga.expect("News · draft")
    await olga.send(text)
    await olga.expect("to everyone who asked for news")


async def confirm(olga: Person, people: str = "2 people") -> None:
    await olga.press(f"Send to {people}")
    await olga.expect(f"Send to {people}?")
    await olga.press("Yes, send")


def news_calls(telegram: LocalTelegram, text: str = "The count grows") -> list[Call]:
    return [call for call in telegram.calls if call.parameters.get("text") == text and call.method == "sendMessage"]


async def test_news_reaches_everybody_who_asked_and_nobody_else(
    olga: Person, readers: list[Person], newcomer: Newcomer
) -> None:
    other = newcomer("Chandra Example")
    await other.send("/start")
    await other.expect("66 people have signed")
    await write(olga)
    await confirm(olga)
    report = await olga.expect("Sent in")
    assert ALL_ARRIVED.format(count=2) in report.text
    assert report.labels() == []
    for reader in readers:
        news = await reader.expect("The count grows")
        assert (news.text, news.labels()) == ("The count grows", [])
    assert len(other.chat()) == 2


async def test_the_whole_of_it_is_one_message_that_changes(olga: Person, readers: list[Person]) -> None:
    await write(olga)
    panel = olga.chat()[-1].message_id
    await confirm(olga)
    assert (await olga.expect("Sent in")).message_id == panel
    assert len(readers) == 2


async def test_the_preview_and_the_test_are_what_arrives(
    olga: Person, readers: list[Person], telegram: LocalTelegram
) -> None:
    await olga.send("/broadcast")
    await olga.expect("News · draft")
    telegram.world.receive(olga.id, FORMATTED)
    panel = await olga.expect("A text with formatting")
    assert panel.labels() == [["Preview", "Send me a test"], ["Send to 2 people"], ["Discard"]]
    await olga.press("Preview")
    shown = await olga.expect("The count grows")
    below = await olga.expect("A text with formatting")
    assert below.message_id > shown.message_id > panel.message_id
    await olga.quiet()
    assert next(one for one in olga.chat() if one.message_id == panel.message_id).labels() == []
    tap = await olga.press("Send me a test")
    assert "to you alone" in str((await tap.answered()).text)
    test = await olga.expect("The count grows")
    await confirm(olga)
    await olga.expect("Sent in")
    arrived = await readers[0].expect("The count grows")
    for one in (shown, test, arrived):
        assert {key: one.raw.get(key) for key in FORMATTED} == FORMATTED
        assert one.labels() == []


async def test_a_photo_with_its_caption(olga: Person, readers: list[Person]) -> None:
    await olga.send("/broadcast")
    await olga.expect("News · draft")
    await olga.photo()
    await olga.expect("A photo with a caption")
    await confirm(olga)
    await olga.expect("Sent in")
    arrived = await readers[1].expect("a photo")
    assert arrived.raw["photo"]


async def test_a_forward_is_sent_without_its_origin(olga: Person, readers: list[Person]) -> None:
    await olga.send("/broadcast")
    await olga.expect("News · draft")
    await olga.forward("Somebody's words")
    await olga.expect("A text")
    await confirm(olga)
    await olga.expect("Sent in")
    assert "forward_origin" not in (await readers[0].expect("Somebody's words")).raw


async def test_what_cannot_be_sent_is_told_and_the_draft_stays(olga: Person, readers: list[Person]) -> None:
    await write(olga)
    await olga.sticker()
    await olga.expect("I can send a text with its formatting")
    await olga.album(3)
    await olga.expect("I can send a text with its formatting")
    await olga.quiet()
    told = [one for one in olga.chat() if one.text.startswith("I can send")]
    assert [bool(one.labels()) for one in told] == [False, True]
    await confirm(olga)
    await olga.expect("Sent in")
    await readers[0].expect("The count grows")


async def test_what_is_sent_anew_takes_the_place(olga: Person, readers: list[Person]) -> None:
    await write(olga, "A first try")
    await olga.send("A second one")
    await olga.expect("A text")
    await confirm(olga)
    await olga.expect("Sent in")
    await readers[0].expect("A second one")
    assert not [one for one in readers[0].chat() if "first try" in one.text]


@pytest.mark.parametrize("way", ["button", "command"])
async def test_discarded_is_gone(olga: Person, readers: list[Person], way: str) -> None:
    await write(olga)
    panel = olga.chat()[-1]
    if way == "button":
        await olga.press("Discard")
    else:
        await olga.send("/cancel")
    await olga.expect("Discarded. Nothing was sent")
    tap = await olga.forge(panel.data_of("Send to 2 people").replace("bc:c:", "bc:y:"), message=panel.message_id)
    await tap.answered()
    await olga.quiet()
    assert all(len(reader.chat()) == 2 for reader in readers)


async def test_yes_tapped_twice_sends_once(olga: Person, readers: list[Person], telegram: LocalTelegram) -> None:
    await write(olga)
    await olga.press("Send to 2 people")
    await olga.expect("Send to 2 people?")
    for tap in await olga.press_twice("Yes, send"):
        await tap.answered()
    await olga.expect("Sent in")
    await olga.quiet()
    assert len(news_calls(telegram)) == len(readers)


async def test_to_others_the_command_does_not_exist(
    olga: Person, readers: list[Person], telegram: LocalTelegram
) -> None:
    await write(olga)
    panel = olga.chat()[-1]
    reader = readers[0]
    await reader.send("/broadcast")
    unknown = await reader.expect("I do not know that command")
    await reader.send("/nonsense")
    assert (await reader.expect("I do not know that command")).text == unknown.text
    await reader.send("/help")
    assert "broadcast" not in (await reader.expect("What I can do")).text
    told = await (await reader.forge(panel.data_of("Send to 2 people").replace("bc:c:", "bc:y:"))).answered()
    assert told.text == "That was an older message. Here is where you are."
    await reader.quiet()
    assert not news_calls(telegram)


async def test_an_organiser_finds_it_in_menu_and_help(olga: Person, telegram: LocalTelegram) -> None:
    await olga.send("/help")
    assert "/broadcast – Send news to everyone who asked for it" in (await olga.expect("What I can do")).text
    await olga.quiet()
    scopes = {
        str(call.parameters["scope"].get("chat_id", "all")): [one["command"] for one in call.parameters["commands"]]
        for call in telegram.calls
        if call.method == "setMyCommands"
    }
    assert "broadcast" in scopes[str(olga.id)]
    assert "broadcast" not in scopes["all"]


@pytest.mark.parametrize("way", ["forwarded", "edited"])
async def test_only_a_fresh_command_is_obeyed(olga: Person, way: str) -> None:
    if way == "forwarded":
        await olga.forward("/broadcast")
        await olga.expect("I do not read forwarded messages")
    else:
        await olga.edit(await olga.send("hello"), "/broadcast")
        await olga.expect("I do not read changes to older messages")
    await olga.quiet()
    assert not [one for one in olga.chat() if "News" in one.text]


async def test_a_name_typed_while_signing_is_no_news(olga: Person, readers: list[Person]) -> None:
    await olga.send("/broadcast")
    await olga.expect("News · draft")
    await olga.send("/sign")
    await olga.press("Use another name")
    await olga.expect("Please type the name")
    await olga.send("Olga Nameless")
    await olga.expect("Where do you live?")
    await olga.send("/broadcast")
    assert "Write the message" in (await olga.expect("News · draft")).text
    assert len(readers) == 2


async def test_with_no_subscribers_there_is_nothing_to_confirm(olga: Person) -> None:
    await olga.send("/broadcast")
    await olga.expect("News · draft")
    await olga.send("Anybody there?")
    panel = await olga.expect("nobody has asked for news yet")
    assert panel.labels() == [["Preview", "Send me a test"], ["Discard"]]


async def test_who_blocked_the_bot_or_is_gone_is_unsubscribed(
    olga: Person, readers: list[Person], newcomer: Newcomer, telegram: LocalTelegram
) -> None:
    blocked, gone = readers
    (other,) = await subscribed(newcomer, 1)
    blocked.block()
    telegram.faults.refuse(403, "Forbidden: user is deactivated", method="sendMessage", chat=gone.id)
    await write(olga)
    await confirm(olga, "3 people")
    report = await olga.expect("Sent in")
    assert "reached 1 · blocked the bot 1 · deactivated 1 · failed 0 · in doubt 0" in report.text
    await write(olga, "Again")
    assert olga.chat()[-1].bears("Send to 1 person")
    await other.expect("The count grows")


async def test_a_429_is_waited_out(olga: Person, readers: list[Person], telegram: LocalTelegram) -> None:
    telegram.faults.flood(1, times=1, method="sendMessage", chat=readers[0].id)
    await write(olga)
    await confirm(olga)
    assert ALL_ARRIVED.format(count=2) in (await olga.expect("Sent in")).text
    assert len([call for call in news_calls(telegram) if call.ok]) == 2


async def test_an_answer_that_never_came_is_in_doubt_and_not_sent_again(
    olga: Person, readers: list[Person], telegram: LocalTelegram
) -> None:
    telegram.faults.drop(after=True, times=1, method="sendMessage", chat=readers[0].id)
    await write(olga)
    await confirm(olga)
    report = (await olga.expect("Sent in")).text
    assert "reached 1 · blocked the bot 0 · deactivated 0 · failed 0 · in doubt 1" in report
    assert "The 1 in doubt may have arrived. It is not sent again." in report
    assert len(news_calls(telegram)) == 2


async def test_a_refused_content_is_counted(olga: Person, readers: list[Person], telegram: LocalTelegram) -> None:
    telegram.faults.refuse(400, "Bad Request: chat not found", times=1, method="sendMessage", chat=readers[0].id)
    await write(olga)
    await confirm(olga)
    assert "reached 1 · blocked the bot 0 · deactivated 0 · failed 1" in (await olga.expect("Sent in")).text


async def test_a_test_that_telegram_refuses_is_told(olga: Person, telegram: LocalTelegram) -> None:
    await olga.send("/broadcast")
    await olga.expect("News · draft")
    await olga.send("Refused")
    await olga.expect("nobody has asked")
    telegram.faults.refuse(400, "Bad Request: can't parse entities", times=1, method="sendMessage", chat=olga.id)
    await olga.press("Send me a test")
    await olga.expect("Telegram does not take this message")


async def test_stop_sends_no_more_and_people_are_answered_meanwhile(
    quick: tuple[Settings, Person], newcomer: Newcomer, telegram: LocalTelegram
) -> None:
    settings, olga = quick
    async with serving(settings.model_copy(update={"messages_per_second": 5})):
        readers = await subscribed(newcomer, 20)
        await write(olga)
        await confirm(olga, "20 people")
        assert (await olga.expect("Sending")).labels() == [["Stop"]]
        assert await telegram.world.wait_for(lambda: bool(news_calls(telegram)), 5)
        await readers[-1].send("/help")
        await readers[-1].expect("What I can do")
        await olga.press("Stop")
        report = await olga.expect("Stopped after")
        sent = [call for call in news_calls(telegram) if call.ok]
        assert 0 < len(sent) < 20
        assert f"reached {len(sent)} " in report.text
        assert f"Not sent to {20 - len(sent)}." in report.text
        await olga.quiet()
        started = [call.started for call in sent]
        assert all(later - earlier >= 0.19 for earlier, later in pairwise(started))
    assert len([call for call in news_calls(telegram) if call.ok]) == len(sent)


async def test_who_comes_or_goes_meanwhile(
    quick: tuple[Settings, Person], newcomer: Newcomer, telegram: LocalTelegram
) -> None:
    """One who subscribes while it is sent gets the next one; one who unsubscribes, none; nobody gets it twice."""
    settings, olga = quick
    async with serving(settings):
        first, second, third = await subscribed(newcomer, 3)
        release = asyncio.Event()
        await write_while_held(olga, telegram, release)
        (late,) = await subscribed(newcomer, 1)
        reached = next(one for one in (first, second, third) if any("count grows" in text for text in texts(one)))
        others = [one for one in (first, second, third) if one is not reached]
        await others[0].send("/unsubscribe")
        await others[0].expect("You get no news from here")
        await reached.send("/unsubscribe")
        await reached.expect("You get no news from here")
        await reached.send("/subscribe")
        await reached.expect("You will get news here")
        release.set()
        report = await olga.expect("Sent in")
        assert "Unsubscribed meanwhile: 1." in report.text
        await others[1].expect("The count grows")
    assert not [text for text in (*texts(others[0]), *texts(late)) if "count grows" in text]
    assert len([text for text in texts(reached) if "count grows" in text]) == 1


async def write_while_held(olga: Person, telegram: LocalTelegram, release: asyncio.Event) -> None:
    """The first message of the news arrives, and its answer is held until the release."""
    await write(olga)
    await olga.press("Send to 3 people")
    await olga.expect("Send to 3 people?")
    telegram.faults.hold(release, method="sendMessage", times=1)
    await olga.press("Yes, send")
    assert await telegram.world.wait_for(lambda: bool(news_calls(telegram)), 5)


def texts(person: Person) -> list[str]:
    return [one.text for one in person.chat()]


async def test_a_tap_under_news_leaves_the_news_as_it_is(olga: Person, readers: list[Person]) -> None:
    await write(olga)
    await confirm(olga)
    await olga.expect("Sent in")
    reader = readers[0]
    news = await reader.expect("The count grows")
    tap = await reader.forge("ap:1", message=news.message_id)
    await tap.answered()
    assert (await reader.expect("The appeal · 1 / 5")).message_id > news.message_id
    assert news.raw in [one.raw for one in reader.chat()]


async def test_news_goes_with_the_rest_when_a_chat_is_cleared(olga: Person, readers: list[Person]) -> None:
    await write(olga)
    await confirm(olga)
    await olga.expect("Sent in")
    await readers[0].expect("The count grows")
    await readers[0].send("/privacy")
    await readers[0].press("Clear this chat")
    await readers[0].press("Yes, clear")
    await readers[0].expect_empty_chat()


async def test_a_report_that_is_gone_is_made_anew(
    quick: tuple[Settings, Person], newcomer: Newcomer, telegram: LocalTelegram
) -> None:
    settings, olga = quick
    async with serving(settings.model_copy(update={"messages_per_second": 2})):
        await subscribed(newcomer, 3)
        await write(olga)
        await confirm(olga, "3 people")
        await olga.expect("Sending")
        telegram.world.delete_chat(olga.id)
        assert ALL_ARRIVED.format(count=3) in (await olga.expect("Sent in")).text
