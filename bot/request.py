"""HTTP to the Bot API: python-telegram-bot's request class on one aiohttp session."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from enum import StrEnum
from typing import Any
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import aiohttp
import orjson
from telegram._utils.types import ODVInput
from telegram.error import NetworkError, TelegramError, TimedOut
from telegram.request import BaseRequest, RequestData
from telegram.request._requestparameter import RequestParameter

from bot.settings import is_this_machine

CONNECT_SECONDS = 5.0
READ_SECONDS = 20.0
CONNECTIONS = 256
OK = 200
INVALID = "Invalid server response"
UNREACHABLE = (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError, aiohttp.ClientHttpProxyError)
"""Nothing was sent. A connection that ends later, a kept one too, may have carried the call as far as Telegram."""
LIMITS = aiohttp.ClientTimeout(sock_connect=CONNECT_SECONDS, sock_read=READ_SECONDS)
JSON = {"Content-Type": "application/json"}


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


def not_counted(_method: str, _outcome: CallOutcome, _seconds: float) -> None:
    """For calls that nobody counts."""


class CouldNotConnect(NetworkError):
    """The request never left this machine: it is safe to try it again."""


def request_of(**values: object) -> RequestData:
    """A call's parameters, for a call that is made without a method of python-telegram-bot."""
    return RequestData([RequestParameter.from_input(name, value) for name, value in values.items()])


class AiohttpRequest(BaseRequest):
    """Bodies without files go as JSON; errors are python-telegram-bot's own types, without addresses or tokens."""

    def __init__(self, api_url: str, connections: int = CONNECTIONS, called: Called = not_counted) -> None:
        """`connections`: how many requests may be under way at once. No proxy stands before this very machine."""
        self._called = called
        self._proxy = _proxy(api_url)
        self._connections = connections
        self._session: aiohttp.ClientSession | None = None

    @property
    def read_timeout(self) -> float:
        """Seconds; python-telegram-bot adds them to the time of a long poll."""
        return READ_SECONDS

    async def initialize(self) -> None:
        """Opens the session; a second call changes nothing."""
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=self._connections),
                cookie_jar=aiohttp.DummyCookieJar(),
                json_serialize=_to_json,
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
        if not isinstance(parsed, dict) or not isinstance(parsed.get("parameters", {}), dict):
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
        write_timeout: ODVInput[float] = BaseRequest.DEFAULT_NONE,  # noqa: ARG002 - aiohttp has no such limit
        connect_timeout: ODVInput[float] = BaseRequest.DEFAULT_NONE,
        pool_timeout: ODVInput[float] = BaseRequest.DEFAULT_NONE,  # noqa: ARG002 - waiting for a connection is fine
    ) -> tuple[int, bytes]:
        """Status and body; CouldNotConnect when nothing was sent, TimedOut or NetworkError when it may have arrived."""
        return await self._exchange(url, method, _limits(connect_timeout, read_timeout), **_body(request_data))

    async def post_json(self, url: str, body: bytes) -> tuple[int, bytes]:
        """Likewise, of a body that is ready: a JSON object."""
        return await self._exchange(url, "POST", LIMITS, data=body, headers=JSON)

    async def _exchange(self, url: str, method: str, limits: aiohttp.ClientTimeout, **body: Any) -> tuple[int, bytes]:
        if self._session is None:
            raise RuntimeError("the request class is used before initialize()")
        began, outcome = time.monotonic(), CallOutcome.CANCELLED
        try:
            async with self._session.request(method, url, timeout=limits, allow_redirects=False, **body) as response:
                answer = await response.read()
                outcome = _outcome(response.status)
                return response.status, answer
        except UNREACHABLE as error:
            outcome = CallOutcome.UNREACHABLE
            raise CouldNotConnect(type(error).__name__) from None
        except TimeoutError:
            outcome = CallOutcome.TIMED_OUT
            raise TimedOut from None
        except aiohttp.ClientError as error:
            outcome = CallOutcome.BROKEN
            raise NetworkError(type(error).__name__) from None
        finally:
            self._called(url.rpartition("/")[2], outcome, time.monotonic() - began)


def _outcome(status: int) -> CallOutcome:
    if status == OK:
        return CallOutcome.OK
    return OUTCOMES.get(str(status)) or OUTCOMES.get(f"{status // 100}xx", CallOutcome.ODD)


def _proxy(api_url: str) -> str | None:
    """What the environment names; nothing stands before this very machine."""
    address = urlsplit(api_url)
    host = address.hostname or ""
    return None if is_this_machine(host) or proxy_bypass(host) else getproxies().get(address.scheme)


def _limits(connect: ODVInput[float], read: ODVInput[float]) -> aiohttp.ClientTimeout:
    if connect is read is BaseRequest.DEFAULT_NONE:
        return LIMITS
    return aiohttp.ClientTimeout(
        sock_connect=_seconds(connect, CONNECT_SECONDS), sock_read=_seconds(read, READ_SECONDS)
    )


def _seconds(given: ODVInput[float], default: float) -> float | None:
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
        return orjson.loads(json.dumps(json.loads(payload), ensure_ascii=False).encode("utf-8", "replace"))
    except ValueError:
        raise TelegramError(INVALID) from None


def _to_json(value: object) -> str:
    return orjson.dumps(value).decode()


def _body(request_data: RequestData | None) -> dict[str, Any]:
    if request_data is None:
        return {}
    if not request_data.contains_files:
        return {"json": request_data.parameters}
    form = aiohttp.FormData(request_data.json_parameters)
    for field, (file_name, content, content_type) in (request_data.multipart_data or {}).items():
        form.add_field(field, content, filename=file_name, content_type=content_type)
    return {"data": form}
