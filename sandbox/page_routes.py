"""The chat page of the demo and what it talks to.

GET  /                      the page
GET  /page/files/NAME       its scripts, styles and pictures
GET  /page/state?person=ID  everybody, one person's chat, taps and menu, the bot's last calls
GET  /page/events           server-sent events: a number whenever something changed
GET  /page/media/FILE       a file that somebody sent
POST /page/people           {first_name, last_name?, language_code?} -> {id}
POST /page/send             {person, text}: **marks** become formatting
POST /page/upload           a form: person, kind (media, document, audio, voice), file (1 to 10), caption?, spoiler?,
                            and of each file told: WIDTHxHEIGHTxSECONDS of a film or a sound, else empty
POST /page/attach           {person, kind}: something made up, of any kind
POST /page/forward          {person, messages}: messages of the chat come to the bot as forwarded ones
POST /page/edit             {person, message, text}
POST /page/delete           {person, message}: on the person's side; a bot is told nothing of it
POST /page/press            {person, message, data} -> {query}: its answer comes with the state
POST /page/block            {person, blocked}
POST /page/delete_chat      {person}
POST /page/faults           {kind: slow|refuse|flood|none}

Only requests to 127.0.0.1 or localhost, and from the page itself, are served: any other page in the same browser could
reach this port too.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

import orjson
from aiohttp import web

from sandbox import odd_updates, page_uploads
from sandbox.accounts import Json
from sandbox.calls import Call
from sandbox.faults import Faults, Trouble
from sandbox.page_state import state
from sandbox.typed import as_typed
from sandbox.world import PAGE, World

FILES = Path(__file__).parent / "page"
TYPES = {".html": "text/html", ".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}
TOGETHER = 0.03  # seconds: what changes within them is told at once
HOSTS = {"127.0.0.1", "localhost"}
SECURITY = {
    "Content-Security-Policy": "default-src 'self'; img-src 'self' data: blob:; media-src 'self' blob:; "
    "frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}
ACTIONS = ("people", "send", "upload", "attach", "forward", "edit", "delete", "press", "block", "delete_chat", "faults")

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def add_page(
    app: web.Application, world: World, faults: Faults, calls: Sequence[Call], stopping: asyncio.Event
) -> None:
    """Adds the page's routes. `calls`: the bot's, the newest last."""
    page = _Page(world, faults, calls, stopping)
    app.router.add_get("/", _served(page.index))
    app.router.add_get("/page/files/{name}", _served(page.file))
    app.router.add_get("/page/state", _served(page.state))
    app.router.add_get("/page/events", _served(page.events))
    app.router.add_get("/page/media/{file}", _served(page.media))
    for action in ACTIONS:
        app.router.add_post(f"/page/{action}", _served(getattr(page, action)))


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
    def __init__(self, world: World, faults: Faults, calls: Sequence[Call], stopping: asyncio.Event) -> None:
        self._world = world
        self._faults = faults
        self._calls = calls
        self._stopping = stopping

    # What the page shows.

    async def index(self, _request: web.Request) -> web.StreamResponse:
        return _file("index.html")

    async def file(self, request: web.Request) -> web.StreamResponse:
        name = request.match_info["name"]
        return _file(name) if name in {path.name for path in FILES.iterdir()} else web.Response(status=404)

    async def state(self, request: web.Request) -> web.StreamResponse:
        person = int(request.query["person"]) if request.query.get("person") else None
        return _json(state(self._world, self._faults, self._calls, person))

    async def events(self, request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream", **SECURITY})
        await response.prepare(request)
        with suppress(ConnectionResetError):  # the page was closed
            while not self._stopping.is_set():
                seen = self._world.revision
                await response.write(f"data: {seen}\n\n".encode())
                await self._world.wait_for(lambda seen=seen: self._world.revision != seen, 15.0, PAGE)  # type: ignore[misc]
                await asyncio.sleep(TOGETHER)
        return response

    async def media(self, request: web.Request) -> web.StreamResponse:
        name, content = self._world.files[request.match_info["file"]]
        policy = {"Content-Security-Policy": "default-src 'none'; sandbox"}
        return web.Response(body=content, headers={**SECURITY, **policy, **page_uploads.shown_as(name)})

    # What people do.

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
        content = _typed(str(asked["text"])[:4096])
        if content["text"]:
            self._world.receive(int(asked["person"]), content)
        return _json({})

    async def upload(self, request: web.Request) -> web.StreamResponse:
        page_uploads.receive(self._world, await request.post())
        return _json({})

    async def attach(self, request: web.Request) -> web.StreamResponse:
        asked = await request.json()
        odd_updates.attach(self._world, int(asked["person"]), str(asked["kind"]))
        return _json({})

    async def forward(self, request: web.Request) -> web.StreamResponse:
        asked = await request.json()
        odd_updates.forward_again(self._world, int(asked["person"]), [int(one) for one in asked["messages"]])
        return _json({})

    async def edit(self, request: web.Request) -> web.StreamResponse:
        asked = await request.json()
        self._world.edit(int(asked["person"]), int(asked["message"]), _typed(str(asked["text"])[:4096]))
        return _json({})

    async def delete(self, request: web.Request) -> web.StreamResponse:
        asked = await request.json()
        self._world.delete(int(asked["person"]), int(asked["message"]))
        return _json({})

    async def press(self, request: web.Request) -> web.StreamResponse:
        asked = await request.json()
        return _json({"query": self._world.tap(int(asked["person"]), int(asked["message"]), str(asked["data"])).query})

    async def block(self, request: web.Request) -> web.StreamResponse:
        asked = await request.json()
        self._world.block(int(asked["person"]), blocked=bool(asked["blocked"]))
        return _json({})

    async def delete_chat(self, request: web.Request) -> web.StreamResponse:
        self._world.delete_chat(int((await request.json())["person"]))
        return _json({})

    async def faults(self, request: web.Request) -> web.StreamResponse:
        self._faults.order(Trouble((await request.json())["kind"]))
        self._world.touch()
        return _json({})


def _typed(source: str) -> Json:
    text, entities = as_typed(source)
    return {"text": text, "entities": entities} if entities else {"text": text}


def _json(value: Json) -> web.Response:
    return web.Response(body=orjson.dumps(value), content_type="application/json", headers=SECURITY)


def _file(name: str) -> web.Response:
    path = FILES / name
    return web.Response(body=path.read_bytes(), content_type=TYPES[path.suffix], charset="utf-8", headers=SECURITY)
