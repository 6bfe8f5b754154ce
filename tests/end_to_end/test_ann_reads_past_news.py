"""Ann reads past news, one at a time, as it was sent, whether she subscribes or not."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from bot.application import serving
from bot.settings import Settings
from sandbox.server import LocalTelegram
from tests.end_to_end.organiser import begin, confirm, subscribed, tap, write
from tests.people import DEADLINE, Message, Newcomer, Person

NEWS = ("The count grows", "What comes next", "We are many")


def today() -> str:
    """As her screen says it. A story that is told at midnight may see two days."""
    return f"{datetime.now(UTC):%-d %B %Y}"


async def sent(olga: Person, *texts: str) -> None:
    """Each of them has gone out."""
    for text in texts:
        await write(olga, text)
        await confirm(olga, "1 person")
        await olga.expect("Sent in")


@pytest.fixture
async def ann(olga: Person, newcomer: Newcomer) -> Person:
    """She comes when three pieces of news have gone out, to Bohdan alone."""
    await subscribed(newcomer, 1)
    await sent(olga, *NEWS)
    return newcomer("Ann Example")


def shown(person: Person) -> list[tuple[str, list[list[str]]]]:
    """What the bot's messages in her chat say and bear."""
    return [(one.text, one.labels()) for one in person.chat() if one.by_bot]


async def below(person: Person, news: str) -> Message:
    """Waits until this news is the last but one in her chat; the screen below it."""

    def there() -> bool:
        said = [one for one in person.chat() if one.by_bot][-2:]
        return [one.text for one in said][:1] == [news] and said[-1].text.startswith("News · ")

    assert await person.telegram.world.wait_for(there, DEADLINE, person.id), person.picture()
    person.heard()
    return person.chat()[-1]


async def test_newest_first_one_at_a_time_there_and_back(ann: Person) -> None:
    await ann.send("/news")
    first = await below(ann, NEWS[2])
    assert first.text == f"News · {today()}"
    assert first.labels() == [["Older"], ["Send me news"], ["Back"]]
    await ann.press("Older")
    second = await below(ann, NEWS[1])
    assert second.labels() == [["Newer", "Older"], ["Send me news"], ["Back"]]
    await ann.press("Older")
    third = await below(ann, NEWS[0])
    assert third.labels() == [["Newer"], ["Send me news"], ["Back"]]
    await ann.press("Newer")
    await below(ann, NEWS[1])
    await ann.quiet()
    bare = [one.labels() for one in ann.chat() if one.message_id in (first.message_id, second.message_id)]
    assert bare == [[], []], "only the newest screen can be turned"
    await ann.press("Back")
    await ann.expect("66 people have signed")


async def test_it_is_the_same_for_who_subscribes_and_who_does_not(ann: Person, newcomer: Newcomer) -> None:
    (subscriber,) = await subscribed(newcomer, 1)
    chats = []
    for person in (ann, subscriber):
        before = len(shown(person))
        await person.send("/news")
        await below(person, NEWS[2])
        await person.press("Older")
        await below(person, NEWS[1])
        await person.quiet()
        chats.append(shown(person)[before:])
    assert chats[0] == chats[1]


async def test_formatting_stays_as_it_was(olga: Person, newcomer: Newcomer, telegram: LocalTelegram) -> None:
    await subscribed(newcomer, 1)
    bold = {"type": "bold", "offset": 0, "length": 9}
    await olga.send("/broadcast")
    await olga.expect("News · draft")
    telegram.world.receive(olga.id, {"text": "The count grows", "entities": [bold]})
    await olga.expect("A text with formatting")
    await confirm(olga, "1 person")
    await olga.expect("Sent in")
    ann = newcomer("Ann Example")
    await ann.send("/news")
    assert (await ann.expect("The count grows")).raw["entities"] == [bold]


