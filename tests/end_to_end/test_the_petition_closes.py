"""The petition closes: nobody signs any more, all else goes on; and in the end only figures are kept."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from bot import standing
from bot.application import serving
from bot.settings import Settings
from sandbox.server import LocalTelegram
from storage.standing import StandingRefused
from tests.end_to_end.test_bohdan_signs import sign
from tests.people import DEADLINE, Newcomer, Person


@pytest.fixture(autouse=True)
def nothing_is_cached(monkeypatch: pytest.MonkeyPatch) -> None:
    """Screens would heed what is decided within a second."""
    monkeypatch.setattr("storage.standing.FRESH", 0.0)


async def at_the_review(person: Person) -> None:
    await person.send("/sign")
    await person.press(f"Sign as {person.name}")
    await person.press("Skip")
    await person.press("Keep my name private")
    await person.expect("Please check")


async def test_closed_nobody_signs_and_all_else_goes_on(ann: Person, newcomer: Newcomer, settings: Settings) -> None:
    bohdan = newcomer("Bohdan Example")
    await sign(bohdan)
    await at_the_review(ann)
    assert await standing.close(settings, for_good=False) == (
        "Closed: nobody can sign, all else goes on. To open it again: python -m bot open"
    )
    assert (await standing.close(settings, for_good=False)).startswith("It was closed already, on ")
    await ann.press("I sign")
    told = await ann.expect("This petition closed on ")
    assert "with 67 signatures" in told.text
    assert told.labels() == [["Read the appeal", "The demands"], ["Back"]]
    for text in ("/sign", "a name"):
        await ann.send(text)
        await ann.expect("It takes no signatures any more")
    for text in ("/start", "/appeal", "/demands", "/help", "/signatories", "/nonsense", "/mysignature"):
        await ann.send(text)
        (screen,) = [one for one in await ann.quiet() if one.labels()]
        assert not screen.bears("Sign"), text
        assert ("This petition closed on " in screen.text) == (text == "/start")
    assert "/sign" not in (await ann.expect("There is no signature of yours here")).text.split()
    await ann.send("/subscribe")
    await ann.expect("You will get news here")
    await bohdan.send("/withdraw")
    await bohdan.press("Yes, withdraw")
    await bohdan.expect("Your signature is withdrawn")
    assert await standing.open_again(settings) == "Open again: people can sign."
    assert await standing.open_again(settings) == "It was open already."
    await ann.send("/sign")
    await ann.press("I sign")
    await ann.expect("You are signatory No. 68")


async def test_in_the_end_only_figures_are_kept(
    settings: Settings, telegram: LocalTelegram, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = settings.model_copy(update={"retention_days": 30, "flood_updates": 0})
    ann = Person(telegram, "Ann Example")
    async with serving(settings):
        await sign(ann, "Show my name")
        await ann.press("Send me news")
        await ann.send("/privacy")
        await ann.expect("30 days after the petition closes for good")
    assert "are erased 30 days after that day" in await standing.close(settings, for_good=True)
    later = datetime.now(UTC) + timedelta(days=31)
    monkeypatch.setattr("bot.application.utc_now", lambda: later)
    monkeypatch.setattr("bot.duties.EXPIRY_SECONDS", 0.1)
    async with serving(settings):
        async with asyncio.timeout(DEADLINE):
            while "all were erased 30 days after this petition closed" not in ann.chat()[-1].text:
                await ann.send("/mysignature")
                await ann.expect("")
        await ann.send("/start")
        start = await ann.expect("67 people have signed")
        assert not start.bears("Send me news")
        await ann.send("/signatories")
        assert "Ann Example" not in (await ann.expect("1 to 20")).text
        for choice in ("nl:important", "ns:n"):
            await ann.forge(choice, inaccessible=True)
            assert (await ann.expect("This petition is over")).labels() == [["Clear this chat", "Back"]]
        await ann.send("/news")
        assert (await ann.expect("There is no news to read.")).labels() == [["Read the appeal"], ["Back"]]
        await ann.send("/subscribe")
        await ann.expect("This petition is over")
        await ann.send("/withdraw")
        await ann.expect("They stay counted")
    with pytest.raises(StandingRefused):
        await standing.open_again(settings)
