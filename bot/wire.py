"""Makes calls whose bodies are ready: of the answer only the messages' numbers are read, no object is made of it."""

from __future__ import annotations

from functools import partial

import orjson
from telegram.error import BadRequest, Conflict, Forbidden, InvalidToken, NetworkError, RetryAfter, TelegramError
from telegram.ext import ExtBot

from bot.news_call import Call
from bot.rate_limiter import RateLimiter, Urgency
from bot.request import INVALID, OK, AiohttpRequest, Sent, nobody_asks, read_json
from bot.window import Turn

TOO_MANY = 429
REFUSALS = range(400, 500)
LEAST_WAIT = 1  # seconds, where a 429 names none
KINDS: dict[int, type[TelegramError]] = {400: BadRequest, 401: InvalidToken, 403: Forbidden, 409: Conflict}


class Refused(TelegramError):
    """A 4xx of no other kind: nothing was sent, and another try would not help."""

    def __init__(self, words: str, status: int) -> None:
        """`words` are Telegram's."""
        super().__init__(words)
        self.status = status


class Wire:
    """One way of sending news, for a broadcast as for its preview, and answers. What rises says what became of it:

    - nothing was sent: CouldNotConnect (it never left this machine), RetryAfter, Forbidden, BadRequest, InvalidToken
      (401), Conflict, Refused (any other 4xx);
    - it is in doubt: TimedOut, NetworkError (the connection broke, or a 5xx), TelegramError (an answer that is none).

    BadRequest, CouldNotConnect and TimedOut are NetworkErrors too: they come first.
    """

    def __init__(self, bot: ExtBot[Urgency], limiter: RateLimiter) -> None:
        """`bot` names the Bot API's address, and lends its connections."""
        if not isinstance(bot.request, AiohttpRequest):
            raise TypeError("the bot's requests take ready bodies")
        self._request = bot.request
        self._address = bot.base_url
        self._limiter = limiter

    async def send(
        self,
        call: Call,
        chat: int,
        messages: tuple[int, ...] = (),
        *,
        urgency: Urgency,
        turn: Turn | None = None,
    ) -> tuple[int, ...]:
        """The numbers of the messages sent or changed, none for a deletion. `turn`: a broadcast has waited for it."""
        body = call.body(chat, messages)
        return await self._limiter.paced(lambda: self._post(call.method, body), call.method, chat, urgency, turn)

    async def reply(self, method: str, sent: Sent = nobody_asks, /, **parameters: object) -> tuple[int, ...]:
        """Likewise, of what a person is answered with, when it may go; a parameter that is None is left out.

        `sent` is told once it has left.
        """
        body = orjson.dumps({name: value for name, value in parameters.items() if value is not None})
        attempt = partial(self._post, method, body, sent)
        return await self._limiter.paced(attempt, method, parameters.get("chat_id"), Urgency.ANSWER)

    async def _post(self, method: str, body: bytes, sent: Sent = nobody_asks) -> tuple[int, ...]:
        status, answer = await self._request.post_json(f"{self._address}/{method}", body, sent)
        if status != OK:
            raise _refusal(status, answer)
        return _numbers(answer)


def _numbers(answer: bytes) -> tuple[int, ...]:
    try:
        result = read_json(answer)["result"]
        if result is True:
            return ()
        numbers = [message["message_id"] for message in (result if isinstance(result, list) else [result])]
    except (LookupError, TypeError):
        raise TelegramError(INVALID) from None
    if not numbers or not all(isinstance(number, int) for number in numbers):
        raise TelegramError(INVALID)
    return tuple(numbers)


def _refusal(status: int, answer: bytes) -> TelegramError:
    try:
        told = AiohttpRequest.parse_json_payload(answer)
    except TelegramError:
        told = {}
    words = str(told.get("description") or status)
    if status == TOO_MANY:
        asked = told.get("parameters", {}).get("retry_after")
        return RetryAfter(asked if isinstance(asked, int) and asked > 0 else LEAST_WAIT)
    if kind := KINDS.get(status):
        return kind(words)
    return Refused(words, status) if status in REFUSALS else NetworkError(words)
