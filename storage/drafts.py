"""Half-filled signatures."""

from __future__ import annotations

from dataclasses import dataclass
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


class Kind(StrEnum):
    """How a signature bears its name."""

    SHOWN = "shown"
    PRIVATE = "private"
    NAMELESS = "nameless"


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


class Drafts(Conversations[Draft]):
    """The signing transaction (`signatures.py`) turns a reviewed draft into a signature."""

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
        )
