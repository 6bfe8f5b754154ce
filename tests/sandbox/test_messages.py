"""Messages sent, changed, copied and deleted, taps answered, files, menus."""

from __future__ import annotations

from typing import Any

import aiohttp
import pytest

from sandbox.files import keep
from sandbox.odd_updates import PICTURE
from sandbox.server import LocalTelegram
from sandbox.world import DAY
from tests.people import Person
from tests.sandbox.conftest import BotApi, Clock

KEYBOARD = {"inline_keyboard": [[{"text": "✍️ Sign", "callback_data": "sign"}]]}
NOT_MODIFIED = (
    "Bad Request: message is not modified: specified new message content and reply markup are exactly the same as a "
    "current content and reply markup of the message"
)


async def sent(api: BotApi, person: Person, text: str = "hello", **parameters: Any) -> int:
    message = await api.result("sendMessage", chat_id=person.id, text=text, **parameters)
    return int(message["message_id"])


async def test_numbers_count_up_across_all_chats(api: BotApi, ann: Person, telegram: LocalTelegram) -> None:
    bohdan = Person(telegram, "Bohdan")
    hers = await sent(api, ann)
    his = await bohdan.send("/start")
    assert (his, await sent(api, ann), await sent(api, bohdan)) == (hers + 1, hers + 2, hers + 3)


async def test_a_changed_message_bears_the_time(api: BotApi, ann: Person, clock: Clock) -> None:
    number = await sent(api, ann, reply_markup=KEYBOARD)
    clock.now += 60
    changed = await api.result(
        "editMessageText", chat_id=ann.id, message_id=number, text="<b>new</b>", parse_mode="HTML"
    )
    assert (changed["text"], changed["edit_date"]) == ("new", int(clock.now))
    assert "reply_markup" not in changed
    assert [message.text for message in ann.chat()] == ["/start", "new"]


@pytest.mark.parametrize(
    ("method", "same"),
    [
        ("editMessageText", {"text": "hello", "reply_markup": KEYBOARD}),
        ("editMessageText", {"text": " hello", "reply_markup": KEYBOARD, "parse_mode": "HTML"}),
        ("editMessageReplyMarkup", {"reply_markup": KEYBOARD}),
    ],
)
async def test_the_same_again_is_refused(api: BotApi, ann: Person, method: str, same: dict[str, Any]) -> None:
    number = await sent(api, ann, reply_markup=KEYBOARD)
    assert await api.refusal(method, chat_id=ann.id, message_id=number, **same) == (400, NOT_MODIFIED)


async def test_an_empty_keyboard_takes_the_buttons_away(api: BotApi, ann: Person) -> None:
    number = await sent(api, ann, reply_markup=KEYBOARD)
    empty: dict[str, object] = {"inline_keyboard": []}
    changed = await api.result("editMessageReplyMarkup", chat_id=ann.id, message_id=number, reply_markup=empty)
    assert "reply_markup" not in changed


async def test_what_cannot_be_edited(api: BotApi, ann: Person) -> None:
    own = await ann.send("mine")
    text = await sent(api, ann)
    file_id = keep(api.telegram.world, "photo", "photo.png", PICTURE)["file_id"]
    photo = (await api.result("sendPhoto", chat_id=ann.id, photo=file_id))["message_id"]
    edits = [("editMessageText", own), ("editMessageText", 1), ("editMessageText", photo), ("editMessageCaption", text)]
    words = [(await api.refusal(m, chat_id=ann.id, message_id=n, text="x", caption="x"))[1] for m, n in edits]
    assert words == [
        "Bad Request: message can't be edited",
        "Bad Request: message to edit not found",
        "Bad Request: there is no text in the message to edit",
        "Bad Request: there is no caption in the message to edit",
    ]


