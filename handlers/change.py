"""Changing a signature: its answers given anew, one at a time, then a review of what changes, and Save.

The questions are those of signing (`sign.py`), asked of a draft that bears the signature it changes. It begins at its
review: while nothing differs that is the menu of what can be changed.
"""

from __future__ import annotations

from handlers.answer import Answer, Screen
from handlers.asking import ask, offered_name
from handlers.buttons import BeginChange, SaveChange
from handlers.context import Context, ScreenName
from handlers.older import older_message
from storage.drafts import Before, Draft, Step
from storage.signatures import Changed, NoDraft, StaleDraft


async def begin(context: Context, _button: BeginChange) -> Answer:
    """Change, under one's own signature; a change that is open goes on where it stands."""
    tag = await context.signer_tag()
    signature = await context.store.signatures.find(tag)
    if signature is None:
        return Answer(await context.draw(ScreenName.SIGNATURE))
    fresh = Draft(
        step=Step.REVIEW,
        chat=context.chat,
        text_hash=signature.text_hash,
        offered_name=offered_name(context),
        name=signature.name,
        kind=signature.kind,
        country=signature.country,
        signer_tag=tag,
        amends=Before(signature.number, signature.kind, signature.name, signature.country),
    )
    begun = await context.store.drafts.begin(context.person, context.update_id, fresh)
    return ask(context, begun.row)


async def save(context: Context, button: SaveChange) -> Answer:
    """Save: applied once. Whatever else came of it, she is shown what stands now."""
    tag = await context.signer_tag()
    result = await context.store.signatures.change(context.person, tag, context.update_id, button.version)
    match result:
        case StaleDraft(draft):
            repeated = context.update_id <= draft.update_id
            return ask(context, draft, toast=None if repeated else older_message(context))
        case NoDraft():
            return Answer(await context.draw(ScreenName.SIGNATURE))
        case Changed():
            own = await context.draw(ScreenName.SIGNATURE)
            return Answer(Screen(f"{context.words.gettext('<b>Saved.</b>')}\n\n{own.text}", own.rows))
