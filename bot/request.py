"""HTTP to the Bot API: python-telegram-bot's request class on one aiohttp session."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable
from enum import StrEnum
from typing import Any

import aiohttp
import orjson
from aiohttp.abc import AbstractStreamWriter
from telegram._utils.types import ODVInput
from telegram.error import NetworkError, TelegramError, TimedOut
from telegram.request import BaseRequest, RequestData
from telegram.request._requestparameter import RequestParameter

from bot.proxy import proxy_to
from bot.upload import upload

CONNECT_SECONDS = 5.0
READ_SECONDS = 20.0
WRITE_SECONDS = 20.0  # for each piece of a file
CONNECTIONS = 256
OK = 200
PROXY_REFUSED = 407
JSON = "application/json"
INVALID = "Invalid server response"
UNREACHABLE = (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError, aiohttp.ClientHttpProxyError)
"""Nothing was sent. A connection that ends later, a kept one too, may have carried the call as far as Telegram."""
LIMITS = aiohttp.ClientTimeout(sock_connect=CONNECT_SECONDS, sock_read=READ_SECONDS)
NUMBERS = ("retry_after", "migrate_to_chat_id")  # of a refusal's parameters
NOTHING_SAID = b'{"ok": false}'


class CallOutcome(StrEnum):
    """What came of a call, as far as HTTP tells."""

    OK = "ok"
    BAD_REQUEST = "400"
    UNAUTHORIZED = "401"
    FORBIDDEN = "403"
    NOT_FOUND = "404"
    CONFLICT = "409"
    TOO_MANY = "429"
    OTHER_REFUSAL = "4xx"
    FAULT = "5xx"
    ODD = "odd"  # a status that the Bot API does not give
    UNREACHABLE = "unreachable"  # nothing was sent
    TIMED_OUT = "timed_out"
    BROKEN = "broken"  # the connection ended before the answer
    CANCELLED = "cancelled"


OUTCOMES = {str(outcome): outcome for outcome in CallOutcome}


Called = Callable[[str, CallOutcome, float], None]
"""Is told of each call: its method, what came of it, and the seconds that it took."""


Sent = Callable[[], None]
"""Is told when a call has left this machine: it reaches Telegram though this process ends. Perhaps more than once."""


def nobody_asks() -> None:
    """For calls of which nobody needs to know when they have left."""


def not_counted(_method: str, _outcome: CallOutcome, _seconds: float) -> None:
    """For calls that nobody counts."""


class CouldNotConnect(NetworkError):
    """The request never left this machine: it is safe to try it again."""


class NoConnectionFree(CouldNotConnect, TimedOut):
    """As many requests are under way as may be, and none ended in time."""


def request_of(**values: object) -> RequestData:
    """A call's parameters, for a call that is made without a method of python-telegram-bot."""
    return RequestData([RequestParameter.from_input(name, value) for name, value in values.items()])


