"""getUpdates: what is shown, what is confirmed, who is let in."""

from __future__ import annotations

import asyncio

import pytest

from sandbox.server import LocalTelegram
from tests.people import Person
from tests.sandbox.conftest import BotApi


async def test_updates_are_numbered_in_a_row_from_anywhere(api: BotApi, ann: Person) -> None:
    for text in "abc":
        await ann.send(text)
    updates = await api.result("getUpdates")
    first = updates[0]["update_id"]
    assert [update["update_id"] for update in updates] == [first, first + 1, first + 2]
    assert [update["message"]["text"] for update in updates] == ["a", "b", "c"]
    assert len(str(first)) == 9


async def test_an_offset_confirms_what_is_before_it(api: BotApi, ann: Person) -> None:
    for text in "abc":
        await ann.send(text)
    first = (await api.result("getUpdates"))[0]["update_id"]
    left = await api.result("getUpdates", offset=first + 2)
    assert [update["message"]["text"] for update in left] == ["c"]
    assert await api.result("getUpdates") == left


async def test_a_negative_offset_keeps_the_last_ones(api: BotApi, ann: Person) -> None:
    for text in "abcd":
        await ann.send(text)
    left = await api.result("getUpdates", offset=-2)
    assert [update["message"]["text"] for update in left] == ["c", "d"]


@pytest.mark.parametrize(("limit", "shown"), [(None, 100), (1_000, 100), (7, 7), (0, 1)])
async def test_at_most_a_hundred_are_shown(api: BotApi, ann: Person, limit: int | None, shown: int) -> None:
    for number in range(105):
        await ann.send(str(number))
    updates = await api.result("getUpdates", **({} if limit is None else {"limit": limit}))
    assert len(updates) == shown
    assert (await api.result("getWebhookInfo"))["pending_update_count"] == 105


async def test_a_long_poll_is_woken_by_an_update(api: BotApi, ann: Person) -> None:
    async with asyncio.timeout(5), asyncio.TaskGroup() as tasks:
        poll = tasks.create_task(api.result("getUpdates", timeout=50))
        await api.result("getMe")
        await ann.send("hello")
    assert [update["message"]["text"] for update in poll.result()] == ["hello"]


async def test_an_empty_poll_ends_at_once(api: BotApi) -> None:
    async with asyncio.timeout(5):
        assert await api.result("getUpdates") == []


async def test_a_second_poll_ends_the_first(api: BotApi, telegram: LocalTelegram, ann: Person) -> None:
    async with asyncio.timeout(5), asyncio.TaskGroup() as tasks:
        first = tasks.create_task(api.refusal("getUpdates", timeout=50))
        assert await telegram.world.wait_for(lambda: bool(telegram.calls), 5)
        second = tasks.create_task(api.result("getUpdates", timeout=50))
        refused = await first
        await ann.send("hello")
    assert refused == (
        409,
        "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running",
    )
    assert len(second.result()) == 1


async def test_a_webhook_ends_polling_until_it_is_deleted(api: BotApi, telegram: LocalTelegram, ann: Person) -> None:
    async with asyncio.timeout(5), asyncio.TaskGroup() as tasks:
        poll = tasks.create_task(api.refusal("getUpdates", timeout=50))
        assert await telegram.world.wait_for(lambda: bool(telegram.calls), 5)
        assert await api.result("setWebhook", url="https://example.org/hook")
    assert poll.result() == (409, "Conflict: terminated by setWebhook request")
    assert (await api.result("getWebhookInfo"))["url"] == "https://example.org/hook"
    await ann.send("hello")
    code, words = await api.refusal("getUpdates")
    assert (code, words.partition(";")[0]) == (
        409,
        "Conflict: can't use getUpdates method while webhook is active",
    )
    assert await api.result("deleteWebhook")
    assert len(await api.result("getUpdates")) == 1
    assert await api.result("deleteWebhook", drop_pending_updates=True)
    assert await api.result("getUpdates") == []
    assert await api.refusal("setWebhook", url="http://example.org") == (
        400,
        "Bad Request: bad webhook: An HTTPS URL must be provided for webhook",
    )


async def test_only_the_kinds_asked_for_come_and_stay_asked_for(api: BotApi, ann: Person) -> None:
    assert await api.result("getUpdates", allowed_updates=["callback_query"]) == []
    await ann.send("not wanted")
    await ann.forge("x")
    updates = await api.result("getUpdates")
    assert [sorted(update) for update in updates] == [["callback_query", "update_id"]]
    await api.result("getUpdates", offset=updates[-1]["update_id"] + 1, allowed_updates=[])
    await ann.send("wanted again")
    assert len(await api.result("getUpdates")) == 1


@pytest.mark.parametrize(
    ("parameters", "words"),
    [
        ({"offset": "x"}, "Bad Request: offset is invalid"),
        ({"allowed_updates": "["}, "Bad Request: can't parse allowed_updates JSON object"),
        ({"allowed_updates": [1]}, "Bad Request: can't parse allowed_updates JSON object"),
    ],
)
async def test_what_cannot_be_read_is_refused(api: BotApi, parameters: dict[str, object], words: str) -> None:
    assert await api.refusal("getUpdates", **parameters) == (400, words)


async def test_an_update_shows_the_message_as_it_was(api: BotApi, ann: Person) -> None:
    await api.result("sendMessage", chat_id=ann.id, text="before", reply_markup=button("Go"))
    await ann.press("Go")
    sent = ann.chat()[-1].message_id
    await api.result("editMessageText", chat_id=ann.id, message_id=sent, text="after")
    query = (await api.result("getUpdates"))[0]["callback_query"]
    assert query["message"]["text"] == "before"


def button(label: str) -> dict[str, object]:
    return {"inline_keyboard": [[{"text": label, "callback_data": "x"}]]}
