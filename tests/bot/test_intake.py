"""Updates in: in order for each person, acknowledged once handled, each handled once."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

import pytest
from aiohttp import web
from pydantic import SecretStr
from telegram import Update
from telegram.error import InvalidToken

import sandbox.webhook
from bot import polling
from bot.background import in_background
from bot.client import build_bot
from bot.intake import IN_HAND, Handle, Intake
from bot.polling import WORTH_IT, Polling
from bot.settings import Address, load_settings
from bot.site import listening
from bot.webhook import Webhook, keep_in_touch
from sandbox.server import LocalTelegram
from tests.people import Person

SECRET = "a_Secret-1"

Told = Callable[[], None]
Way = Callable[[LocalTelegram, Handle], AbstractAsyncContextManager[asyncio.Task[None]]]


@pytest.fixture(params=["polling", "webhook"])
def way(request: pytest.FixtureRequest) -> Way:
    return intake if request.param == "polling" else webhook


@asynccontextmanager
async def webhook(telegram: LocalTelegram, handle: Handle) -> AsyncIterator[asyncio.Task[None]]:
    """The other way in; its task only keeps in touch."""
    async with build_bot(load_settings(_env_file=None, token=telegram.token, api_url=telegram.url)) as bot:
        one = Webhook("http://127.0.0.1/telegram", SecretStr(SECRET))
        app = web.Application()
        app.add_routes(one.routes())
        async with listening(app, Address("127.0.0.1", 0), "listen") as port:
            one.open(Intake(bot, handle))
            telegram.world.set_hook(sandbox.webhook.Webhook(f"http://127.0.0.1:{port}/telegram", SECRET, IN_HAND))
            async with in_background(keep_in_touch(bot, lambda: None)) as task:
                yield task
            await one.stop(1.0)


@asynccontextmanager
async def intake(telegram: LocalTelegram, handle: Handle) -> AsyncIterator[asyncio.Task[None]]:
    async with build_bot(load_settings(_env_file=None, token=telegram.token, api_url=telegram.url)) as bot:
        one = Polling(bot, Intake(bot, handle))
        task = asyncio.create_task(one.run())
        try:
            yield task
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            await one.stop(1.0)


def text_of(update: Update) -> str:
    assert update.message is not None
    return update.message.text or ""


async def test_each_persons_updates_come_in_order_and_once(telegram: LocalTelegram, way: Way) -> None:
    people = [Person(telegram, f"Person {number}") for number in range(30)]
    seen: dict[int, list[str]] = defaultdict(list)
    at_work: set[int] = set()

    async def handle(update: Update, tell: Told) -> None:
        assert update.effective_user is not None
        person = update.effective_user.id
        assert person not in at_work, "two updates of one person at once"
        at_work.add(person)
        tell()  # her next one waits until it has arrived
        await asyncio.sleep(0)
        at_work.discard(person)
        seen[person].append(text_of(update))

    async with way(telegram, handle):
        for turn in range(10):
            for person in people:
                await person.send(str(turn))
        assert await telegram.world.wait_for(lambda: not telegram.world.pending(), 10)
    assert set(map(tuple, seen.values())) == {tuple(str(turn) for turn in range(10))}
    assert len(seen) == len(people)


@pytest.mark.parametrize("odd", [None, [], "x", {}, {"update_id": "5"}, {"update_id": True}, {"update_id": None}])
async def test_an_update_without_a_number_holds_up_nobody(telegram: LocalTelegram, odd: Any) -> None:
    ann = Person(telegram, "Ann")
    handled = asyncio.Event()

    async def handle(_update: Update, _tell: Told) -> None:
        handled.set()

    async def answered(_parameters: object) -> list[Any]:
        return [odd, *telegram.world.pending()]

    async with intake(telegram, handle) as task:
        telegram._get_updates = answered  # type: ignore[method-assign, assignment] # noqa: SLF001 - what Telegram never does
        await ann.send("hello")
        await asyncio.wait_for(handled.wait(), 10)
        assert not task.done()


@pytest.mark.parametrize(
    "content",
    [
        {"message": 5},
        {"message": {"message_id": "x"}},
        {"callback_query": []},
        {"callback_query": {"id": "1", "from": None}},
        {"something_new": {"a": 1}},
        {},
    ],
)
async def test_an_update_of_no_known_form_is_passed_over(
    telegram: LocalTelegram, way: Way, content: dict[str, Any]
) -> None:
    seen = []

    async def handle(update: Update, _tell: Told) -> None:
        seen.append(update.update_id)

    async with way(telegram, handle) as task:
        telegram.world.update(content)
        await Person(telegram, "Ann").send("hello")
        assert await telegram.world.wait_for(lambda: not telegram.world.pending() and bool(seen), 10)
        assert not task.done()


async def test_an_update_in_hand_is_not_acknowledged(telegram: LocalTelegram) -> None:
    ann, bohdan = Person(telegram, "Ann"), Person(telegram, "Bohdan")
    release, bohdans = asyncio.Event(), asyncio.Event()

    async def handle(update: Update, _tell: Told) -> None:
        if text_of(update) == "slow":
            await release.wait()
        else:
            bohdans.set()

    async with intake(telegram, handle):
        await ann.send("slow")
        await bohdan.send("quick")
        await bohdans.wait()
        polls = len(telegram.calls)
        assert await telegram.world.wait_for(lambda: len(telegram.calls) > polls + 3, 5)
        assert [update["message"]["text"] for update in telegram.world.pending()] == ["slow", "quick"]
        release.set()
        assert await telegram.world.wait_for(lambda: not telegram.world.pending(), 5)


async def test_what_is_on_its_way_is_not_acknowledged(telegram: LocalTelegram) -> None:
    answered, arrived = asyncio.Event(), asyncio.Event()

    async def handle(_update: Update, tell: Told) -> None:
        tell()
        answered.set()
        await arrived.wait()

    async with intake(telegram, handle):
        await Person(telegram, "Ann").send("hello")
        await answered.wait()
        polls = len(telegram.calls)
        assert await telegram.world.wait_for(lambda: len(telegram.calls) > polls + 3, 5)
        assert len(telegram.world.pending()) == 1
        arrived.set()
        assert await telegram.world.wait_for(lambda: not telegram.world.pending(), 5)


@pytest.mark.parametrize("more", [1, 20, IN_HAND])
async def test_what_is_on_its_way_holds_up_nobody_in_a_crowd(telegram: LocalTelegram, more: int) -> None:
    """Nor who comes when the crowd is over."""
    people = [Person(telegram, f"Person {number}") for number in range(IN_HAND + more)]
    arrived = asyncio.Event()
    begun: list[int] = []

    async def handle(update: Update, tell: Told) -> None:
        begun.append(update.update_id)
        tell()
        await arrived.wait()

    for person in people:
        await person.send("hello")
    async with intake(telegram, handle):
        assert await telegram.world.wait_for(lambda: len(begun) == len(people), 5)
        await Person(telegram, "Olga").send("hello")
        assert await telegram.world.wait_for(lambda: len(begun) == len(people) + 1, 5)
        assert telegram.world.pending(), "the last ones are no crowd"
        arrived.set()
        assert await telegram.world.wait_for(lambda: not telegram.world.pending(), 5)
    assert len(set(begun)) == len(people) + 1


async def test_numbers_that_begin_anew_are_not_acknowledged_early(telegram: LocalTelegram) -> None:
    """As Telegram's do after a quiet week."""
    release, asked = asyncio.Event(), list[int]()
    pending = [{"update_id": 2**40, "message": 5}]

    async def handle(_update: Update, _tell: Told) -> None:
        await release.wait()

    async def answered(parameters: dict[str, Any]) -> list[Any]:
        asked.append(int(parameters.get("offset", 0)))
        return pending if len(asked) == 1 else telegram.world.pending()

    async with intake(telegram, handle):
        telegram._get_updates = answered  # type: ignore[method-assign] # noqa: SLF001 - a week goes by
        await Person(telegram, "Ann").send("hello")
        assert await telegram.world.wait_for(lambda: len(asked) > 5, 5)
        (update,) = telegram.world.pending()
        assert asked[1] == 2**40 + 1
        assert set(asked[2:]) == {update["update_id"]}
        release.set()


