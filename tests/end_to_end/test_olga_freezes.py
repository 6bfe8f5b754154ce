"""Olga sees that something is wrong: she freezes the petition, and nothing is lost."""

from __future__ import annotations

import pytest

from bot import standing
from bot.application import serving
from bot.settings import Settings
from sandbox.server import LocalTelegram
from tests.end_to_end.organiser import confirm, news_calls, subscribed, write
from tests.end_to_end.test_bohdan_signs import sign
from tests.end_to_end.test_the_petition_closes import at_the_review
from tests.people import Newcomer, Person


async def freeze(olga: Person) -> None:
    await olga.send("/freeze")
    question = await olga.expect("Freeze the petition?")
    assert question.labels() == [["Yes, freeze", "Back"]]
    assert "python -m bot unfreeze" in question.text
    await olga.press("Yes, freeze")
    assert "python -m bot unfreeze" in (await olga.expect("Frozen.")).text


async def test_signing_stops_and_goes_on(olga: Person, newcomer: Newcomer, quick: tuple[Settings, Person]) -> None:
    ann, bohdan = newcomer("Ann Example"), newcomer("Bohdan Example")
    await at_the_review(ann)
    await sign(bohdan)
    await freeze(olga)
    for tap in await ann.press_twice("I sign"):
        assert str((await tap.answered()).text).startswith("Signing is paused.")
    told = await ann.expect("Signing is paused. Nothing you entered is lost.")
    assert told.bears("I sign")
    assert "Name: Ann Example, private" in told.text
    await ann.send("/sign")
    await ann.expect("Signing is paused. Nothing you entered is lost.")
    await bohdan.send("/withdraw")
    await bohdan.press("Yes, withdraw")
    await bohdan.expect("Your signature is withdrawn")
    await bohdan.send("/forget")
    await bohdan.press("Yes, erase everything")
    await bohdan.expect_empty_chat()
    settings, _ = quick
    assert await standing.unfreeze(settings) == "Signing and news go on."
    assert await standing.unfreeze(settings) == "It was not frozen."
    await olga.forge("fz:0")
    await olga.expect("Freeze the petition?")
    await ann.press("I sign")
    await ann.expect("You are signatory No. 68")


async def test_what_was_sent_is_deleted_everywhere_while_it_is_frozen(
    olga: Person, readers: list[Person], telegram: LocalTelegram
) -> None:
    await write(olga)
    await confirm(olga)
    await olga.expect("Sent in")
    await freeze(olga)
    await olga.press("Delete everywhere")
    await olga.press("Yes, delete")
    assert "deleted 2" in (await olga.expect("Deleted everywhere in")).text
    assert not any(one.text == "The count grows" for reader in readers for one in reader.chat())
    assert len(news_calls(telegram)) == 2


async def test_to_others_it_does_not_exist(ann: Person) -> None:
    await ann.send("/freeze")
    await ann.expect("I do not know that command")
    await (await ann.forge("fz:0")).answered()
    await sign(ann)


async def test_news_waits_and_nobody_gets_it_twice(
    quick: tuple[Settings, Person], newcomer: Newcomer, telegram: LocalTelegram, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("storage.standing.FRESH", 0.0)
    settings, olga = quick
    settings = settings.model_copy(update={"messages_per_second": 10})
    async with serving(settings):
        readers = await subscribed(newcomer, 10)
        await write(olga)
        await confirm(olga, "10 people")
        report = await olga.expect("Sending")
        assert await telegram.world.wait_for(lambda: bool(news_calls(telegram)), 5)
        await freeze(olga)
        paused = await olga.expect("Paused at ")
        assert (paused.message_id, paused.labels()) == (report.message_id, [["Stop"]])
        await write(olga, "Another one")
        arrived = len(news_calls(telegram))
        assert arrived < len(readers)
        await olga.press("Send to 10 people")
        await olga.expect("The petition is frozen: no news can be sent now.")
        assert len(news_calls(telegram)) == arrived
    async with serving(settings):
        await standing.unfreeze(settings)
        await olga.expect("Sent in")
        await confirm(olga, "10 people")
        await olga.expect("Sending")
        await freeze(olga)
        await olga.expect("Paused at ")
        await olga.press("Stop")
        assert "Not sent to" in (await olga.expect("Stopped after")).text
    assert [len([one for one in reader.chat() if one.text == "The count grows"]) for reader in readers] == [1] * 10
