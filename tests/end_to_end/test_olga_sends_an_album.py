"""Olga sends an album, part by part: every part is kept once, and the screen is one."""

from __future__ import annotations

import asyncio

import pytest

from sandbox.server import LocalTelegram
from tests.end_to_end.organiser import begin, confirm, tap, write
from tests.people import Message, Person


def with_buttons(olga: Person) -> list[Message]:
    return [one for one in olga.chat() if one.by_bot and one.labels()]


async def album_of_two(olga: Person) -> None:
    await begin(olga)
    await olga.album(2, captions=["The **square**", "The march"])
    await olga.expect("Album · 2 of 10")


async def test_it_arrives_as_it_was_previewed(olga: Person, readers: list[Person]) -> None:
    await album_of_two(olga)
    await olga.press("Done")
    panel = await olga.expect("An album of 2")
    await olga.quiet()
    assert not any("Buttons" in row for row in panel.labels())
    previewed = [one for one in olga.chat() if one.by_bot and one.raw.get("media_group_id")]
    assert [one.text for one in previewed] == ["The square", "The march"]
    assert panel.message_id > previewed[-1].message_id
    await confirm(olga)
    await olga.expect("Sent in")
    for reader in readers:
        await reader.expect("The march")
        arrived = [one for one in reader.chat() if one.raw.get("media_group_id")]
        assert [one.text for one in arrived] == ["The square", "The march"]
        assert [entity["type"] for entity in arrived[0].raw["caption_entities"]] == ["bold"]
        assert len({one.raw["media_group_id"] for one in arrived}) == 1


async def test_parts_that_come_together_draw_one_screen(olga: Person, telegram: LocalTelegram) -> None:
    await begin(olga)
    release = asyncio.Event()
    telegram.faults.hold(release, chat=olga.id, method="editMessageText", times=1)
    await olga.album(10)
    await olga.quiet()
    release.set()
    await olga.expect("Album · 10 of 10")
    assert len(with_buttons(olga)) == 1
    drawn = [call for call in telegram.sent(olga.id) if "Album" in str(call.parameters.get("text"))]
    assert [call.method for call in drawn] == ["sendMessage", "editMessageText", "editMessageText"]


async def test_more_parts_come_one_by_one(olga: Person, readers: list[Person]) -> None:
    await album_of_two(olga)
    await olga.video("A film")
    await olga.expect("Album · 3 of 10")
    await olga.album(2)
    await olga.expect("Album · 5 of 10")
    await olga.quiet()
    assert len(with_buttons(olga)) == 1
    await olga.press("Done")
    await olga.expect("An album of 5")
    await confirm(olga)
    await olga.expect("Sent in")
    await readers[0].expect("A film")


async def test_an_eleventh_part_is_left_out(olga: Person) -> None:
    await begin(olga)
    await olga.album(10)
    await olga.expect("Album · 10 of 10")
    await olga.quiet()
    await olga.photo("One more")
    await olga.expect("An album has ten parts at most")
    await olga.press("Done")
    await olga.expect("An album of 10")


async def test_what_came_after_ten_parts_is_left_out(olga: Person) -> None:
    await album_of_two(olga)
    await olga.album(12)
    await olga.expect("I left out whatever came after them")
    await olga.quiet()
    assert "Album · 10 of 10" in with_buttons(olga)[-1].text


@pytest.mark.parametrize("place", range(3))
async def test_a_part_whose_caption_is_too_long_is_told_for_good(olga: Person, place: int) -> None:
    await begin(olga)
    await olga.album(3, captions=[""] * place + ["a" * 1_025])
    await olga.quiet()
    told = [one for one in olga.chat() if one.by_bot and "I left its file out of the album" in one.text]
    assert len(told) == 1
    assert [one.text.split("\n")[0] for one in with_buttons(olga)] == ["Album · 2 of 10"]
    await olga.press("Done")
    await olga.expect("An album of 2")
    assert told[0].message_id in [one.message_id for one in olga.chat()]


async def test_one_more_part_whose_caption_is_too_long_is_told_above_the_question(olga: Person) -> None:
    await album_of_two(olga)
    await olga.quiet()
    await olga.photo("a" * 1_025)
    assert "Album · 2 of 10" in (await olga.expect("I left its file out of the album")).text


