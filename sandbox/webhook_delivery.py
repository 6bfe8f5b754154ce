"""Brings updates to a webhook: a chat's next one once the last is taken, what is not taken again and again."""

from __future__ import annotations

import asyncio
from collections import Counter, deque
from urllib.parse import urlsplit

import aiohttp
import orjson

from sandbox.webhook import Webhook
from sandbox.world import QUEUE, Json, World

HEADER = "X-Telegram-Bot-Api-Secret-Token"
PAUSES = (0.05, 0.1, 0.2, 0.4, 0.8)  # seconds between tries; Telegram's own grow longer
PATIENCE = 60.0  # seconds until an answer counts as lost
REMEMBERED = 10_000  # answers
BAD_GATEWAY = 502


class WebhookDelivery:
    """Telegram's end of it. An https address is only brought to where it has `targets`: there is no network here."""

    def __init__(self, world: World) -> None:
        """Nothing is on order, and behind the webhook's address there is one server."""
        self.targets: list[str] = []  # servers behind one address, such as http://127.0.0.1:8081, each in its turn
        self.pauses = PAUSES
        self.patience = PATIENCE
        self.answers: deque[tuple[int, int]] = deque(maxlen=REMEMBERED)  # an update's number, and the status; 0: none
        self._world = world
        self._busy: dict[int, asyncio.Task[None]] = {}  # by chat
        self._failures: Counter[int] = Counter()  # in a row, by chat
        self._open = 0  # connections
        self._turn = 0
        self._again = 0
        self._at_once = 0
        self._lost = 0

    # Trouble on order.

    def repeat(self, times: int = 1, *, at_once: bool = False) -> None:
        """The next updates are brought twice: after they were taken, or at once over two connections."""
        if at_once:
            self._at_once += times
        else:
            self._again += times

    def lose_answers(self, times: int = 1) -> None:
        """The next answers never arrive: what they are about is brought again."""
        self._lost += times

    # Bringing.

    async def run(self) -> None:
        """Until it is cancelled."""
        connector = aiohttp.TCPConnector(limit=0)
        async with aiohttp.ClientSession(connector=connector) as session:
            try:
                seen = self._world.stirred
                while True:
                    self._begin(session)
                    seen = await self._world.stirred_after(seen)
            finally:
                for task in self._busy.values():
                    task.cancel()
                await asyncio.gather(*self._busy.values(), return_exceptions=True)

    def _begin(self, session: aiohttp.ClientSession) -> None:
        hook = self._world.hook
        if hook is None or not (self.targets or hook.is_here()):
            return
        for update in [*self._world.pending(self._world.kinds)]:
            if self._open >= hook.connections:
                return
            chat = _chat(update)
            if chat not in self._busy:
                self._open += 1
                self._busy[chat] = asyncio.create_task(self._bring(session, hook, chat, update))

    async def _bring(self, session: aiohttp.ClientSession, hook: Webhook, chat: int, update: Json) -> None:
        """One try, and the pause after one that failed: then the chat's oldest update has its turn again."""
        try:
            taken = await self._offer(session, hook, update)
        finally:
            self._open -= 1
        if taken:
            self._failures.pop(chat, None)
            self._world.delivered(update)
        else:
            self._world.stir()
            pause = self.pauses[min(self._failures[chat], len(self.pauses) - 1)]
            self._failures[chat] += 1
            await asyncio.sleep(pause)
        del self._busy[chat]
        self._world.stir()

    async def _offer(self, session: aiohttp.ClientSession, hook: Webhook, update: Json) -> bool:
        if self._at_once > 0:
            self._at_once -= 1
            return all(await asyncio.gather(*(self._post(session, hook, update) for _ in range(2))))
        taken = await self._post(session, hook, update)
        if taken and self._again > 0:
            self._again -= 1
            return await self._post(session, hook, update)
        return taken

    async def _post(self, session: aiohttp.ClientSession, hook: Webhook, update: Json) -> bool:
        headers = {"Content-Type": "application/json", **({HEADER: hook.secret} if hook.secret else {})}
        status, fault = 0, ""
        try:
            async with asyncio.timeout(self.patience):
                status, reason = await self._answer(session, hook, orjson.dumps(update), headers)
            if not 200 <= status < 300:
                fault = f"Wrong response from the webhook: {status} {reason}"
        except TimeoutError:
            fault = "Read timeout expired"
        except aiohttp.ClientConnectorError:
            fault = "Connection refused"
        except aiohttp.ClientError:
            fault = "Connection reset by peer"
        if not fault and self._lost > 0:
            self._lost -= 1
            fault = "Read timeout expired"
        self.answers.append((update["update_id"], status))
        if fault:
            hook.error, hook.error_date = fault, int(self._world.clock())
            self._world.touch(QUEUE)
        return not fault

    async def _answer(
        self, session: aiohttp.ClientSession, hook: Webhook, body: bytes, headers: dict[str, str]
    ) -> tuple[int, str]:
        """Of the webhook's address, or of the next server behind it that takes a connection, as nginx does it."""
        if not self.targets:
            return await _posted(session, hook.url, body, headers)
        path = urlsplit(hook.url).path
        self._turn += 1
        first = self._turn % len(self.targets)
        for target in (*self.targets[first:], *self.targets[:first]):
            try:
                return await _posted(session, target + path, body, headers)
            except aiohttp.ClientConnectorError:
                continue
            except aiohttp.ClientError:
                break  # it may have arrived: only Telegram may bring it again
        return BAD_GATEWAY, "Bad Gateway"


async def _posted(session: aiohttp.ClientSession, url: str, body: bytes, headers: dict[str, str]) -> tuple[int, str]:
    async with session.post(url, data=body, headers=headers, allow_redirects=False) as response:
        await response.read()
        return response.status, response.reason or ""


def _chat(update: Json) -> int:
    """Whose turn it takes; one that is nobody's waits for nobody."""
    content = next((value for key, value in update.items() if key != "update_id" and isinstance(value, dict)), {})
    chat = (
        {**content, **content["message"]}.get("chat")
        if isinstance(content.get("message"), dict)
        else content.get("chat")
    )
    return int(chat["id"]) if isinstance(chat, dict) and "id" in chat else -int(update["update_id"])
