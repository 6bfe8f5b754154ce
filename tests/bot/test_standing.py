"""`close`, `open` and `unfreeze` on the command line: no token, and one clear line whatever comes of it."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from bot.command_line import main
from bot.settings import load_place
from petition.content import load_petition
from storage.cipher import Keys, make_keys
from storage.identity import PetitionIdentity
from storage.signer_tags import TagCost
from storage.store import Store


@pytest.fixture
def made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A database, its bot at work; nothing says BOT_TOKEN."""
    make_keys(tmp_path / "keys", tmp_path / "offline")
    monkeypatch.chdir(tmp_path)

    async def make() -> None:
        place = load_place()
        slug = load_petition(place.petition).slug
        store = await Store.open(
            place.database(), folder=place.data, keys=Keys.load(place.keys),
            petition=PetitionIdentity(slug, 66), tag_cost=TagCost(8, 1),
        )  # fmt: skip
        await store.close()

    asyncio.run(make())


@pytest.mark.usefixtures("made")
def test_each_says_what_it_did_and_what_was_so_already(capsys: pytest.CaptureFixture[str]) -> None:
    told = []
    for command in ("open", "close", "close", "close --for-good", "close", "unfreeze", "open"):
        assert main(command.split()) == 0
        told.append(capsys.readouterr().out.split(".")[0].split(":")[0].split(",")[0])
    assert told == [
        "It was open already", "Closed", "It was closed already", "Closed for good", "It was closed for good already",
        "It was not frozen", "Open again",
    ]  # fmt: skip


@pytest.mark.parametrize("command", ["close", "open", "unfreeze"])
def test_without_a_database_it_says_so_and_makes_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], command: str
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main([command]) == 2
    assert capsys.readouterr().err == "There is no database yet: run makes it. Nothing was changed.\n"
    assert not list(tmp_path.iterdir())
