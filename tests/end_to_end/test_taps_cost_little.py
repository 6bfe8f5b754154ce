"""What a tap costs: one answer and one change, at the same time, and no more of the database than it needs."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.engine import Connection, Engine

from sandbox.server import LocalTelegram
from tests.people import DEADLINE, Person

CALLS = ["answerCallbackQuery", "editMessageText"]
BY_ITSELF = re.compile(
    r"\b(FROM|INTO|UPDATE) (message|broadcast|delivery|report|meta|pending_erasure)\b|next_number FROM counter"
)
"""What the bot reads and writes by itself, once for everybody, whoever taps."""
CALLED_BY_ITSELF = frozenset({"getUpdates", "setMyCommands"})


@dataclass
class Work:
    """What the database did."""

    statements: list[str] = field(default_factory=list)
    commits: int = 0  # of transactions that may write


@pytest.fixture
def work() -> Iterator[Work]:
    """Of every engine, from now on; what the bot does by itself aside."""
    seen, by_itself, writing = Work(), set[int](), set[int]()

    def executed(connection: Connection, _cursor: object, statement: str, *_rest: Any) -> None:
        one = " ".join(statement.split())
        if BY_ITSELF.search(one):
            by_itself.add(id(connection))
        elif one.startswith("BEGIN IMMEDIATE"):
            writing.add(id(connection))
        elif not one.startswith(("PRAGMA", "BEGIN")):
            seen.statements.append(one)

    def committed(connection: Connection) -> None:
        seen.commits += id(connection) in writing - by_itself
        writing.discard(id(connection))
        by_itself.discard(id(connection))

    event.listen(Engine, "before_cursor_execute", executed)
    event.listen(Engine, "commit", committed)
    yield seen
    event.remove(Engine, "before_cursor_execute", executed)
    event.remove(Engine, "commit", committed)


Step = tuple[str, int, int]
"""What is tapped, how many reads it takes at most, and how many writes."""

PAGES: list[Step] = [
    ("Read the appeal", 0, 0), ("Next", 0, 0), ("Next", 0, 0), ("Back", 0, 0), ("Next", 0, 0),
]  # fmt: skip
DEMANDS: list[Step] = [("1", 0, 0), ("Next", 0, 0), ("Next", 0, 0), ("Back", 0, 0)]
SIGNATORIES: list[Step] = [("Next", 1, 0), ("Back", 1, 0)]
SIGNING: list[Step] = [("Sign as Ann Example", 2, 1), ("Poland", 2, 1), ("Show my name", 2, 1)]


def called(telegram: LocalTelegram, since: int, method: str) -> bool:
    return any(call.method == method for call in telegram.calls[since:])


@pytest.mark.parametrize(
    ("command", "steps"),
    [("/start", PAGES), ("/demands", DEMANDS), ("/signatories", SIGNATORIES), ("/sign", SIGNING)],
)
async def test_one_answer_and_one_change_a_tap(
    command: str, steps: list[Step], ann: Person, telegram: LocalTelegram, work: Work
) -> None:
    await ann.send(command)
    await ann.quiet()
    for label, reads, writes in steps:
        work.statements.clear()
        work.commits = 0
        made = len(telegram.calls)
        release = asyncio.Event()
        telegram.faults.hold(release, method="answerCallbackQuery", times=1)
        await ann.press(label)
        beside = partial(called, telegram, made, "editMessageText")
        assert await telegram.world.wait_for(beside, DEADLINE), f"{label}: the change does not wait for the answer"
        release.set()
        await ann.quiet()
        calls = [call for call in telegram.calls[made:] if call.method not in CALLED_BY_ITSELF]
        assert sorted(call.method for call in calls) == CALLS, label
        seen = list(work.statements)
        written = [one for one in seen if not one.startswith("SELECT")]
        assert len(seen) - len(written) <= reads, (label, seen)
        assert len(written) == writes, (label, seen)
        assert work.commits <= writes, label
