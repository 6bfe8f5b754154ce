"""A Person who says, taps and sees, on the local Telegram. She waits for what she expects, and never sleeps."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sandbox import odd_updates
from sandbox.accounts import Tap as WorldTap
from sandbox.server import LocalTelegram
from sandbox.world import with_commands

DEADLINE = 10.0  # seconds


@dataclass(frozen=True)
class Message:
    """A message as she sees it at one moment."""

    message_id: int
    text: str
    raw: dict[str, Any]
    by_bot: bool
    silent: bool = False  # it came without a sound
    paid: bool = False

    def labels(self) -> list[list[str]]:
        """What the buttons say, row by row."""
        rows = self.raw.get("reply_markup", {}).get("inline_keyboard", [])
        return [[button["text"] for button in row] for row in rows]

    def data_of(self, label: str) -> str:
        """What a button means; an emoji may stand before its label."""
        for row in self.raw.get("reply_markup", {}).get("inline_keyboard", []):
            for button in row:
                if button["text"] == label or button["text"].endswith(f" {label}"):
                    return str(button["callback_data"])
        raise AssertionError(f"no button {label!r} under {self.text!r}")

    def bears(self, label: str) -> bool:
        """Whether a button of this label stands under it."""
        return any(
            text == label or (text.endswith(f" {label}") and not text[0].isalnum())
            for row in self.labels()
            for text in row
        )


@dataclass(frozen=True)
class Tap:
    """A tap, and what came of it."""

    person: Person
    tap: WorldTap

    async def answered(self, seconds: float = DEADLINE) -> WorldTap:
        """Waits until the bot has answered it."""
        found = await self.person.telegram.world.wait_for(lambda: self.tap.done, seconds, self.person.id)
        assert found, f"the tap was not answered\n{self.person.picture()}"
        self.person.heard()
        return self.tap


class Person:
    """Somebody with a Telegram account and a private chat with the bot."""

    def __init__(self, telegram: LocalTelegram, name: str = "Ann Example", *, language_code: str = "en") -> None:
        """A newcomer of this name."""
        self.telegram = telegram
        self.name = name
        first, _, last = name.partition(" ")
        self.account = telegram.world.add_person(first, last or None, language_code=language_code)
        self.id = self.account.id
        self._seen: dict[int, dict[str, Any]] = {}
        self._mark = 0
        self._waits = False  # for the answer to her last act

    # What she does.

    async def send(self, text: str) -> int:
        """Types a text and sends it; the message's number."""
        return self._act(lambda: self.telegram.world.text(self.id, text))

    async def edit(self, message: int, text: str) -> int:
        """Changes what she wrote."""
        return self._act(lambda: self.telegram.world.edit(self.id, message, text))

    async def press(self, label: str, seconds: float = DEADLINE) -> Tap:
        """Waits for the newest message that bears the button, and taps it."""
        message = await self._bearing(label, seconds)
        return await self.forge(message.data_of(label), message=message.message_id)

    async def press_twice(self, label: str, seconds: float = DEADLINE) -> tuple[Tap, Tap]:
        """A double tap."""
        message = await self._bearing(label, seconds)
        data = message.data_of(label)
        first = await self.forge(data, message=message.message_id)
        return first, await self.forge(data, message=message.message_id)

    async def forge(self, data: str, *, message: int | None = None, inaccessible: bool = False) -> Tap:
        """Taps a button of this value, whether it is there or not, under her newest message or another."""
        self._remember()
        newest = max((one.message_id for one in self.chat() if one.by_bot), default=1)
        tap = self.telegram.world.tap(self.id, message or newest, data, inaccessible=inaccessible)
        return Tap(self, tap)

    async def sticker(self) -> int:
        """Sends a sticker."""
        return self._attach("sticker")

    async def audio(self, caption: str | None = None) -> int:
        """Sends a song."""
        return self._attach("audio", caption)

    async def video(self, caption: str | None = None) -> int:
        """Sends a video, with a caption of its own unless she writes one."""
        return self._attach("video", caption)

    async def animation(self, caption: str | None = None) -> int:
        """Sends a film without sound: to the bot it is a document too."""
        return self._attach("animation", caption)

    async def document(self, caption: str | None = None) -> int:
        """Sends a file."""
        return self._attach("document", caption)

    async def voice(self, caption: str | None = None) -> int:
        """Sends a voice message."""
        return self._attach("voice", caption)

    async def photo(self, caption: str | None = None) -> int:
        """Sends a photo, with a caption of its own unless she writes one."""
        return self._attach("photo", caption)

    async def location(self) -> int:
        """Sends where she is."""
        return self._attach("location")

    async def contact(self) -> int:
        """Sends a contact."""
        return self._attach("contact")

    async def album(self, parts: int, kind: str = "photo", captions: Sequence[str] = ()) -> int:
        """Sends several files of a kind at once, the first of them with these captions; the last one's number."""
        return self._act(lambda: odd_updates.album(self.telegram.world, self.id, [kind] * parts, captions)[-1])

    async def forward(self, text: str) -> int:
        """Forwards somebody's text."""
        return self._act(lambda: odd_updates.forward(self.telegram.world, self.id, with_commands(text)))

    async def forward_again(self, *messages: int) -> int:
        """Forwards messages of her chat, her own or the bot's, an album all at once; the last one's number."""
        return self._act(lambda: odd_updates.forward_again(self.telegram.world, self.id, messages)[-1])

    def block(self) -> None:
        """Blocks the bot."""
        self.telegram.world.block(self.id)

    def delete_chat(self) -> None:
        """Deletes the chat on her side."""
        self.telegram.world.delete_chat(self.id)

    # What she sees.

    def chat(self) -> list[Message]:
        """All messages in the chat, oldest first."""
        raws = sorted(self.telegram.world.chats[self.id].values(), key=lambda raw: raw["message_id"])
        return [self._message(raw) for raw in raws]

    async def expect(self, text: str, seconds: float = DEADLINE) -> Message:
        """Waits for a message of the bot's, new or changed since her last act, that contains the text."""
        found = await self._until(lambda: self._fresh(text), seconds)
        assert found is not None, f"expected {text!r}\n{self.picture()}"
        return found

    async def expect_empty_chat(self, seconds: float = DEADLINE) -> None:
        """Waits until nothing is left in the chat."""
        emptied = await self.telegram.world.wait_for(lambda: not self.chat(), seconds, self.id)
        assert emptied, f"expected an empty chat\n{self.picture()}"

    async def quiet(self, seconds: float = DEADLINE) -> list[Message]:
        """Waits until the bot has confirmed every update; the bot's messages since her last act."""
        world = self.telegram.world
        assert await world.wait_for(lambda: not world.pending(), seconds), "the bot left updates unconfirmed"
        return [message for message in self._changed() if message.by_bot]

    def heard(self) -> None:
        """Her last act is answered, though nothing may have changed in the chat."""
        self._waits = False

    def mark(self) -> None:
        """From here on `spent` counts."""
        self._mark = len(self.telegram.calls)

    def spent(self) -> int:
        """How many messages and edits went to her chat since the mark."""
        marked = {id(call) for call in self.telegram.calls[self._mark :]}
        return len([call for call in self.telegram.sent(self.id) if id(call) in marked])

    def picture(self) -> str:
        """The chat as she sees it, for a test that failed."""
        lines = [f"{'bot' if one.by_bot else self.name}: {one.text!r} {one.labels()}" for one in self.chat()]
        return "\n".join(lines) or "(the chat is empty)"

    def _attach(self, kind: str, caption: str | None = None) -> int:
        return self._act(lambda: odd_updates.attach(self.telegram.world, self.id, kind, caption))

    def _act(self, act: Callable[[], dict[str, Any]]) -> int:
        self._remember()
        return int(act()["message_id"])

    def _remember(self) -> None:
        self._waits = True
        self._seen = {number: dict(raw) for number, raw in self.telegram.world.chats[self.id].items()}

    def _changed(self) -> list[Message]:
        return [one for one in self.chat() if self._seen.get(one.message_id) != one.raw]

    def _fresh(self, text: str) -> Message | None:
        found = [one for one in self._changed() if one.by_bot and text in one.text]
        return found[-1] if found else None

    async def _bearing(self, label: str, seconds: float) -> Message:
        def newest() -> Message | None:
            if self._waits and not any(one.by_bot for one in self._changed()):
                return None  # she does not tap before her last act is answered
            found = [one for one in self.chat() if one.by_bot and one.bears(label)]
            return found[-1] if found else None

        found = await self._until(newest, seconds)
        assert found is not None, f"expected a button {label!r}\n{self.picture()}"
        return found

    async def _until(self, look: Callable[[], Message | None], seconds: float) -> Message | None:
        await self.telegram.world.wait_for(lambda: look() is not None, seconds, self.id)
        return look()

    def _message(self, raw: dict[str, Any]) -> Message:
        text = str(raw.get("text") or raw.get("caption") or "")
        number, world = raw["message_id"], self.telegram.world
        by_bot = raw["from"]["id"] == self.telegram.bot_user["id"]
        return Message(number, text, dict(raw), by_bot, number in world.silent, number in world.paid)


Newcomer = Callable[..., Person]
"""Makes a person by name."""
