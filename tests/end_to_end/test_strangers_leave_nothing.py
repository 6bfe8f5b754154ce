"""What is none of a person's own fresh words in her private chat does nothing, and leaves nothing in the database."""

from __future__ import annotations

import pytest
from telegram import Update

from bot.settings import Settings
from handlers.reading import read
from sandbox.server import LocalTelegram
from sandbox.world import Json, with_commands
from storage.person import PERSON_TABLES
from tests.end_to_end.conftest import Start
from tests.end_to_end.rows import run
from tests.people import Newcomer, Person

ANOTHER_BOT: Json = {"id": 1_000_000_001, "is_bot": True, "first_name": "Another", "username": "another_bot"}
CHANNEL: Json = {"id": -1_009_876_543_210, "type": "channel", "title": "A channel"}
GROUP: Json = {"id": -1_001_234_567_890, "type": "supergroup", "title": "A group"}
ANONYMOUS: Json = {"id": 1_087_968_824, "is_bot": True, "first_name": "Group", "username": "GroupAnonymousBot"}
AUTOMATIC: Json = {"id": 777_000, "is_bot": False, "first_name": "Telegram"}

# How it is told apart from her own message: the kind of update, and what differs in the message.
STRANGE: dict[str, tuple[str, Json]] = {
    "in the name of a channel": ("message", {"sender_chat": CHANNEL}),
    "a channel's post": ("channel_post", {"chat": CHANNEL, "sender_chat": CHANNEL}),
    "a channel's post, changed": ("edited_channel_post", {"chat": CHANNEL, "sender_chat": CHANNEL, "edit_date": 1}),
    "a channel's post in its group": ("message", {"chat": GROUP, "from": AUTOMATIC, "sender_chat": CHANNEL}),
    "in a group": ("message", {"chat": GROUP}),
    "an anonymous admin": ("message", {"chat": GROUP, "from": ANONYMOUS, "sender_chat": GROUP}),
    "another bot": ("message", {"from": ANOTHER_BOT}),
    "in somebody else's chat": ("message", {"chat": {"id": 5, "type": "private", "first_name": "Somebody"}}),
    "a business chat": ("business_message", {"business_connection_id": "b"}),
    "a business chat, changed": ("edited_business_message", {"business_connection_id": "b", "edit_date": 1}),
    "a business chat as a message": ("message", {"business_connection_id": "b"}),
    "a business's bot": ("message", {"sender_business_bot": ANOTHER_BOT}),
    "a live location that moves": (
        "edited_message",
        {"location": {"latitude": 53.9, "longitude": 27.56, "live_period": 900}, "edit_date": 1},
    ),
    "a guest": ("guest_message", {"guest_query_id": "g"}),
    "a guest as a message": ("message", {"guest_query_id": "g"}),
}


ANSWERS = ("send", "edit", "copy", "answer")


async def kept(settings: Settings) -> int:
    """Rows that say anything of anybody."""
    counted = (f"SELECT count(*) FROM {table.name}" for table in PERSON_TABLES)  # noqa: S608 - our own tables
    return sum(int(count) for (count,) in await run(settings.database(), *counted))


async def test_strangers_are_met_with_silence_and_forgotten(
    start: Start, newcomer: Newcomer, settings: Settings, telegram: LocalTelegram
) -> None:
    ann = newcomer("Ann Example")
    async with start():
        for kind, differs in STRANGE.values():
            for command in ("/sign", "/subscribe", "/start"):
                say(telegram, ann, kind, {**with_commands(command), **differs})
        for chat in (GROUP, CHANNEL):
            tap(telegram, ann, "nw", {"chat": chat, "from": telegram.bot_user})
        tap(telegram, ann, "nw", None)
        await ann.quiet()
        assert [call for call in telegram.calls if call.method.startswith(ANSWERS)] == [], "not even tried"
    assert await kept(settings) == 0


def say(telegram: LocalTelegram, person: Person, kind: str, content: Json) -> None:
    """Puts a message into the queue as if she had sent it so."""
    put(telegram, {kind: message_of(person, content)})


def message_of(person: Person, content: Json) -> Json:
    return {"message_id": 7, "date": 1, "chat": person.account.chat(), "from": person.account.user(), **content}


@pytest.mark.parametrize("how", STRANGE)
def test_kinds_that_were_not_asked_for_are_read_as_nothing(telegram: LocalTelegram, how: str) -> None:
    """Telegram may hand them over for a while all the same."""
    kind, differs = STRANGE[how]
    message = message_of(Person(telegram), {**with_commands("/sign"), **differs})
    update = Update.de_json({"update_id": 1, kind: message}, None)
    assert update is not None
    assert read(update, "undersigned_demo_bot") is None


def tap(telegram: LocalTelegram, person: Person, data: str, message: Json | None) -> None:
    """A button under a message elsewhere, or under one that was sent by way of an inline query."""
    place: Json = {"inline_message_id": "i"}
    if message is not None:
        place = {"message": {"message_id": 7, "date": 1, **message}}
    query = {"id": "1", "from": person.account.user(), "chat_instance": "1", "data": data, **place}
    put(telegram, {"callback_query": query})


def put(telegram: LocalTelegram, content: Json) -> None:
    telegram.world.update(content)
    telegram.world.touch()


PASSED_ON: list[Json] = [
    {"via_bot": ANOTHER_BOT},
    {"forward_origin": {"type": "hidden_user", "sender_user_name": "Ann", "date": 1}},
]


@pytest.mark.parametrize("differs", PASSED_ON, ids=["via a bot", "forwarded"])
async def test_what_she_passes_on_is_answered_and_not_obeyed(
    start: Start, newcomer: Newcomer, settings: Settings, telegram: LocalTelegram, differs: Json
) -> None:
    ann = newcomer("Ann Example")
    async with start():
        await ann.send("/privacy")
        await ann.expect("What is kept, and why")
        for command in ("/sign", "/subscribe"):
            message = {**with_commands(command), **differs}
            say(telegram, ann, "message", message)
            await ann.expect("/help")
            say(telegram, ann, "edited_message", {**message, "edit_date": 1})
        await ann.quiet()
    assert await kept(settings) == 1, "the numbers of her messages, for clearing the chat"


@pytest.mark.parametrize("payload", ["nothing", "67", "s:y:review:1:", "sign", "../../etc", "é" * 64, "x" * 4_000])
async def test_a_payload_that_names_nothing_changes_nothing(
    ann: Person, payload: str, telegram: LocalTelegram, settings: Settings
) -> None:
    await ann.send("/start")
    plain = (await ann.expect("66 people have signed")).text
    await ann.send(f"/start {payload}")
    assert (await ann.expect("66 people have signed")).text == plain
    assert await run(settings.database(), "SELECT tag FROM draft UNION ALL SELECT tag FROM subscriber") == []
    assert telegram.unknown_methods == []
