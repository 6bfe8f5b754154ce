"""One's own signature: see it, withdraw it; to change it, `change.py`."""

from __future__ import annotations

from handlers.answer import Answer, Choice, Screen
from handlers.buttons import AskWithdraw, BeginChange, OpenSignature, OpenStart, Withdraw
from handlers.context import Context
from handlers.review import country
from handlers.standing import sign_choices
from handlers.words import bold
from storage.drafts import Kind
from storage.signatures import Signature


async def my_signature(context: Context) -> Answer:
    """The /mysignature command."""
    return Answer(await screen(context))


async def open_signature(context: Context, _button: OpenSignature) -> Answer:
    """Back to one's own signature."""
    return Answer(await screen(context))


async def withdraw(context: Context) -> Answer:
    """The /withdraw command: asks once."""
    return Answer(await _question(context))


async def ask_withdraw(context: Context, _button: AskWithdraw) -> Answer:
    """Withdraw, tapped under one's own signature: asks once."""
    return Answer(await _question(context))


async def confirm_withdraw(context: Context, button: Withdraw) -> Answer:
    """Yes, withdraw: the signature that was shown, and no later one."""
    tag = await context.signer_tag()
    signature = await context.store.signatures.find(tag)
    withdrawn = await context.store.signatures.withdraw(context.person, tag, button.number)
    if signature is not None and withdrawn:
        context.services.signings.note_taken_back(context.person, signature.day)
    if await context.store.signatures.find(tag) is not None:
        return Answer(await screen(context))
    if not withdrawn:
        return Answer(await _none(context))
    _ = context.words.gettext
    text = _(
        "Your signature is withdrawn: nothing of it is kept, and it is no longer counted. From our files it is gone "
        "within a minute while they are small, at the latest within a day; from sealed backups within 7 days. Copies "
        "that others made of the list stay."
    )
    return Answer(Screen(text, ((Choice(_("Done"), OpenStart()),),)))


async def screen(context: Context) -> Screen:
    """One's own signature, by its name in the registry."""
    _ = context.words.gettext
    signature = await context.store.signatures.find(await context.signer_tag())
    if signature is None:
        return await _none(context)
    text = _("You have signed: {number}, on {day}.").format(
        number=bold(_("No. {number}").format(number=context.words.number(signature.number))),
        day=context.words.day(signature.day),
    )
    language = _("Language: {language}").format(language=bold(context.words.language_name(signature.language)))
    lives = _("Country: {country}").format(country=country(context, signature.country))
    lines = "\n".join((_name(context, signature), lives, language))
    buttons = (
        Choice(_("Change"), BeginChange()),
        Choice(_("Withdraw"), AskWithdraw()),
        Choice(_("Done"), OpenStart()),
    )
    return Screen(f"{text}\n\n{lines}", (buttons,))


def _name(context: Context, signature: Signature) -> str:
    _ = context.words.gettext
    if signature.kind is Kind.NAMELESS:
        return _("Name: <b>none</b>, you signed without a name")
    if signature.name is None:
        return _("Name: <b>private</b>. Your name is sealed: only the organisers' offline key opens it.")
    return _("Name: {name}, shown").format(name=bold(signature.name))


async def _question(context: Context) -> Screen:
    _ = context.words.gettext
    signature = await context.store.signatures.find(await context.signer_tag())
    if signature is None:
        return await _none(context)
    text = _("Withdraw your signature, {number}? It is erased, and its number is not given again.").format(
        number=bold(_("No. {number}").format(number=context.words.number(signature.number)))
    )
    return Screen(text, ((Choice(_("Yes, withdraw"), Withdraw(signature.number)), Choice(_("Back"), OpenSignature())),))


async def _none(context: Context) -> Screen:
    _ = context.words.gettext
    text = _("There is no signature of yours here: none was given, or it is withdrawn.")
    standing = await context.store.standing.lately()
    if standing.erased is not None:
        text = context.words.ngettext(
            "No signature is kept here any more: all were erased {days} day after this petition closed. They stay "
            "counted.",
            "No signature is kept here any more: all were erased {days} days after this petition closed. They stay "
            "counted.",
            standing.erased.days,
        ).format(days=context.words.number(standing.erased.days))
    elif standing.closed is None and await context.store.drafts.find(context.person) is not None:
        text += "\n\n" + _("You are about to give one: /sign goes on with it, /cancel stops and erases it.")
    return Screen(text, ((*await sign_choices(context), Choice(_("Back"), OpenStart())),))
