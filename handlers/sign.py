"""Signing: one message that changes, four taps.

    NAME ──name──▶ COUNTRY ──▶ SHOWN ──▶ REVIEW ──I sign──▶ signed
     │ ▲              │                   │  ▲
     ▼ │ typed        └──without a name──▶┘  └── Change: NAME, COUNTRY or SHOWN, and back
    TYPED_NAME

If the text changed meanwhile, I sign leads to NEW_TEXT, and Back from there to REVIEW. A draft that changes a signature
(`change.py`) walks through the same questions; Save stands where I sign stands.

Where it stands is a row (`storage/drafts.py`). Each change happens in one transaction that remembers the update it came
with; a tap that was drawn for another version, or an update that comes again, is answered from the row and not applied.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from handlers.answer import Answer, Choice, Screen
from handlers.asking import ask, offered_name
from handlers.buttons import (
    AskClear,
    BeginSigning,
    DeclineNews,
    OpenAppeal,
    OpenStart,
    OpenThanks,
    Place,
    Signing,
    Subscribe,
)
from handlers.buttons import Choice as Tapped
from handlers.change_review import changes
from handlers.context import Context, ScreenName
from handlers.daily_signings import A_DAY
from handlers.drafting import CHOICES, TRANSITIONS, Transition, with_country, with_name, with_new_text
from handlers.older import older_message
from handlers.questions import in_danger, question, what_signing_means
from handlers.reading import Odd
from handlers.refusals import refusal
from handlers.review import consent_hash
from handlers.standing import not_taken, paused
from handlers.words import bold
from petition.countries import find_country, suggest_countries
from petition.names import NameRefused, check_name
from storage.conversations import Outcome
from storage.drafts import Draft, Kind, Step
from storage.signatures import AlreadySigned, NoDraft, NotTaken, Signature, Signed, StaleDraft

PATIENCE = 0.3  # seconds that the first question waits for the code that tells whether she has signed


async def sign(context: Context) -> Answer:
    """The /sign command: the first question, or where she left off, or the signature that is there."""
    return await _begin(context)


async def open_sign(context: Context, _button: BeginSigning) -> Answer:
    """Sign, tapped anywhere."""
    return await _begin(context)


async def _begin(context: Context) -> Answer:
    """Her code takes its time: under load the question comes first, and the next step looks again."""
    tag = await context.store.signer_tags.get(context.person, within=PATIENCE)
    if tag is not None and await context.store.signatures.find(tag) is not None:
        return await _drop(context)
    standing = await context.store.standing.lately()
    if not standing.takes_signatures:
        return Answer(await not_taken(context, standing))
    if context.services.signings.are_spent(context.person):
        return Answer(_spent(context))
    change = await context.store.drafts.begin(
        context.person,
        context.update_id,
        Draft(
            chat=context.chat,
            text_hash=context.text.hash,
            offered_name=offered_name(context),
            signer_tag=tag,
        ),
    )
    return ask(context, change.row)


async def _drop(context: Context) -> Answer:
    """She has signed: the signature is shown, and what was half-way, a change of it too, is erased."""
    draft = await context.store.drafts.find(context.person)
    if draft is not None:
        await context.store.drafts.cancel(context.person, context.update_id)
    live = draft.screen if draft is not None and draft.screen != context.tapped else None
    return Answer(await context.draw(ScreenName.SIGNATURE), retire=live)


async def choose(context: Context, button: Signing) -> Answer:
    """A tap in the conversation. It may be old, repeated or forged: then the row tells where she is."""
    if button.choice is Tapped.SIGN:
        return await _i_sign(context, button)
    draft = await context.store.drafts.find(context.person)
    if draft is None:
        return Answer(await context.draw(ScreenName.START), toast=older_message(context))
    if context.update_id <= draft.update_id:
        return ask(context, draft)
    if (button.step, button.version) != (draft.step, draft.version):
        return ask(context, draft, toast=older_message(context))
    if button.choice is Tapped.CANCEL:
        return await _cancel(context)
    if (closed := await _closed(context, draft)) is not None:
        return closed
    return await _choose(context, draft, button)


async def _closed(context: Context, draft: Draft) -> Answer | None:
    """The petition closed while she was signing. What is signed can still be changed."""
    standing = await context.store.standing.lately()
    if standing.closed is None or draft.amends is not None:
        return None
    return Answer(await not_taken(context, standing))


async def _choose(context: Context, draft: Draft, button: Signing) -> Answer:
    if button.choice not in CHOICES[draft.step]:
        return ask(context, draft, toast=older_message(context))
    if button.choice in VIEWS:
        if context.is_organiser:
            await context.store.drafts.look(context.person, context.update_id)
        return Answer(VIEWS[button.choice](context, draft))
    if button.choice is not Tapped.COUNTRY:
        return await _apply(context, draft, TRANSITIONS[button.choice])
    if find_country(button.country) != button.country:
        return ask(context, draft, toast=older_message(context))
    return await _apply(context, draft, _country(context, button.country))


VIEWS: dict[Tapped, Callable[[Context, Draft], Screen]] = {
    Tapped.READ_MORE: what_signing_means,
    Tapped.CHANGE: changes,
    Tapped.QUESTION: question,
}
"""Taps that only look: they change nothing that is kept."""


def _country(context: Context, country: str) -> Transition:
    return partial(with_country, country=country, dangerous=in_danger(context, country))


async def _apply(context: Context, draft: Draft, transition: Transition) -> Answer:
    tags = context.store.signer_tags
    tag = draft.signer_tag or tags.ready(context.person)
    if tag is None:
        tags.begin(context.person)
    elif draft.signer_tag is None and await context.store.signatures.find(tag) is not None:
        return await _drop(context)

    def change(current: Draft) -> Draft:
        return replace(transition(current), signer_tag=tag)

    changed = await context.store.drafts.apply(context.person, context.update_id, change, version=draft.version)
    if changed is None:
        return Answer(await context.draw(ScreenName.START), toast=older_message(context))
    toast = older_message(context) if changed.outcome is Outcome.STALE else None
    return ask(context, changed.row, toast=toast)


async def typed(context: Context, text: str) -> Answer | None:
    """A text sent while signing: a name or a country, where one is asked for; None when she is not signing."""
    draft = await context.store.drafts.find(context.person)
    if draft is None:
        return None
    if context.update_id <= draft.update_id:
        return ask(context, draft)
    if (closed := await _closed(context, draft)) is not None:
        return closed
    if draft.step in (Step.NAME, Step.TYPED_NAME):
        return await _typed_name(context, draft, text)
    if draft.step is Step.COUNTRY:
        return await _typed_country(context, draft, text)
    return ask(context, draft, notice=context.words.gettext("Please tap one of the buttons below."))


async def _typed_name(context: Context, draft: Draft, text: str) -> Answer:
    try:
        name = check_name(text)
    except NameRefused as refused:
        return ask(context, draft, notice=refusal(context, refused))
    return await _apply(context, draft, partial(with_name, name=name))


async def _typed_country(context: Context, draft: Draft, text: str) -> Answer:
    country = find_country(text)
    if country is not None:
        return await _apply(context, draft, _country(context, country))
    notice = context.words.gettext("I do not know that country. Please type it again, tap one, or skip.")
    answer = ask(context, draft, notice=notice)
    likely = suggest_countries(text, context.words.language)
    return replace(answer, screen=question(context, draft, notice, likely))


async def odd(context: Context, _odd: Odd) -> Answer | None:
    """A sticker, a forward, an edit while signing: the question again; None when she is not signing."""
    draft = await context.store.drafts.find(context.person)
    if draft is None:
        return None
    notice = context.words.gettext("I can read only new text messages and taps. Here is where you are.")
    return ask(context, draft, notice=notice)


async def old_tap(context: Context) -> Answer | None:
    """A tap on a button that this version does not know: where she is; None when she is not signing."""
    draft = await context.store.drafts.find(context.person)
    return None if draft is None else ask(context, draft, toast=older_message(context))


async def cancel(context: Context) -> Answer:
    """The /cancel command."""
    return await _cancel(context)


async def _cancel(context: Context) -> Answer:
    draft = await context.store.drafts.find(context.person)
    cancelled = await context.store.drafts.cancel(context.person, context.update_id)
    if draft is not None and not cancelled:
        return ask(context, draft)
    live = draft.screen if draft is not None and draft.screen != context.tapped else None
    return Answer(await _cancelled(context, draft), retire=live)


async def _cancelled(context: Context, draft: Draft | None) -> Screen:
    _ = context.words.gettext
    if draft is not None and draft.amends is not None:
        own = await context.draw(ScreenName.SIGNATURE)
        return Screen(f"{_('All right. Nothing is changed.')}\n\n{own.text}", own.rows)
    text = _(
        "All right. Nothing is being signed, and what you entered is erased. To see a signature of yours: /mysignature."
    )
    return Screen(text, ((Choice(_("Back"), OpenStart()),),))


async def _i_sign(context: Context, button: Signing) -> Answer:
    draft = await context.store.drafts.find(context.person)
    if draft is None or draft.amends is not None:
        return await _signed_before(context)
    tag = draft.signer_tag or await context.signer_tag()
    if context.services.signings.are_spent(context.person) and await context.store.signatures.find(tag) is None:
        return Answer(_spent(context))
    result = await context.store.signatures.sign(
        context.person,
        tag,
        context.update_id,
        button.version,
        text_hash=context.text.hash,
        consent_hash=consent_hash(context, draft),
        language=context.words.language,
    )
    match result:
        case Signed(signature) | AlreadySigned(signature):
            return Answer(_thanks(context, signature))
        case NotTaken(standing, current) if standing.closed is None:
            return ask(context, current, notice=paused(context), toast=paused(context))
        case NotTaken(standing):
            return Answer(await not_taken(context, standing))
        case NoDraft():
            return await _signed_before(context)
        case StaleDraft(current):
            return await _not_yet(context, current)


async def _signed_before(context: Context) -> Answer:
    """There is nothing that could be signed: the thank-you once more, or the start where nothing was signed."""
    signature = await context.store.signatures.find(await context.signer_tag())
    if signature is None:
        return Answer(await context.draw(ScreenName.START), toast=older_message(context))
    return Answer(_thanks(context, signature))


def _spent(context: Context) -> Screen:
    """Each signature takes a number that is never given again."""
    _ = context.words.gettext
    text = _(
        "You have signed {times} times today, and each time took a number that is not given again. Please come back "
        "tomorrow, after midnight UTC."
    ).format(times=context.words.number(A_DAY))
    return Screen(text, ((Choice(_("Read the appeal"), OpenAppeal(1)), Choice(_("Back"), OpenStart())),))


async def _not_yet(context: Context, draft: Draft) -> Answer:
    """The review was drawn for another state, or the text is no longer the one she read."""
    if context.update_id <= draft.update_id:
        return ask(context, draft)
    if draft.step is not Step.REVIEW or draft.text_hash == context.text.hash:
        return ask(context, draft, toast=older_message(context))
    told = partial(with_new_text, text_hash=context.text.hash)
    changed = await context.store.drafts.apply(context.person, context.update_id, told, version=draft.version)
    return ask(context, draft if changed is None else changed.row)


async def open_thanks(context: Context, _button: OpenThanks) -> Answer:
    """Back to the thank-you; to the start when the signature is withdrawn meanwhile."""
    signature = await context.store.signatures.find(await context.signer_tag())
    return Answer(await context.draw(ScreenName.START) if signature is None else _thanks(context, signature))


def _thanks(context: Context, signature: Signature) -> Screen:
    """The thank-you, said only after the commit. Whoever may be at risk finds Clear this chat first."""
    _ = context.words.gettext
    text = _(
        "<b>Thank you.</b> You are signatory {number}.\n\n"
        "May we send you news about it here? Rarely, and you can stop it at any time. For news we must keep your "
        "chat's number, encrypted. If you are at risk, better not."
    ).format(number=bold(_("No. {number}").format(number=context.words.number(signature.number))))
    news = (
        Choice(_("Send me news"), Subscribe()),
        Choice(_("No, thanks"), DeclineNews()),
    )
    if not context.clears_chats:
        return Screen(text, (news,))
    clear = (Choice(_("Clear this chat"), AskClear(Place.THANKS)),)
    at_risk = signature.kind is not Kind.SHOWN or in_danger(context, signature.country)
    return Screen(text, (clear, news) if at_risk else (news, clear))