async def test_an_answer_that_hangs_after_a_crowd_keeps_nothing_from_being_acknowledged(
    telegram: LocalTelegram,
) -> None:
    """It was confirmed while others waited: the offset does not go back for it."""
    people = [Person(telegram, f"Person {number}") for number in range(IN_HAND + 20)]
    begun: list[int] = []

    async def handle(update: Update, tell: Told) -> None:
        begun.append(update.update_id)
        tell()
        if len(begun) == 1:
            await asyncio.Event().wait()

    for person in people:
        await person.send("hello")
    async with intake(telegram, handle):
        assert await telegram.world.wait_for(lambda: not telegram.world.pending(), 5)
    assert len(set(begun)) == len(begun) == len(people)


async def test_with_a_hundred_in_hand_no_poll_is_made(telegram: LocalTelegram) -> None:
    people = [Person(telegram, f"Person {number}") for number in range(IN_HAND + 20)]
    release = asyncio.Event()
    handled: list[int] = []

    async def handle(update: Update, _tell: Told) -> None:
        await release.wait()
        handled.append(update.update_id)

    for person in people:
        await person.send("hello")
    async with intake(telegram, handle):
        assert await telegram.world.wait_for(lambda: len(telegram.calls) > 1, 5)
        first = [call for call in telegram.calls if call.method == "getUpdates"]
        release.set()
        assert await telegram.world.wait_for(lambda: not telegram.world.pending(), 5)
    assert len(first) == 1
    assert len(handled) == len(set(handled)) == len(people)


