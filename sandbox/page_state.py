"""What the page shows, as it is at this moment."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from itertools import islice

from sandbox.accounts import Account, Json
from sandbox.calls import Call
from sandbox.faults import Faults
from sandbox.files import KINDS as FILES
from sandbox.world import QUERY_SECONDS, World

LAST_CALLS = 40
TYPING_SECONDS = 5.0  # https://core.telegram.org/bots/api#sendchataction
SNIPPET = 60
KINDS = (*FILES, "location", "contact", "dice")


def state(world: World, faults: Faults, calls: Sequence[Call], person: int | None) -> Json:
    """Everybody; the chat, taps and menu of one person; the bot's last calls."""
    known = person if person in world.people else None
    language = world.people[known].language_code if known is not None else None
    return {
        "bot": {**world.bot, "first_name": world.says("name", language) or world.bot["first_name"]},
        "about": world.says("description", language),
        "people": [_person(world, account) for account in world.people.values() if account.listed],
        "person": known,
        "messages": list(world.chats[known].values()) if known is not None else [],
        "silent": [number for number in world.chats[known] if number in world.silent] if known is not None else [],
        "service": world.people[known].service if known is not None else [],
        "taps": list(_taps(world, known)) if known is not None else [],
        "commands": world.commands(known),
        "calls": [_call(world, number, calls[number]) for number in _last_calls(calls)],
        "trouble": faults.ordered(),
    }


def _person(world: World, account: Account) -> Json:
    chat = world.chats[account.id]
    newest = chat[max(chat)] if chat else None
    from_bot = [number for number, message in chat.items() if message["from"]["is_bot"]]
    return {
        **account.user(),
        "role": account.role,
        "blocked": account.blocked,
        "started": account.started,
        "typing": max(0.0, account.typing + TYPING_SECONDS - world.clock()),
        "heard": max(from_bot, default=0),
        "newest": None if newest is None else {
            "snippet": _snippet(newest), "date": newest["date"], "own": not newest["from"]["is_bot"],
        },
    }  # fmt: skip


def _snippet(message: Json) -> str:
    said = str(message.get("text") or message.get("caption") or "")
    kind = next((kind.replace("_", " ").capitalize() for kind in KINDS if kind in message), "")
    return " ".join((said or kind).split())[:SNIPPET]


def _taps(world: World, person: int) -> Iterator[Json]:
    """A person's last taps: those that wait, and those whose answers the page may still show."""
    for tap in reversed(world.taps.values()):
        if world.clock() - tap.at > 2 * QUERY_SECONDS:
            return
        if tap.person == person:
            waits = not tap.done and world.clock() - tap.at < QUERY_SECONDS
            yield {"query": tap.query, "message": tap.message, "data": tap.data, "waits": waits, "done": tap.done,
                   "text": tap.text, "alert": tap.alert, "shown": tap.shown}  # fmt: skip


def _last_calls(calls: Sequence[Call]) -> list[int]:
    told = (number for number in reversed(range(len(calls))) if calls[number].method != "getUpdates")
    return list(islice(told, LAST_CALLS))[::-1]


def _call(world: World, number: int, call: Call) -> Json:
    refused = call.answer is not None and not call.ok
    return {
        "number": number,
        "method": call.method,
        "at": time.time() - (time.monotonic() - call.started),
        "to": _name(world, call),
        "waits": call.ended is None,
        "ok": call.ok,
        "answer": call.answer["description"] if refused and call.answer is not None else "",
        "milliseconds": None if call.ended is None else round((call.ended - call.started) * 1000, 1),
        "parameters": {name: _shown(value) for name, value in call.parameters.items()},
    }


def _name(world: World, call: Call) -> str:
    try:
        return world.people[int(call.parameters["chat_id"])].first_name
    except (KeyError, ValueError, TypeError):
        return ""


def _shown(value: object) -> object:
    """A file is told by its name and size."""
    return f"{value[0]}, {len(value[1])} bytes" if isinstance(value, tuple) else value
