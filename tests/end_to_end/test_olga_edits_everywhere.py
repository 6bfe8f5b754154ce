"""Olga mends news that was sent: in every chat that has it, as far as Telegram lets its kind change."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from bot.application import serving
from bot.settings import Settings
from sandbox.server import LocalTelegram
from tests.end_to_end.organiser import begin, confirm, one_by_one, subscribed, tap, write
from tests.end_to_end.test_olga_writes_in_two_languages import subscriber, write_in_german
from tests.people import Message, Newcomer, Person

Act = Callable[[Person], Awaitable[int]]


async def send_file(olga: Person, send: Act) -> None:
    await begin(olga)
    await send(olga)
    await olga.expect("To replace it, send it anew")
    await confirm(olga)
    await olga.expect("Sent in")
    await olga.quiet()


async def edit(olga: Person, send: Act) -> None:
    await olga.press("Edit everywhere")
    await olga.expect("News · edit everywhere")
    await olga.quiet()
    await send(olga)
    await olga.expect("News · edit everywhere")
    await olga.quiet()
    await tap(olga, "Edit in 2 chats")
    await olga.press("Yes, send")
    await olga.expect("Edited everywhere in")


async def write_edit(olga: Person, text: str) -> None:
    """All but the last word."""
    await olga.press("Edit everywhere")
    await olga.expect("News · edit everywhere")
    await olga.send(text)
    await olga.quiet()
    await tap(olga, "Edit in 2 chats")


def news_of(reader: Person) -> list[Message]:
    """What came after the answer to /subscribe."""
    return [one for one in reader.chat() if one.by_bot][1:]


def texts(readers: list[Person]) -> list[str]:
    return [one.text for reader in readers for one in news_of(reader)]


def caption(text: str) -> Act:
    return lambda olga: olga.send(text)


@pytest.mark.parametrize(
    ("send", "change", "kind", "text"),
    [
        (lambda olga: olga.send("Before"), caption("After"), "text", "After"),
        (lambda olga: olga.photo("Before"), caption("After"), "photo", "After"),
        (lambda olga: olga.photo("Before"), lambda olga: olga.video("After"), "video", "After"),
        (lambda olga: olga.document("Before"), lambda olga: olga.photo("After"), "photo", "After"),
        (lambda olga: olga.animation("Before"), lambda olga: olga.audio("After"), "audio", "After"),
        (lambda olga: olga.voice("Before"), caption("After"), "voice", "After"),
    ],
)
async def test_each_kind_becomes_what_it_can(
    olga: Person, readers: list[Person], send: Act, change: Act, kind: str, text: str
) -> None:
    await send_file(olga, send)
    before = [one.message_id for reader in readers for one in news_of(reader)]
    await edit(olga, change)
    after = [one for reader in readers for one in news_of(reader)]
    assert [one.message_id for one in after] == before
    assert all(one.text == text and one.raw[kind] for one in after)


async def test_an_album_gets_another_caption(olga: Person, readers: list[Person]) -> None:
    await begin(olga)
    await olga.album(2, captions=["Before", "The second"])
    await olga.expect("Album · 2 of 10")
    await tap(olga, "Done")
    await confirm(olga)
    await olga.expect("Sent in")
    await edit(olga, caption("After"))
    for reader in readers:
        assert [one.text for one in news_of(reader)] == ["After", "The second"]


async def test_an_albums_caption_stays_under_its_part(olga: Person, readers: list[Person]) -> None:
    await begin(olga)
    await olga.album(2, captions=["", "Before"])
    await olga.expect("Album · 2 of 10")
    await tap(olga, "Done")
    await confirm(olga)
    await olga.expect("Sent in")
    for text in ("After", "After that"):
        await edit(olga, caption(text))
        for reader in readers:
            assert [one.text for one in news_of(reader)] == ["", text]


async def test_what_was_stopped_is_edited_to_its_end(
    quick: tuple[Settings, Person], newcomer: Newcomer, telegram: LocalTelegram
) -> None:
    settings, olga = quick
    async with serving(one_by_one(settings)):
        readers = await subscribed(newcomer, 2)
        await send_file(olga, lambda olga: olga.photo("Before"))
        await olga.press("Edit everywhere")
        await olga.expect("News · edit everywhere")
        await olga.photo("After")
        await olga.quiet()
        release = asyncio.Event()
        telegram.faults.hold(release, method="editMessageMedia", times=1)
        await tap(olga, "Edit in 2 chats")
        await olga.press("Yes, send")
        edited = "editMessageMedia"
        assert await telegram.world.wait_for(lambda: any(call.method == edited for call in telegram.calls), 5)
        await olga.press("Stop")
        release.set()
        await olga.expect("Left as it was in 1")
        await edit(olga, caption("After, in other words"))
        (first,), (second,) = (news_of(reader) for reader in readers)
        assert first.text == second.text == "After, in other words"
        assert first.raw["photo"] == second.raw["photo"]


async def test_an_edit_that_was_paused_never_undoes_a_newer_one(
    quick: tuple[Settings, Person], newcomer: Newcomer, telegram: LocalTelegram
) -> None:
    settings, olga = quick
    async with serving(one_by_one(settings)):
        readers = await subscribed(newcomer, 2)
        await send_file(olga, caption("Before"))
        await write_edit(olga, "The first edit")
        release = asyncio.Event()
        for reader in readers:
            telegram.faults.hold(release, method="editMessageText", chat=reader.id, times=1)
        await olga.press("Yes, send")
        assert await telegram.world.wait_for(lambda: "The first edit" in texts(readers), 5)
        await olga.press("Pause")
        release.set()
        paused = await olga.expect("Paused at 1 of 2")
        resume = paused.data_of("Resume")
        await edit(olga, caption("The second edit"))
        stopped = await olga.expect("Left as it was in 1")
        assert (stopped.message_id, stopped.labels()) == (paused.message_id, [])
        late = await olga.forge(resume, message=paused.message_id)
        assert (await late.answered()).text == "That was an older message. Here is where you are."
        await olga.quiet()
        assert texts(readers) == ["The second edit"] * 2
        stranger = newcomer("Ann Example")
        await stranger.send("/news")
        await stranger.expect("The second edit")


async def test_an_edit_that_telegram_refused_ends_with_its_correction(
    olga: Person, readers: list[Person], telegram: LocalTelegram
) -> None:
    await send_file(olga, caption("Before"))
    await write_edit(olga, "What is refused")
    for reader in readers:
        telegram.faults.refuse(400, "Bad Request: can't parse entities", method="editMessageText", chat=reader.id)
    await olga.press("Yes, send")
    paused = await olga.expect("Paused at 0 of 2: Telegram refuses the content")
    telegram.faults.clear()
    await edit(olga, caption("What is taken"))
    stopped = await olga.expect("Left as it was in 2")
    assert (stopped.message_id, stopped.labels()) == (paused.message_id, [])
    assert texts(readers) == ["What is taken"] * 2


@pytest.mark.parametrize(
    ("send", "change", "told"),
    [
        (lambda olga: olga.send("Before"), lambda olga: olga.photo(), "Please send a text."),
        (lambda olga: olga.photo(), lambda olga: olga.voice(), "Please send one file, or a text as its new caption"),
        (lambda olga: olga.photo(), lambda olga: olga.album(2), "Please send one file, or a text as its new caption"),
        (lambda olga: olga.voice(), lambda olga: olga.photo(), "Please send a text as the new caption"),
        (lambda olga: olga.photo(), lambda olga: olga.send("a" * 1_025), "and this is longer. Please shorten it."),
        (lambda olga: olga.photo(), lambda olga: olga.photo("a" * 1_025), "and this is longer. Please shorten it."),
        (lambda olga: olga.send("Before"), lambda olga: olga.photo("a" * 1_025), "Please send a text."),
        (lambda olga: olga.send("Before"), lambda olga: olga.sticker(), "Please send a text."),
        (lambda olga: olga.photo(), lambda olga: olga.sticker(), "Please send one file, or a text as its new caption"),
        (lambda olga: olga.voice(), lambda olga: olga.sticker(), "Please send a text as the new caption"),
    ],
)
async def test_what_does_not_fit_is_told(
    olga: Person, readers: list[Person], send: Act, change: Act, told: str
) -> None:
    await send_file(olga, send)
    await olga.press("Edit everywhere")
    panel = await olga.expect("News · edit everywhere")
    assert panel.labels() == [["Preview", "Send me a test"], ["Languages", "Buttons"], ["Edit in 2 chats"], ["Discard"]]
    await olga.quiet()
    await change(olga)
    assert "News · edit everywhere" in (await olga.expect(told)).text
    await olga.press("Discard")
    await olga.expect("Discarded. What was sent stays as it is.")
    assert len(readers) == 2


async def test_each_reader_sees_the_version_of_hers_and_the_buttons_of_now(olga: Person, newcomer: Newcomer) -> None:
    german, polish = await subscriber(newcomer, "de"), await subscriber(newcomer, "pl")
    await write(olga)
    await tap(olga, "Buttons", "Sign", "Back")
    await write_in_german(olga)
    await tap(olga, "Back")
    await confirm(olga)
    await olga.expect("Sent in")
    await tap(olga, "Edit everywhere", "Buttons", "✓ Sign", "Read the appeal", "Back", "Languages", "Deutsch")
    assert olga.chat()[-1].labels() == [["Back"]]
    await olga.send("Die Zahl ist gewachsen")
    await olga.expect("Readers of all other languages")
    await olga.quiet()
    await tap(olga, "Polski")
    await olga.send("Liczba wzrosła")
    await olga.expect("Readers of all other languages")
    await olga.quiet()
    await tap(olga, "Back", "Edit in 2 chats", "Yes, send")
    await olga.expect("Edited everywhere in")
    for reader, text in ((german, "Die Zahl ist gewachsen"), (polish, "Liczba wzrosła")):
        (news,) = news_of(reader)
        assert (news.text, news.labels()) == (text, [["Read the appeal"]])


async def test_a_version_that_an_edit_added_can_be_removed_until_it_is_sent(olga: Person, newcomer: Newcomer) -> None:
    german, polish = await subscriber(newcomer, "de"), await subscriber(newcomer, "pl")
    await send_file(olga, caption("Before"))
    await olga.press("Edit everywhere")
    await olga.expect("News · edit everywhere")
    await olga.quiet()
    await write_in_german(olga, "Aus Versehen")
    await tap(olga, "Deutsch")
    assert olga.chat()[-1].labels() == [["Remove", "Back"]]
    await tap(olga, "Remove")
    assert not olga.chat()[-1].bears("✓ Deutsch")
    await tap(olga, "Polski")
    await olga.send("Potem")
    await olga.expect("Readers of all other languages")
    await olga.quiet()
    await tap(olga, "Default")
    assert olga.chat()[-1].labels() == [["Back"]]
    await tap(olga, "Back", "Back", "Edit in 2 chats", "Yes, send")
    await olga.expect("Edited everywhere in")
    assert [one.text for reader in (german, polish) for one in news_of(reader)] == ["Before", "Potem"]
    await olga.quiet()
    await tap(olga, "Edit everywhere", "Languages", "Polski")
    assert olga.chat()[-1].labels() == [["Back"]]


async def test_news_that_is_written_is_not_lost_to_an_edit(olga: Person, readers: list[Person]) -> None:
    await send_file(olga, caption("Before"))
    await write(olga, "What comes next")
    await olga.press("Edit everywhere")
    panel = await olga.expect("First send, or discard, what you are writing.")
    assert "News · draft" in panel.text
    await olga.press("Preview")
    await olga.expect("What comes next")
    assert len(readers) == 2


async def test_an_edit_under_way_is_found_again_and_can_be_dropped(olga: Person, readers: list[Person]) -> None:
    await send_file(olga, caption("Before"))
    await olga.press("Edit everywhere")
    await olga.expect("News · edit everywhere")
    await olga.send("After")
    await olga.quiet()
    await olga.send("/broadcast")
    assert (await olga.expect("News · edit everywhere")).bears("Discard")
    await olga.send("/cancel")
    await olga.expect("Discarded. What was sent stays as it is.")
    assert [one.text for reader in readers for one in news_of(reader)] == ["Before", "Before"]


async def test_where_it_stands_no_more_is_told(olga: Person, readers: list[Person]) -> None:
    await send_file(olga, caption("Before"))
    await olga.press("Edit everywhere")
    await olga.expect("News · edit everywhere")
    await tap(olga, "Delete everywhere", "Yes, delete")
    await olga.expect("Deleted everywhere in")
    await olga.send("After")
    told = await olga.expect("It stands in no chat any more where I could change it.")
    assert told.labels() == [["Preview", "Send me a test"], ["Languages", "Buttons"], ["Discard"]]
    assert not any(news_of(reader) for reader in readers)


async def test_who_left_is_not_reached_by_it(olga: Person, readers: list[Person]) -> None:
    await send_file(olga, caption("Before"))
    await readers[0].send("/unsubscribe")
    await readers[0].expect("You get no news from here")
    await olga.press("Edit everywhere")
    await olga.expect("News · edit everywhere")
    await olga.send("After")
    await olga.quiet()
    await tap(olga, "Edit in 1 chat", "Yes, send")
    await olga.expect("Edited everywhere in")
    assert news_of(readers[0])[0].text == "Before"
    assert news_of(readers[1])[0].text == "After"
