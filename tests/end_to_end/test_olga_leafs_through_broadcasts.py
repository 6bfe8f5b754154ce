"""Olga, an organiser, looks through all broadcasts: what waits or runs comes first, then the newest."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from bot.application import serving
from bot.settings import Settings
from sandbox.server import LocalTelegram
from tests.end_to_end.organiser import confirm, news_calls, one_by_one, subscribed, write
from tests.people import Newcomer, Person

EVERYWHERE = ["Edit everywhere", "Delete everywhere"]


async def send(olga: Person, text: str, people: str = "2 people") -> None:
    await write(olga, text)
    await confirm(olga, people)
    await say_yes_again(olga)


async def say_yes_again(olga: Person) -> None:
    """Where the last news went out a moment ago."""
    if [choice for choice in await olga.quiet() if "Send this one too?" in choice.text]:
        await olga.press("Yes, send")


async def plan(olga: Person, text: str, time: str = "in 2 hours") -> None:
    await write(olga, text)
    await olga.press("When")
    await olga.expect("When?")
    await olga.send(time)
    await confirm(olga)
    await say_yes_again(olga)


async def test_before_any_there_is_a_way_to_write_one(olga: Person) -> None:
    await olga.send("/broadcasts")
    await olga.expect("No news was sent yet. To write some: /broadcast")
    await olga.press("Back")
    await olga.expect("have signed")


async def test_past_ones_are_leafed_through_in_one_message(olga: Person, readers: list[Person]) -> None:
    for text in ("The first", "The second", "The third"):
        await send(olga, text)
        await olga.expect("Sent in")
    await olga.send("/broadcasts")
    newest = await olga.expect("1 of 3")
    assert "“The third”\nto everyone" in newest.text
    assert newest.labels() == [EVERYWHERE, ["Preview"], ["Older"]]
    await olga.press("Older")
    middle = await olga.expect("2 of 3")
    assert (middle.message_id, middle.labels()[-1]) == (newest.message_id, ["Newer", "Older"])
    assert "reached 2" in middle.text
    await olga.press("Older")
    assert (await olga.expect("3 of 3")).labels() == [EVERYWHERE, ["Preview"], ["Newer"]]
    await olga.press("Preview")
    await olga.expect("The first")
    await olga.press("Newer")
    await olga.expect("“The second”")
    await olga.press("Delete everywhere")
    await olga.expect("Delete it in 2 chats?")
    await olga.press("Back")
    assert "“The second”" in (await olga.expect("2 of 3")).text
    assert len(readers) == 2


async def test_what_waits_comes_first_and_is_decided_there(olga: Person, readers: list[Person]) -> None:
    await send(olga, "Sent long ago")
    await olga.expect("Sent in")
    await plan(olga, "For later")
    waiting = await olga.expect("Goes out on ")
    assert waiting.labels() == [["Back", "Stop"]]
    assert ", in 2 h " in waiting.text
    assert waiting.text.endswith(" · to everyone (2)")
    await olga.send("/broadcasts")
    page = await olga.expect("1 of 2")
    assert "Goes out on " in page.text
    assert page.labels() == [["Back", "Stop"], ["Preview"], ["Older"]]
    assert next(one for one in olga.chat() if one.message_id == waiting.message_id).labels() == []
    await olga.press("Older")
    below = await olga.expect("2 of 2")
    assert below.message_id > page.message_id, "the report of what waits keeps its message"
    assert (await olga.expect("Goes out on ")).labels() == [["Back", "Stop"]]
    await olga.press("Newer")
    again = await olga.expect("1 of 2")
    assert again.message_id == below.message_id
    await olga.press("Stop")
    stopped = await olga.expect("Stopped before it began. It reached nobody.")
    assert (stopped.message_id, stopped.labels()) == (again.message_id, [["Preview"], ["Older"]])
    await olga.press("Older")
    await olga.expect("“Sent long ago”")
    assert len(readers) == 2


async def test_what_was_planned_becomes_a_draft_again(
    olga: Person, readers: list[Person], telegram: LocalTelegram
) -> None:
    await plan(olga, "For later")
    waiting = await olga.expect("Goes out on ")
    await olga.press("Back")
    draft = await olga.expect("News · draft")
    assert draft.message_id == waiting.message_id
    assert " · now" in draft.text
    for label in ("Send to 2 people", "Yes, send"):
        await olga.press(label)
    await olga.expect("Sent in")
    assert len(news_calls(telegram, "For later")) == len(readers)


@pytest.fixture
def turn(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Turns the clock of a bot that is started later on by so many hours."""

    def turn(hours: float) -> None:
        monkeypatch.setattr("bot.application.utc_now", lambda: datetime.now(UTC) + timedelta(hours=hours))

    return turn