async def test_a_crowd_is_shown_as_soon_as_many_are_confirmed(
    telegram: LocalTelegram, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(polling, "BETWEEN_POLLS", 60.0)
    first, rest = asyncio.Event(), asyncio.Event()
    begun: list[str] = []

    async def handle(update: Update, _tell: Told) -> None:
        begun.append(text_of(update))
        await (first if len(begun) <= WORTH_IT else rest).wait()

    for number in range(IN_HAND + WORTH_IT):
        await Person(telegram).send(str(number))
    async with intake(telegram, handle):
        assert await telegram.world.wait_for(lambda: len(begun) == IN_HAND, 5)
        first.set()
        assert await telegram.world.wait_for(lambda: len(begun) == IN_HAND + WORTH_IT, 5)
        rest.set()


async def test_an_update_that_cannot_be_read_is_passed_over(telegram: LocalTelegram, way: Way) -> None:
    ann = Person(telegram, "Ann")
    seen: list[str] = []

    async def handle(update: Update, _tell: Told) -> None:
        seen.append(text_of(update))

    telegram.world.update({"message": {"nonsense": True}})
    async with way(telegram, handle):
        await ann.send("hello")
        assert await telegram.world.wait_for(lambda: not telegram.world.pending(), 5)
    assert seen == ["hello"]


async def test_what_is_handled_is_acknowledged_at_the_stop(telegram: LocalTelegram) -> None:
    ann = Person(telegram, "Ann")
    handled = asyncio.Event()

    async def handle(_update: Update, _tell: Told) -> None:
        handled.set()

    async with intake(telegram, handle):
        await ann.send("hello")
        await handled.wait()
    assert telegram.world.pending() == []


async def test_a_token_that_is_refused_ends_it(telegram: LocalTelegram, way: Way) -> None:
    async def handle(_update: Update, _tell: Told) -> None:
        raise AssertionError("nothing to handle")

    async with way(telegram, handle) as task:
        telegram.faults.refuse(401, "Unauthorized")
        await Person(telegram, "Ann").send("hello")
        with pytest.raises(InvalidToken):
            await asyncio.wait_for(task, 5)
