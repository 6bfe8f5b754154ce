"""Elena changes her signature: one answer at a time, number and day stay, and nothing is lost or done twice."""

from __future__ import annotations

import pytest

from tests.end_to_end.conftest import Start
from tests.end_to_end.test_bohdan_signs import sign
from tests.people import Newcomer, Person

OLDER = "That was an older message. Here is where you are."


async def open_change(person: Person) -> None:
    await person.send("/mysignature")
    await person.press("Change")
    await person.expect("What would you like to change?")


async def type_another_name(person: Person, name: str) -> None:
    await person.press("Name")
    await person.press("Use another name")
    await person.expect("Please type the name")
    await person.send(name)


async def test_a_shown_name_is_changed_and_number_and_day_stay(ann: Person) -> None:
    await sign(ann, "Show my name")
    await ann.send("/mysignature")
    own = await ann.expect("You have signed: No. 67, on ")
    assert own.labels() == [["Change", "Withdraw", "Done"]]
    await ann.press("Change")
    menu = await ann.expect("Nothing is changed so far")
    assert menu.labels() == [["Name", "Country"], ["Shown or private"], ["Back"]]
    assert "Name: Ann Example, shown\nCountry: not given" in menu.text
    await type_another_name(ann, "Anna Example")
    review = await ann.expect("Please check")
    assert review.text.startswith(
        "Change · Please check\n\nName: Ann Example → Anna Example, shown\nCountry: not given\n"
    )
    assert "Copies that others made of the list stay." in review.text
    assert review.labels() == [["Save"], ["Change", "Cancel"]]
    await ann.press("Change")
    assert (await ann.expect("What would you like to change?")).labels()[-1] == ["Back"]
    await ann.press("Country")
    question = await ann.expect("Where do you live?")
    assert question.text.startswith("Change · Country")
    await ann.send("polska")
    assert "Country: not given → Poland" in (await ann.expect("Please check")).text
    await ann.press("Save")
    saved = await ann.expect("Saved.")
    first_line = own.text.splitlines()[0]
    assert saved.text == f"Saved.\n\n{first_line}\n\nName: Anna Example, shown\nCountry: Poland\nLanguage: English"
    assert saved.labels() == own.labels()
    await ann.send("/start")
    await ann.expect("67 people have signed")


async def test_a_sealed_name_is_asked_for_anew_when_it_is_to_be_shown(ann: Person) -> None:
    await sign(ann)
    await open_change(ann)
    await ann.press("Shown or private")
    shown = await ann.expect("Change · Your name")
    assert shown.labels() == [
        ["Keep my name private"],
        ["Show my name"],
        ["Without my name"],
        ["Back", "Cancel"],
    ]
    await ann.press("Show my name")
    anew = await ann.expect("Your name is sealed: this bot cannot read it. To be shown it must be given anew.")
    assert anew.text.startswith("Change · Name")
    await ann.press("Back")
    await ann.press("Back")
    await ann.expect("Nothing is changed so far")
    await ann.press("Shown or private")
    await ann.press("Show my name")
    await ann.press("Sign as Ann Example")
    review = await ann.expect("Please check")
    assert "Name: sealed, private → Ann Example, shown" in review.text
    assert "Who can see your name: anyone, in the list." in review.text
    await ann.press("Save")
    assert "Name: Ann Example, shown" in (await ann.expect("Saved.")).text


async def test_a_shown_name_is_sealed_and_leaves_the_list(ann: Person) -> None:
    await sign(ann, "Show my name")
    await open_change(ann)
    await ann.press("Shown or private")
    await ann.press("Keep my name private")
    assert "Name: Ann Example, shown → private" in (await ann.expect("Please check")).text
    await ann.press("Save")
    assert "Your name is sealed" in (await ann.expect("Saved.")).text
    await ann.send("/signatories")
    for _ in range(3):
        await ann.press("Next")
    last = await ann.expect("61 to 66")
    assert "Ann Example" not in last.text


async def test_from_a_dangerous_country_the_advice_is_the_same(ann: Person) -> None:
    await sign(ann)
    await open_change(ann)
    await ann.press("Country")
    await ann.press("Belarus")
    advice = await ann.expect("We advise: sign without a name")
    assert advice.labels()[0] == ["Without my name"]
    await ann.press("Keep my name private")
    review = await ann.expect("Please check")
    assert "Name: sealed, private\nCountry: not given → Belarus" in review.text
    await ann.press("Save")
    assert "Your name is sealed" in (await ann.expect("Country: Belarus")).text


