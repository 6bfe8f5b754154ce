"""Every button's value, and the one codec that turns it into callback data and back."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import get_type_hints

from storage.audience import Level

MAXIMUM_BYTES = 64  # https://core.telegram.org/bots/api#inlinekeyboardbutton, callback_data


class ButtonTooLong(ValueError):
    """A button's value does not fit into Telegram's 64 bytes."""


@dataclass(frozen=True)
class OpenStart:
    """Back to the first screen."""


@dataclass(frozen=True)
class OpenAppeal:
    """One part of the appeal, counted from 1."""

    part: int


@dataclass(frozen=True)
class OpenDemands:
    """The overview of all demands."""


@dataclass(frozen=True)
class OpenDemand:
    """One demand, counted from 1."""

    number: int


@dataclass(frozen=True)
class BeginSigning:
    """Sign, wherever it stands."""


class Choice(StrEnum):
    """What can be tapped while signing."""

    OFFERED_NAME = "o"
    ANOTHER_NAME = "a"
    NO_NAME = "n"
    READ_MORE = "m"
    QUESTION = "q"
    COUNTRY = "c"
    SKIP = "s"
    PRIVATE = "p"
    SHOWN = "h"
    BACK = "b"
    CHANGE = "e"
    CHANGE_NAME = "en"
    CHANGE_COUNTRY = "ec"
    CHANGE_SHOWN = "eh"
    SIGN = "y"
    CANCEL = "x"


@dataclass(frozen=True)
class Signing:
    """A choice in the signing conversation, drawn for this step and version of the draft."""

    choice: Choice
    step: str
    version: int
    country: str = ""


@dataclass(frozen=True)
class OpenSignatories:
    """A page of the list, counted from 1; after and before are the numbers of signatures at its edge, or 0."""

    page: int
    after: int
    before: int


@dataclass(frozen=True)
class OpenThanks:
    """The thank-you, once more."""


@dataclass(frozen=True)
class OpenSignature:
    """One's own signature."""


@dataclass(frozen=True)
class BeginChange:
    """Change, under one's own signature."""


@dataclass(frozen=True)
class SaveChange:
    """Save, drawn for this version of the draft."""

    version: int


@dataclass(frozen=True)
class AskWithdraw:
    """The question before withdrawing."""


@dataclass(frozen=True)
class Withdraw:
    """Yes, withdraw: only the signature of this number."""

    number: int


@dataclass(frozen=True)
class Subscribe:
    """Send me news."""


@dataclass(frozen=True)
class DeclineNews:
    """No, thanks."""


@dataclass(frozen=True)
class Unsubscribe:
    """Stop the news."""


@dataclass(frozen=True)
class ChooseLevel:
    """All news, or important only."""

    level: Level


class Sound(StrEnum):
    """Whether news makes a sound."""

    ON = "y"
    OFF = "n"


@dataclass(frozen=True)
class ChooseSound:
    """Silently: bears what is wanted, so that it does the same when it comes again."""

    sound: Sound


@dataclass(frozen=True)
class OpenNews:
    """Past news: the newest before this number, or the oldest after that one; 0 and 0: the newest of all."""

    before: int
    after: int


@dataclass(frozen=True)
class OpenPrivacy:
    """What is kept."""


@dataclass(frozen=True)
class OpenMyData:
    """All that is kept of oneself, in short."""


@dataclass(frozen=True)
class SendMyData:
    """All of it as a file."""


@dataclass(frozen=True)
class ExplainMyData:
    """What each thing means."""


class Place(StrEnum):
    """Where a question was asked, and where Back leads."""

    START = "s"
    PRIVACY = "p"
    THANKS = "t"
    MY_DATA = "d"


@dataclass(frozen=True)
class AskClear:
    """The question before clearing the chat."""

    asked_at: Place


@dataclass(frozen=True)
class Clear:
    """Yes, clear."""


