"""Olga confirms: she is told how many, how long and when the last news went out; twice when that was today."""

from __future__ import annotations

from bot.application import serving
from bot.settings import Settings
from sandbox.server import LocalTelegram
from tests.end_to_end.organiser import confirm, news_calls, subscribed, tap, write
from tests.people import Newcomer, Person


async def test_the_question_says_how_many_and_how_long(quick: tuple[Settings, Person], newcomer: Newcomer) -> None:
    settings, olga = quick
    async with serving(settings.model_copy(update={"first_recipients": 1})):
        await subscribed(newcomer, 2)
        await write(olga)
        await olga.press("Send to 2 people")
        question = await olga.expect("Send to 2 people?")
        assert "It will take less than a minute, first 1, then all." in question.text
        assert question.labels() == [["Yes, send", "Back"]]
        await olga.press("Back")
        await olga.expect("A text, the same in all languages")


async def test_news_of_today_is_asked_about_twice(olga: Person, readers: list[Person], telegram: LocalTelegram) -> None:
    await write(olga)
    await confirm(olga)
    await olga.expect("Sent in")
    await write(olga, "And more")
    await olga.press("Send to 2 people")
    await olga.expect("The last news went out")
    await olga.press("Yes, send")
    question = await olga.expect("Send this one too?")
    assert question.labels() == [["Yes, send", "Back"]]
    await olga.press("Back")
    await olga.expect("A text, the same in all languages")
    assert not news_calls(telegram, "And more")
    await olga.press("Send to 2 people")
    await olga.expect("Send to 2 people?")
    await olga.press("Yes, send")
    await olga.expect("Send this one too?")
    for one in await olga.press_twice("Yes, send"):
        await one.answered()
    await olga.expect("Sent in")
    await olga.quiet()
    assert len(news_calls(telegram, "And more")) == len(readers)


async def test_what_changed_since_it_was_asked_is_asked_anew(
    olga: Person, readers: list[Person], telegram: LocalTelegram
) -> None:
    await write(olga)
    await olga.press("Send to 2 people")
    yes = (await olga.expect("Send to 2 people?")).data_of("Yes, send")
    await olga.send("Something else")
    await olga.expect("A text, the same in all languages")
    told = await (await olga.forge(yes)).answered()
    assert told.text == "That was an older message. Here is where you are."
    await olga.quiet()
    assert not news_calls(telegram, "Something else")
    assert not news_calls(telegram)
    assert len(readers) == 2


async def test_who_is_no_owner_any_more_is_not_obeyed(
    quick: tuple[Settings, Person], newcomer: Newcomer, telegram: LocalTelegram
) -> None:
    settings, olga = quick
    async with serving(settings):
        await subscribed(newcomer, 2)
        await write(olga)
        await olga.press("Send to 2 people")
        await olga.expect("Send to 2 people?")
    async with serving(settings.model_copy(update={"owners": frozenset()})):
        told = await (await olga.press("Yes, send")).answered()
        assert told.text == "That was an older message. Here is where you are."
        await olga.quiet()
    assert not news_calls(telegram)


async def test_a_draft_survives_a_restart_whole(quick: tuple[Settings, Person], newcomer: Newcomer) -> None:
    settings, olga = quick
    async with serving(settings):
        await subscribed(newcomer, 1)
        await write(olga)
        await tap(olga, "Silent", "Buttons", "Sign")
        await olga.press("A link")
        await olga.expect("in one message")
    async with serving(settings):
        await olga.send("Our page https://example.org")
        await olga.expect("The link: Our page")
        await olga.press("Back")
        await olga.expect("silent · not marked important · buttons: Sign, Our page · now")


async def test_a_tap_that_comes_late_changes_nothing(olga: Person, telegram: LocalTelegram) -> None:
    await write(olga)
    await olga.quiet()
    silent = olga.chat()[-1].data_of("Silent")
    await tap(olga, "Preview")
    late = {
        "update_id": 1,
        "callback_query": {
            "id": "1", "from": olga.account.user(), "chat_instance": "1", "data": silent,
            "message": olga.chat()[-1].raw,
        },
    }  # fmt: skip
    telegram.world.repeat(late)
    await olga.quiet()
    answers = [call for call in telegram.calls if call.method == "answerCallbackQuery"]
    assert answers[-1].parameters["text"] == "That was an older message. Here is where you are."
    await olga.send("/broadcast")
    assert not (await olga.expect("with sound")).bears("✓ Silent")
