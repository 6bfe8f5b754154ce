"""Chandra sees what is kept, takes it back, and clears the chat."""

from __future__ import annotations

import asyncio
import time
from functools import partial

import pytest

from bot.application import serving
from bot.delivery import Delivery
from bot.settings import Settings
from sandbox.server import LocalTelegram
from sandbox.world import DAY
from tests.end_to_end.conftest import Start
from tests.end_to_end.organiser import one_by_one, subscribed, write, write_while_held
from tests.end_to_end.test_bohdan_signs import sign
from tests.end_to_end.test_the_petition_closes import at_the_review
from tests.people import DEADLINE, Newcomer, Person


async def test_my_signature_shows_number_and_day(ann: Person) -> None:
    await ann.send("/mysignature")
    assert (await ann.expect("There is no signature of yours here")).labels() == [["✍️ Sign", "Back"]]
    await sign(ann)
    await ann.send("/mysignature")
    own = await ann.expect("You have signed: No. 67, on ")
    assert "Name: private. Your name is sealed: only the organisers' offline key opens it." in own.text
    assert "Country: not given\nLanguage: English" in own.text
    assert "Ann Example" not in own.text


async def test_a_shown_name_is_shown_to_its_owner(ann: Person) -> None:
    await sign(ann, "Show my name")
    await ann.send("/mysignature")
    assert "Name: Ann Example, shown" in (await ann.expect("You have signed")).text


async def test_withdraw_asks_once_and_then_it_is_gone(ann: Person) -> None:
    await sign(ann)
    await ann.send("/withdraw")
    question = await ann.expect("Withdraw your signature, No. 67?")
    assert question.labels() == [["Yes, withdraw", "Back"]]
    await ann.press("Back")
    await ann.expect("You have signed")
    await ann.press("Withdraw")
    await ann.press("Yes, withdraw")
    await ann.expect("Your signature is withdrawn")
    await ann.send("/start")
    await ann.expect("66 people have signed")
    await sign(ann)
    await ann.expect("No. 68")


async def test_an_old_yes_does_not_withdraw_a_later_signature(ann: Person) -> None:
    await sign(ann)
    await ann.send("/withdraw")
    question = await ann.expect("Withdraw your signature, No. 67?")
    yes = question.data_of("Yes, withdraw")
    await ann.press("Yes, withdraw")
    await ann.expect("Your signature is withdrawn")
    await sign(ann)
    await (await ann.forge(yes)).answered()
    await ann.send("/mysignature")
    await ann.expect("No. 68")


async def test_a_forged_yes_says_what_is_true(ann: Person) -> None:
    await ann.send("/mysignature")
    await ann.expect("There is no signature of yours here")
    await (await ann.forge("w:67")).answered()
    assert not [one for one in await ann.quiet() if "is withdrawn:" in one.text]


async def test_news_on_and_off(ann: Person) -> None:
    await ann.send("/start")
    await ann.press("Send me news")
    await ann.expect("You will get news here. To stop: /unsubscribe")
    await ann.send("/subscribe")
    await ann.expect("You will get news here. To stop: /unsubscribe")
    await ann.send("/unsubscribe")
    await ann.expect("You get no news from here")


async def test_no_thanks_asks_nothing_more(ann: Person) -> None:
    await sign(ann)
    await ann.press("No, thanks")
    await ann.expect("All right, no news")


async def test_forget_erases_everything_and_says_goodbye_in_an_alert(ann: Person) -> None:
    await sign(ann, "Show my name")
    await ann.press("Send me news")
    await ann.send("/forget")
    question = await ann.expect("Forget me?")
    assert question.labels() == [["Yes, erase everything", "Back"]]
    tap = await ann.press("Yes, erase everything")
    goodbye = await tap.answered()
    assert goodbye.alert
    assert goodbye.shown
    assert goodbye.text is not None
    assert goodbye.text.startswith("All that was kept of you is erased")
    await ann.expect_empty_chat()
    await ann.send("/start")
    await ann.expect("66 people have signed")
    await ann.send("/mysignature")
    await ann.expect("There is no signature of yours here")


async def test_forget_twice_and_with_nothing_kept(ann: Person) -> None:
    for _ in range(2):
        await ann.send("/forget")
        tap = await ann.press("Yes, erase everything")
        assert (await tap.answered()).alert
        await ann.expect_empty_chat()