async def test_what_was_deleted_everywhere_is_gone_from_here_too(ann: Person, olga: Person) -> None:
    await ann.send("/news")
    await below(ann, NEWS[2])
    await ann.press("Older")
    old = await below(ann, NEWS[1])
    await olga.press("Delete everywhere")
    await olga.press("Yes, delete")
    await olga.expect("Deleted everywhere in")
    await (await ann.forge(old.data_of("Newer"), message=old.message_id)).answered()
    await ann.quiet()
    newest = await below(ann, NEWS[1])
    assert newest.message_id > old.message_id
    assert newest.labels() == [["Older"], ["Send me news"], ["Back"]]


async def test_an_album_comes_whole_and_silent_as_it_was(olga: Person, newcomer: Newcomer) -> None:
    await subscribed(newcomer, 1)
    await begin(olga)
    await olga.album(2, captions=["The **square**", "The march"])
    await olga.expect("Album · 2 of 10")
    await tap(olga, "Done", "Silent")
    await confirm(olga, "1 person")
    await olga.expect("Sent in")
    ann = newcomer("Ann Example")
    await ann.send("/news")
    screen = await ann.expect("News · ")
    album = [one for one in ann.chat() if one.raw.get("media_group_id")]
    assert [one.text for one in album] == ["The square", "The march"]
    assert {one.message_id for one in album} <= ann.telegram.world.silent
    assert screen.message_id == album[-1].message_id + 1


async def test_its_own_buttons_stand_under_it_and_open_below(olga: Person, newcomer: Newcomer) -> None:
    await subscribed(newcomer, 1)
    await write(olga)
    await tap(olga, "Buttons", "Sign", "Read the appeal", "Back")
    await confirm(olga, "1 person")
    await olga.expect("Sent in")
    ann = newcomer("Ann Example")
    await ann.send("/news")
    await below(ann, NEWS[0])
    piece = await ann.expect(NEWS[0])
    assert piece.labels() == [["Read the appeal"], ["Sign"]]
    await ann.press("Read the appeal")
    assert (await ann.expect("The appeal · 1 / 5")).message_id > piece.message_id
    await ann.forge(piece.data_of("Sign"), message=piece.message_id)
    assert (await ann.expect("1 of 4 · Name")).message_id > piece.message_id
    assert piece.raw in [one.raw for one in ann.chat()]


async def test_it_comes_in_her_language_and_only_what_was_for_it(olga: Person, newcomer: Newcomer) -> None:
    for language in ("de", "en"):
        reader = newcomer(f"Reader {language}", language)
        await reader.send("/subscribe")
        await reader.quiet()
    await write(olga)
    await tap(olga, "Languages", "Deutsch")
    await olga.send("Die Zahl wächst")
    await olga.expect("Readers of all other languages")
    await tap(olga, "Back")
    await confirm(olga)
    await olga.expect("Sent in")
    await write(olga, "For readers of English")
    await tap(olga, "Audience", "English", "Back")
    await confirm(olga, "1 person")
    await olga.expect("Sent in")
    assert await read_all(newcomer("Ada Beispiel", "de-AT")) == ["Die Zahl wächst"]
    assert await read_all(newcomer("Ann Example", "en")) == ["For readers of English", "The count grows"]


async def read_all(person: Person) -> list[str]:
    """Every piece of news that she can turn to, from the newest."""
    await person.send("/news")
    await person.quiet()
    while person.chat()[-1].bears("Older"):
        await person.press("Older")
        await person.quiet()
    said = [one.text for one in person.chat() if one.by_bot]
    assert all(text.startswith("News · ") for text in said[1::2])
    return said[::2]


async def test_with_no_news_yet_there_are_kind_words_and_ways_on(olga: Person, newcomer: Newcomer) -> None:
    assert olga
    ann = newcomer("Ann Example")
    await ann.send("/news")
    nothing = await ann.expect("There is no news yet.")
    assert nothing.labels() == [["Read the appeal"], ["Send me news"], ["Back"]]
    await ann.press("Send me news")
    terms = await ann.expect("You will get news here")
    assert not terms.bears("Read the last news")
    assert terms.message_id == nothing.message_id


