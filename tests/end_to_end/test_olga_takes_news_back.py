"""Olga, an organiser, does something with news that was sent: deletes it everywhere, edits it, sends again."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from bot.application import serving
from bot.settings import Settings
from sandbox.server import LocalTelegram
from tests.end_to_end.organiser import confirm, news_calls, subscribed, write
from tests.people import Message, Newcomer, Person

EVERYWHERE = ["Edit everywhere", "Delete everywhere"]
WHEREVER_KNOWN = "It was deleted wherever I knew of it, and /news shows it no more. A copy may be left elsewhere."


async def send(olga: Person) -> Message:
    await write(olga)
    await confirm(olga)
    return await olga.expect("Sent in")


async def send_into_doubt(olga: Person, reader: Person, telegram: LocalTelegram) -> Message:
    """The message arrives, and its answer does not."""
    telegram.faults.drop(after=True, times=1, method="sendMessage", chat=reader.id)
    report = await send(olga)
    assert report.labels() == [["Resend 1 in doubt", "Leave"], EVERYWHERE]
    return report


def has(reader: Person, text: str = "The count grows") -> bool:
    return any(one.text == text for one in reader.chat())


def as_it_is(olga: Person, message: Message) -> Message:
    return next(one for one in olga.chat() if one.message_id == message.message_id)


async def test_deleted_everywhere_it_is_gone_from_every_chat(olga: Person, readers: list[Person]) -> None:
    sent = await send(olga)
    await olga.press("Delete everywhere")
    question = await olga.expect("Delete it in 2 chats?")
    assert (question.message_id, question.labels()) == (sent.message_id, [["Yes, delete", "Back"]])
    await olga.press("Back")
    assert (await olga.expect("Sent in")).labels() == [EVERYWHERE]
    await olga.press("Delete everywhere")
    for tap in await olga.press_twice("Yes, delete"):
        await tap.answered()
    report = await olga.expect("Deleted everywhere in")
    assert "deleted 2 · had it no more 0 · blocked the bot 0" in report.text
    assert (report.message_id > sent.message_id, report.labels()) == (True, [])
    above = await olga.expect("It was deleted everywhere.")
    assert (above.message_id, above.labels()) == (sent.message_id, [])
    assert not any(has(reader) for reader in readers)


async def test_who_has_erased_it_already_is_told_as_a_number(
    olga: Person, readers: list[Person], telegram: LocalTelegram
) -> None:
    await send(olga)
    telegram.faults.refuse(400, "Bad Request: message to delete not found", method="deleteMessages", chat=readers[0].id)
    await olga.press("Delete everywhere")
    await olga.press("Yes, delete")
    assert "deleted 1 · had it no more 1" in (await olga.expect("Deleted everywhere in")).text


async def test_a_deletion_that_was_stopped_is_taken_up_again(
    quick: tuple[Settings, Person], newcomer: Newcomer, telegram: LocalTelegram
) -> None:
    settings, olga = quick
    async with serving(settings):
        readers = await subscribed(newcomer, 3)
        await write(olga)
        await confirm(olga, "3 people")
        await olga.expect("Sent in")
        telegram.faults.refuse(500, "Internal Server Error", method="deleteMessages", chat=readers[0].id)
        await olga.press("Delete everywhere")
        await olga.press("Yes, delete")
        report = await olga.expect("Deleted everywhere in", 30)  # it is tried five times, after pauses that grow
        assert "in doubt 1" in report.text
        assert (await olga.expect("1 chat still has it.")).labels() == [["Delete everywhere"]]
        telegram.faults.clear()
        await olga.press("Delete everywhere")
        await olga.expect("Delete it in 1 chat?")
        await olga.press("Yes, delete")
        await olga.expect("deleted 1 · ")
        assert not any(has(reader) for reader in readers)


async def gone_from_past_news(ann: Person) -> None:
    await ann.send("/news")
    await ann.expect("There is no news yet.")


async def test_where_all_have_left_it_is_still_taken_out_of_past_news(
    olga: Person, readers: list[Person], newcomer: Newcomer
) -> None:
    sent = await send(olga)
    for reader in readers:
        await reader.send("/unsubscribe")
        await reader.expect("You get no news from here")
    await olga.press("Delete everywhere")
    question = await olga.expect("Delete it all the same? I know of no chat that has it now.")
    assert (question.message_id, question.labels()) == (sent.message_id, [["Yes, delete", "Back"]])
    yes = question.data_of("Yes, delete")
    await olga.press("Yes, delete")
    told = await olga.expect(WHEREVER_KNOWN)
    assert (told.message_id, told.labels()) == (sent.message_id, [])
    await gone_from_past_news(newcomer("Ann Example"))
    late = await olga.forge(yes, message=sent.message_id)
    assert (await late.answered()).text == "That was an older message. Here is where you are."


async def test_where_all_is_in_doubt_it_is_still_taken_out_of_past_news(
    olga: Person, readers: list[Person], newcomer: Newcomer, telegram: LocalTelegram
) -> None:
    for reader in readers:
        telegram.faults.drop(after=True, times=1, method="sendMessage", chat=reader.id)
    report = await send(olga)
    assert report.labels() == [["Resend 2 in doubt", "Leave"], ["Delete everywhere"]]
    await olga.press("Delete everywhere")
    question = await olga.expect("Delete it all the same?")
    assert question.text.endswith("Where it is in doubt, or was, a copy may stay.")
    await olga.press("Yes, delete")
    await olga.expect("Deleted everywhere in")
    await gone_from_past_news(newcomer("Ann Example"))


async def test_what_is_in_doubt_is_sent_again(olga: Person, readers: list[Person], telegram: LocalTelegram) -> None:
    sent = await send_into_doubt(olga, readers[0], telegram)
    for tap in await olga.press_twice("Resend 1 in doubt"):
        await tap.answered()
    again = await olga.expect("Sent again in")
    assert again.message_id > sent.message_id
    assert "reached 1 · blocked the bot 0 · deactivated 0 · failed 0 · in doubt 0" in again.text
    settled = await olga.expect("reached 2 · ")
    assert (settled.message_id, settled.labels()) == (sent.message_id, [EVERYWHERE])
    assert len([call for call in news_calls(telegram) if call.parameters["chat_id"] == readers[0].id]) == 2


async def test_where_it_was_ever_in_doubt_nobody_is_told_that_no_copy_is_left(
    olga: Person, readers: list[Person], telegram: LocalTelegram
) -> None:
    sent = await send_into_doubt(olga, readers[0], telegram)
    await olga.press("Resend 1 in doubt")
    await olga.expect("Sent again in")
    await olga.press("Delete everywhere")
    question = await olga.expect("Delete it in 2 chats?")
    assert question.text.endswith("Where it is in doubt, or was, a copy may stay.")
    await olga.press("Yes, delete")
    told = await olga.expect(WHEREVER_KNOWN)
    assert (told.message_id, told.labels()) == (sent.message_id, [])
    assert [has(reader) for reader in readers] == [True, False], "the first copy is one that nothing is known of"


async def test_what_is_left_in_doubt_is_not_told_to_be_deleted(
    olga: Person, readers: list[Person], telegram: LocalTelegram
) -> None:
    await send_into_doubt(olga, readers[0], telegram)
    await olga.press("Leave")
    await olga.expect("The 1 in doubt may have arrived. It is not sent again.")
    await olga.press("Delete everywhere")
    await olga.press("Yes, delete")
    told = await olga.expect(WHEREVER_KNOWN)
    assert "The 1 in doubt may have arrived." in told.text
    assert "It was deleted everywhere." not in told.text


async def test_who_left_with_a_copy_is_not_told_to_be_without_it(olga: Person, readers: list[Person]) -> None:
    await send(olga)
    await readers[0].send("/unsubscribe")
    await readers[0].expect("You get no news from here")
    await olga.press("Delete everywhere")
    await olga.expect("Delete it in 1 chat?")
    await olga.press("Yes, delete")
    await olga.expect(WHEREVER_KNOWN)
    assert [has(reader) for reader in readers] == [True, False]


async def test_what_is_left_in_doubt_stays_a_number(
    olga: Person, readers: list[Person], telegram: LocalTelegram
) -> None:
    sent = await send_into_doubt(olga, readers[0], telegram)
    resend = sent.data_of("Resend 1 in doubt")
    await olga.press("Leave")
    left = await olga.expect("The 1 in doubt may have arrived. It is not sent again.")
    assert (left.message_id, left.labels()) == (sent.message_id, [EVERYWHERE])
    assert "in doubt 1" in left.text
    tap = await olga.forge(resend, message=sent.message_id)
    assert (await tap.answered()).text == "That was an older message. Here is where you are."
    assert len(news_calls(telegram)) == 2


async def test_what_is_sent_again_says_what_was_edited_meanwhile(
    olga: Person, readers: list[Person], telegram: LocalTelegram
) -> None:
    sent = await send_into_doubt(olga, readers[0], telegram)
    resend = sent.data_of("Resend 1 in doubt")
    await olga.press("Edit everywhere")
    await olga.expect("News · edit everywhere")
    await olga.send("The count has grown")
    await olga.press("Edit in 1 chat")
    await olga.expect("Edit in 1 chat?")
    release = asyncio.Event()
    telegram.faults.hold(release, method="editMessageText", chat=readers[1].id, times=1)
    await olga.press("Yes, send")
    assert await telegram.world.wait_for(lambda: has(readers[1], "The count has grown"), 5)
    await (await olga.forge(resend, message=sent.message_id)).answered()
    release.set()
    await olga.expect("Sent again in")
    assert all(has(reader, "The count has grown") for reader in readers)


async def test_what_was_edited_everywhere_is_told_in_a_report_of_its_own(olga: Person, readers: list[Person]) -> None:
    sent = await send(olga)
    await olga.press("Edit everywhere")
    await olga.expect("News · edit everywhere")
    await olga.send("The count has grown")
    await olga.press("Edit in 2 chats")
    await olga.expect("Edit in 2 chats?")
    await olga.press("Yes, send")
    report = await olga.expect("Edited everywhere in")
    assert "edited 2 · had it no more 0 · blocked the bot 0" in report.text
    assert (report.message_id > sent.message_id, report.labels()) == (True, [])
    assert all(has(reader, "The count has grown") for reader in readers)
    assert as_it_is(olga, sent).labels() == [EVERYWHERE]
    await olga.press("Delete everywhere")
    await olga.press("Yes, delete")
    await olga.expect("Deleted everywhere in")
    assert not any(has(reader, "The count has grown") for reader in readers)


async def test_after_two_days_it_is_too_late(
    quick: tuple[Settings, Person], newcomer: Newcomer, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings, olga = quick
    async with serving(settings):
        readers = await subscribed(newcomer, 2)
        sent = await send(olga)
        ask, edit = sent.data_of("Delete everywhere"), sent.data_of("Edit everywhere")
    monkeypatch.setattr("bot.application.utc_now", lambda: datetime.now(UTC) + timedelta(hours=49))
    async with serving(settings):
        tap = await olga.forge(ask, message=sent.message_id)
        assert (await tap.answered()).text == "It is too late for that: 48 hours have passed since its end."
        page = await olga.expect("Sent in")
        assert page.message_id == sent.message_id
        assert not page.bears("Delete everywhere")
        await (await olga.forge(edit, message=sent.message_id)).answered()
        assert all(has(reader) for reader in readers)
