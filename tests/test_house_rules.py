"""The house stays as it was planned: imports go one way, every button has its handler, SQL stays in its room."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path
from typing import get_type_hints

import pytest

from bot.metrics import Metrics
from bot.settings import PREFIX, Settings
from handlers import registry
from handlers.buttons import CODES
from handlers.organisers.alarms import Alarm

HOUSE = Path(__file__).resolve().parent.parent
ROOMS = ("bot", "handlers", "storage", "petition", "sandbox", "tests")
MAY_IMPORT = {
    "bot": {"bot", "handlers", "storage", "petition", "sandbox"},
    "handlers": {"handlers", "storage", "petition"},
    "storage": {"storage"},
    "petition": {"petition"},
    "sandbox": {"sandbox"},
    "tests": set(ROOMS),
}
NO_TELEGRAM = ("storage", "petition")
CONVERSATIONS = {
    "start", "appeal", "demands", "sign", "change", "signature", "signatories", "news", "past_news", "privacy",
    "mydata", "help", "fallback", "organisers.broadcast", "organisers.broadcasts", "organisers.deciding",
    "organisers.afterwards", "organisers.freeze",
}  # fmt: skip


def imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{name.name}" for name in node.names)


def module_of(path: Path) -> str:
    return ".".join(path.relative_to(HOUSE).with_suffix("").parts)


@pytest.mark.parametrize("room", ROOMS)
def test_imports_go_one_way(room: str) -> None:
    for path in (HOUSE / room).rglob("*.py"):
        rooms = {name.split(".")[0] for name in imports(path)} & set(ROOMS)
        assert rooms <= MAY_IMPORT[room], path
        if room in NO_TELEGRAM:
            assert not any(name.split(".")[0] == "telegram" for name in imports(path)), path


def test_no_file_needs_itself() -> None:
    """Not by way of others either, nor for a type alone."""
    files = {module_of(path): path for room in ROOMS for path in (HOUSE / room).rglob("*.py")}
    needs = {module: set(imports(path)) & files.keys() for module, path in files.items()}
    assert len(list(TopologicalSorter(needs).static_order())) == len(files)


def test_conversations_never_import_each_other() -> None:
    for conversation in CONVERSATIONS:
        path = HOUSE / "handlers" / f"{conversation.replace('.', '/')}.py"
        others = {f"handlers.{name}" for name in CONVERSATIONS - {conversation}}
        assert not others & set(imports(path)), path


def test_every_button_has_a_handler_that_takes_it() -> None:
    assert set(registry.BUTTONS) == set(CODES.values())
    for kind, handler in registry.BUTTONS.items():
        hints = get_type_hints(handler)
        hints.pop("return")
        assert list(hints.values())[1] is kind, handler


def table(document: str, heading: str) -> list[list[str]]:
    """The rows of the tables under a heading, cell by cell."""
    section = (HOUSE / document).read_text(encoding="utf-8").split(f"## {heading}\n")[1].split("\n## ")[0]
    rows = [line.strip("|").split("|") for line in section.splitlines() if line.startswith("| `")]
    return [[cell.strip() for cell in row] for row in rows]


def test_the_documents_name_every_command_as_the_menu_does() -> None:
    documented = [(row[0].strip("`/"), row[1]) for row in table("README.md", "Commands")]
    assert documented == [(command.name, command.description) for command in registry.menu(organisers=True)]


def test_the_documents_name_every_setting() -> None:
    documented = [row[0].strip("`") for row in table("README.md", "Settings")]
    assert sorted(documented) == sorted(f"{PREFIX}{field.upper()}" for field in Settings.model_fields)


def test_the_documents_name_every_figure_and_alarm() -> None:
    documented = [row[0].strip("`") for row in table("docs/how-it-works.md", "What to watch")]
    families = Metrics().registry.collect()
    figures = [f"{one.name}_total" if one.type == "counter" else one.name for one in families]
    assert sorted(documented) == sorted([*figures, *(alarm.value for alarm in Alarm)])


def test_the_image_holds_every_room_that_running_needs() -> None:
    needed = {"bot"}
    while True:
        found = needed | {name for room in needed for name in MAY_IMPORT[room] - {"sandbox"}}
        if found == needed:
            break
        needed = found
    lines = (HOUSE / "Dockerfile").read_text(encoding="utf-8").splitlines()
    copied = {line.split()[1] for line in lines if line.startswith("COPY ") and "--from" not in line}
    assert copied == needed | {"requirements.txt"}


def test_statements_stand_in_storage_alone() -> None:
    for room in ("bot", "handlers", "petition", "sandbox"):
        for path in (HOUSE / room).rglob("*.py"):
            assert not any(name.split(".")[0] in {"sqlalchemy", "sqlite3", "aiosqlite"} for name in imports(path)), path
