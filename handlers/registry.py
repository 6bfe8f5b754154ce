"""The one ordered table: what a person may do, which handler answers, and what stands in the menu."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from handlers import (
    appeal,
    demands,
    fallback,
    help,  # noqa: A004 - the file is named for its command
    news,
    privacy,
    sign,
    signatories,
    signature,
    start,
)
from handlers.answer import Answer, Screen
from handlers.buttons import (
    AskClear,
    AskForget,
    AskWithdraw,
    BeginSigning,
    Button,
    Clear,
    DeclineNews,
    Forget,
    OpenAppeal,
    OpenDemand,
    OpenDemands,
    OpenPrivacy,
    OpenSignatories,
    OpenSignature,
    OpenStart,
    Signing,
    Subscribe,
    Unsubscribe,
    Withdraw,
)
from handlers.context import Context, ScreenName
from handlers.reading import Command, Odd, Reading, Tap, Text, Unexpected


def N_(message: str) -> str:  # noqa: N802 - the name by which gettext's tools find a message
    """Marks words that are translated later, when it is known for whom."""
    return message


@dataclass(frozen=True)
class MenuCommand:
    """A command, what answers it, and what the menu says of it (English; translated when shown)."""

    name: str
    handler: Callable[[Context], Awaitable[Answer]]
    description: str


async def show_help(context: Context) -> Answer:
    """The /help command: this very table in words."""
    return help.help_screen(context, [(command.name, command.description) for command in COMMANDS])


COMMANDS: tuple[MenuCommand, ...] = (
    MenuCommand("start", start.start, N_("What this is, and how many have signed")),
    MenuCommand("appeal", appeal.appeal, N_("Read the appeal")),
    MenuCommand("demands", demands.demands, N_("The demands, one by one")),
    MenuCommand("sign", sign.sign, N_("Sign")),
    MenuCommand("signatories", signatories.signatories, N_("Who has signed")),
    MenuCommand("mysignature", signature.my_signature, N_("See your signature")),
    MenuCommand("withdraw", signature.withdraw, N_("Withdraw your signature")),
    MenuCommand("subscribe", news.subscribe, N_("Get news here")),
    MenuCommand("unsubscribe", news.unsubscribe, N_("Stop the news")),
    MenuCommand("privacy", privacy.privacy, N_("What is kept, and how to erase it; clear this chat")),
    MenuCommand("forget", privacy.forget, N_("Erase all that is kept of you")),
    MenuCommand("help", show_help, N_("What I can do")),
    MenuCommand("cancel", sign.cancel, N_("Stop signing")),
)

# Each handler takes the one kind of button that it stands beside; a test holds them to it.
BUTTONS: Mapping[type[Button], Callable[[Context, Any], Awaitable[Answer]]] = {
    OpenStart: start.open_start,
    OpenAppeal: appeal.open_appeal,
    OpenDemands: demands.open_demands,
    OpenDemand: demands.open_demand,
    BeginSigning: sign.open_sign,
    Signing: sign.choose,
    OpenSignatories: signatories.open_signatories,
    OpenSignature: signature.open_signature,
    AskWithdraw: signature.ask_withdraw,
    Withdraw: signature.confirm_withdraw,
    Subscribe: news.open_subscribe,
    DeclineNews: news.decline,
    Unsubscribe: news.open_unsubscribe,
    OpenPrivacy: privacy.open_privacy,
    AskClear: privacy.ask_clear,
    Clear: privacy.clear,
    AskForget: privacy.ask_forget,
    Forget: privacy.confirm_forget,
}

SCREENS: Mapping[ScreenName, Callable[[Context], Awaitable[Screen]]] = {
    ScreenName.START: start.screen,
    ScreenName.SIGNATURE: signature.screen,
}

_HANDLER_OF = {command.name: command.handler for command in COMMANDS}


async def answer(context: Context, reading: Reading) -> Answer:
    """The answer of the one handler that this is for."""
    match reading:
        case Command(name):
            return await _HANDLER_OF.get(name, fallback.unknown_command)(context)
        case Tap(button):
            return await (fallback.old_button(context) if button is None else BUTTONS[type(button)](context, button))
        case Text(text):
            return await sign.typed(context, text) or await fallback.unknown_text(context, text)
        case Unexpected(odd):
            return await _odd(context, odd)


async def _odd(context: Context, odd: Odd) -> Answer:
    return await sign.odd(context, odd) or await fallback.odd(context, odd)
