"""Bohdan signs: four taps, nothing typed, or in his own words."""

from __future__ import annotations

import threading
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from bot.application import serving
from bot.settings import Settings
from sandbox.server import LocalTelegram
from storage.signer_tags import signer_tag
from tests.end_to_end.conftest import Start
from tests.end_to_end.rows import run
from tests.people import Newcomer, Person


async def sign(person: Person, how: str = "Keep my name private") -> None:
    """The quickest way through."""
    await person.send("/sign")
    await person.press(f"Sign as {person.name}")
    await person.press("Skip")
    await person.press(how)
    await person.press("I sign")
    await person.expect("You are signatory")


async def test_her_code_is_made_once_a_signature_and_never_on_the_loop(
    ann: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It takes 30 ms of a core: on the loop everybody would wait for it, at each step it would be four times that."""
    threads: list[threading.Thread] = []

    def noted(*arguments: Any) -> bytes:
        threads.append(threading.current_thread())
        return signer_tag(*arguments)

    monkeypatch.setattr("storage.signer_tags.signer_tag", noted)
    await sign(ann)
    assert len(threads) == 1
    assert threads[0] is not threading.main_thread()


async def test_four_taps_and_five_messages(ann: Person) -> None:
    ann.mark()
    await ann.send("/sign")
    question = await ann.expect("Under which name do you sign?")
    assert "Do you live in Belarus, or have family there?" in question.text
    assert question.labels() == [
        ["Sign as Ann Example"],
        ["Use another name", "Without my name"],
        ["Read more", "Cancel"],
    ]
    await ann.press("Sign as Ann Example")
    country = await ann.expect("Where do you live?")
    assert country.labels() == [
        ["Poland", "Lithuania"],
        ["Germany", "Ukraine"],
        ["Belarus", "United States"],
        ["Skip"],
        ["Back", "Cancel"],
    ]
    await ann.press("Poland")
    shown = await ann.expect("3 of 4")
    assert shown.labels() == [["Keep my name private"], ["Show my name"], ["Back", "Cancel"]]
    await ann.press("Keep my name private")
    review = await ann.expect("Please check")
    assert "Name: Ann Example, private\nCountry: Poland" in review.text
    assert review.labels() == [["✍️ I sign"], ["Change", "Cancel"]]
    await ann.press("I sign")
    thanks = await ann.expect("You are signatory No. 67")
    assert thanks.labels() == [["Clear this chat"], ["Send me news", "No, thanks"]]
    assert thanks.message_id == question.message_id
    assert ann.spent() == 5


async def test_a_typed_name_costs_seven_messages(ann: Person) -> None:
    ann.mark()
    await ann.send("/sign")
    await ann.press("Use another name")
    prompt = await ann.expect("Please type the name")
    await ann.send("Ганна Прыклад")
    question = await ann.expect("Where do you live?")
    assert question.message_id > prompt.message_id
    await ann.press("Germany")
    await ann.press("Show my name")
    review = await ann.expect("Please check")
    assert "Name: Ганна Прыклад, shown" in review.text
    await ann.press("I sign")
    await ann.expect("You are signatory No. 67")
    assert ann.spent() == 7
    assert [message.labels() for message in ann.chat() if message.message_id == prompt.message_id] == [[]]


async def test_without_a_name_skips_shown_or_private(ann: Person) -> None:
    await ann.send("/sign")
    await ann.press("Without my name")
    await ann.press("Skip")
    review = await ann.expect("Please check")
    assert "Name: none" in review.text
    assert "Country: not given" in review.text
    await ann.press("I sign")
    await ann.expect("No. 67")


async def test_from_a_dangerous_country_signing_without_a_name_stands_first(ann: Person) -> None:
    await ann.send("/sign")
    await ann.press("Sign as Ann Example")
    await ann.press("Belarus")
    advice = await ann.expect("We advise: sign without a name")
    assert advice.labels()[0] == ["Without my name"]
    await ann.press("Without my name")
    assert "Name: none" in (await ann.expect("Please check")).text


@pytest.mark.parametrize(
    ("typed", "country"),
    [
        ("polska", "Poland"),
        ("USA", "United States"),
        ("uk", "United Kingdom"),
        ("Белоруссия", "Belarus"),
        ("Österreich", "Austria"),
    ],
)
async def test_a_country_is_typed_in_any_language(ann: Person, typed: str, country: str) -> None:
    await ann.send("/sign")
    await ann.press("Sign as Ann Example")
    await ann.expect("Where do you live?")
    await ann.send(typed)
    await ann.press("Without my name" if country == "Belarus" else "Keep my name private")
    assert f"Country: {country}" in (await ann.expect("Please check")).text


async def test_a_country_that_nobody_knows_keeps_the_question(ann: Person) -> None:
    await ann.send("/sign")
    await ann.press("Sign as Ann Example")
    await ann.expect("Where do you live?")
    await ann.send("Atlantis")
    again = await ann.expect("I do not know that country")
    assert "Where do you live?" in again.text
    await ann.send("south")
    likely = (await ann.expect("I do not know that country")).labels()
    assert likely[:3] == [["South Africa"], ["South Georgia & South Sandwich Islands"], ["South Korea", "South Sudan"]]
    await ann.send("Polan")
    await ann.press("Poland")
    await ann.expect("3 of 4")


@pytest.mark.parametrize(
    "name", ["A", "http://example.org", "=SUM(A1)", "Ann 😀", "x" * 101, "12345", "Ann\u202eExample"]
)
async def test_a_name_that_does_not_do_keeps_the_question(ann: Person, name: str) -> None:
    await ann.send("/sign")
    await ann.press("Use another name")
    await ann.expect("Please type the name")
    await ann.send(name)
    refused = await ann.expect("Please type it again")
    assert "1 of 4" in refused.text
    await ann.send("Ann Other")
    await ann.expect("Where do you live?")


async def test_change_one_answer(ann: Person) -> None:
    await ann.send("/sign")
    await ann.press("Sign as Ann Example")
    await ann.press("Poland")
    await ann.press("Keep my name private")
    await ann.press("Change")
    fields = await ann.expect("What would you like to change?")
    assert fields.labels() == [["Name", "Country"], ["Shown or private"], ["Back"]]
    await ann.press("Country")
    await ann.press("Lithuania")
    assert "Country: Lithuania" in (await ann.expect("Please check")).text
    await ann.press("Change")
    await ann.press("Shown or private")
    await ann.press("Show my name")
    assert "Name: Ann Example, shown" in (await ann.expect("Please check")).text
    await ann.press("Change")
    await ann.press("Name")
    await ann.press("Without my name")
    assert "Name: none" in (await ann.expect("Please check")).text


async def test_read_more_leads_back(ann: Person) -> None:
    await ann.send("/sign")
    await ann.press("Read more")
    meaning = await ann.expect("What signing can mean")
    assert f"The true bot is @{ann.telegram.bot_user['username']}" in meaning.text
    await ann.press("Back")
    await ann.expect("Under which name do you sign?")


async def test_back_walks_through_all_questions(ann: Person) -> None:
    await ann.send("/sign")
    await ann.press("Sign as Ann Example")
    await ann.press("Poland")
    await ann.press("Back")
    await ann.press("Back")
    await ann.press("Use another name")
    await ann.press("Back")
    await ann.expect("Under which name do you sign?")


async def test_a_name_given_up_leaves_the_answer_as_it_was(ann: Person) -> None:
    await ann.send("/sign")
    await ann.press("Without my name")
    await ann.press("Poland")
    await ann.press("Change")
    await ann.press("Name")
    await ann.press("Sign as Ann Example")
    await ann.expect("3 of 4")
    await ann.press("Back")
    await ann.expect("Under which name do you sign?")
    await ann.press("Back")
    assert "Name: none" in (await ann.expect("Please check")).text


async def test_back_from_clearing_leads_to_the_thank_you(ann: Person) -> None:
    await sign(ann)
    await ann.press("Clear this chat")
    await ann.press("Back")
    assert (await ann.expect("You are signatory No. 67")).bears("Send me news")


async def test_cancel_keeps_nothing(ann: Person) -> None:
    await ann.send("/sign")
    await ann.press("Sign as Ann Example")
    await ann.press("Cancel")
    await ann.expect("what you entered is erased")
    await ann.send("Poland")
    await ann.expect("I did not understand that")


async def test_who_has_signed_sees_number_and_day(ann: Person) -> None:
    await sign(ann)
    await ann.send("/sign")
    again = await ann.expect("You have signed: No. 67, on ")
    assert again.labels() == [["Change", "Withdraw", "Done"]]
    await ann.press("Done")
    await ann.expect("67 people have signed")
    await ann.press("Sign")
    await ann.expect("You have signed: No. 67")


async def test_a_double_tap_gives_one_signature(ann: Person, newcomer: Newcomer) -> None:
    await ann.send("/sign")
    await ann.press("Without my name")
    await ann.press("Skip")
    await ann.expect("Please check")
    one, two = await ann.press_twice("I sign")
    await one.answered()
    await two.answered()
    await ann.expect("You are signatory No. 67")
    bohdan = newcomer("Bohdan Example")
    await sign(bohdan)
    await bohdan.expect("No. 68")


async def test_a_half_filled_signature_survives_a_restart(start: Start, newcomer: Newcomer) -> None:
    chandra = newcomer("Chandra Example")
    async with start():
        await chandra.send("/sign")
        await chandra.press("Sign as Chandra Example")
        await chandra.expect("Where do you live?")
    async with start():
        await chandra.press("Germany")
        await chandra.press("Show my name")
        await chandra.press("I sign")
        await chandra.expect("No. 67")
        await chandra.send("/signatories")
        await chandra.press("Next")
        await chandra.press("Next")
        await chandra.press("Next")
        assert "Chandra Example" in (await chandra.expect("61 to 67")).text


async def test_a_long_name_stands_in_the_text(bot: object, newcomer: Newcomer) -> None:  # noqa: ARG001
    person = newcomer("Mantsoumba Shamba Daniel Dupril")
    await person.send("/sign")
    question = await person.expect("Your name in Telegram: Mantsoumba Shamba Daniel Dupril")
    assert question.labels()[0] == ["Sign with my Telegram name"]


async def test_a_name_that_does_not_do_is_not_offered(bot: object, newcomer: Newcomer) -> None:  # noqa: ARG001
    person = newcomer("😀 1")
    await person.send("/sign")
    question = await person.expect("Under which name do you sign?")
    assert question.labels()[0] == ["Type a name", "Without my name"]


@pytest.mark.parametrize(
    ("how", "who"),
    [
        ("Show my name", "anyone, in the list. Copies cannot be taken back."),
        ("Keep my name private", "only the organisers, with a key kept off this server"),
        ("Without my name", "nobody; none is kept."),
    ],
)
async def test_the_review_says_who_can_see_what_and_its_words_are_what_is_agreed_to(
    ann: Person, settings: Settings, how: str, who: str
) -> None:
    await ann.send("/sign")
    if how == "Without my name":
        await ann.press(how)
        await ann.press("Poland")
    else:
        await ann.press("Sign as Ann Example")
        await ann.press("Poland")
        await ann.press(how)
    review = await ann.expect("Please check")
    assert f"Who can see your name: {who}" in review.text
    assert "Your country is only counted." in review.text
    assert "You can withdraw at any time: /mysignature." in review.text
    assert "Telegram, and whoever holds your phone, can read this chat." in review.text
    await ann.press("I sign")
    await ann.expect("You are signatory No. 67")
    [(kept,)] = await run(settings.database(), "SELECT consent_hash FROM signature")
    shown = to_html(review.text[review.text.index("With “I sign”") :])
    assert kept == sha256(shown.encode()).digest()


def to_html(words: str) -> str:
    """The words of consent as the bot wrote them: what it set in bold is marked again."""
    for bold in ("A Call for Solidarity with the People of Belarus", "Who can see your name:"):
        words = words.replace(bold, f"<b>{bold}</b>")
    return words


async def test_when_the_text_changed_she_is_told_and_reads_it_again(
    settings: Settings, telegram: LocalTelegram
) -> None:
    changed = another_petition(settings)
    ann = Person(telegram, "Ann Example")
    async with serving(settings):
        await ann.send("/sign")
        await ann.press("Sign as Ann Example")
        await ann.press("Poland")
        await ann.press("Keep my name private")
        await ann.expect("Please check")
    text = changed / "en.md"
    text.write_text(text.read_text(encoding="utf-8") + "\n13. the end of all this.\n", encoding="utf-8")
    async with serving(settings.model_copy(update={"petition": changed})):
        await ann.press("I sign")
        told = await ann.expect("The text has changed since you began.")
        assert told.labels() == [["Read the appeal", "The demands"], ["Back", "Cancel"]]
        await ann.press("The demands")
        await ann.expect("13 demands")
        await ann.press("Sign")
        await ann.expect("The text has changed since you began.")
        await ann.press("Back")
        assert "Name: Ann Example, private\nCountry: Poland" in (await ann.expect("Please check")).text
        await ann.press("I sign")
        await ann.expect("You are signatory No. 67")


def another_petition(settings: Settings) -> Path:
    """A copy of the petition's folder, to be changed."""
    folder = settings.data.parent / "petition"
    folder.mkdir()
    for source in settings.petition.iterdir():
        (folder / source.name).write_bytes(source.read_bytes())
    return folder


async def test_elsewhere_is_named(settings: Settings, telegram: LocalTelegram) -> None:
    folder = another_petition(settings)
    toml = folder / "petition.toml"
    toml.write_text('elsewhere = [12340, "on paper"]\n' + toml.read_text(encoding="utf-8"), encoding="utf-8")
    async with serving(settings.model_copy(update={"petition": folder})):
        ann = Person(telegram, "Ann Example")
        await ann.send("/start")
        await ann.expect("12,340 more signed on paper.")
