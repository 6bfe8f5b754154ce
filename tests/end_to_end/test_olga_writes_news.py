"""Olga, an organiser, writes news, looks at it, and confirms it."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.server import LocalTelegram
from tests.end_to_end.organiser import begin, confirm, news_calls, preview, write
from tests.people import Person

FORMATTED: dict[str, Any] = {
    "text": "The count grows: see it",
    "entities": [
        {"type": "bold", "offset": 0, "length": 9},
        {"type": "text_link", "offset": 17, "length": 6, "url": "https://example.org/"},
    ],
}


async def test_the_whole_of_it_is_one_message_that_changes(olga: Person, readers: list[Person]) -> None:
    await write(olga)
    panel = olga.chat()[-1].message_id
    await confirm(olga)
    assert (await olga.expect("Sent in")).message_id == panel
    assert len(readers) == 2


async def test_the_preview_and_the_test_are_what_arrives(
    olga: Person, readers: list[Person], telegram: LocalTelegram
) -> None:
    await begin(olga)
    telegram.world.receive(olga.id, FORMATTED)
    panel = await olga.expect("A text with formatting")
    assert panel.labels() == [
        ["Preview", "Send me a test"],
        ["Languages", "Audience", "Buttons"],
        ["Silent", "Important", "When"],
        ["Send to 2 people"],
        ["Discard"],
    ]
    shown = await preview(olga)
    below = await olga.expect("A text with formatting")
    assert below.message_id > shown.message_id > panel.message_id
    await olga.quiet()
    assert next(one for one in olga.chat() if one.message_id == panel.message_id).labels() == []
    tap = await olga.press("Send me a test")
    assert "to you alone" in str((await tap.answered()).text)
    test = await olga.expect("The count grows")
    await confirm(olga)
    await olga.expect("Sent in")
    arrived = await readers[0].expect("The count grows")
    for one in (shown, test, arrived):
        assert {key: one.raw.get(key) for key in FORMATTED} == FORMATTED
        assert one.labels() == []


async def test_the_panel_tells_what_took_the_place_of_the_news(olga: Person, readers: list[Person]) -> None:
    await write(olga, "The count grows & " + "grows " * 20)
    assert "“The count grows & grows grows" in olga.chat()[-1].text
    await olga.send("oops")
    assert "“oops”" in (await olga.expect("A text")).text
    await olga.voice()
    assert "“" not in (await olga.expect("A voice message")).text
    assert len(readers) == 2


async def test_a_tap_on_the_panel_above_the_preview_makes_it_the_live_one(olga: Person, readers: list[Person]) -> None:
    await write(olga)
    above = olga.chat()[-1]
    await olga.press("Preview")
    below = await olga.expect("A text")
    await olga.forge(above.data_of("Send to 2 people"), message=above.message_id)
    question = await olga.expect("Send to 2 people?")
    await olga.quiet()
    live = [one.message_id for one in olga.chat() if one.labels() and one.message_id >= above.message_id]
    assert live == [question.message_id] == [above.message_id] != [below.message_id]
    await olga.press("Yes, send")
    await olga.expect("reached 2")
    assert len(readers) == 2


async def test_a_photo_with_its_caption(olga: Person, readers: list[Person]) -> None:
    await begin(olga)
    await olga.photo()
    await olga.expect("A photo with a caption")
    await confirm(olga)
    await olga.expect("Sent in")
    arrived = await readers[1].expect("a photo")
    assert arrived.raw["photo"]


@pytest.mark.parametrize(
    ("kind", "told"),
    [
        ("video", "A video with a caption"),
        ("animation", "An animation with a caption"),
        ("document", "A document with a caption"),
        ("audio", "An audio file with a caption"),
        ("voice", "A voice message with a caption"),
    ],
)
async def test_a_file_of_any_kind(olga: Person, readers: list[Person], kind: str, told: str) -> None:
    await begin(olga)
    await getattr(olga, kind)("Look at **this**")
    await olga.expect(told)
    shown = await preview(olga, "Look at this")
    await confirm(olga)
    await olga.expect("Sent in")
    arrived = await readers[1].expect("Look at this")
    for one in (shown, arrived):
        assert one.raw[kind]
        assert [entity["type"] for entity in one.raw["caption_entities"]] == ["bold"]


async def test_a_forward_is_sent_without_its_origin(olga: Person, readers: list[Person]) -> None:
    await begin(olga)
    await olga.forward("Somebody's words")
    await olga.expect("A text")
    await confirm(olga)
    await olga.expect("Sent in")
    assert "forward_origin" not in (await readers[0].expect("Somebody's words")).raw


async def test_what_cannot_be_sent_is_told_and_the_draft_stays(olga: Person, readers: list[Person]) -> None:
    await write(olga)
    await olga.quiet()
    await olga.sticker()
    told = await olga.expect("I can send a text with its formatting")
    assert told.text.startswith("I can send")
    await olga.photo("a" * 1_025)
    told = await olga.expect("Under a file I can send 1,024 characters")
    assert told.labels()
    await olga.quiet()
    assert [one for one in olga.chat() if one.by_bot and one.labels()][-1].message_id == told.message_id
    await confirm(olga)
    await olga.expect("Sent in")
    await readers[0].expect("The count grows")


async def test_what_is_sent_anew_takes_the_place(olga: Person, readers: list[Person]) -> None:
    await write(olga, "A first try")
    await olga.send("A second one")
    await olga.expect("A text")
    await confirm(olga)
    await olga.expect("Sent in")
    await readers[0].expect("A second one")
    assert not [one for one in readers[0].chat() if "first try" in one.text]


@pytest.mark.parametrize("way", ["button", "command"])
async def test_discarded_is_gone(olga: Person, readers: list[Person], way: str) -> None:
    await write(olga)
    panel = olga.chat()[-1]
    if way == "button":
        await olga.press("Discard")
    else:
        await olga.send("/cancel")
    await olga.expect("Discarded. Nothing was sent")
    tap = await olga.forge(panel.data_of("Send to 2 people").replace("bc:c:", "bc:y:"), message=panel.message_id)
    await tap.answered()
    await olga.quiet()
    assert all(len(reader.chat()) == 2 for reader in readers)


async def test_to_others_the_command_does_not_exist(
    olga: Person, readers: list[Person], telegram: LocalTelegram
) -> None:
    await write(olga)
    panel = olga.chat()[-1]
    reader = readers[0]
    await reader.send("/broadcast")
    unknown = await reader.expect("I do not know that command")
    await reader.send("/nonsense")
    assert (await reader.expect("I do not know that command")).text == unknown.text
    await reader.send("/help")
    assert "broadcast" not in (await reader.expect("What I can do")).text
    told = await (await reader.forge(panel.data_of("Send to 2 people").replace("bc:c:", "bc:y:"))).answered()
    assert told.text == "That was an older message. Here is where you are."
    await reader.quiet()
    assert not news_calls(telegram)


async def test_an_organiser_finds_it_in_menu_and_help(olga: Person, telegram: LocalTelegram) -> None:
    await olga.send("/help")
    assert "/broadcast – Send news to everyone who asked for it" in (await olga.expect("What I can do")).text
    await olga.quiet()
    scopes = {
        str(call.parameters["scope"].get("chat_id", "all")): [one["command"] for one in call.parameters["commands"]]
        for call in telegram.calls
        if call.method == "setMyCommands"
    }
    assert "broadcast" in scopes[str(olga.id)]
    assert "broadcast" not in scopes["all"]


@pytest.mark.parametrize("way", ["forwarded", "edited"])
async def test_only_a_fresh_command_is_obeyed(olga: Person, way: str) -> None:
    if way == "forwarded":
        await olga.forward("/broadcast")
        await olga.expect("I do not read forwarded messages")
    else:
        await olga.edit(await olga.send("hello"), "/broadcast")
        await olga.expect("I do not read changes to older messages")
    await olga.quiet()
    assert not [one for one in olga.chat() if "News" in one.text]


async def test_a_change_of_what_was_sent_here_is_to_be_sent_anew(olga: Person, readers: list[Person]) -> None:
    await begin(olga)
    message = await olga.send("Teh news")
    await olga.expect("“Teh news”")
    await olga.edit(message, "The news")
    told = await olga.expect(
        "I do not read changes to older messages. Please send it anew.\n\nNews · draft\n\n“Teh news”"
    )
    assert told.bears("Send to 2 people")
    await olga.send("The news")
    await olga.expect("“The news”")
    await confirm(olga)
    await olga.expect("Sent in")
    await readers[0].expect("The news")


async def test_a_name_changed_while_signing_says_nothing_of_the_news(olga: Person) -> None:
    await begin(olga)
    message = await olga.send("Teh news")
    await olga.expect("“Teh news”")
    await olga.send("/sign")
    await olga.expect("Under which name do you sign?")
    await olga.edit(message, "The news")
    assert "News · draft" not in (await olga.expect("Under which name do you sign?")).text


async def test_a_name_typed_while_signing_is_no_news(olga: Person, readers: list[Person]) -> None:
    await begin(olga)
    await olga.send("/sign")
    await olga.press("Use another name")
    await olga.expect("Please type the name")
    await olga.send("Olga Nameless")
    await olga.expect("Where do you live?")
    await olga.send("/broadcast")
    assert "Write the message" in (await olga.expect("News · draft")).text
    assert len(readers) == 2


async def test_what_was_looked_at_last_gets_what_is_typed(olga: Person, readers: list[Person]) -> None:
    await olga.send("/sign")
    await olga.expect("Under which name do you sign?")
    await begin(olga)
    await olga.press("Read more")
    await olga.expect("What signing can mean")
    await olga.send("Olga Nameless")
    await olga.expect("Where do you live?")
    await write(olga)
    await olga.send("/sign")
    await olga.expect("Where do you live?")
    await olga.press("Preview")
    await olga.expect("to everyone")
    await olga.quiet()
    await olga.send("Poland")
    await olga.quiet()
    await confirm(olga)
    await olga.expect("Sent in")
    await readers[0].expect("Poland")


async def test_a_repeated_cancel_says_nothing_untrue(olga: Person, telegram: LocalTelegram) -> None:
    await begin(olga)
    await olga.send("/cancel")
    await olga.expect("Discarded")
    update = {
        "update_id": 1,
        "message": {"message_id": 5, "date": 0, "chat": olga.account.chat(), "from": olga.account.user(),
                    "text": "/cancel", "entities": [{"type": "bot_command", "offset": 0, "length": 7}]},
    }  # fmt: skip
    await begin(olga)
    telegram.world.repeat(update)
    await olga.quiet()
    await olga.send("Hello")
    await olga.expect("A text")


async def test_a_forged_stop_is_answered(olga: Person) -> None:
    await olga.send("/start")
    await olga.expect("66 people have signed")
    told = await (await olga.forge("bs:999")).answered()
    assert told.text == "That was an older message. Here is where you are."


async def test_with_no_subscribers_there_is_nothing_to_confirm(olga: Person) -> None:
    await begin(olga)
    await olga.send("Anybody there?")
    panel = await olga.expect("nobody has asked for news yet")
    assert panel.labels()[-2:] == [["Silent", "Important", "When"], ["Discard"]]


async def test_a_test_that_telegram_refuses_is_told(olga: Person, telegram: LocalTelegram) -> None:
    await begin(olga)
    await olga.send("Refused")
    await olga.expect("nobody has asked")
    telegram.faults.refuse(400, "Bad Request: can't parse entities", times=1, method="sendMessage", chat=olga.id)
    await olga.press("Send me a test")
    await olga.expect("Telegram does not take this message")
