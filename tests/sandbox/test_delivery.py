"""How a message arrives: with a sound or without, paid for or not. Only the person's own client can tell."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.files import keep
from sandbox.methods import METHODS
from tests.people import Person
from tests.sandbox.conftest import BotApi

SENDING = [name for name in METHODS if name.startswith(("send", "copy")) and name != "sendChatAction"]


def asked(api: BotApi, ann: Person, method: str) -> dict[str, Any]:
    kind = method.removeprefix("send").lower()
    match method:
        case "sendMessage":
            return {"text": "x"}
        case "copyMessage":
            return {"from_chat_id": ann.id, "message_id": ann.chat()[0].message_id}
        case "sendMediaGroup":
            photo = keep(api.telegram.world, "photo", "a.png", b"x")["file_id"]
            return {"media": [{"type": "photo", "media": photo}] * 2}
        case _:
            return {kind: keep(api.telegram.world, kind, "a.bin", b"x")["file_id"]}


@pytest.mark.parametrize("method", SENDING)
@pytest.mark.parametrize(("silent", "paid"), [(False, False), (True, False), (False, True), (True, True)])
async def test_every_way_of_sending_knows_them(api: BotApi, ann: Person, method: str, silent: bool, paid: bool) -> None:
    how = {"disable_notification": silent, "allow_paid_broadcast": paid}
    await api.result(method, chat_id=ann.id, **asked(api, ann, method), **how)
    assert {(one.silent, one.paid) for one in ann.chat() if one.by_bot} == {(silent, paid)}


async def test_the_page_is_told_which_came_without_a_sound(api: BotApi, ann: Person) -> None:
    await api.result("sendMessage", chat_id=ann.id, text="loud")
    quiet = await api.result("sendMessage", chat_id=ann.id, text="quiet", disable_notification=True)
    async with api.session.get(f"{api.telegram.url}/page/state", params={"person": ann.id}) as response:
        assert (await response.json())["silent"] == [quiet["message_id"]]


@pytest.mark.parametrize("kind", ["photo", "video", "animation", "audio", "document", "voice"])
async def test_buttons_stand_under_a_file(api: BotApi, ann: Person, kind: str) -> None:
    markup = {"inline_keyboard": [[{"text": "Our page", "url": "https://example.org"}]]}
    file = asked(api, ann, f"send{kind.capitalize()}")
    sent = await api.result(f"send{kind.capitalize()}", chat_id=ann.id, **file, reply_markup=markup)
    assert sent["reply_markup"] == markup
