"""Ann opens the link, reads the appeal in short parts and the demands one at a time."""

from __future__ import annotations

from bot.settings import HERE
from petition.content import load_petition
from tests.people import Person

TEXT = load_petition(HERE / "petition" / "belarus").text("en")


async def test_the_first_screen_says_who_asks_for_what_and_how_many_signed(ann: Person) -> None:
    await ann.send("/start")
    first = await ann.expect("66 people have signed")
    assert TEXT.title in first.text
    assert "Abdulwahab Alkebsi, Agnieszka Holland, Alexandr Vondra and 63 others" in first.text
    assert first.labels() == [["Read the appeal", "The demands"], ["✍️ Sign"], ["Send me news"]]


async def test_a_deep_link_that_names_nothing_is_ignored(ann: Person) -> None:
    await ann.send("/start nonsense<b>&")
    first = await ann.expect("66 people have signed")
    await ann.send("/start website")
    again = await ann.expect("66 people have signed")
    assert (first.text, first.labels()) == (again.text, again.labels())


async def test_the_appeal_is_word_for_word_and_changes_one_message(ann: Person) -> None:
    await ann.send("/start")
    first = await ann.expect("66 people have signed")
    await ann.press("Read the appeal")
    for number, part in enumerate(TEXT.appeal, 1):
        shown = await ann.expect(f"The appeal · {number} / {len(TEXT.appeal)}")
        assert shown.text == f"The appeal · {number} / {len(TEXT.appeal)}\n\n{part}"
        assert shown.labels() == [["Back", "Next"], ["✍️ Sign"]]
        assert shown.message_id == first.message_id
        await ann.press("Next")
    await ann.expect("12 demands")


async def test_back_from_the_first_part_leads_to_the_start(ann: Person) -> None:
    await ann.send("/appeal")
    await ann.expect("1 / 5")
    await ann.press("Back")
    await ann.expect("66 people have signed")


async def test_every_demand_is_word_for_word(ann: Person) -> None:
    await ann.send("/demands")
    overview = await ann.expect("12 demands")
    assert overview.labels()[:2] == [[str(n) for n in range(1, 7)], [str(n) for n in range(7, 13)]]
    assert TEXT.appeal[-1] in overview.text
    await ann.press("1")
    for number, demand in enumerate(TEXT.demands, 1):
        shown = await ann.expect(f"Demand {number} of 12")
        assert shown.text == f"Demand {number} of 12\n\n{demand}"
        assert shown.labels() == [["Back", "All demands", "Next"], ["✍️ Sign"]]
        await ann.press("Next")
    await ann.expect("12 demands")


async def test_sign_is_one_tap_away_from_every_part(ann: Person) -> None:
    await ann.send("/demands")
    await ann.press("4")
    await ann.press("Sign")
    await ann.expect("Under which name do you sign?")
