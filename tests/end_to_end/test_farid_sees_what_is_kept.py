"""Farid sees all that is kept of him, takes it along as a file, and finds the ways to erase it."""

from __future__ import annotations

import json
from typing import Any

from bot.application import serving
from bot.settings import Settings
from sandbox.server import LocalTelegram
from tests.end_to_end.organiser import confirm, subscribed, write
from tests.end_to_end.test_bohdan_signs import sign
from tests.people import Newcomer, Person


def sent_file(telegram: LocalTelegram) -> dict[str, Any]:
    """The newest one."""
    name, content = [call for call in telegram.calls if call.method == "sendDocument"][-1].parameters["document"]
    assert name == "mydata.json"
    assert content.decode().startswith('{\n  "about"')
    found: dict[str, Any] = json.loads(content)
    return found


async def everything(person: Person) -> dict[str, Any]:
    await person.send("/mydata")
    await person.press("Everything as a file")
    await person.expect("This file is all that is kept of you.")
    return sent_file(person.telegram)


async def test_in_short_words_and_as_a_file(ann: Person, telegram: LocalTelegram) -> None:
    await sign(ann)
    await ann.press("Send me news")
    await ann.expect("You will get news here")
    await ann.send("/mydata")
    own = await ann.expect("What is kept of you")
    assert "Your signature: No. 67, " in own.text
    assert "private. Your name is sealed: only the organisers' offline key opens it." in own.text
    assert "News: all, in English." in own.text
    assert "For clearing this chat: the numbers of" in own.text
    assert own.text.endswith("Nothing else.")
    assert own.labels() == [
        ["Everything as a file"],
        ["What each thing means"],
        ["Withdraw my signature"],
        ["Forget me"],
        ["Back"],
    ]
    await ann.press("What each thing means")
    await ann.expect("In the file every value has such an explanation beside it.")
    await ann.press("Back")
    await ann.press("Everything as a file")
    below = await ann.expect("whoever reads the chat can read it")
    assert below.labels() == [["Clear this chat"], ["Back"]]
    kept = sent_file(telegram)["kept"]
    (signature,) = kept["signature"]["rows"]
    assert signature["number"]["value"] == 67
    assert signature["name"]["value"] == "sealed"
    assert "Ann Example" not in json.dumps(kept)
    assert len(bytes.fromhex(signature["tag"]["hex"])) == 32
    assert kept["subscriber"]["rows"][0]["chat"]["value"] == ann.id
    assert kept["draft"]["rows"] == []
    await ann.press("Clear this chat")
    await ann.press("Back")
    await ann.press("Withdraw my signature")
    await ann.expect("Withdraw your signature, No. 67?")
    await ann.send("/mydata")
    await ann.press("Forget me")
    await ann.press("Yes, erase everything")
    await ann.expect_empty_chat()


async def test_a_file_that_telegram_refuses_is_told_of(ann: Person, telegram: LocalTelegram) -> None:
    await ann.send("/mydata")
    telegram.faults.refuse(400, "Bad Request: wrong file", times=1, method="sendDocument")
    await ann.press("Everything as a file")
    await ann.expect("I could not send the file just now.")
    await ann.press("Everything as a file")
    await ann.expect("This file is all that is kept of you.")


async def test_what_is_half_way_is_in_it_too(ann: Person) -> None:
    await ann.send("/sign")
    await ann.press("Sign as Ann Example")
    await ann.expect("Where do you live?")
    await ann.send("/mydata")
    assert "A half-filled signature: what you entered" in (await ann.expect("What is kept of you")).text
    draft = (await everything(ann))["kept"]["draft"]["rows"][0]
    entered = draft["content"]["fields"]["kept"]["fields"]
    assert entered["name"] == {"value": "Ann Example", "meaning": "The name that you entered."}
    assert draft["expires"]["time"].endswith(" UTC")
    await sign_the_rest(ann)
    await ann.send("/mysignature")
    await ann.press("Change")
    await ann.expect("Nothing is changed so far")
    await ann.send("/mydata")
    own = await ann.expect("A change of your signature that is not saved")
    assert "shown as Ann Example" in own.text


async def sign_the_rest(person: Person) -> None:
    await person.send("/sign")
    await person.expect("Where do you live?")
    await person.press("Skip")
    await person.press("Show my name")
    await person.press("I sign")
    await person.expect("You are signatory")


async def test_with_nothing_kept_it_says_so(settings: Settings, telegram: LocalTelegram) -> None:
    async with serving(settings.model_copy(update={"keep_message_ids": False})):
        farid = Person(telegram, "Farid Example")
        await farid.send("/mydata")
        nothing = await farid.expect("Nothing is kept of you.")
        assert nothing.labels() == [["What each thing means"], ["Back"]]


async def test_an_organisers_own_is_in_it(olga: Person, newcomer: Newcomer) -> None:
    await subscribed(newcomer, 1)
    await write(olga)
    await confirm(olga, "1 person")
    await olga.expect("reached 1")
    await write(olga, "What comes next")
    await olga.send("/mydata")
    own = await olga.expect("As an organiser: news that you are writing")
    assert "where the reports of your news stand in this chat" in own.text
    kept = (await everything(olga))["kept"]
    written = kept["composition"]["rows"][0]["content"]["fields"]["kept"]["fields"]
    assert "What comes next" in written["announcement"]["value"]
    assert kept["report"]["rows"][0]["content"]["fields"]["told"]["value"] is True
