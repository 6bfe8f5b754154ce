"""Half-filled signatures, and changes of signatures that are not saved yet."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from storage.conversations import Common, Conversation, Conversations
from storage.schema import DRAFT


class Step(StrEnum):
    """The question that is open."""

    NAME = "name"
    TYPED_NAME = "typed_name"
    COUNTRY = "country"
    SHOWN = "shown"
    REVIEW = "review"
    NEW_TEXT = "new_text"  # the text changed since she began: she is told, and it waits for her


class Kind(StrEnum):
    """How a signature bears its name."""

    SHOWN = "shown"
    PRIVATE = "private"
    NAMELESS = "nameless"


@dataclass(frozen=True)
class Before:
    """The signature that is being changed, as it was when the change began."""

    number: int
    kind: Kind
    name: str | None  # only of a shown one: nobody here can read a sealed name
    country: str | None


@dataclass(frozen=True, kw_only=True)
class Draft(Conversation):
    """What was answered so far, and where it is asked."""

    step: Step = Step.NAME
    text_hash: bytes  # of the text it began with
    offered_name: str | None
    name: str | None = None
    kind: Kind | None = None
    country: str | None = None
    changing: bool = False  # one answer is given anew, from the review
    signer_tag: bytes | None = None
    amends: Before | None = None  # the signature that it changes; None while there is none yet

    @property
    def keeps_sealed_name(self) -> bool:
        """Whether the name stays the sealed one, which is not among the answers."""
        was_private = self.amends is not None and self.amends.kind is Kind.PRIVATE
        return was_private and self.kind is Kind.PRIVATE and self.name is None

    @property
    def is_complete(self) -> bool:
        """Whether it has what its kind takes."""
        named = self.name is not None or self.keeps_sealed_name
        return self.kind is Kind.NAMELESS or (self.kind is not None and named)

    @property
    def differs(self) -> bool:
        """Whether anything would change. A name typed anew counts: what is sealed cannot be compared."""
        was = self.amends
        return was is None or (self.kind, self.name, self.country) != (was.kind, was.name, was.country)


class Drafts(Conversations[Draft]):
    """The transactions in `signatures.py` turn a reviewed draft into a signature, or a signature into what it says."""

    table = DRAFT

    def _pack(self, row: Draft) -> dict[str, Any]:
        return {
            "text": row.text_hash.hex(),
            "offered": row.offered_name,
            "name": row.name,
            "kind": row.kind,
            "country": row.country,
            "changing": row.changing,
            "signer": row.signer_tag.hex() if row.signer_tag is not None else None,
            "amends": asdict(row.amends) if row.amends is not None else None,
        }

    def _unpack(self, kept: dict[str, Any], step: str, common: Common) -> Draft:
        return Draft(
            **common,
            step=Step(step),
            text_hash=bytes.fromhex(kept["text"]),
            offered_name=kept["offered"],
            name=kept["name"],
            kind=Kind(kept["kind"]) if kept["kind"] is not None else None,
            country=kept["country"],
            changing=kept["changing"],
            signer_tag=bytes.fromhex(kept["signer"]) if kept["signer"] is not None else None,
            amends=_before(kept.get("amends")),
        )

    def _goes_on(self, found: Draft, fresh: Draft) -> bool:
        """A change goes on only as a change of the same signature, and signing as signing."""
        return found.amends == fresh.amends


def _before(kept: dict[str, Any] | None) -> Before | None:
    return None if kept is None else Before(**{**kept, "kind": Kind(kept["kind"])})