async def test_a_page_tells_what_became_of_a_deletion_begun_there(olga: Person, readers: list[Person]) -> None:
    await write(olga)
    await confirm(olga)
    report = await olga.expect("Sent in")
    await olga.send("/broadcasts")
    page = await olga.expect("1 of 1")
    await olga.press("Delete everywhere")
    await olga.press("Yes, delete")
    await olga.expect("Deleted everywhere in")
    told = await olga.expect("It was deleted everywhere.")
    assert told.message_id == page.message_id
    assert "News · 2 of 2" in told.text
    assert next(one for one in olga.chat() if one.message_id == report.message_id).labels() == []
    assert len(readers) == 2


async def test_what_missed_its_time_asks_again(
    quick: tuple[Settings, Person], newcomer: Newcomer, turn: Callable[[float], None], telegram: LocalTelegram
) -> None:
    settings, olga = quick
    async with serving(settings):
        await subscribed(newcomer, 2)
        await plan(olga, "For later")
        waiting = await olga.expect("Goes out on ")
    turn(4)
    async with serving(settings):
        missed = await olga.expect("It did not go out. It was to go out on ")
        assert (missed.message_id, missed.labels()) == (waiting.message_id, [["Send now"], ["Back", "Stop"]])
        assert news_calls(telegram, "For later") == []
        await olga.press("Send now")
        await olga.expect("Sent in")
        assert len(news_calls(telegram, "For later")) == 2


async def test_a_little_late_it_goes_out_by_itself(
    quick: tuple[Settings, Person], newcomer: Newcomer, turn: Callable[[float], None], telegram: LocalTelegram
) -> None:
    settings, olga = quick
    async with serving(settings):
        await subscribed(newcomer, 2)
        await plan(olga, "For later")
        await olga.expect("Goes out on ")
    turn(2.5)
    async with serving(settings):
        await olga.expect("Sent in")
        assert len(news_calls(telegram, "For later")) == 2


async def test_after_the_delay_it_begins_by_itself(
    quick: tuple[Settings, Person], newcomer: Newcomer, telegram: LocalTelegram
) -> None:
    settings, olga = quick
    async with serving(settings.model_copy(update={"broadcast_delay": 2})):
        await subscribed(newcomer, 2)
        await send(olga, "The count grows")
        await olga.expect("Begins in ")
        await olga.expect("Sent in")
        assert len(news_calls(telegram)) == 2


async def test_refused_content_pauses_it_and_says_why(
    olga: Person, readers: list[Person], telegram: LocalTelegram
) -> None:
    for reader in readers:
        telegram.faults.refuse(400, "Bad Request: can't parse <entities>", method="sendMessage", chat=reader.id)
    await send(olga, "The count grows")
    paused = await olga.expect("Paused at 0 of 2: Telegram refuses the content (“")
    assert "an't parse <entities>”). Nothing is lost." in paused.text
    assert paused.labels() == [["Resume", "Stop"]]
    telegram.faults.clear()
    resume = paused.data_of("Resume")
    for tap in await olga.press_twice("Resume"):
        await tap.answered()
    await olga.expect("Sent in")
    tap = await olga.forge(resume, message=paused.message_id)
    assert (await tap.answered()).text == "That was an older message. Here is where you are."
    assert any("reached 2" in one.text for one in olga.chat())


async def test_while_telegram_cannot_be_reached_it_says_so(
    quick: tuple[Settings, Person], newcomer: Newcomer, telegram: LocalTelegram, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.reporter.INTERVAL", 0.1)
    settings, olga = quick
    async with serving(one_by_one(settings)):
        readers = await subscribed(newcomer, 2)
        for reader in readers:
            telegram.faults.drop(after=True, method="sendMessage", chat=reader.id)
        await write(olga)
        await confirm(olga)
        await olga.expect("Telegram cannot be reached, or does not answer. It goes on by itself.")
        assert "in doubt 2" in (await olga.expect("Sent in", 20)).text


async def test_forged_and_foreign_buttons_are_answered(olga: Person, newcomer: Newcomer) -> None:
    await olga.send("/start")
    await olga.expect("have signed")
    for data in ("ba:9:x", "bj:9:x", "bg:9:x", "bk:9", "bp:9:1", "br:9:1", "bs:9", "bd:9", "bq:9", "b?:9", "bx:9"):
        assert (await (await olga.forge(data)).answered()).text == "That was an older message. Here is where you are."
    for data in ("bt:9", "bo:9:8", "bv:9"):
        assert (await (await olga.forge(data)).answered()).text == "That was an older message. Here is where you are."
    stranger = newcomer("Eva Example")
    await stranger.send("/broadcasts")
    await stranger.expect("I do not know that command")
    for data in ("bo:1:2", "bs:1", "bx:1"):
        await (await stranger.forge(data)).answered()
