"""The menu that a person sees: her chat's own before that of all chats, her language's before any."""

from __future__ import annotations

from typing import Any

import pytest

from tests.people import Person
from tests.sandbox.conftest import BotApi

DEFAULT: dict[str, Any] = {}
PRIVATE: dict[str, Any] = {"scope": {"type": "all_private_chats"}}
POLISH = {"language_code": "pl"}


def menu(name: str) -> list[dict[str, str]]:
    return [{"command": name, "description": name}]


async def test_the_narrowest_menu_is_seen(api: BotApi) -> None:
    person = Person(api.telegram, "Zofia", language_code="pl")
    own = {"scope": {"type": "chat", "chat_id": person.id}}
    steps: list[dict[str, Any]] = [
        DEFAULT, {**DEFAULT, **POLISH}, PRIVATE, {**PRIVATE, **POLISH}, own, {**own, **POLISH},
    ]  # fmt: skip
    for number, step in enumerate(steps):
        await api.result("setMyCommands", commands=menu(f"step{number}"), **step)
        assert api.telegram.world.commands(person.id) == menu(f"step{number}")
    for number, step in reversed(list(enumerate(steps))):
        assert await api.result("getMyCommands", **step) == menu(f"step{number}")
        await api.result("deleteMyCommands", **step)
    assert api.telegram.world.commands(person.id) == []


async def test_anothers_menu_is_not_seen(api: BotApi, ann: Person) -> None:
    bohdan = Person(api.telegram, "Bohdan")
    await api.result("setMyCommands", commands=menu("all"), **PRIVATE)
    await api.result("setMyCommands", commands=menu("his"), scope={"type": "chat", "chat_id": bohdan.id})
    await api.result("setMyCommands", commands=menu("po"), **PRIVATE, **POLISH)
    assert api.telegram.world.commands(ann.id) == api.telegram.world.commands() == menu("all")
    assert api.telegram.world.commands(bohdan.id) == menu("his")


@pytest.mark.parametrize("name", ["Name", "Description", "ShortDescription"])
async def test_the_bot_speaks_of_itself_in_languages(api: BotApi, name: str) -> None:
    field = {"Name": "name", "Description": "description", "ShortDescription": "short_description"}[name]
    await api.result(f"setMy{name}", **{field: "any"})
    await api.result(f"setMy{name}", **{field: "po polsku"}, **POLISH)
    assert await api.result(f"getMy{name}") == {field: "any"}
    assert await api.result(f"getMy{name}", **POLISH) == {field: "po polsku"}
    assert await api.result(f"getMy{name}", language_code="fr") == {field: "any"}