async def test_without_a_name_and_back_to_one(ann: Person) -> None:
    await sign(ann)
    await open_change(ann)
    await ann.press("Name")
    await ann.press("Without my name")
    assert "Name: sealed, private → none" in (await ann.expect("Please check")).text
    await ann.press("Save")
    assert "Name: none" in (await ann.expect("Saved.")).text
    await ann.press("Change")
    assert (await ann.expect("What would you like to change?")).labels() == [["Name", "Country"], ["Back"]]
    await ann.press("Name")
    await ann.press("Sign as Ann Example")
    await ann.expect("Change · Your name")
    await ann.press("Keep my name private")
    assert "Name: none, you sign without a name → Ann Example, private" in (await ann.expect("Please check")).text
    await ann.press("Save")
    assert "Your name is sealed" in (await ann.expect("Saved.")).text


async def test_the_same_answer_changes_nothing(ann: Person) -> None:
    await sign(ann, "Show my name")
    await open_change(ann)
    await ann.press("Name")
    await ann.press("Sign as Ann Example")
    menu = await ann.expect("Nothing is changed so far")
    assert not menu.bears("Save")
    await ann.send("hello")
    await ann.expect("Please tap one of the buttons below.")
    await ann.press("Back")
    kept = await ann.expect("All right. Nothing is changed.")
    assert "You have signed: No. 67" in kept.text


async def test_sign_drops_a_change_and_cancel_too(ann: Person) -> None:
    await sign(ann, "Show my name")
    await open_change(ann)
    await type_another_name(ann, "Anna Example")
    review = await ann.expect("Please check")
    await ann.send("/sign")
    await ann.expect("You have signed: No. 67")
    await (await ann.forge(review.data_of("Save"), message=review.message_id)).answered()
    assert "Name: Ann Example, shown" in (await ann.expect("You have signed")).text
    await open_change(ann)
    await ann.send("/cancel")
    await ann.expect("All right. Nothing is changed.")
    await ann.send("Poland")
    await ann.expect("I did not understand that")


async def test_a_double_tap_a_restart_and_a_stale_tap(start: Start, newcomer: Newcomer) -> None:
    elena = newcomer("Elena Example")
    async with start():
        await sign(elena, "Show my name")
        await open_change(elena)
        await type_another_name(elena, "Helena Example")
        stale = (await elena.expect("Please check")).data_of("Save")
        await elena.press("Change")
        await elena.press("Country")
        await elena.expect("Where do you live?")
    async with start():
        assert (await (await elena.forge(stale)).answered()).text == OLDER
        await elena.press("Poland")
        await elena.expect("Please check")
        one, two = await elena.press_twice("Save")
        await one.answered()
        await two.answered()
        assert "Name: Helena Example, shown\nCountry: Poland" in (await elena.expect("You have signed: No. 67")).text
        await elena.send("/start")
        await elena.expect("67 people have signed")


@pytest.mark.parametrize(
    ("command", "yes"),
    [("/withdraw", "Yes, withdraw"), ("/forget", "Yes, erase everything")],
    ids=["withdraw", "forget"],
)
async def test_a_signature_that_is_gone_meanwhile_is_not_brought_back(ann: Person, command: str, yes: str) -> None:
    await sign(ann, "Show my name")
    await open_change(ann)
    await ann.press("Country")
    await ann.press("Poland")
    save = (await ann.expect("Please check")).data_of("Save")
    await ann.send(command)
    await (await ann.press(yes)).answered()
    await ann.send("/start")
    await ann.expect("66 people have signed")
    await (await ann.forge(save)).answered()
    await ann.expect("There is no signature of yours here")
    await ann.send("Poland")
    await ann.expect("I did not understand that")


@pytest.mark.parametrize("forged", ["I sign", "Save"])
async def test_i_sign_never_saves_and_save_never_signs(ann: Person, newcomer: Newcomer, forged: str) -> None:
    bohdan = newcomer("Bohdan Example")
    await bohdan.send("/sign")
    await bohdan.press("Without my name")
    await bohdan.press("Skip")
    review = await bohdan.expect("Please check")
    version = review.data_of("I sign").split(":")[3]
    if forged == "Save":
        assert (await (await bohdan.forge(f"sv:{version}")).answered()).text == OLDER
        await bohdan.send("/start")
        await bohdan.expect("66 people have signed")
        return
    await sign(ann, "Show my name")
    await open_change(ann)
    await ann.press("Country")
    await ann.press("Poland")
    version = (await ann.expect("Please check")).data_of("Save").split(":")[1]
    await (await ann.forge(f"s:y:review:{version}:")).answered()
    await ann.expect("You are signatory No. 67")
    await ann.send("/mysignature")
    assert "Country: not given" in (await ann.expect("You have signed")).text
    await ann.press("Change")
    await ann.expect("Country: not given → Poland")


async def test_with_no_signature_there_is_nothing_to_change(ann: Person) -> None:
    await ann.send("/start")
    await ann.expect("66 people have signed")
    await (await ann.forge("ch")).answered()
    await ann.expect("There is no signature of yours here")
