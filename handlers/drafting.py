"""What each choice does to a half-filled signature. Pure: a draft in, a draft out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from handlers.buttons import Choice
from storage.drafts import Draft, Kind, Step

Transition = Callable[[Draft], Draft]

CHOICES: dict[Step, frozenset[Choice]] = {
    Step.NAME: frozenset(
        {
            Choice.OFFERED_NAME,
            Choice.ANOTHER_NAME,
            Choice.NO_NAME,
            Choice.READ_MORE,
            Choice.QUESTION,
            Choice.BACK,
        }
    ),
    Step.TYPED_NAME: frozenset({Choice.NO_NAME, Choice.BACK}),
    Step.COUNTRY: frozenset({Choice.COUNTRY, Choice.SKIP, Choice.BACK}),
    Step.SHOWN: frozenset({Choice.PRIVATE, Choice.SHOWN, Choice.NO_NAME, Choice.BACK}),
    Step.NEW_TEXT: frozenset({Choice.BACK}),
    Step.REVIEW: frozenset(
        {
            Choice.SIGN,
            Choice.CHANGE,
            Choice.CHANGE_NAME,
            Choice.CHANGE_COUNTRY,
            Choice.CHANGE_SHOWN,
            Choice.QUESTION,
        }
    ),
}
"""What can be tapped at each step, besides Cancel. Anything else is an old button or a forged one."""


def with_name(draft: Draft, name: str | None) -> Draft:
    """She signs under this name; None keeps what is there (no name was offered)."""
    if name is None:
        return draft
    kind = None if draft.kind is Kind.NAMELESS else draft.kind
    if not draft.changing:
        return replace(draft, name=name, kind=kind, step=Step.COUNTRY)
    return (
        _reviewed(replace(draft, name=name, kind=kind))
        if kind
        else replace(draft, name=name, kind=None, step=Step.SHOWN)
    )


def with_country(draft: Draft, country: str | None, *, dangerous: bool) -> Draft:
    """She lives there; None is a skip. From a dangerous country the next question advises against a name."""
    answered = replace(draft, country=country)
    if draft.kind is Kind.NAMELESS or (draft.changing and not dangerous):
        return _reviewed(answered)
    return replace(answered, step=Step.SHOWN)


def _without_name(draft: Draft) -> Draft:
    nameless = replace(draft, name=None, kind=Kind.NAMELESS)
    if draft.changing or draft.step is Step.SHOWN:
        return _reviewed(nameless)
    return replace(nameless, step=Step.COUNTRY)


def _reviewed(draft: Draft) -> Draft:
    return replace(draft, step=Step.REVIEW, changing=False)


def with_new_text(draft: Draft, text_hash: bytes) -> Draft:
    """The text changed since she began: the review waits until she was told."""
    return replace(draft, step=Step.NEW_TEXT, text_hash=text_hash)


def _with_kind(draft: Draft, kind: Kind) -> Draft:
    """A sealed name that is to be shown is asked for anew: nobody here can read it."""
    chosen = replace(draft, kind=kind)
    return _reviewed(chosen) if chosen.is_complete else replace(chosen, step=Step.NAME)


def _back(draft: Draft) -> Draft:
    if draft.step is Step.NEW_TEXT:
        return _reviewed(draft)
    if draft.step is Step.TYPED_NAME:
        return replace(draft, step=Step.NAME)
    if draft.step is Step.NAME and draft.kind is not None and not draft.is_complete:
        return replace(draft, step=Step.SHOWN, kind=Kind.PRIVATE)  # its name stays sealed
    if draft.changing and draft.kind is not None:
        return _reviewed(draft)
    if draft.changing and draft.step is Step.NAME:
        return _reviewed(replace(draft, name=None, kind=Kind.NAMELESS))  # as it was before a name was begun
    if draft.step is Step.SHOWN and not draft.changing:
        return replace(draft, step=Step.COUNTRY)
    return replace(draft, step=Step.NAME)


def _change(draft: Draft, step: Step) -> Draft:
    return replace(draft, step=step, changing=True)


def _change_shown(draft: Draft) -> Draft:
    """Without a name there is nothing to show: it is asked for first."""
    return _change(draft, Step.NAME if draft.kind is Kind.NAMELESS else Step.SHOWN)


def _type_a_name(draft: Draft) -> Draft:
    return replace(draft, step=Step.TYPED_NAME)


def _offered(draft: Draft) -> Draft:
    return with_name(draft, draft.offered_name)


TRANSITIONS: dict[Choice, Transition] = {
    Choice.OFFERED_NAME: _offered,
    Choice.ANOTHER_NAME: _type_a_name,
    Choice.NO_NAME: _without_name,
    Choice.SKIP: partial(with_country, country=None, dangerous=False),
    Choice.PRIVATE: partial(_with_kind, kind=Kind.PRIVATE),
    Choice.SHOWN: partial(_with_kind, kind=Kind.SHOWN),
    Choice.BACK: _back,
    Choice.CHANGE_NAME: partial(_change, step=Step.NAME),
    Choice.CHANGE_COUNTRY: partial(_change, step=Step.COUNTRY),
    Choice.CHANGE_SHOWN: _change_shown,
}
"""Every choice that changes the draft, but a country, which brings its code along."""
