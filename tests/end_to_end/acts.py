"""What people do to the bot in any order: typed, tapped, forged, repeated, and a restart in between."""

from __future__ import annotations

from dataclasses import dataclass

from hypothesis import strategies as st

from handlers import registry
from handlers.buttons import CODES
from sandbox.odd_updates import ATTACHMENTS

PEOPLE = 3  # the last of them is an organiser
COUNTRIES = ("Poland", "Беларусь", "Narnia")


@dataclass(frozen=True)
class Says:
    """Types something."""

    who: int
    text: str


@dataclass(frozen=True)
class GoesOn:
    """Does, where she is, what leads soonest to a signature, or when she has one, to its end."""

    who: int


@dataclass(frozen=True)
class Taps:
    """Taps one of all the buttons that she ever saw, counted from the newest."""

    who: int
    back: int


@dataclass(frozen=True)
class Forges:
    """Taps what never stood there."""

    who: int
    data: str


@dataclass(frozen=True)
class Sends:
    """Sends something that is no text."""

    who: int
    kind: str


@dataclass(frozen=True)
class Forwards:
    """Forwards somebody's words."""

    who: int
    text: str


@dataclass(frozen=True)
class Edits:
    """Changes her newest message."""

    who: int
    text: str


@dataclass(frozen=True)
class Repeats:
    """Telegram hands over an update that it handed over before, counted from the newest."""

    back: int


@dataclass(frozen=True)
class Restarts:
    """The bot is stopped and started again."""


Act = Says | GoesOn | Taps | Forges | Sends | Forwards | Edits | Repeats | Restarts
Story = list[list[Act]]
"""What happens at once, moment by moment."""

who = st.integers(0, PEOPLE - 1)
letters = st.text("abcdefghijklmnopqrstuvwxyz", min_size=6, max_size=12)
names = letters.map(lambda word: f"Qx{word} Zw{word}")
commands = st.sampled_from([command.name for command in registry.menu(organisers=True)]).map(lambda name: f"/{name}")
payloads = st.builds("{} {}".format, commands, st.text(max_size=40))
texts = st.one_of(commands, commands, names, payloads, st.sampled_from(COUNTRIES), st.text(min_size=1, max_size=200))
forged = st.one_of(
    st.text(max_size=200),
    st.builds(
        lambda code, values: ":".join([code, *values]),
        st.sampled_from(sorted(CODES)),
        st.lists(st.one_of(st.integers(-1, 2**40).map(str), st.text(max_size=9)), max_size=4),
    ),
)
others: st.SearchStrategy[Act] = st.one_of(
    st.builds(Says, who, texts),
    st.builds(Taps, who, st.integers(0, 30)),
    st.builds(Forges, who, forged),
    st.builds(Sends, who, st.sampled_from(ATTACHMENTS)),
    st.builds(Forwards, who, texts),
    st.builds(Edits, who, texts),
    st.builds(Repeats, st.integers(0, 40)),
    st.builds(Repeats, st.integers(0, 5)),
    st.builds(Restarts),
)
# Half of all acts lead on, or hardly anybody would ever sign.
acts = st.booleans().flatmap(lambda leads_on: st.builds(GoesOn, who) if leads_on else others)
stories: st.SearchStrategy[Story] = st.lists(st.lists(acts, min_size=1, max_size=6), min_size=20, max_size=30)