async def test_who_subscribes_is_offered_the_last_and_keeps_her_choices(ann: Person) -> None:
    await ann.send("/subscribe")
    terms = await ann.expect("You will get news here")
    assert terms.labels() == [
        ["✓ All news", "Important only"],
        ["Silently"],
        ["Read the last news"],
        ["Stop the news"],
        ["Clear this chat", "Back"],
    ]
    await ann.press("Read the last news")
    await below(ann, NEWS[2])
    assert terms.raw in [one.raw for one in ann.chat()]
    await ann.press("Important only")
    assert (await ann.expect("You will get news here")).message_id == terms.message_id


async def test_who_subscribes_while_it_is_sent_finds_it_there(
    quick: tuple[Settings, Person], newcomer: Newcomer
) -> None:
    settings, olga = quick
    async with serving(settings.model_copy(update={"messages_per_second": 2})):
        await subscribed(newcomer, 4)
        await write(olga)
        await confirm(olga, "4 people")
        await olga.expect("Sending")
        (late,) = await subscribed(newcomer, 1)
        await late.press("Read the last news")
        await below(late, NEWS[0])


async def shown_anew(person: Person) -> list[str]:
    """What came since her last tap, but for screens that lost their buttons."""
    return [one.text for one in await person.quiet() if one.labels() or not one.text.startswith("News · ")]


async def test_old_taps_and_double_taps_help(ann: Person) -> None:
    await ann.send("/news")
    first = await below(ann, NEWS[2])
    for one in await ann.press_twice("Older"):
        await one.answered()
    await ann.quiet()
    assert (await below(ann, NEWS[1])).labels() == [["Newer", "Older"], ["Send me news"], ["Back"]]
    for inaccessible in (False, True):
        await ann.forge(first.data_of("Older"), message=first.message_id, inaccessible=inaccessible)
        assert await shown_anew(ann) == [NEWS[1], first.text]


async def test_where_nothing_is_left_on_that_side_the_newest_is_shown(ann: Person) -> None:
    await ann.send("/news")
    screen = await below(ann, NEWS[2])
    for data in ("ne:1:0", "ne:0:3", "ne:0:2147483647", "ne:2147483647:0"):
        tapped = await ann.forge(data, message=screen.message_id)
        assert await shown_anew(ann) == [NEWS[2], screen.text]
        assert "older message" in str((await tapped.answered()).text)
    await ann.forge("ne:3:1", message=ann.chat()[-1].message_id)
    assert await shown_anew(ann) == [NEWS[1], screen.text]


async def test_nonsense_leads_to_the_start(ann: Person) -> None:
    await ann.send("/news")
    screen = await below(ann, NEWS[2])
    for data in ("ne", "ne:1", "ne:x:0", "ne:-1:0", "ne:0:2147483648", "ne:0:0:0"):
        tap = await ann.forge(data, message=screen.message_id)
        assert "older message" in str((await tap.answered()).text)
    await ann.quiet()
    assert "66 people have signed" in ann.chat()[-1].text


async def test_it_can_be_turned_after_a_restart(quick: tuple[Settings, Person], newcomer: Newcomer) -> None:
    settings, olga = quick
    ann = newcomer("Ann Example")
    async with serving(settings):
        await subscribed(newcomer, 1)
        await sent(olga, *NEWS[:2])
        await ann.send("/news")
        await below(ann, NEWS[1])
    async with serving(settings):
        await ann.press("Older")
        await below(ann, NEWS[0])


async def test_news_that_telegram_does_not_take_any_more_is_told_of(ann: Person, telegram: LocalTelegram) -> None:
    telegram.faults.refuse(400, "Bad Request: wrong file identifier", times=1, method="sendMessage", chat=ann.id)
    await ann.send("/news")
    await ann.expect("Telegram could not show this news just now.")
    await ann.press("Older")
    await below(ann, NEWS[1])


async def test_what_was_read_goes_when_the_chat_is_cleared(ann: Person) -> None:
    await ann.send("/news")
    await below(ann, NEWS[2])
    await ann.send("/privacy")
    await ann.press("Clear this chat")
    await ann.press("Yes, clear")
    await ann.expect_empty_chat()
