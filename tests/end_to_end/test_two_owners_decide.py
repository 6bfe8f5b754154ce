"""Daryna writes news, and Olga, the other owner, approves or rejects it; either stops it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from bot.application import serving
from bot.settings import Settings
from sandbox.server import LocalTelegram
from tests.end_to_end.organiser import news_calls, subscribed, write
from tests.people import Newcomer, Person

APPROVED_FIRST = "Another organiser has to approve it first."
FOR_APPROVAL = "for approval, from another owner · to everyone (2) · now"


@pytest.fixture
async def owners(settings: Settings, telegram: LocalTelegram) -> tuple[Settings, Person, Person]:
    daryna, olga = Person(telegram, "Daryna Example"), Person(telegram, "Olga Example")
    changes = {"owners": frozenset({daryna.id, olga.id}), "messages_per_second": 1_000}
    return settings.model_copy(update=changes), daryna, olga


@pytest.fixture
async def both(owners: tuple[Settings, Person, Person], newcomer: Newcomer) -> AsyncIterator[tuple[Person, Person]]:
    """The bot runs, two people read, and each owner has started it."""
    settings, daryna, olga = owners
    async with serving(settings):
        await meet(olga)
        await subscribed(newcomer, 2)
        yield daryna, olga


async def meet(person: Person) -> None:
    await person.send("/start")
    await person.expect("have signed")


async def propose(daryna: Person, people: str = "2 people") -> None:
    await write(daryna)
    await daryna.press(f"Send to {people}")
    await daryna.expect(APPROVED_FIRST)
    await daryna.press("Yes, send")
    await daryna.expect("Waits for another owner to approve it.")


async def propose_edit(daryna: Person, olga: Person) -> None:
    """Of news that went out to two people."""
    await propose(daryna)
    await olga.expect(FOR_APPROVAL)
    await olga.press("Approve")
    await daryna.expect("Sent in")
    await daryna.press("Edit everywhere")
    await daryna.expect("News · edit everywhere")
    await daryna.send("The count has grown")
    await daryna.press("Edit in 2 chats")
    await daryna.expect(APPROVED_FIRST)
    await daryna.press("Yes, send")


async def test_olga_sees_what_she_approves_and_then_it_goes_out(
    both: tuple[Person, Person], telegram: LocalTelegram
) -> None:
    daryna, olga = both
    await propose(daryna)
    asked = await olga.expect(FOR_APPROVAL)
    assert "(the preview stands above)" in asked.text
    assert asked.labels() == [["Preview"], ["Approve", "Reject"]]
    preview = next(one for one in olga.chat() if one.text == "The count grows")
    assert preview.message_id < asked.message_id
    assert [call.parameters["chat_id"] for call in news_calls(telegram)] == [olga.id]
    for tap in await olga.press_twice("Approve"):
        await tap.answered()
    assert (await olga.expect("Sent in")).message_id == asked.message_id
    assert "reached 2" in (await daryna.expect("Sent in")).text
    assert len(news_calls(telegram)) == 3


async def test_what_olga_rejects_goes_back_to_daryna(both: tuple[Person, Person], telegram: LocalTelegram) -> None:
    daryna, olga = both
    await propose(daryna)
    await olga.expect(FOR_APPROVAL)
    await olga.press("Reject")
    assert (await olga.expect("Rejected. It does not go out.")).labels() == []
    rejected = await daryna.expect("Another owner rejected it.")
    assert rejected.labels() == [["Back", "Stop"]]
    await daryna.press("Back")
    draft = await daryna.expect("News · draft")
    assert draft.message_id == rejected.message_id
    await olga.expect("Taken back by its author.")
    assert len(news_calls(telegram)) == 1
    await daryna.send("The count has grown")
    await daryna.press("Send to 2 people")
    await daryna.press("Yes, send")
    await olga.expect(FOR_APPROVAL)
    assert any(one.text == "The count has grown" for one in olga.chat())
    await olga.press("Approve")
    await daryna.expect("Sent in")


async def test_daryna_takes_it_back_before_olga_approves(both: tuple[Person, Person], telegram: LocalTelegram) -> None:
    daryna, olga = both
    await propose(daryna)
    asked = await olga.expect(FOR_APPROVAL)
    approval = asked.data_of("Approve")
    await daryna.press("Back")
    await daryna.expect("News · draft")
    await olga.expect("Taken back by its author.")
    tap = await olga.forge(approval, message=asked.message_id)
    assert (await tap.answered()).text == "That was an older message. Here is where you are."
    assert len(news_calls(telegram)) == 1
    await daryna.press("Discard")
    await daryna.expect("Discarded.")


async def test_daryna_does_not_approve_her_own(both: tuple[Person, Person], telegram: LocalTelegram) -> None:
    daryna, olga = both
    await propose(daryna)
    asked = await olga.expect(FOR_APPROVAL)
    tap = await daryna.forge(asked.data_of("Approve"))
    assert (await tap.answered()).text == "It takes another owner than you."
    assert [call.parameters["chat_id"] for call in news_calls(telegram)] == [olga.id]


async def test_back_waits_until_what_is_written_is_done(both: tuple[Person, Person]) -> None:
    daryna, olga = both
    await propose(daryna)
    await olga.expect(FOR_APPROVAL)
    await write(daryna, "Something else")
    tap = await daryna.press("Back")
    assert (await tap.answered()).text == "You are writing something else. Send or discard it first."
    await daryna.press("Discard")
    await daryna.expect("Discarded.")
    await daryna.press("Back")  # under the newest message that bears it: the start, or the report


async def test_the_other_owner_pauses_resumes_and_stops(
    owners: tuple[Settings, Person, Person], newcomer: Newcomer, telegram: LocalTelegram
) -> None:
    settings, daryna, olga = owners
    settings = settings.model_copy(update={"approvals": False})
    async with serving(settings):
        await meet(olga)
        await subscribed(newcomer, 20)
        await write(daryna)
        await daryna.press("Send to 20 people")
    async with serving(settings.model_copy(update={"messages_per_second": 5})):
        await daryna.press("Yes, send")
        report = await daryna.expect("Sending")
        assert report.labels() == [["Pause", "Stop"]]
        await olga.send("/broadcasts")
        running = await olga.expect("1 of 1")
        assert "Sending · " in running.text
        assert await telegram.world.wait_for(lambda: len(news_calls(telegram)) > 1, 5)
        assert running.labels() == [["Pause", "Stop"], ["Preview"]]
        await olga.press("Pause")
        paused = await olga.expect("Paused at ")
        assert "of 20: an owner asked for it. Nothing is lost." in paused.text
        assert (await daryna.expect("Paused at ")).labels() == [["Resume", "Stop"]]
        arrived = len(news_calls(telegram))
        assert 0 < arrived < 20
        await daryna.press("Resume")
        await olga.expect("Sending")
        await olga.press("Stop")
        await olga.expect("Stopped after")
        await daryna.expect("Stopped after")
        assert arrived <= len(news_calls(telegram)) < 20


async def test_any_owner_stops_it_before_it_begins(
    owners: tuple[Settings, Person, Person], newcomer: Newcomer, telegram: LocalTelegram
) -> None:
    settings, daryna, olga = owners
    async with serving(settings.model_copy(update={"broadcast_delay": 50})):
        await meet(olga)
        await subscribed(newcomer, 2)
        await propose(daryna)
        await olga.press("Approve")
        begins = await olga.expect("Begins in ")
        assert begins.text.endswith("Anyone of the owners can stop it.")
        assert begins.labels() == [["Stop"]]
        assert (await daryna.expect("Begins in ")).labels() == [["Back", "Stop"]]
        await olga.press("Stop")
        await olga.expect("Stopped before it began.")
        assert (await daryna.expect("Stopped before it began.")).labels() == []
    assert [call.parameters["chat_id"] for call in news_calls(telegram)] == [olga.id]


async def test_an_edit_that_is_stopped_before_it_begins_is_not_told_to_have_reached_nobody(
    both: tuple[Person, Person],
) -> None:
    daryna, olga = both
    await propose_edit(daryna, olga)
    await daryna.expect("Waits for another owner to approve it.")
    await daryna.press("Stop")
    told = "Stopped before it began. Nothing was edited."
    assert (await daryna.expect(told)).text == (await olga.expect(told)).text == told


async def test_who_is_no_owner_any_more_decides_nothing_and_hears_nothing(
    owners: tuple[Settings, Person, Person], newcomer: Newcomer, telegram: LocalTelegram
) -> None:
    settings, daryna, olga = owners
    async with serving(settings):
        await meet(olga)
        await subscribed(newcomer, 2)
        await propose(daryna)
        asked = await olga.expect(FOR_APPROVAL)
    async with serving(settings.model_copy(update={"owners": frozenset({daryna.id})})):
        await (await olga.forge(asked.data_of("Approve"), message=asked.message_id)).answered()
        await daryna.send("/broadcasts")
        await daryna.expect("Waits for another owner to approve it.")
    async with serving(settings.model_copy(update={"owners": frozenset({olga.id})})):
        tap = await olga.forge(asked.data_of("Approve"), message=asked.message_id)
        assert "is no owner any more" in str((await tap.answered()).text)
        await olga.press("Reject")
        await olga.expect("Rejected.")
    assert [call.parameters["chat_id"] for call in news_calls(telegram)] == [olga.id]


async def test_an_owner_who_got_no_message_finds_it_among_the_broadcasts(
    owners: tuple[Settings, Person, Person], newcomer: Newcomer
) -> None:
    """She has never written to the bot: then Telegram knows no chat with her."""
    settings, daryna, olga = owners
    async with serving(settings):
        await subscribed(newcomer, 2)
        await propose(daryna)
        await olga.send("/broadcasts")
        page = await olga.expect("1 of 1")
        assert FOR_APPROVAL in page.text
        assert page.labels() == [["Approve", "Reject"], ["Preview"]]
        await olga.press("Preview")
        await olga.expect("The count grows")
        await olga.press("Approve")
        await olga.expect("Sent in")
        await daryna.expect("Sent in")


async def test_an_edit_everywhere_is_approved_and_a_deletion_is_not(both: tuple[Person, Person]) -> None:
    daryna, olga = both
    await propose_edit(daryna, olga)
    assert "in 2 chats · now" in (await daryna.expect("Waits for another owner to approve it.")).text
    asked = await olga.expect("News · edit everywhere · for approval, from another owner · in 2 chats · now")
    assert any(one.text == "The count has grown" for one in olga.chat())
    await olga.press("Approve")
    assert "edited 2" in (await olga.expect("Edited everywhere in")).text
    await daryna.expect("Edited everywhere in")
    assert asked.labels() == [["Preview"], ["Approve", "Reject"]]
    await olga.press("Delete everywhere")
    await olga.press("Yes, delete")
    assert "deleted 2" in (await olga.expect("Deleted everywhere in")).text
    assert (await daryna.expect("It was deleted everywhere.")).labels() == []


async def test_an_owner_whose_chat_hangs_holds_up_nobody(both: tuple[Person, Person], telegram: LocalTelegram) -> None:
    daryna, olga = both
    release = asyncio.Event()
    await propose(daryna)
    await olga.expect(FOR_APPROVAL)
    telegram.faults.hold(release, chat=daryna.id)
    try:
        await olga.press("Approve")
        await olga.expect("Sent in")
    finally:
        release.set()
    await daryna.expect("Sent in")


async def test_both_decide_at_once(both: tuple[Person, Person], telegram: LocalTelegram) -> None:
    daryna, olga = both
    await propose(daryna)
    await olga.expect(FOR_APPROVAL)
    taps = await asyncio.gather(olga.press("Approve"), daryna.press("Back"))
    for tap in taps:
        await tap.answered()
    await olga.quiet()
    assert len(news_calls(telegram)) in (1, 3), "all of it, or none"
