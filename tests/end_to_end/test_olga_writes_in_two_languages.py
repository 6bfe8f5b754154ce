"""Olga writes news in several languages: each reader gets the version of hers, all others the default."""

from __future__ import annotations

from tests.end_to_end.organiser import begin, confirm, tap, write
from tests.people import Newcomer, Person


async def subscriber(newcomer: Newcomer, language: str) -> Person:
    person = newcomer(f"Reader {language}", language)
    await person.send("/subscribe")
    await person.quiet()
    assert [one for one in person.chat() if one.by_bot]
    return person


async def write_in_german(olga: Person, text: str = "Die Zahl wächst") -> None:
    await olga.press("Languages")
    await olga.expect("Readers of all other languages get the default")
    await olga.press("Deutsch")
    await olga.expect("Send me the version in German")
    await olga.send(text)
    assert (await olga.expect("Readers of all other languages")).bears("✓ Deutsch")


async def test_each_reader_gets_her_version(olga: Person, newcomer: Newcomer) -> None:
    german, lithuanian = await subscriber(newcomer, "de"), await subscriber(newcomer, "lt")
    await write(olga)
    await write_in_german(olga)
    await tap(olga, "Back")
    assert olga.chat()[-1].text.startswith("News · draft\n\n“The count grows”\nA text, and a version in German")
    await confirm(olga)
    await olga.expect("Sent in")
    await german.expect("Die Zahl wächst")
    await lithuanian.expect("The count grows")
    assert not [one for one in german.chat() if "The count grows" in one.text]


async def test_the_preview_shows_every_version_the_default_first(olga: Person, readers: list[Person]) -> None:
    await write(olga)
    await write_in_german(olga)
    await tap(olga, "Back", "Preview")
    await olga.expect("A text, and a version in German")
    await olga.quiet()
    shown = [one.text for one in olga.chat() if one.by_bot][-3:]
    assert shown[:2] == ["The count grows", "Die Zahl wächst"]
    assert len(readers) == 2


async def test_an_album_and_a_text_may_be_versions_of_one_another(olga: Person, newcomer: Newcomer) -> None:
    german, lithuanian = await subscriber(newcomer, "de"), await subscriber(newcomer, "lt")
    await write(olga)
    await tap(olga, "Languages", "Deutsch")
    await olga.album(2, captions=["Bilder"])
    await olga.expect("Album · 2 of 10")
    await olga.press("Done")
    assert (await olga.expect("A text, and a version in German")).bears("Buttons")
    await confirm(olga)
    await olga.expect("Sent in")
    await german.expect("Bilder")
    await lithuanian.expect("The count grows")


async def test_a_version_can_be_removed_but_not_the_default_while_others_stay(
    olga: Person, readers: list[Person]
) -> None:
    await write(olga)
    await write_in_german(olga)
    await olga.press("Default")
    question = await olga.expect("Send me the default version")
    assert question.labels() == [["Back"]]
    await olga.press("Back")
    await olga.quiet()
    await olga.press("Deutsch")
    await olga.expect("It takes the place of the one that is there")
    await olga.press("Remove")
    assert not (await olga.expect("Readers of all other languages")).bears("✓ Deutsch")
    await tap(olga, "Default")
    await olga.press("Remove")
    await olga.expect("Write the message and send it here")
    await olga.send("Anew")
    await olga.expect("A text, the same in all languages")
    assert len(readers) == 2


async def test_languages_then_the_default_replaces_the_content(olga: Person, readers: list[Person]) -> None:
    await write(olga, "A first try")
    await write_in_german(olga)
    await olga.press("Default")
    await olga.expect("Send me the default version")
    await olga.send("A second one")
    await olga.expect("A text, and a version in German")
    await confirm(olga)
    await olga.expect("Sent in")
    await readers[0].expect("A second one")


async def test_nonsense_while_a_version_is_asked_for_is_told(olga: Person) -> None:
    await write(olga)
    await tap(olga, "Languages")
    await olga.press("Polski")
    await olga.expect("Send me the version in Polish")
    await olga.sticker()
    assert "Send me the version in Polish" in (await olga.expect("I can send a text")).text
    await olga.send("/broadcast")
    await olga.expect("Send me the version in Polish")
    await olga.quiet()
    await olga.press("Back")
    assert not (await olga.expect("Readers of all other languages")).bears("✓ Polski")


async def test_a_language_that_is_none_is_not_taken(olga: Person) -> None:
    await write(olga)
    await olga.press("Languages")
    data = (await olga.expect("Readers of all other languages")).data_of("Deutsch")
    for forged in (data.replace(":de", ":xx"), data.replace("bl:w", "bl:a").replace(":de", ":")):
        await (await olga.forge(forged)).answered()
    await olga.send("/broadcast")
    await olga.expect("A text, the same in all languages · nobody has asked for news yet")


async def test_before_anything_is_written_there_are_no_languages(olga: Person) -> None:
    await begin(olga)
    assert olga.chat()[-1].labels() == [["Discard"]]