@dataclass(frozen=True)
class AskForget:
    """The question before erasing everything."""


@dataclass(frozen=True)
class Forget:
    """Yes, erase everything: asked while this signature (0: none) was there."""

    number: int


class Compose(StrEnum):
    """What can be tapped under news that is written."""

    PREVIEW = "p"
    TEST = "t"
    LANGUAGES = "l"
    AUDIENCE = "a"
    EVERYONE = "ae"
    BUTTONS = "u"
    SIGN_BUTTON = "us"
    APPEAL_BUTTON = "ua"
    LINK_BUTTON = "ul"
    SILENT = "s"
    IMPORTANT = "i"
    WHEN = "w"
    NOW = "wn"
    DONE = "d"
    CONFIRM = "c"
    SEND = "y"
    SEND_AGAIN = "yy"
    PANEL = "b"
    DISCARD = "x"


@dataclass(frozen=True)
class Composing:
    """An organiser's choice, drawn for this version of what is written."""

    choice: Compose
    version: int


class ComposeLanguage(StrEnum):
    """What can be tapped beside a language."""

    WRITE = "w"
    REMOVE = "r"
    READERS = "a"


@dataclass(frozen=True)
class ComposingLanguage:
    """An organiser's choice of a language, or of the default, which is the empty one."""

    choice: ComposeLanguage
    version: int
    language: str


@dataclass(frozen=True)
class StopBroadcast:
    """Stop, under the report of a broadcast."""

    number: int


@dataclass(frozen=True)
class EditBroadcast:
    """Edit everywhere, under the report of a broadcast."""

    number: int


@dataclass(frozen=True)
class ApproveBroadcast:
    """Approve, of exactly what was shown."""

    number: int
    digest: str


@dataclass(frozen=True)
class RejectBroadcast:
    """Reject, likewise."""

    number: int
    digest: str


@dataclass(frozen=True)
class ConfirmAgain:
    """Send now, of what missed its time."""

    number: int
    digest: str


@dataclass(frozen=True)
class RecallBroadcast:
    """Back to the draft, of what has not begun."""

    number: int


@dataclass(frozen=True)
class PauseBroadcast:
    """Pause, drawn after so many pauses."""

    number: int
    pauses: int


@dataclass(frozen=True)
class ResumeBroadcast:
    """Resume, drawn likewise."""

    number: int
    pauses: int


@dataclass(frozen=True)
class ResendInDoubt:
    """Send again what may not have arrived."""

    number: int


@dataclass(frozen=True)
class LeaveInDoubt:
    """Leave it so."""

    number: int


@dataclass(frozen=True)
class AskDeleteEverywhere:
    """The question before deleting what was sent."""

    number: int


@dataclass(frozen=True)
class DeleteEverywhere:
    """Yes, delete."""

    number: int


@dataclass(frozen=True)
class BackToReport:
    """From the question back to the report."""

    number: int


@dataclass(frozen=True)
class OpenBroadcast:
    """One of all broadcasts, while leafing through them: on from another."""

    number: int
    left: int


@dataclass(frozen=True)
class PreviewBroadcast:
    """What it says, as subscribers get it."""

    number: int


@dataclass(frozen=True)
class Freeze:
    """Yes, freeze: asked after so many earlier ones."""

    times: int


class NewsTarget(StrEnum):
    """Where a button under news leads."""

    SIGN = "s"
    APPEAL = "a"


@dataclass(frozen=True)
class OpenFromNews:
    """A button under news, which tells nothing of who got it."""

    target: NewsTarget