async def test_both_sides_messages_are_deleted_within_two_days(api: BotApi, ann: Person, clock: Clock) -> None:
    hers, its = await ann.send("mine"), await sent(api, ann)
    assert await api.result("deleteMessage", chat_id=ann.id, message_id=hers) is True
    refused = await api.refusal("deleteMessage", chat_id=ann.id, message_id=hers)
    assert refused == (400, "Bad Request: message to delete not found")
    clock.now += 2 * DAY + 1
    refused = await api.refusal("deleteMessage", chat_id=ann.id, message_id=its)
    assert refused == (400, "Bad Request: message can't be deleted for everyone")
    assert its in [message.message_id for message in ann.chat()]


async def test_many_are_deleted_and_those_not_found_passed_over(api: BotApi, ann: Person) -> None:
    numbers = [await sent(api, ann, str(number)) for number in range(3)]
    asked = [1, *numbers[:2], numbers[0], 99_999]
    assert await api.result("deleteMessages", chat_id=ann.id, message_ids=asked) is True
    assert [message.message_id for message in ann.chat()][1:] == numbers[2:]


@pytest.mark.parametrize("count", [0, 101])
async def test_one_to_a_hundred_are_deleted_at_once(api: BotApi, ann: Person, count: int) -> None:
    code, _ = await api.refusal("deleteMessages", chat_id=ann.id, message_ids=list(range(count)))
    assert code == 400


async def test_one_that_is_too_old_keeps_all(api: BotApi, ann: Person, clock: Clock) -> None:
    old = await sent(api, ann)
    clock.now += 2 * DAY + 1
    young = await sent(api, ann)
    before = len(ann.chat())
    code, _ = await api.refusal("deleteMessages", chat_id=ann.id, message_ids=[young, old])
    assert (code, len(ann.chat())) == (400, before)


async def test_a_tap_is_answered_once(api: BotApi, ann: Person) -> None:
    await sent(api, ann, reply_markup=KEYBOARD)
    tap = await ann.press("Sign")
    query = (await api.result("getUpdates"))[0]["callback_query"]
    assert (query["data"], query["from"]["id"]) == ("sign", ann.id)
    await api.result("answerCallbackQuery", callback_query_id=query["id"], text="Thanks", show_alert=True)
    answer = await tap.answered()
    assert (answer.text, answer.alert, answer.shown) == ("Thanks", True, True)
    refused = await api.refusal("answerCallbackQuery", callback_query_id=query["id"])
    assert refused == (400, "Bad Request: query is too old and response timeout expired or query ID is invalid")


async def test_a_tap_grows_old(api: BotApi, ann: Person, clock: Clock) -> None:
    await sent(api, ann, reply_markup=KEYBOARD)
    tap = await ann.press("Sign")
    clock.now += 16
    code, words = await api.refusal("answerCallbackQuery", callback_query_id=tap.tap.query)
    assert (code, "query is too old" in words) == (400, True)


async def test_an_answer_is_dropped_when_its_message_is_gone(api: BotApi, ann: Person) -> None:
    number = await sent(api, ann, reply_markup=KEYBOARD)
    tap = await ann.press("Sign")
    await api.result("deleteMessage", chat_id=ann.id, message_id=number)
    await api.result("answerCallbackQuery", callback_query_id=tap.tap.query, text="Goodbye", show_alert=True)
    assert (await tap.answered()).shown is False


@pytest.mark.parametrize(("length", "granted"), [(200, True), (201, False)])
async def test_an_answer_holds_200_characters(api: BotApi, ann: Person, length: int, granted: bool) -> None:
    tap = await ann.forge("x")
    body = await api.call("answerCallbackQuery", callback_query_id=tap.tap.query, text="x" * length)
    assert body["ok"] is granted
    assert granted or body["description"] == "Bad Request: MESSAGE_TOO_LONG"