async def test_clear_this_chat_deletes_the_messages_and_touches_no_data(ann: Person) -> None:
    await sign(ann)
    await ann.press("Clear this chat")
    question = await ann.expect("Clear this chat?")
    assert question.labels() == [["Yes, clear", "Back"]]
    tap = await ann.press("Yes, clear")
    alert = await tap.answered()
    assert alert.alert
    assert alert.shown
    await ann.expect_empty_chat()
    await ann.send("/mysignature")
    await ann.expect("You have signed: No. 67")


async def test_clearing_goes_on_after_a_restart(start: Start, newcomer: Newcomer, telegram: LocalTelegram) -> None:
    ann = newcomer("Ann Example")
    async with start():
        await ann.send("/privacy")
        await ann.press("Clear this chat")
        telegram.faults.refuse(500, "Internal Server Error", method="deleteMessages")
        await (await ann.press("Yes, clear")).answered()
        await ann.quiet()
    telegram.faults.clear()
    async with start():
        await ann.expect_empty_chat()


async def test_what_could_not_be_deleted_is_tried_again(
    start: Start, newcomer: Newcomer, telegram: LocalTelegram, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One message is refused for now, once: the others go, and it keeps its mark."""
    monkeypatch.setattr("bot.duties.EXPIRY_SECONDS", 0.5)
    ann = newcomer("Ann Example")
    async with start():
        await ann.send("/privacy")
        await ann.press("Clear this chat")
        telegram.faults.refuse(400, "Bad Request: not now", method="deleteMessages", times=1)
        telegram.faults.refuse(400, "Bad Request: not now", method="deleteMessage", times=1)
        await (await ann.press("Yes, clear")).answered()
        await ann.expect_empty_chat()
    assert [call.ok for call in telegram.calls if call.method == "deleteMessage"].count(False) == 1


async def test_what_she_does_after_clearing_is_answered(
    start: Start, newcomer: Newcomer, telegram: LocalTelegram, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However slow the alert is: the answer must not be cleared with what stood there before."""
    monkeypatch.setattr("bot.application.Delivery", partial(Delivery, patience=0.1))
    ann, alert = newcomer("Ann Example"), asyncio.Event()
    async with start():
        await ann.send("/privacy")
        await (await ann.press("Clear this chat")).answered()
        telegram.faults.hold(alert, method="answerCallbackQuery", times=1)
        cleared = await ann.press("Yes, clear")
        await ann.send("/help")
        await ann.quiet()
        alert.set()
        await cleared.answered()

        def left() -> list[str]:
            return [one.text.splitlines()[0] for one in ann.chat() if one.by_bot]

        assert await telegram.world.wait_for(lambda: left() == ["What I can do"], DEADLINE, ann.id), ann.picture()


async def test_clear_and_forget_under_a_question_too_old_to_be_deleted(ann: Person, telegram: LocalTelegram) -> None:
    """The alert says what is done, and the question does not go on asking."""
    await sign(ann)
    await ann.send("/privacy")
    await ann.press("Clear this chat")
    await ann.expect("Clear this chat?")
    await ann.send("/forget")
    await ann.expect("Forget me?")
    telegram.world.clock = lambda: time.time() + 3 * DAY
    for label, told in (("Yes, clear", "Messages of the last 48 hours go now"), ("Yes, erase everything", "All that")):
        tap = await (await ann.press(label)).answered()
        assert tap.alert
        screen = await ann.expect(told)
        assert screen.labels() == [["Back"]]
        assert "48 hours" in screen.text
    await ann.send("/mysignature")
    await ann.expect("There is no signature of yours here")


async def test_tapped_twice_it_is_said_twice(ann: Person) -> None:
    await sign(ann)
    await ann.send("/withdraw")
    for tap in await ann.press_twice("Yes, withdraw"):
        await tap.answered()
    assert [one.text for one in await ann.quiet() if "no signature of yours" in one.text or "is withdrawn" in one.text]
    await ann.send("/forget")
    for tap in await ann.press_twice("Yes, erase everything"):
        assert str((await tap.answered()).text).startswith("All that was kept of you is erased")
    await ann.expect_empty_chat()
    await ann.send("/privacy")
    await ann.press("Clear this chat")
    for tap in await ann.press_twice("Yes, clear"):
        assert str((await tap.answered()).text).startswith("Messages of the last 48 hours go now")
    await ann.expect_empty_chat()


async def test_half_way_through_signing(ann: Person) -> None:
    await at_the_review(ann)
    for command in ("/withdraw", "/mysignature"):
        await ann.send(command)
        none = await ann.expect("There is no signature of yours here")
        assert "You are about to give one: /sign goes on with it, /cancel stops and erases it." in none.text
    await ann.send("/privacy")
    await ann.press("Clear this chat")
    await ann.press("Yes, clear")
    await ann.expect_empty_chat()
    await ann.send("/sign")
    await ann.expect("Please check")
    await ann.send("/forget")
    await ann.press("Yes, erase everything")
    await ann.expect_empty_chat()
    await ann.send("/sign")
    await ann.expect("Under which name do you sign?")


async def test_forgotten_during_a_broadcast_no_news_comes(
    quick: tuple[Settings, Person], newcomer: Newcomer, telegram: LocalTelegram
) -> None:
    settings, olga = quick
    async with serving(one_by_one(settings)):
        readers = await subscribed(newcomer, 3)
        release = asyncio.Event()
        await write_while_held(olga, telegram, release)
        reader = next(one for one in readers if len(one.chat()) == 2)
        await reader.send("/forget")
        await reader.press("Yes, erase everything")
        await reader.expect_empty_chat()
        release.set()
        report = await olga.expect("Sent in", 20)
        assert "Unsubscribed meanwhile: 1." in report.text
        assert reader.chat() == []


async def test_blocking_ends_the_news_and_keeps_the_signature(
    olga: Person, newcomer: Newcomer, telegram: LocalTelegram
) -> None:
    (bohdan,) = await subscribed(newcomer, 1)
    ann = newcomer("Ann Example")
    await sign(ann)
    await ann.press("Send me news")
    forge_membership(telegram, ann, chat=bohdan)  # of another's chat
    forge_membership(telegram, bohdan, member=olga)  # about somebody else
    forge_membership(telegram, bohdan, status="member")
    await bohdan.quiet()
    await write(olga)
    await olga.expect("everyone (2)")
    ann.mark()
    ann.block()
    await ann.quiet()
    assert ann.spent() == 0
    telegram.world.block(ann.id, blocked=False)
    await olga.send("/broadcast")
    await olga.expect("everyone (1)")
    await ann.send("/mysignature")
    await ann.expect("You have signed: No. 67")


def forge_membership(
    telegram: LocalTelegram, person: Person, *, chat: Person | None = None, member: Person | None = None,
    status: str = "kicked",
) -> None:  # fmt: skip
    """An update that looks as if somebody had blocked the bot."""
    user = telegram.bot_user if member is None else member.account.user()
    membership = {"user": user, "status": status, "until_date": 0}
    content = {
        "chat": (chat or person).account.chat(), "from": person.account.user(), "date": 0,
        "old_chat_member": {**membership, "status": "member"}, "new_chat_member": membership,
    }  # fmt: skip
    telegram.world.update({"my_chat_member": content})
    telegram.world.touch()


async def test_where_nothing_is_noted_clearing_is_not_offered(settings: Settings, telegram: LocalTelegram) -> None:
    async with serving(settings.model_copy(update={"keep_message_ids": False})):
        ann = Person(telegram, "Ann Example")
        await ann.send("/privacy")
        assert (await ann.expect("What is kept, and why")).labels() == [["Forget me"], ["Back"]]


@pytest.mark.parametrize("command", ["/privacy", "/help"])
async def test_words_about_itself(ann: Person, command: str) -> None:
    await ann.send(command)
    assert (await ann.expect("What")).labels()


async def test_the_help_and_the_menu_name_the_same_commands(ann: Person, telegram: LocalTelegram) -> None:
    await ann.send("/help")
    lines = (await ann.expect("What I can do")).text.splitlines()[2:]
    shown = [tuple(line.removeprefix("/").split(" – ", 1)) for line in lines]
    assert shown == [(command["command"], command["description"]) for command in telegram.world.commands()]


async def test_the_first_screen_is_the_same_for_everybody(ann: Person, newcomer: Newcomer) -> None:
    await sign(ann)
    await ann.press("Send me news")
    await ann.send("/start")
    first = await ann.expect("67 people have signed")
    bohdan = newcomer("Bohdan Example")
    await bohdan.send("/start")
    other = await bohdan.expect("67 people have signed")
    assert (first.text, first.labels()) == (other.text, other.labels())
