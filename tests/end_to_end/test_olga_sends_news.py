"""Olga, an organiser, sends news to those who asked for it."""

from __future__ import annotations

import asyncio
from itertools import pairwise

import pytest

from bot.application import serving
from bot.settings import Settings
from sandbox.server import LocalTelegram
from tests.end_to_end.organiser import confirm, news_calls, one_by_one, subscribed, write, write_while_held
from tests.people import Newcomer, Person

ALL_ARRIVED = "reached {count} · blocked the bot 0 · deactivated 0 · failed 0 · in doubt 0"


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
    assert report.labels() == [["Edit everywhere", "Delete everywhere"]]
    for reader in readers:
        news = await reader.expect("The count grows")
        assert (news.text, news.labels()) == ("The count grows", [])
    assert len(other.chat()) == 2


async def test_yes_tapped_twice_sends_once(olga: Person, readers: list[Person], telegram: LocalTelegram) -> None:
    await write(olga)
    await olga.press("Send to 2 people")
    await olga.expect("Send to 2 people?")
    for tap in await olga.press_twice("Yes, send"):
        await tap.answered()
    await olga.expect("Sent in")
    await olga.quiet()
    assert len(news_calls(telegram)) == len(readers)


async def test_who_blocked_the_bot_or_is_gone_is_unsubscribed(
    olga: Person, readers: list[Person], newcomer: Newcomer, telegram: LocalTelegram
) -> None:
    blocked, gone = readers
    (other,) = await subscribed(newcomer, 1)
    telegram.faults.refuse(403, "Forbidden: bot was blocked by the user", method="sendMessage", chat=blocked.id)
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
    assert "The 1 in doubt may have arrived; sent again it may arrive twice." in report
    assert len(news_calls(telegram)) == 2


async def test_a_chat_that_takes_no_messages_is_counted(
    olga: Person, readers: list[Person], telegram: LocalTelegram
) -> None:
    telegram.faults.refuse(400, "Bad Request: CHAT_RESTRICTED", times=1, method="sendMessage", chat=readers[0].id)
    await write(olga)
    await confirm(olga)
    assert "reached 1 · blocked the bot 0 · deactivated 0 · failed 1" in (await olga.expect("Sent in")).text


async def test_stop_sends_no_more_and_people_are_answered_meanwhile(
    quick: tuple[Settings, Person], newcomer: Newcomer, telegram: LocalTelegram
) -> None:
    settings, olga = quick
    async with serving(settings.model_copy(update={"messages_per_second": 5})):
        readers = await subscribed(newcomer, 20)
        await write(olga)
        await confirm(olga, "20 people")
        assert (await olga.expect("Sending")).labels() == [["Pause", "Stop"]]
        assert await telegram.world.wait_for(lambda: bool(news_calls(telegram)), 5)
        await readers[-1].send("/help")
        await readers[-1].expect("What I can do")
        await olga.press("Stop")
        await olga.expect("Stopped after")

        def told() -> bool:
            """What was under way at that moment is counted soon after."""
            sent = len([call for call in news_calls(telegram) if call.ok])
            report = olga.chat()[-1].text
            return f"reached {sent} " in report and f"Not sent to {20 - sent}." in report

        assert await telegram.world.wait_for(told, 5), olga.picture()
        await olga.quiet()
        sent = [call for call in news_calls(telegram) if call.ok]
        assert 0 < len(sent) < 20
        started = [call.started for call in sent]
        assert all(later - earlier >= 0.19 for earlier, later in pairwise(started))
    assert len([call for call in news_calls(telegram) if call.ok]) == len(sent)


async def test_who_comes_or_goes_meanwhile(
    quick: tuple[Settings, Person], newcomer: Newcomer, telegram: LocalTelegram
) -> None:
    """One who subscribes while it is sent gets the next one; one who unsubscribes, none; nobody gets it twice."""
    settings, olga = quick
    async with serving(one_by_one(settings)):
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


async def test_what_was_under_way_at_stop_is_in_the_figures(
    quick: tuple[Settings, Person], newcomer: Newcomer, telegram: LocalTelegram
) -> None:
    settings, olga = quick
    async with serving(one_by_one(settings)):
        await subscribed(newcomer, 3)
        release = asyncio.Event()
        await write_while_held(olga, telegram, release)
        await olga.press("Stop")
        await olga.expect("Stopped after")
        release.set()
        report = await olga.expect("reached 1 ")
        assert "Not sent to 2." in report.text


async def test_a_stop_and_a_kill_leave_nobody_untold(
    quick: tuple[Settings, Person], newcomer: Newcomer, telegram: LocalTelegram
) -> None:
    settings, olga = quick
    async with serving(one_by_one(settings)) as intake:
        await subscribed(newcomer, 3)
        release = asyncio.Event()
        await write_while_held(olga, telegram, release)
        await olga.press("Stop")
        await olga.expect("Stopped after")
        assert not intake.done()
    async with serving(settings):
        report = await olga.expect("in doubt 1")
        assert "Not sent to 2." in report.text
    release.set()


async def test_a_report_that_did_not_arrive_is_tried_again(
    olga: Person, readers: list[Person], telegram: LocalTelegram, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.reporter.INTERVAL", 0.05)
    await write(olga)
    await olga.press("Send to 2 people")
    await olga.expect("Send to 2 people?")
    telegram.faults.refuse(500, "Internal Server Error", times=4, method="editMessageText")
    await olga.press("Yes, send")
    assert ALL_ARRIVED.format(count=2) in (await olga.expect("Sent in", 30)).text
    assert len(readers) == 2


async def test_one_chat_that_is_held_back_holds_nobody_else(
    olga: Person, newcomer: Newcomer, telegram: LocalTelegram, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.dispatch.PASSES", 2)
    readers = await subscribed(newcomer, 4)
    telegram.faults.flood(1, method="sendMessage", chat=readers[0].id)
    await write(olga)
    await confirm(olga, "4 people")
    report = await olga.expect("Sent in", 20)
    assert "reached 3 · blocked the bot 0 · deactivated 0 · failed 1" in report.text
    for reader in readers[1:]:
        await reader.expect("The count grows")


async def test_who_is_no_organiser_any_more_is_told_nothing(
    quick: tuple[Settings, Person], newcomer: Newcomer, telegram: LocalTelegram
) -> None:
    settings, olga = quick
    async with serving(settings.model_copy(update={"messages_per_second": 2})):
        (reader, *_) = await subscribed(newcomer, 3)
        await write(olga)
        await confirm(olga, "3 people")
        await olga.expect("Sending")
    async with serving(settings.model_copy(update={"owners": frozenset()})):
        await reader.expect("The count grows")
        await olga.send("/broadcast")
        await olga.expect("I do not know that command")
        await olga.quiet()
        assert not [one for one in olga.chat() if "Sent in" in one.text]
        assert any(call.method == "deleteMyCommands" for call in telegram.calls)


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
    async with serving(settings):
        await subscribed(newcomer, 3)
        await write(olga)
    async with serving(settings.model_copy(update={"messages_per_second": 2})):
        await confirm(olga, "3 people")
        await olga.expect("Sending")
        telegram.world.delete_chat(olga.id)
        assert ALL_ARRIVED.format(count=3) in (await olga.expect("Sent in")).text
