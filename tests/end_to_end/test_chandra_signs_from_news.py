"""Chandra gets news with buttons: what she taps opens below, and the news stays as it is."""

from __future__ import annotations

from typing import Any

import pytest

from tests.end_to_end.conftest import Start
from tests.end_to_end.test_bohdan_signs import sign
from tests.people import Message, Newcomer, Person

SIGN, APPEAL = "on:s", "on:a"
LINK = {"text": "Our page", "url": "https://example.org/"}


def news(person: Person, *buttons: dict[str, str], **content: Any) -> Message:
    """News in her chat, with buttons under it."""
    person.account.started = True
    keyboard = {"inline_keyboard": [[button] for button in buttons]}
    content = {"text": "The count grows", **content}
    raw = person.telegram.world.post(person.account, {**content, "reply_markup": keyboard})
    return next(one for one in person.chat() if one.message_id == raw["message_id"])


def button(label: str, data: str) -> dict[str, str]:
    return {"text": label, "callback_data": data}


@pytest.fixture
def chandra(newcomer: Newcomer, bot: object) -> Person:  # noqa: ARG001 - the bot runs
    return newcomer("Chandra Example")


async def test_sign_begins_below_and_the_news_stays(chandra: Person) -> None:
    piece = news(chandra, button("Sign", SIGN), button("Read the appeal", APPEAL))
    await chandra.press("Sign")
    question = await chandra.expect("1 of 4 · Name")
    assert question.message_id > piece.message_id
    await chandra.press("Sign as Chandra Example")
    await chandra.press("Skip")
    await chandra.press("Keep my name private")
    await chandra.press("I sign")
    assert (await chandra.expect("You are signatory No. 67")).message_id == question.message_id
    assert piece.raw in [one.raw for one in chandra.chat()]


async def test_the_appeal_begins_below_and_the_news_stays(chandra: Person) -> None:
    piece = news(chandra, button("Read the appeal", APPEAL), LINK)
    await chandra.press("Read the appeal")
    part = await chandra.expect("The appeal · 1 / 5")
    assert part.message_id > piece.message_id
    await chandra.press("Next")
    assert (await chandra.expect("The appeal · 2 / 5")).message_id == part.message_id
    assert piece.raw in [one.raw for one in chandra.chat()]


async def test_under_a_photo_it_is_the_same(chandra: Person) -> None:
    photo = [{"file_id": "x", "file_unique_id": "y", "width": 9, "height": 9}]
    piece = news(chandra, button("Sign", SIGN), photo=photo, text=None, caption="Look")
    await chandra.press("Sign")
    assert (await chandra.expect("1 of 4 · Name")).message_id > piece.message_id


async def test_a_double_tap_leaves_one_question_that_can_be_answered(chandra: Person) -> None:
    piece = news(chandra, button("Sign", SIGN))
    for tap in await chandra.press_twice("Sign"):
        await tap.answered()
    await chandra.quiet()
    asking = [one for one in chandra.chat() if "1 of 4 · Name" in one.text]
    assert [bool(one.labels()) for one in asking] == [False, True]
    await chandra.press("Sign as Chandra Example")
    await chandra.expect("2 of 4 · Country")
    assert piece.raw in [one.raw for one in chandra.chat()]


async def test_who_has_signed_learns_it_only_once_she_taps(chandra: Person) -> None:
    await sign(chandra)
    piece = news(chandra, button("Sign", SIGN))
    await chandra.press("Sign")
    own = await chandra.expect("You have signed: No. 67")
    assert own.message_id > piece.message_id
    assert piece.raw in [one.raw for one in chandra.chat()]


async def test_nothing_that_is_forged_changes_the_news(chandra: Person) -> None:
    pieces = [news(chandra, button("Sign", SIGN)), news(chandra, LINK), news(chandra, LINK, button("Sign", SIGN))]
    for piece in pieces:
        for data in ("ap:2", "st", "on:x", "on", "on:s:1", "nw", "nl:all", "ne:0:0", "c", "no such thing"):
            tap = await chandra.forge(data, message=piece.message_id)
            await tap.answered()
        await chandra.quiet()
        assert piece.raw in [one.raw for one in chandra.chat()]


async def test_an_old_button_still_opens_after_a_restart(start: Start, newcomer: Newcomer) -> None:
    chandra = newcomer("Chandra Example")
    async with start():
        piece = news(chandra, button("Read the appeal", APPEAL))
    async with start():
        await chandra.forge(APPEAL, message=piece.message_id, inaccessible=True)
        await chandra.expect("The appeal · 1 / 5")