class AiohttpRequest(BaseRequest):
    """Bodies without files go as JSON; errors are python-telegram-bot's own types, without addresses or tokens."""

    def __init__(self, api_url: str, connections: int = CONNECTIONS, called: Called = not_counted) -> None:
        """`connections`: how many requests may be under way at once. ProxyRefused for a proxy of an unknown kind."""
        self._called = called
        self._proxy = proxy_to(api_url)
        self._connections = connections
        self._places = asyncio.Semaphore(connections)
        self._session: aiohttp.ClientSession | None = None

    @property
    def read_timeout(self) -> float:
        """Seconds; python-telegram-bot adds them to the time of a long poll."""
        return READ_SECONDS

    async def initialize(self) -> None:
        """Opens the session; a second call changes nothing."""
        if self._session is None:
            self._places = asyncio.Semaphore(self._connections)
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=0),  # counted here: aiohttp's own wait cannot be limited by itself
                cookie_jar=aiohttp.DummyCookieJar(),
                proxy=self._proxy,
            )

    async def shutdown(self) -> None:
        """Closes every connection."""
        if self._session is not None:
            session, self._session = self._session, None
            await session.close()

    @staticmethod
    def parse_json_payload(payload: bytes) -> dict[str, Any]:
        """The answer as a dict; TelegramError for one that is not of Telegram's form.

        Never its text: it may name people. https://core.telegram.org/bots/api#making-requests
        """
        parsed = read_json(payload)
        if not isinstance(parsed, dict) or not _are_parameters(parsed.get("parameters", {})):
            raise TelegramError(INVALID)
        if "result" not in parsed and parsed.get("ok") is not False:
            raise TelegramError(INVALID)
        return parsed

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: ODVInput[float] = BaseRequest.DEFAULT_NONE,
        write_timeout: ODVInput[float] = BaseRequest.DEFAULT_NONE,
        connect_timeout: ODVInput[float] = BaseRequest.DEFAULT_NONE,
        pool_timeout: ODVInput[float] = BaseRequest.DEFAULT_NONE,
    ) -> tuple[int, bytes]:
        """Status and body; CouldNotConnect when nothing was sent, TimedOut or NetworkError when it may have arrived.

        Seconds, None for no limit: `write_timeout` for each piece of a file (what is no file leaves at once),
        `pool_timeout` until fewer requests are under way (by default no limit).
        """
        body = await _body(request_data, _seconds(write_timeout, WRITE_SECONDS))
        limits, patience = _limits(connect_timeout, read_timeout), _seconds(pool_timeout, None)
        status, answer = await self._exchange(url, method, limits, patience, body)
        return status, answer if status == OK else _told(answer)

    async def post_json(self, url: str, body: bytes, sent: Sent = nobody_asks) -> tuple[int, bytes]:
        """Likewise, of a body that is ready: a JSON object. `sent` is told once it is written."""
        payload = _json(body) if sent is nobody_asks else _ToldOf(body, sent)
        return await self._exchange(url, "POST", LIMITS, None, payload)

    async def _exchange(
        self, url: str, method: str, limits: aiohttp.ClientTimeout, patience: float | None, body: aiohttp.Payload | None
    ) -> tuple[int, bytes]:
        if self._session is None:
            raise RuntimeError("the request class is used before initialize()")
        began, outcome = time.monotonic(), CallOutcome.CANCELLED
        await self._take_place(patience, url)
        try:
            response = await self._session.request(method, url, timeout=limits, allow_redirects=False, data=body)
            answer = await response.read()  # gives the connection back, or closes it where it is cut short
            if response.status == PROXY_REFUSED:
                raise aiohttp.ClientHttpProxyError(response.request_info, response.history)
        except UNREACHABLE as error:
            outcome = CallOutcome.UNREACHABLE
            raise CouldNotConnect(type(error).__name__) from None
        except TimeoutError:
            outcome = CallOutcome.TIMED_OUT
            raise TimedOut from None
        except aiohttp.ClientError as error:
            outcome = CallOutcome.BROKEN
            raise NetworkError(type(error).__name__) from None
        else:
            outcome = _outcome(response.status)
            return response.status, answer
        finally:
            self._places.release()
            self._called(_method(url), outcome, time.monotonic() - began)

    async def _take_place(self, patience: float | None, url: str) -> None:
        """Waits while as many requests are under way as may be."""
        if not self._places.locked():
            await self._places.acquire()  # at once: a time limit would cost more than this does
            return
        began = time.monotonic()
        try:
            async with asyncio.timeout(patience):
                await self._places.acquire()
        except TimeoutError:
            self._called(_method(url), CallOutcome.UNREACHABLE, time.monotonic() - began)
            raise NoConnectionFree("no connection was free in time") from None


def _method(url: str) -> str:
    return url.rpartition("/")[2]


def _are_parameters(found: object) -> bool:
    return isinstance(found, dict) and all(isinstance(found.get(name, 0), int) for name in NUMBERS)


def _outcome(status: int) -> CallOutcome:
    if status == OK:
        return CallOutcome.OK
    return OUTCOMES.get(str(status)) or OUTCOMES.get(f"{status // 100}xx", CallOutcome.ODD)


def _limits(connect: ODVInput[float], read: ODVInput[float]) -> aiohttp.ClientTimeout:
    if connect is read is BaseRequest.DEFAULT_NONE:
        return LIMITS
    return aiohttp.ClientTimeout(
        sock_connect=_seconds(connect, CONNECT_SECONDS), sock_read=_seconds(read, READ_SECONDS)
    )


def _seconds(given: ODVInput[float], default: float | None) -> float | None:
    return default if given is BaseRequest.DEFAULT_NONE else given  # type: ignore[return-value] # only the marker is neither


def read_json(payload: bytes) -> Any:
    """What Telegram says; TelegramError for what is no JSON.

    Half of a surrogate pair is no text: it becomes a question mark, and what stands beside it is kept.
    """
    try:
        return orjson.loads(payload)
    except orjson.JSONDecodeError:
        pass
    try:
        parsed = json.loads(payload.decode("utf-8", "replace"))
        return orjson.loads(json.dumps(parsed, ensure_ascii=False).encode("utf-8", "replace"))
    except (ValueError, RecursionError):
        raise TelegramError(INVALID) from None


def _told(answer: bytes) -> bytes:
    """A refusal; python-telegram-bot would put all of one that is not of Telegram's form into its error."""
    try:
        AiohttpRequest.parse_json_payload(answer)
    except TelegramError:
        return NOTHING_SAID
    return answer


async def _body(request_data: RequestData | None, piece_seconds: float | None) -> aiohttp.Payload | None:
    if request_data is None:
        return None
    if not request_data.contains_files:
        return _json(orjson.dumps(request_data.parameters))
    return await upload(request_data.json_parameters, request_data.multipart_data or {}, piece_seconds)


def _json(body: bytes) -> aiohttp.BytesPayload:
    return aiohttp.BytesPayload(body, content_type=JSON)


class _ToldOf(aiohttp.BytesPayload):
    """A body that tells when it is written."""

    def __init__(self, body: bytes, sent: Sent) -> None:
        super().__init__(body, content_type=JSON)
        self._sent = sent

    async def write(self, writer: AbstractStreamWriter) -> None:
        await super().write(writer)
        self._sent()

    async def write_with_length(self, writer: AbstractStreamWriter, content_length: int | None) -> None:
        await super().write_with_length(writer, content_length)
        self._sent()
