"""Sends answers. An act is committed by now: an answer may take its time, and nobody waits for it for long."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TypeVar

import structlog
from telegram.constants import ParseMode
from telegram.error import BadRequest, Forbidden, NetworkError, TimedOut
from telegram.ext import ExtBot

from bot.clearing import Clearing
from bot.keyboard import keyboard
from bot.lanes import Lanes
from bot.news_call import send_call
from bot.rate_limiter import Urgency
from bot.request import CouldNotConnect, Sent, nobody_asks
from bot.wire import Wire
from handlers.answer import Answer, Document, Sample, Screen
from storage.messages import Messages

log = structlog.get_logger(__name__)
Result = TypeVar("Result")

# Seconds after which the next update may begin while this answer goes on waiting. With 100 updates in hand the next
# person waits for the slowest of them: 2 s left too little of the 3 that are promised beside an answer that is held.
PATIENCE = 1.0
PAUSES = (0.5, 1.0, 2.0, 4.0, 8.0)  # seconds between tries while Telegram cannot be reached
NO_PREVIEW = {"is_disabled": True}
NOT_MODIFIED = "not modified"
NO_CHAT = "chat not found"
NOT_EDITABLE = ("message to edit not found", "no text in the message", "message can't be edited", "message_id_invalid")


@dataclass(frozen=True)
class Recipient:
    """Where an answer goes: the chat, and the tap that it answers, if it was one."""

    person: int
    chat: int
    tapped: int | None = None
    query: str | None = None


class Delivery:
    """Sends each answer in a task of its own."""

    def __init__(
        self, bot: ExtBot[Urgency], wire: Wire, messages: Messages, clearing: Clearing, *, patience: float = PATIENCE
    ) -> None:
        """`wire` sends news as subscribers get it. `patience`: seconds that `deliver` waits for its answer."""
        self._bot = bot
        self._wire = wire
        self._messages = messages
        self._clearing = clearing
        self._patience = patience
        self._lanes = Lanes()
        self._under_way: set[asyncio.Task[None]] = set()

    async def deliver(self, to: Recipient, answer: Answer, sent: Sent = nobody_asks) -> None:
        """Returns when the answer has arrived, or goes on waiting for it in the background.

        `sent` is told once all of it has left, unless something is to follow its arrival.
        Part upon part of an album changes one message: it is not waited for, so that the newest overtakes the others.
        """
        task = asyncio.create_task(self._deliver(to, answer, sent))
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)
        await asyncio.wait({task}, timeout=self._patience if answer.changes is None else 0)

    async def drain(self, seconds: float) -> None:
        """Waits for the answers under way, then gives them up: what they tell of is committed."""
        if not self._under_way:
            return
        _, late = await asyncio.wait(self._under_way, timeout=seconds)
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)

    async def _deliver(self, to: Recipient, answer: Answer, sent: Sent) -> None:
        if answer.clear:
            await self._tell_and_clear(to, answer)
        else:
            shown = to if answer.changes is None else replace(to, tapped=answer.changes)
            told, drawn = both(nobody_asks if _is_followed(answer) else sent)
            await asyncio.gather(self._tell(to, answer, told), self._show(shown, answer, drawn))

    async def _tell_and_clear(self, to: Recipient, answer: Answer) -> None:
        """The alert goes at once; what is answered after it comes when the chat is cleared, and so is not cleared."""
        async with asyncio.TaskGroup() as group:
            telling = group.create_task(self._tell(to, answer))
            async with self._lanes.turn(to.chat, None):
                await telling
                await self._safely(lambda: self._clear(to, answer))

    async def _clear(self, to: Recipient, answer: Answer) -> None:
        """A tapped message that is too old to be deleted must not go on asking."""
        gone = await self._clearing.clear(to.person, to.chat, to.tapped)
        if not gone and answer.screen is not None:
            await self._draw(to, answer.screen, answer)

    async def _tell(self, to: Recipient, answer: Answer, sent: Sent = nobody_asks) -> None:
        """Answers a tap, so that its button stops waiting, with a toast or an alert where there is one."""
        query = to.query
        if query is None:
            sent()
            return
        text, alert = answer.alert or answer.toast, answer.alert is not None
        answered = partial(self._wire.reply, "answerCallbackQuery", sent, callback_query_id=query, text=text)
        await self._safely(partial(answered, show_alert=alert or None))

    async def show(
        self,
        to: Recipient,
        draw: Callable[[], Awaitable[Screen | None]],
        drawn: Callable[[int], Awaitable[None]],
    ) -> bool:
        """Changes a message, or sends it anew where it is gone, and waits for it; False if it did not get there.

        It is drawn once nothing else is on its way to the chat: what was answered before is known then.
        """
        async with self._lanes.turn(to.chat, None):
            screen = await draw()
            if screen is None:
                return True
            return await self._draw(to, screen, Answer(drawn=drawn))

    async def present(self, to: Recipient, news: Sequence[Sample]) -> bool:
        """Sends news as subscribers get it; False if one of it did not get there."""
        async with self._lanes.turn(to.chat, None):
            return all([await self._safely(partial(self._send_news, to, sample, None)) for sample in news])

    async def _show(self, to: Recipient, answer: Answer, sent: Sent) -> None:
        document, screen, refused = answer.document, answer.screen, answer.refused
        if not answer.news and document is None and screen is None and answer.retire is None:
            sent()
            return
        async with self._lanes.turn(to.chat, None if answer.below else to.tapped) as newest:
            for sample in answer.news:
                await self._safely(partial(self._send_news, to, sample, refused))
            if document is not None and not await self._safely(lambda: self._send_document(to, document)):
                if refused is not None:
                    await self._safely(lambda: self._send(to, refused))
                return
            if newest and screen is not None:
                await self._draw(to, screen, answer, sent)
            elif screen is None and answer.retire is not None:
                await self._safely(partial(self._retire, to, answer.retire))

    async def _send_news(self, to: Recipient, sample: Sample, refused: Screen | None) -> None:
        rows = keyboard(sample.rows)
        try:
            call = send_call(sample.news, rows, silent=sample.silent)
            sent = await self._wire.send(call, to.chat, urgency=Urgency.ANSWER)
        except BadRequest:
            if refused is None:
                raise
            await self._send(to, refused)
        else:
            for message in sent:
                self._messages.note(to.person, to.chat, message)

    async def _send_document(self, to: Recipient, document: Document) -> None:
        sent = await self._bot.send_document(to.chat, document.content, filename=document.name)
        self._messages.note(to.person, to.chat, sent.message_id)

    async def _draw(self, to: Recipient, screen: Screen, answer: Answer, sent: Sent = nobody_asks) -> bool:
        """Each step is tried again by itself, so that nothing is sent twice. False if it is not there, or not known."""
        arrived: list[int] = []

        async def put() -> None:
            arrived.append(await self._put(to, screen, answer, sent))

        if not await self._safely(put):
            return False
        (message,) = arrived
        is_known = answer.drawn is None or await self._safely(partial(answer.drawn, message))
        if answer.retire is not None and answer.retire != message:
            await self._safely(partial(self._retire, to, answer.retire))
        return is_known

    async def _put(self, to: Recipient, screen: Screen, answer: Answer, sent: Sent) -> int:
        """In place of the tapped message, or as a new one."""
        message = None if to.tapped is None or answer.below else await self._change(to, screen, sent)
        return await self._send(to, screen, sent) if message is None else message

    async def _change(self, to: Recipient, screen: Screen, sent: Sent) -> int | None:
        """Changes the tapped message; None when it can no longer be changed."""
        try:
            await self._wire.reply("editMessageText", sent, chat_id=to.chat, message_id=to.tapped, **looks(screen))
        except BadRequest as refusal:
            reason = refusal.message.lower()
            if any(text in reason for text in NOT_EDITABLE):
                return None
            if NOT_MODIFIED not in reason:
                raise
        return to.tapped

    async def _send(self, to: Recipient, screen: Screen, sent: Sent = nobody_asks) -> int:
        (message,) = await self._wire.reply("sendMessage", sent, chat_id=to.chat, **looks(screen))
        self._messages.note(to.person, to.chat, message)
        return message

    async def _retire(self, to: Recipient, message: int) -> None:
        """Takes the buttons from a message that is no longer the live one; it may be gone or bare by now."""
        try:
            await self._wire.reply("editMessageReplyMarkup", chat_id=to.chat, message_id=message)
        except BadRequest:
            return

    async def _safely(self, call: Callable[[], Awaitable[Result]]) -> bool:
        """Tries again while nothing could be sent at all, and once where it may not have arrived; True once it did.

        Never after a time-out: Telegram may only be slow. Any other failure ends in an impersonal line.
        """
        again = False
        for pause in (*PAUSES, None):
            try:
                await call()
            except CouldNotConnect:
                if pause is not None:
                    await asyncio.sleep(pause)
                    continue
                log.warning("telegram could not be reached, an answer is lost")
            except Exception as error:
                if _is_out_of_reach(error):
                    log.debug("an answer went to one who blocked the bot, or never wrote to it")
                    return False
                if _may_not_have_arrived(error) and not again:
                    again = True
                    await asyncio.sleep(PAUSES[0])
                    continue
                log.warning("an answer failed", exc_info=error)
            else:
                return True
            return False
        raise AssertionError("the last try returns")


def _is_followed(answer: Answer) -> bool:
    """Whether it is more than one call to a chat, or its message's number is kept."""
    return bool(answer.news) or any(one is not None for one in (answer.document, answer.retire, answer.drawn))


def both(sent: Sent) -> tuple[Sent, Sent]:
    """What each of two calls tells when it has left; once both have, `sent` is told."""
    waiting = {"one", "other"}

    def left(part: str) -> None:
        waiting.discard(part)
        if not waiting:
            sent()

    return partial(left, "one"), partial(left, "other")


def looks(screen: Screen) -> dict[str, object]:
    """The parameters of a call that draws it."""
    return {
        "text": screen.text,
        "parse_mode": ParseMode.HTML,
        "link_preview_options": NO_PREVIEW,
        "reply_markup": keyboard(screen.rows),
    }


def _is_out_of_reach(error: Exception) -> bool:
    """Who blocked the bot; or an owner who never wrote to it, of whom Telegram knows no chat."""
    unknown = isinstance(error, BadRequest) and NO_CHAT in error.message.lower()
    return unknown or isinstance(error, Forbidden)


def _may_not_have_arrived(error: Exception) -> bool:
    """A fault of Telegram's own, or a broken connection."""
    return isinstance(error, NetworkError) and not isinstance(error, TimedOut | BadRequest)
