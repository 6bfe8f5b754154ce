"""The Bot API over HTTP, on 127.0.0.1 alone."""

from __future__ import annotations

import asyncio
import secrets
import time
from collections import Counter
from collections.abc import Callable
from types import TracebackType
from typing import Any, Self

import orjson
import structlog
from aiohttp import web

from sandbox import errors
from sandbox.calls import Call
from sandbox.errors import ApiError
from sandbox.faults import CutAfter, CutBefore, Faults, after_acceptance, before_acceptance
from sandbox.methods import METHODS
from sandbox.page_routes import add_page
from sandbox.parameters import Parameters, read_json
from sandbox.webhook_delivery import WebhookDelivery
from sandbox.world import QUEUE, SHOWN_AT_ONCE, Json, World

log = structlog.get_logger(__name__)

HOST = "127.0.0.1"
LONGEST_POLL = 50  # seconds
NAMES = {method.lower(): method for method in (*METHODS, "getUpdates")}
LARGEST_BODY = 60 * 1024 * 1024


class LocalTelegram:
    """A Telegram of its own: `async with LocalTelegram() as telegram`."""

    def __init__(self, port: int = 0, *, clock: Callable[[], float] = time.time) -> None:
        """`port` 0 takes any that is free; a taken one raises OSError when entered."""
        self.keeps_calls = True  # else they are only counted: a long run would fill the memory
        self.counts: Counter[tuple[str, int]] = Counter()  # answers given or lost on the way, by method and code
        self.made = 0  # calls that began
        self._port = port
        self.world = World(clock=clock)
        self.faults = Faults()
        self.webhooks = WebhookDelivery(self.world)
        self.calls: list[Call] = []
        self.unknown_methods: list[str] = []
        self.token = f"{self.world.bot['id']}:{secrets.token_urlsafe(26)}"
        self.url = ""
        self._poll = 0  # which getUpdates is the newest
        self._stopping = asyncio.Event()
        self._runner: web.AppRunner | None = None
        self._bringing: asyncio.Task[None] | None = None

    @property
    def bot_user(self) -> Json:
        """The bot's own User object."""
        return self.world.bot

    async def __aenter__(self) -> Self:
        """Listens."""
        app = web.Application(client_max_size=LARGEST_BODY)
        app.router.add_route("*", "/bot{token}/{method}", self._receive)
        app.router.add_get("/file/bot{token}/files/{file_id}", self._download)
        add_page(app, self.world, self.faults, self.calls, self._stopping)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
        await self._runner.setup()
        try:
            await web.TCPSite(self._runner, HOST, self._port).start()
        except OSError:
            await self._runner.cleanup()
            raise
        self.url = f"http://{HOST}:{self._runner.addresses[0][1]}"
        self._bringing = asyncio.create_task(self.webhooks.run())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Ends every poll and closes."""
        self._stopping.set()
        self._poll += 1
        self.world.touch()
        if self._bringing is not None:
            self._bringing.cancel()
            await asyncio.gather(self._bringing, return_exceptions=True)
        if self._runner is not None:
            await self._runner.cleanup()

    def sent(self, chat: int | None = None) -> list[Call]:
        """Granted calls that sent or changed a message, to one chat or any."""
        kinds = ("send", "edit", "copy")
        return [
            call
            for call in self.calls
            if call.ok
            and call.method.startswith(kinds)
            and call.method != "sendChatAction"
            and (chat is None or str(call.parameters.get("chat_id")) == str(chat))
        ]

    async def _receive(self, request: web.Request) -> web.StreamResponse:
        call = Call(_method_name(request.match_info["method"]), {}, time.monotonic())
        self.made += 1
        if self.keeps_calls:
            self.calls.append(call)
        met = []
        try:
            parameters = await _parameters(request)
            call.parameters = dict(parameters)
            if request.match_info["token"] != self.token:
                raise errors.UNAUTHORIZED
            met = self.faults.check(
                call.method, parameters.get("chat_id"), paid=parameters.flag("allow_paid_broadcast")
            )
            await before_acceptance(met)
            result = await self._perform(call.method, parameters)
            body: Json = {"ok": True, "result": result}
        except ApiError as error:
            body = error.with_traceback(None).body()  # many are constants: a trace kept in one grows with every refusal
        except CutBefore:
            return _cut(request)
        answer = orjson.dumps(body)  # as it is now: what is held back arrives as it was
        if self.keeps_calls:
            call.answer = orjson.loads(answer)
        status = 200 if body["ok"] else body["error_code"]
        self.counts[call.method, status] += 1
        try:
            await after_acceptance(met)
        except CutAfter:
            return _cut(request)
        call.ended = time.monotonic()
        return web.Response(body=answer, status=status, content_type="application/json")

    async def _perform(self, method: str, parameters: Parameters) -> Any:
        if method == "getUpdates":
            return await self._get_updates(parameters)
        perform = METHODS.get(method)
        if perform is None:
            self.unknown_methods.append(method)
            log.error("the bot called a method that this Telegram does not have", method=method)
            raise errors.NOT_FOUND
        return perform(self.world, parameters)

    async def _get_updates(self, parameters: Parameters) -> list[Json]:
        """https://core.telegram.org/bots/api#getupdates: a second poll ends the first, a webhook both."""
        if self.world.webhook:
            raise errors.WEBHOOK_IS_SET
        self._poll += 1
        mine = self._poll
        self.world.touch(QUEUE)
        self.world.confirm(parameters.integer("offset", 0))
        limit = min(max(parameters.integer("limit", SHOWN_AT_ONCE), 1), SHOWN_AT_ONCE)
        if parameters.get("allowed_updates") is not None:  # else what was asked for before stays in force
            self.world.kinds = parameters.array("allowed_updates", str)
        kinds = self.world.kinds
        seconds = min(parameters.integer("timeout", 0), LONGEST_POLL)

        def is_over() -> bool:
            return bool(self.world.pending(kinds)) or self._poll != mine or bool(self.world.webhook)

        await self.world.wait_for(is_over, seconds)
        if self._poll != mine:
            raise errors.OTHER_POLL
        if self.world.webhook:
            raise errors.ENDED_BY_WEBHOOK
        return self.world.pending(kinds)[:limit]

    async def _download(self, request: web.Request) -> web.StreamResponse:
        found = self.world.files.get(request.match_info["file_id"])
        if request.match_info["token"] != self.token or found is None:
            return web.Response(status=404)
        return web.Response(body=found[1], content_type="application/octet-stream")


async def _parameters(request: web.Request) -> Parameters:
    parameters = Parameters(request.query)
    if request.content_type == "application/json":
        parameters.update(read_json(await request.read()))
    elif request.method == "POST":
        for name, value in (await request.post()).items():
            parameters[name] = (value.filename, value.file.read()) if isinstance(value, web.FileField) else value
    return parameters


def _method_name(name: str) -> str:
    """Telegram takes method names in any case."""
    return NAMES.get(name.lower(), name)


def _cut(request: web.Request) -> web.StreamResponse:
    """Breaks the connection without an answer."""
    if request.transport is not None:
        request.transport.abort()
    return web.Response()
