"""The one ordered table: what a person may do, which handler answers, and what stands in the menu."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from handlers import (
    appeal,
    change,
    demands,
    fallback,
    help,  # noqa: A004 - the file is named for its command
    mydata,
    news,
    past_news,
    privacy,
    sign,
    signatories,
    signature,
    start,
)
from handlers.answer import NOTHING, Answer, Screen
from handlers.buttons import (
    ApproveBroadcast,
    AskClear,
    AskDeleteEverywhere,
    AskForget,
    AskWithdraw,
    BackToReport,
    BeginChange,
    BeginSigning,
    Button,
    ChooseLevel,
    ChooseSound,
    Clear,
    Composing,
    ComposingLanguage,
    ConfirmAgain,
    DeclineNews,
    DeleteEverywhere,
    EditBroadcast,
    ExplainMyData,
    Forget,
    Freeze,
    LeaveInDoubt,
    NewsTarget,
    OpenAppeal,
    OpenBroadcast,
    OpenDemand,
    OpenDemands,
    OpenFromNews,
    OpenMyData,
    OpenNews,
    OpenPrivacy,
    OpenSignatories,
    OpenSignature,
    OpenStart,
    OpenThanks,
    PauseBroadcast,
    PreviewBroadcast,
    RecallBroadcast,
    RejectBroadcast,
    ResendInDoubt,
    ResumeBroadcast,
    SaveChange,
    SendMyData,
    Signing,
    StopBroadcast,
    Subscribe,
    Unsubscribe,
    Withdraw,
)
from handlers.context import Context, ScreenName
from handlers.organisers import afterwards, broadcast, broadcasts, deciding, freeze
from handlers.organisers.written_news import Written
from handlers.reading import Blocked, Command, Odd, Reading, Tap, Text, Unexpected
from handlers.words import N_


@dataclass(frozen=True)
class MenuCommand:
    """A command, what answers it, and what the menu says of it (English; translated when shown)."""

    name: str
    handler: Callable[[Context], Awaitable[Answer]]
    description: str


async def show_help(context: Context) -> Answer:
    """The /help command: this very table in words."""
    commands = menu(organisers=context.is_organiser)
    return await help.help_screen(context, [(command.name, command.description) for command in commands])


async def cancel(context: Context) -> Answer:
    """The /cancel command: ends the conversation that moved last."""
    stopped = await broadcast.cancel(context) if context.is_organiser else None
    return stopped or await sign.cancel(context)


async def open_from_news(context: Context, button: OpenFromNews) -> Answer:
    """A button under news: what it opens comes below, for news must not change."""
    below = replace(context, tapped=None)
    return await (sign.sign(below) if button.target is NewsTarget.SIGN else appeal.appeal(below))


COMMANDS: tuple[MenuCommand, ...] = (
    MenuCommand("start", start.start, N_("What this is, and how many have signed")),
    MenuCommand("appeal", appeal.appeal, N_("Read the appeal")),
    MenuCommand("demands", demands.demands, N_("The demands, one by one")),
    MenuCommand("sign", sign.sign, N_("Sign")),
    MenuCommand("signatories", signatories.signatories, N_("Who has signed")),
    MenuCommand("mysignature", signature.my_signature, N_("See, change or withdraw your signature")),
    MenuCommand("withdraw", signature.withdraw, N_("Withdraw your signature")),
    MenuCommand("news", past_news.past_news, N_("Read past news")),
    MenuCommand("subscribe", news.subscribe, N_("Get news here")),
    MenuCommand("unsubscribe", news.unsubscribe, N_("Stop the news")),
    MenuCommand("privacy", privacy.privacy, N_("What is kept, and how to erase it; clear this chat")),
    MenuCommand("mydata", mydata.my_data, N_("See all that is kept of you")),
    MenuCommand("forget", privacy.forget, N_("Erase all that is kept of you")),
    MenuCommand("help", show_help, N_("What I can do")),
    MenuCommand("cancel", cancel, N_("Stop signing, or changing")),
)

ORGANISERS_COMMANDS: tuple[MenuCommand, ...] = (
    MenuCommand("broadcast", broadcast.broadcast, N_("Send news to everyone who asked for it")),
    MenuCommand("broadcasts", broadcasts.broadcasts, N_("All news: what waits, what is sent, what was sent")),
    MenuCommand("freeze", freeze.freeze, N_("Stop signing and news at once")),
)
"""They exist for organisers alone."""


def menu(*, organisers: bool) -> tuple[MenuCommand, ...]:
    """The commands of a chat's menu, in its order."""
    return (*COMMANDS, *ORGANISERS_COMMANDS) if organisers else COMMANDS


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
    OpenThanks: sign.open_thanks,
    BeginChange: change.begin,
    SaveChange: change.save,
    AskWithdraw: signature.ask_withdraw,
    Withdraw: signature.confirm_withdraw,
    Subscribe: news.open_subscribe,
    DeclineNews: news.decline,
    Unsubscribe: news.open_unsubscribe,
    ChooseLevel: news.choose_level,
    ChooseSound: news.choose_sound,
    OpenNews: past_news.open_news,
    OpenPrivacy: privacy.open_privacy,
    OpenMyData: mydata.open_my_data,
    SendMyData: mydata.send_my_data,
    ExplainMyData: mydata.explain_my_data,
    AskClear: privacy.ask_clear,
    Clear: privacy.clear,
    AskForget: privacy.ask_forget,
    Forget: privacy.confirm_forget,
    Composing: broadcast.choose,
    ComposingLanguage: broadcast.choose_language,
    StopBroadcast: deciding.stop,
    EditBroadcast: broadcast.begin_edit,
    ApproveBroadcast: deciding.approve,
    RejectBroadcast: deciding.reject,
    ConfirmAgain: deciding.confirm_again,
    RecallBroadcast: deciding.recall,
    PauseBroadcast: deciding.pause,
    ResumeBroadcast: deciding.resume,
    ResendInDoubt: afterwards.resend,
    LeaveInDoubt: afterwards.leave,
    AskDeleteEverywhere: afterwards.ask_delete,
    DeleteEverywhere: afterwards.delete_everywhere,
    BackToReport: afterwards.back_to_report,
    OpenBroadcast: broadcasts.open_broadcast,
    PreviewBroadcast: broadcasts.preview,
    Freeze: freeze.confirm_freeze,
    OpenFromNews: open_from_news,
}