Button = (
    OpenStart
    | OpenAppeal
    | OpenDemands
    | OpenDemand
    | BeginSigning
    | Signing
    | OpenSignatories
    | OpenSignature
    | OpenThanks
    | BeginChange
    | SaveChange
    | AskWithdraw
    | Withdraw
    | Subscribe
    | DeclineNews
    | Unsubscribe
    | ChooseLevel
    | ChooseSound
    | OpenNews
    | OpenPrivacy
    | OpenMyData
    | SendMyData
    | ExplainMyData
    | AskClear
    | Clear
    | AskForget
    | Forget
    | Composing
    | ComposingLanguage
    | StopBroadcast
    | EditBroadcast
    | ApproveBroadcast
    | RejectBroadcast
    | ConfirmAgain
    | RecallBroadcast
    | PauseBroadcast
    | ResumeBroadcast
    | ResendInDoubt
    | LeaveInDoubt
    | AskDeleteEverywhere
    | DeleteEverywhere
    | BackToReport
    | OpenBroadcast
    | PreviewBroadcast
    | Freeze
    | OpenFromNews
)

# A code is what stands in chats that people keep: it is never given to another button.
CODES: dict[str, type[Button]] = {
    "st": OpenStart,
    "ap": OpenAppeal,
    "ds": OpenDemands,
    "de": OpenDemand,
    "sg": BeginSigning,
    "s": Signing,
    "li": OpenSignatories,
    "my": OpenSignature,
    "ty": OpenThanks,
    "ch": BeginChange,
    "sv": SaveChange,
    "w?": AskWithdraw,
    "w": Withdraw,
    "nw": Subscribe,
    "nn": DeclineNews,
    "nu": Unsubscribe,
    "nl": ChooseLevel,
    "ns": ChooseSound,
    "ne": OpenNews,
    "pr": OpenPrivacy,
    "md": OpenMyData,
    "mf": SendMyData,
    "mx": ExplainMyData,
    "c?": AskClear,
    "c": Clear,
    "f?": AskForget,
    "f": Forget,
    "bc": Composing,
    "bl": ComposingLanguage,
    "bs": StopBroadcast,
    "be": EditBroadcast,
    "ba": ApproveBroadcast,
    "bj": RejectBroadcast,
    "bg": ConfirmAgain,
    "bk": RecallBroadcast,
    "bp": PauseBroadcast,
    "br": ResumeBroadcast,
    "bd": ResendInDoubt,
    "bq": LeaveInDoubt,
    "b?": AskDeleteEverywhere,
    "bx": DeleteEverywhere,
    "bt": BackToReport,
    "bo": OpenBroadcast,
    "bv": PreviewBroadcast,
    "fz": Freeze,
    "on": OpenFromNews,
}
_CODE_OF = {kind: code for code, kind in CODES.items()}
_FIELDS = {
    kind: tuple((field.name, get_type_hints(kind)[field.name]) for field in dataclasses.fields(kind))
    for kind in _CODE_OF
}
LARGEST_NUMBER = 2**31 - 1  # what every database keeps in a column of whole numbers


def pack(button: Button) -> str:
    """The callback data of a button; ButtonTooLong when it does not fit."""
    kind = type(button)
    values = [str(getattr(button, name)) for name, _ in _FIELDS[kind]]
    data = ":".join([_CODE_OF[kind], *values])
    if len(data.encode()) > MAXIMUM_BYTES:
        raise ButtonTooLong(f"{kind.__name__} takes {len(data.encode())} bytes, Telegram allows {MAXIMUM_BYTES}")
    return data


def unpack(data: str) -> Button | None:
    """The button behind callback data; None for anything that this version did not draw (it may be forged)."""
    code, *values = data.split(":")
    kind = CODES.get(code)
    if kind is None or len(values) != len(_FIELDS[kind]):
        return None
    make: Callable[..., Button] = kind
    try:
        return make(*(_value(hint, value) for (_, hint), value in zip(_FIELDS[kind], values, strict=True)))
    except ValueError:
        return None


def _value(hint: type, text: str) -> object:
    if hint is not int:
        return hint(text)
    if not (text.isascii() and text.isdigit()) or int(text) > LARGEST_NUMBER:
        raise ValueError
    return int(text)