@pytest.mark.parametrize("kind", ["photo", "video", "document", "animation", "audio", "voice", "sticker"])
async def test_a_file_is_stored_and_sent_again_by_its_id(
    api: BotApi, ann: Person, telegram: LocalTelegram, session: aiohttp.ClientSession, kind: str
) -> None:
    form = aiohttp.FormData({"chat_id": str(ann.id), "caption": "<b>Look</b>", "parse_mode": "HTML"})
    form.add_field(kind, b"content", filename="file.bin")
    method = f"send{kind.capitalize()}"
    async with session.post(f"{telegram.url}/bot{telegram.token}/{method}", data=form) as response:
        message = (await response.json())["result"]
    file_id = (message[kind][0] if kind == "photo" else message[kind])["file_id"]
    assert message["caption_entities"] == [{"type": "bold", "offset": 0, "length": 4}]
    again = await api.result(method, chat_id=ann.id, **{kind: file_id})
    assert again[kind] == message[kind]
    found = await api.result("getFile", file_id=file_id)
    async with session.get(f"{telegram.url}/file/bot{telegram.token}/{found['file_path']}") as response:
        assert await response.read() == b"content"


async def test_an_album_shares_its_number(api: BotApi, ann: Person) -> None:
    photo, video = (keep(api.telegram.world, kind, "a.bin", PICTURE)["file_id"] for kind in ("photo", "video"))
    items = [{"type": "photo", "media": photo, "caption": "first"}, {"type": "video", "media": video}]
    messages = await api.result("sendMediaGroup", chat_id=ann.id, media=items)
    assert len({message["media_group_id"] for message in messages}) == 1
    assert messages[0]["caption"] == "first"
    assert (await api.refusal("sendMediaGroup", chat_id=ann.id, media=items[:1]))[0] == 400


async def test_a_copy_says_nothing_of_its_origin(api: BotApi, ann: Person, telegram: LocalTelegram) -> None:
    number = await ann.forward("/news for all")
    bohdan = Person(telegram, "Bohdan")
    await bohdan.send("/start")
    made = await api.result("copyMessage", chat_id=bohdan.id, from_chat_id=ann.id, message_id=number)
    copy = bohdan.chat()[-1]
    assert (copy.message_id, copy.text, copy.by_bot) == (made["message_id"], "/news for all", True)
    assert "forward_origin" not in copy.raw


async def test_a_copy_may_bear_another_caption(api: BotApi, ann: Person) -> None:
    number = await ann.photo()
    await api.result("copyMessage", chat_id=ann.id, from_chat_id=ann.id, message_id=number, caption="new")
    assert ann.chat()[-1].text == "new"


async def test_typing_is_seen_until_a_message_comes(api: BotApi, ann: Person, clock: Clock) -> None:
    await api.result("sendChatAction", chat_id=ann.id, action="typing")
    assert ann.account.typing == clock.now
    await sent(api, ann)
    assert ann.account.typing == 0


async def test_menus_are_kept_by_scope(api: BotApi, telegram: LocalTelegram) -> None:
    commands = [{"command": "sign", "description": "Sign"}]
    scope = {"type": "all_private_chats"}
    await api.result("setMyCommands", commands=commands, scope=scope)
    assert await api.result("getMyCommands", scope=scope) == commands == telegram.world.commands()
    assert await api.result("getMyCommands") == []
    await api.result("deleteMyCommands", scope=scope)
    assert telegram.world.commands() == []


@pytest.mark.parametrize("name", ["name", "description", "short_description"])
async def test_what_the_bot_says_of_itself(api: BotApi, name: str) -> None:
    method = "My" + "".join(part.capitalize() for part in name.split("_"))
    assert await api.result(f"get{method}") == {name: ""}
    await api.result(f"set{method}", **{name: "A petition"})
    assert await api.result(f"get{method}") == {name: "A petition"}


@pytest.mark.parametrize("how", ["query", "form", "json"])
async def test_parameters_come_in_three_ways(
    telegram: LocalTelegram, session: aiohttp.ClientSession, ann: Person, how: str
) -> None:
    url = f"{telegram.url}/bot{telegram.token}/sendMessage"
    plain = {"chat_id": str(ann.id), "text": "hello"}
    asked = {"query": {"params": plain}, "form": {"data": plain}, "json": {"json": plain}}[how]
    method = "GET" if how == "query" else "POST"
    async with session.request(method, url, **asked) as response:  # type: ignore[arg-type] # one of three keywords
        assert (await response.json())["result"]["text"] == "hello"
