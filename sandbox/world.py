"""People, chats and messages, and the queue of updates that the bot has not confirmed. No HTTP."""

from __future__ import annotations

import asyncio
import copy
import random
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field

from sandbox.accounts import Account, Accounts, Json, Tap
from sandbox.entities import command_entities
from sandbox.errors import BLOCKED, CHAT_NOT_FOUND, DEACTIVATED, NEVER_STARTED, QUERY_TOO_OLD
from sandbox.menus import Menu, seen_by
from sandbox.webhook import Webhook

__all__ = ["DAY", "PAGE", "QUERY_SECONDS", "SHOWN_AT_ONCE", "Account", "Json", "Tap", "World", "with_commands"]

QUEUE = 0  # nobody's chat: the updates that wait for the bot
PAGE = -1  # nobody's chat: what the page shows
SHOWN_AT_ONCE = 100  # https://core.telegram.org/bots/api#getupdates
QUERY_SECONDS = 15  # a tap that is not answered by then is given up by the client
DAY = 24 * 3_600


@dataclass
class World:
    """All of it in memory. Whatever changes is told to those who wait."""

    username: str = "undersigned_demo_bot"
    clock: Callable[[], float] = time.time
    people: Accounts = field(default_factory=Accounts)
    chats: dict[int, dict[int, Json]] = field(default_factory=lambda: defaultdict(dict))  # by message id
    silent: set[int] = field(default_factory=set)  # messages that came without a sound
    paid: set[int] = field(default_factory=set)  # messages that were paid for, to be sent faster
    taps: dict[str, Tap] = field(default_factory=dict)
    files: dict[str, tuple[str, bytes]] = field(default_factory=dict)  # name and content, by file id
    file_objects: dict[str, tuple[str, Json]] = field(default_factory=dict)  # kind and object, by file id
    menus: dict[Menu, list[Json]] = field(default_factory=dict)
    profile: dict[tuple[str, str], str] = field(default_factory=dict)  # what the bot says of itself, by language

    def __post_init__(self) -> None:
        """Numbers begin anywhere, as Telegram's do."""
        self._random = random.Random()  # noqa: S311 - nothing secret
        self.bot = {
            "id": self._random.randrange(10**9, 10**10),
            "is_bot": True,
            "first_name": "Undersigned",
            "username": self.username,
        }
        self._next_update = self._random.randrange(10**8, 10**9)
        self._next_message = self._random.randrange(10, 1_000)
        self._updates: list[Json] = []
        self.hook: Webhook | None = None  # where updates are brought, instead of being polled
        self.kinds: list[str] = []  # which updates the bot wants; none named: all
        self.stirred = 0  # how often the queue changed, or may go on
        self._waiting: dict[int | None, asyncio.Event] = {}  # by whose chat is waited for; None: for anything
        self.revision = 0

    # Waiting for what happens.

    def touch(self, person: int | None = None) -> None:
        """Something changed: in one chat, in the QUEUE, or (None) anywhere. The page hears only of what it shows."""
        shown = person is None or person == QUEUE or self.people[person].listed
        self.revision += shown
        for one in list(self._waiting) if person is None else (None, person, *((PAGE,) if shown else ())):
            if (event := self._waiting.pop(one, None)) is not None:
                event.set()

    async def wait_for(self, condition: Callable[[], bool], seconds: float, person: int | None = None) -> bool:
        """Waits until the condition holds, False when it does not in time; `person`: it is about that chat alone."""
        try:
            async with asyncio.timeout(seconds):
                while not condition():
                    await self._waiting.setdefault(person, asyncio.Event()).wait()
        except TimeoutError:
            return condition()
        return True

    # People.

    def add_person(
        self,
        first_name: str,
        last_name: str | None = None,
        *,
        language_code: str | None = "en",
        username: str | None = None,
        person: int | None = None,
        role: str | None = None,
        listed: bool = True,
    ) -> Account:
        """A newcomer, with an id such as real ones; the page shows those listed, in this order, with their role."""
        number = person or self._random.randrange(10**8, 7 * 10**9)
        account = Account(number, first_name, last_name, username, language_code, role, listed)
        self.people[number] = account
        self.touch()
        return account

    def receive(self, person: int, content: Json, *, quiet: bool = False) -> Json:
        """A message from a person to the bot; `quiet` makes no update of it."""
        account = self.people[person]
        account.started = True
        message = self._message(account, account.user(), content)
        if not quiet:
            self.update({"message": message})
        self.touch(person)
        return message

    def text(self, person: int, text: str) -> Json:
        """A typed text, its commands marked."""
        return self.receive(person, with_commands(text))

    def edit(self, person: int, message: int, changed: str | Json) -> Json:
        """A person changes what she wrote: to a typed text, or to a text with its entities."""
        edited = self.chats[person][message]
        edited.pop("entities", None)
        edited.update(with_commands(changed) if isinstance(changed, str) else changed, edit_date=int(self.clock()))
        self.update({"edited_message": edited})
        self.touch(person)
        return edited

    def tap(self, person: int, message: int, data: str, *, inaccessible: bool = False) -> Tap:
        """A tap on a button, or a forged one."""
        account = self.people[person]
        shown = self.chats[person].get(message)
        if shown is None or inaccessible:
            shown = {"message_id": message, "chat": account.chat(), "date": 0}
        query = str(self._random.randrange(10**17, 10**18))
        tap = self.taps[query] = Tap(query, person, message, data, self.clock())
        chat_instance = str(self._random.randrange(10**17, 10**18))
        self.update(
            {
                "callback_query": {
                    "id": query,
                    "from": account.user(),
                    "message": shown,
                    "chat_instance": chat_instance,
                    "data": data,
                }
            }
        )
        self.touch(person)
        return tap

    def block(self, person: int, *, blocked: bool = True) -> None:
        """A person blocks the bot, or lets it in again."""
        account = self.people[person]
        account.blocked = blocked
        account.service.append({"after": self._next_message, "blocked": blocked, "date": int(self.clock())})
        old, new = ("member", "kicked") if blocked else ("kicked", "member")
        self.update(
            {
                "my_chat_member": {
                    "chat": account.chat(),
                    "from": account.user(),
                    "date": int(self.clock()),
                    "old_chat_member": self._bot_as(old),
                    "new_chat_member": self._bot_as(new),
                }
            }
        )
        self.touch(person)

    def _bot_as(self, status: str) -> Json:
        member: Json = {"user": self.bot, "status": status}
        return {**member, "until_date": 0} if status == "kicked" else member

    def delete(self, person: int, message: int) -> None:
        """A person deletes one message on her side: the bot is told nothing."""
        del self.chats[person][message]
        self.touch(person)

    def delete_chat(self, person: int) -> None:
        """A person deletes the chat on her side: the bot is told nothing."""
        self.chats[person].clear()
        self.people[person].service.clear()
        self.touch(person)

    # Updates.

    def update(self, content: Json) -> int:
        """Puts an update into the queue, as it stands now; its number."""
        number = self._next_update
        self._next_update += 1
        self._updates.append(copy.deepcopy({"update_id": number, **content}))
        self.stir()
        return number

    def repeat(self, update: Json) -> None:
        """Puts a whole update into the queue again, with the number it had."""
        self._updates.append(copy.deepcopy(update))
        self.stir()
        self.touch(QUEUE)

    def confirm(self, offset: int) -> None:
        """Forgets all before the offset; a negative one keeps so many of the last."""
        before = len(self._updates)
        if offset < 0:
            self._updates = self._updates[offset:]
        elif offset > 0:
            self._updates = [update for update in self._updates if update["update_id"] >= offset]
        if len(self._updates) != before:
            self.touch(QUEUE)

    def delivered(self, update: Json) -> None:
        """Forgets this very update: the webhook took it."""
        self._updates = [one for one in self._updates if one is not update]
        self.touch(QUEUE)

    def stir(self) -> None:
        """Whoever brings updates to a webhook looks at the queue again."""
        self.stirred += 1
        if (event := self._waiting.pop(QUEUE, None)) is not None:
            event.set()

    async def stirred_after(self, seen: int) -> int:
        """Waits until it was stirred more often than `seen`; how often by then."""
        while self.stirred == seen:
            await self._waiting.setdefault(QUEUE, asyncio.Event()).wait()
        return self.stirred

    @property
    def webhook(self) -> str:
        """Where updates are brought; empty while they are polled."""
        return self.hook.url if self.hook is not None else ""

    def set_webhook(self, url: str) -> None:
        """Whoever has the token says where updates go; an empty address lets them be polled again."""
        self.set_hook(Webhook(url) if url else None)

    def set_hook(self, hook: Webhook | None) -> None:
        """Likewise, with all that is asked of bringing them."""
        self.hook = hook
        self.stir()
        self.touch(QUEUE)

    def drop_pending(self) -> None:
        """Forgets every update."""
        self._updates = []
        self.touch(QUEUE)

    def pending(self, kinds: list[str] | None = None) -> list[Json]:
        """What the bot has not confirmed, of these kinds; those of other kinds are dropped for good."""
        if kinds:
            self._updates = [update for update in self._updates if any(kind in update for kind in kinds)]
        return self._updates

    # Messages of the bot.

    def reachable(self, chat: object) -> Account:
        """The account behind a chat id; Telegram's refusal when it cannot be written to."""
        try:
            account = self.people[int(str(chat))]
        except (KeyError, ValueError):
            raise CHAT_NOT_FOUND from None
        if account.blocked:
            raise BLOCKED
        if account.deactivated:
            raise DEACTIVATED
        if not account.started:
            raise NEVER_STARTED
        return account

    def post(self, account: Account, content: Json, *, silent: bool = False, paid: bool = False) -> Json:
        """A message from the bot."""
        message = self._message(account, self.bot, content)
        if silent:
            self.silent.add(message["message_id"])
        if paid:
            self.paid.add(message["message_id"])
        account.typing = 0.0
        self.touch(account.id)
        return message

    def answer(self, query: str, text: str | None, *, alert: bool) -> None:
        """The bot answers a tap."""
        tap = self.taps.get(query)
        if tap is None or tap.done or self.clock() - tap.at > QUERY_SECONDS:
            raise QUERY_TOO_OLD
        tap.text, tap.alert, tap.done = text, alert, True
        tap.shown = tap.message in self.chats[tap.person]
        self.touch(tap.person)

    def _message(self, account: Account, sender: Json, content: Json) -> Json:
        self._next_message += 1
        message = {
            "message_id": self._next_message,
            "from": sender,
            "chat": account.chat(),
            "date": int(self.clock()),
            **content,
        }
        self.chats[account.id][self._next_message] = message
        return message

    def album_number(self) -> str:
        """What the parts of an album share."""
        return str(self._random.randrange(10**16, 10**17))

    def commands(self, person: int | None = None) -> list[Json]:
        """The menu of a private chat: a person's own, or what any newcomer's would be."""
        language = self.people[person].language_code if person is not None else None
        return next((self.menus[menu] for menu in seen_by(person, language) if self.menus.get(menu)), [])

    def says(self, name: str, language: str | None = None) -> str:
        """What the bot says of itself (its name, its description) to those of a language."""
        return self.profile.get((name, language or "")) or self.profile.get((name, "")) or ""


def with_commands(text: str) -> Json:
    """A typed text as a client sends it."""
    entities = command_entities(text)
    return {"text": text, "entities": entities} if entities else {"text": text}