ORGANISERS_BUTTONS: frozenset[type[Button]] = frozenset(
    {
        Composing,
        ComposingLanguage,
        StopBroadcast,
        EditBroadcast,
        ApproveBroadcast,
        RejectBroadcast,
        ConfirmAgain,
        RecallBroadcast,
        PauseBroadcast,
        ResumeBroadcast,
        ResendInDoubt,
        LeaveInDoubt,
        AskDeleteEverywhere,
        DeleteEverywhere,
        BackToReport,
        OpenBroadcast,
        PreviewBroadcast,
        Freeze,
    }
)
"""They are obeyed only while the tapper is an organiser, and under a message of the bot's own."""

SCREENS: Mapping[ScreenName, Callable[[Context], Awaitable[Screen]]] = {
    ScreenName.START: start.screen,
    ScreenName.SIGNATURE: signature.screen,
    ScreenName.COMPOSER: broadcast.screen,
}

_HANDLER_OF = {command.name: command.handler for command in COMMANDS}
_ORGANISERS_HANDLER_OF = {command.name: command.handler for command in menu(organisers=True)}


def is_for_organisers(reading: Reading) -> bool:
    """Whether it is a command that exists for organisers alone."""
    return isinstance(reading, Command) and reading.name in {command.name for command in ORGANISERS_COMMANDS}


async def answer(context: Context, reading: Reading) -> Answer:
    """The answer of the one handler that this is for."""
    match reading:
        case Command(name):
            handlers = _ORGANISERS_HANDLER_OF if context.is_organiser else _HANDLER_OF
            return await handlers.get(name, fallback.unknown_command)(context)
        case Tap(button):
            return await _tapped(context, button)
        case Text(text, message):
            written = await _written(context, message)
            return written or await sign.typed(context, text) or await fallback.unknown_text(context, text)
        case Blocked():
            return await news.blocked(context)
        case Unexpected(Odd.EDITED):
            changed = await broadcast.changed(context) if context.is_organiser else None
            return changed or await sign.odd(context, Odd.EDITED) or await fallback.odd(context, Odd.EDITED)
        case Unexpected(odd, _, message, repeated):
            written = await _written(context, message)
            if repeated:
                return written or NOTHING
            return written or await sign.odd(context, odd) or await fallback.odd(context, odd)


async def _tapped(context: Context, button: Button | None) -> Answer:
    obeyed = type(button) not in ORGANISERS_BUTTONS or (context.is_organiser and context.tapped is not None)
    if button is None or not obeyed:
        return await sign.old_tap(context) or await fallback.old_button(context)
    return await BUTTONS[type(button)](context, button)


async def _written(context: Context, message: Written | None) -> Answer | None:
    """Only an organiser writes news."""
    return await broadcast.written(context, message) if context.is_organiser else None
