"""The chat page of the demo and what it talks to.

GET  /                      the page
GET  /page/files/NAME       its script and style
GET  /page/state?person=ID  everybody, one person's chat, the menu, the bot's last calls
GET  /page/events           server-sent events: a number whenever something changed
POST /page/people           {first_name, last_name?, language_code?} -> {id}
POST /page/send             {person, text}
POST /page/attach           {person, kind}
POST /page/edit             {person, message, text}
POST /page/press            {person, message, data} -> the answer: {text, alert, shown}, once it is there
POST /page/block            {person, blocked}
POST /page/delete_chat      {person}
POST /page/faults           {kind: slow|refuse|flood|none}

Only requests to 127.0.0.1 or localhost, and from the page itself, are served: any other page in the same browser could
reach this port too.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import orjson
from aiohttp import web

from sandbox import odd_updates

if TYPE_CHECKING:
    from sandbox.server import Call, LocalTelegram

FILES = Path(__file__).parent / "page"
TYPES = {".html": "text/html", ".js": "text/javascript", ".css": "text/css"}
LAST_CALLS = 40
ANSWER_SECONDS = 16.0
HOSTS = {"127.0.0.1", "localhost"}
SECURITY = {
    "Content-Security-Policy": "default-src 'self'; img-src 'self' data:; frame-ancestors 'none'; base-uri 'none'",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}

Json = dict[str, Any]


def add_page(app: web.Application, telegram: LocalTelegram, stopping: asyncio.Event) -> None:
    """Adds the page's routes."""
    page = _Page(telegram, stopping)
    app.router.add_get("/", _served(page.index))
    app.router.add_get("/page/files/{name}", _served(page.file))
    app.router.add_get("/page/state", _served(page.state))
    app.router.add_get("/page/events", _served(page.events))
    for action in ("people", "send", "attach", "edit", "press", "block", "delete_chat", "faults"):
        app.router.add_post(f"/page/{action}", _served(getattr(page, action)))


Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def _served(handler: Handler) -> Handler:
    async def serve(request: web.Request) -> web.StreamResponse:
        origin = request.headers.get("Origin")
        if request.url.host not in HOSTS or (origin is not None and urlsplit(origin).netloc != request.host):
            return web.Response(status=403, text="This page is served to this machine alone.")
        try:
            return await handler(request)
        except (KeyError, ValueError, TypeError):
            return web.json_response({"error": "the request is not of its form"}, status=400)

    return serve


class _Page:
    def __init__(self, telegram: LocalTelegram, stopping: asyncio.Event) -> None:
        self._telegram = telegram
        self._world = telegram.world
        self._stopping = stopping

    async def index(self, _request: web.Request) -> web.StreamResponse:
        return _file("index.html")

    async def file(self, request: web.Request) -> web.StreamResponse:
        name = request.match_info["name"]
        return _file(name) if name in {path.name for path in FILES.iterdir()} else web.Response(status=404)

    async def state(self, request: web.Request) -> web.StreamResponse:
        person = int(request.query["person"]) if request.query.get("person") else None
        world = self._world
        calls = [
            {
                "method": call.method,
                "ok": call.ok,
                "answer": "" if call.answer is None or call.ok else call.answer["description"],
                "milliseconds": None if call.ended is None else round((call.ended - call.started) * 1000, 1),
            }
            for call in self._last_calls()
        ]
        return _json(
            {
                "bot": world.bot,
                "people": [
                    {
                        **account.user(),
                        "role": account.role,
                        "blocked": account.blocked,
                        "started": account.started,
                        "last": max(world.chats[account.id], default=0),
                        "typing": world.clock() - account.typing < 5,
                    }
                    for account in world.people.values()
                    if account.listed
                ],
                "messages": list(world.chats[person].values()) if person in world.chats else [],
                "commands": world.commands(),
                "calls": calls,
            }
        )

    def _last_calls(self) -> list[Call]:
        told = (call for call in reversed(self._telegram.calls) if call.method != "getUpdates")
        return list(islice(told, LAST_CALLS))[::-1]

    async def events(self, request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream", **SECURITY})
        await response.prepare(request)
        seen = -1
        while not self._stopping.is_set():
            if self._world.revision != seen:
                seen = self._world.revision
                await response.write(f"data: {seen}\n\n".encode())
            last = seen
            await self._world.wait_for(lambda last=last: self._world.revision != last, 15.0)  # type: ignore[misc]
        return response

    async def people(self, request: web.Request) -> web.StreamResponse:
        asked = await request.json()
        account = self._world.add_person(
            str(asked["first_name"])[:64],
            str(asked["last_name"])[:64] if asked.get("last_name") else None,
            language_code=asked.get("language_code") or None,
        )
        return _json({"id": account.id})

    async def send(self, request: web.Request) -> web.StreamResponse:
        asked = await request.json()
        text = str(asked["text"])[:4096].strip()
        if text:
            self._world.text(int(asked["person"]), text)
        return _json({})

    async def attach(self, request: web.Request) -> web.StreamResponse:
        asked = await request.json()
        odd_updates.attach(self._world, int(asked["person"]), str(asked["kind"]))
        return _json({})

    async def edit(self, request: web.Request) -> web.StreamResponse:
        asked = await request.json()
        self._world.edit(int(asked["person"]), int(asked["message"]), str(asked["text"]))
        return _json({})

    async def press(self, request: web.Request) -> web.StreamResponse:
        asked = await request.json()
        tap = self._world.tap(int(asked["person"]), int(asked["message"]), str(asked["data"]))
        await self._world.wait_for(lambda: tap.done, ANSWER_SECONDS)
        return _json({"text": tap.text, "alert": tap.alert, "shown": tap.shown})

    async def block(self, request: web.Request) -> web.StreamResponse:
        asked = await request.json()
        self._world.block(int(asked["person"]), blocked=bool(asked["blocked"]))
        return _json({})

    async def delete_chat(self, request: web.Request) -> web.StreamResponse:
        self._world.delete_chat(int((await request.json())["person"]))
        return _json({})

    async def faults(self, request: web.Request) -> web.StreamResponse:
        kind = (await request.json())["kind"]
        faults = self._telegram.faults
        faults.clear()
        if kind == "slow":
            faults.slow(2.0)
        elif kind == "refuse":
            faults.refuse(500, "Internal Server Error")
        elif kind == "flood":
            faults.flood(5, times=1)
        return _json({})


def _json(value: Json) -> web.Response:
    return web.Response(body=orjson.dumps(value), content_type="application/json", headers=SECURITY)


def _file(name: str) -> web.Response:
    path = FILES / name
    return web.Response(body=path.read_bytes(), content_type=TYPES[path.suffix], charset="utf-8", headers=SECURITY)
