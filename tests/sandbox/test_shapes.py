"""Every object is of the Bot API's shape: nothing required is missing, nothing unknown is there, types agree.

Where the Bot API lies as data beside the checkout, that is asked; else a few types written down here.
"""

from __future__ import annotations

from typing import Any

import pytest

from sandbox import odd_updates
from sandbox.files import keep
from sandbox.server import LocalTelegram
from sandbox.world import with_commands
from tests.bot_api import faults
from tests.people import Person
from tests.sandbox.conftest import BotApi


def assert_shape(value: Any, kind: str) -> None:
    assert list(faults(value, kind, kind)) == []


def test_a_wrong_shape_is_noticed() -> None:
    wrong = {"message_id": "1", "date": True, "chat": {"id": 1}}
    assert sorted(faults(wrong, "Message", "m")) == [
        "m.chat.type is missing",
        "m.date is no Integer: True",
        "m.message_id is no Integer: '1'",
    ]


KINDS = ("photo", "video", "document", "animation", "audio", "voice", "sticker")
RESULTS = [
    ("getMe", {}, "User"),
    ("getWebhookInfo", {}, "WebhookInfo"),
    ("getMyName", {}, "BotName"),
    ("getMyDescription", {}, "BotDescription"),
    ("getMyShortDescription", {}, "BotShortDescription"),
    ("getMyCommands", {}, "Array of BotCommand"),
    ("getChat", {"chat_id": 0}, "ChatFullInfo"),
    ("sendMessage", {"chat_id": 0, "text": '<a href="https://example.org">y</a>', "parse_mode": "HTML"}, "Message"),
    ("copyMessage", {"chat_id": 0, "from_chat_id": 0, "message_id": 0}, "MessageId"),
    ("sendMediaGroup", {"chat_id": 0, "media": [{"type": "photo", "media": "photo-1"}] * 2}, "Array of Message"),
    *[
        (f"send{kind.capitalize()}", {"chat_id": 0, kind: f"{kind}-1", "caption": "x"}, "Message")
        for kind in KINDS
    ],
]  # fmt: skip


def kind_of_file(method: str) -> str:
    kind = method.removeprefix("send").lower()
    return kind if kind in KINDS else "photo"


@pytest.mark.parametrize(("method", "parameters", "kind"), RESULTS, ids=[one[0] for one in RESULTS])
async def test_results(api: BotApi, ann: Person, method: str, parameters: dict[str, Any], kind: str) -> None:
    here = {"chat_id": ann.id, "from_chat_id": ann.id, "message_id": ann.chat()[0].message_id}
    known = {name: here.get(name, value) for name, value in parameters.items()}
    keep(api.telegram.world, kind_of_file(method), "a.bin", b"content")
    assert_shape(await api.result(method, **known), kind)


async def test_changed_messages(api: BotApi, ann: Person) -> None:
    markup = {
        "inline_keyboard": [[{"text": "Go", "callback_data": "x"}, {"text": "See", "url": "https://example.org"}]]
    }
    first = await api.result("sendMessage", chat_id=ann.id, text="x", reply_markup=markup)
    where = {"chat_id": ann.id, "message_id": first["message_id"]}
    assert_shape(first, "Message")
    assert_shape(await api.result("editMessageText", **where, text="y"), "Message")
    assert_shape(await api.result("editMessageReplyMarkup", **where, reply_markup=markup), "Message")


async def test_updates(api: BotApi, ann: Person, telegram: LocalTelegram) -> None:
    world = telegram.world
    for kind in odd_updates.ATTACHMENTS:
        odd_updates.attach(world, ann.id, kind)
    await ann.album(2)
    await ann.forward_again(await ann.animation("a wave"))
    await ann.forward("/start")
    await ann.edit(await ann.send("/help"), "x")
    await api.result("sendMessage", chat_id=ann.id, text="x")
    await ann.forge("x")
    await ann.forge("x", inaccessible=True)
    ann.block()
    world.block(ann.id, blocked=False)
    odd_updates.group_message(world, ann.id, with_commands("/start"))
    odd_updates.channel_post(world, {"text": "x"})
    odd_updates.business_message(world, ann.id, {"text": "x"})
    odd_updates.service_message(world, ann.id)
    updates = await api.result("getUpdates")
    assert len(updates) == len(odd_updates.ATTACHMENTS) + 15
    assert_shape(updates, "Array of Update")