@pytest.mark.parametrize(
    ("kind", "other", "told"),
    [
        ("photo", "document", "Photos and videos stand together"),
        ("document", "photo", "Photos and videos stand together"),
        ("audio", "video", "Photos and videos stand together"),
        ("photo", "animation", "This is none"),
        ("photo", "voice", "This is none"),
        ("photo", "sticker", "This is none"),
    ],
)
async def test_what_does_not_belong_is_left_out(olga: Person, kind: str, other: str, told: str) -> None:
    await begin(olga)
    await olga.album(2, kind)
    await olga.expect("Album · 2 of 10")
    await olga.quiet()
    await getattr(olga, other)()
    assert "Album · 2 of 10" in (await olga.expect(told)).text
    await olga.send("And some words")
    assert "Album · 2 of 10" in (await olga.expect("This is none")).text
    await olga.press("Done")
    await olga.expect("An album of 2")


async def test_a_part_that_comes_late_is_told_to_begin_a_new_album(olga: Person, readers: list[Person]) -> None:
    await begin(olga)
    await olga.album(3, captions=["Here"])
    assert "This is a new album" not in (await olga.expect("Album · 3 of 10")).text
    late = next(one.raw for one in reversed(olga.chat()) if not one.by_bot)
    await tap(olga, "Done", "Send to 2 people")
    olga.telegram.world.receive(olga.id, {part: late[part] for part in ("photo", "media_group_id")})
    await olga.quiet()
    question = with_buttons(olga)[-1]
    assert question.text.startswith("Album · 1 of 10\n\nThis is a new album")
    assert question.labels() == [["Done"], ["Back"]]
    await tap(olga, "Back")
    assert olga.chat()[-1].text.startswith("News · draft\n\n“Here”\nAn album of 3")
    assert len(readers) == 2


async def test_an_album_of_one_is_a_file(olga: Person, telegram: LocalTelegram) -> None:
    await begin(olga)
    await olga.album(1, captions=["Alone"])
    await olga.expect("Album · 1 of 10")
    await olga.press("Done")
    panel = await olga.expect("A photo with a caption")
    assert panel.bears("Buttons")
    assert "sendPhoto" in [call.method for call in telegram.calls]


async def test_a_forwarded_album_loses_its_origin(olga: Person, readers: list[Person]) -> None:
    await begin(olga)
    last = await olga.album(2, captions=["Here"])
    await olga.expect("Album · 2 of 10")
    await olga.press("Leave it out")
    await olga.expect("Write the message")
    await olga.forward_again(last - 1, last)
    await olga.expect("Album · 2 of 10")
    await olga.press("Done")
    await olga.expect("An album of 2")
    await confirm(olga)
    await olga.expect("Sent in")
    assert "forward_origin" not in (await readers[0].expect("Here")).raw


async def test_a_repeated_part_counts_once(olga: Person, telegram: LocalTelegram) -> None:
    await album_of_two(olga)
    last = next(one.raw for one in reversed(olga.chat()) if not one.by_bot)
    update = {"update_id": 1, "message": last}
    telegram.world.repeat(update)
    await olga.quiet()
    assert with_buttons(olga)[-1].text.startswith("Album · 2 of 10")


async def test_back_keeps_what_was_there(olga: Person, readers: list[Person]) -> None:
    await write(olga)
    await olga.album(2)
    await olga.expect("Album · 2 of 10")
    await olga.press("Back")
    await olga.expect("A text")
    await confirm(olga)
    await olga.expect("Sent in")
    await readers[0].expect("The count grows")


async def test_the_album_takes_the_place_of_the_text(olga: Person, readers: list[Person]) -> None:
    await write(olga)
    await olga.album(2, captions=["Here"])
    await olga.expect("Album · 2 of 10")
    await olga.press("Done")
    await olga.expect("An album of 2")
    await confirm(olga)
    await olga.expect("Sent in")
    await readers[0].expect("Here")
    assert not any("The count grows" in one.text for one in readers[0].chat())


async def test_while_nothing_is_written_an_album_is_answered_once(olga: Person) -> None:
    await olga.send("/start")
    await olga.expect("66 people have signed")
    await olga.album(3)
    await olga.quiet()
    assert len([one for one in olga.chat() if one.by_bot]) == 2
