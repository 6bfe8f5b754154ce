"""The last step before I sign: what was answered, and what she agrees to."""

from __future__ import annotations

from hashlib import sha256

from handlers.answer import Choice, Screen
from handlers.buttons import Choice as Tapped
from handlers.buttons import OpenAppeal, OpenDemands
from handlers.context import Context
from handlers.signing_buttons import choice, way_out
from handlers.words import bold
from petition.countries import country_name
from storage.drafts import Draft, Kind


def review(context: Context, draft: Draft) -> Screen:
    """The answers, the words of consent, I sign."""
    _ = context.words.gettext
    title = bold(_("4 of 4") + " · " + _("Please check"))
    change = choice(_("Change"), Tapped.CHANGE, draft)
    rows = (
        (choice("✍️ " + _("I sign"), Tapped.SIGN, draft),),
        (change, *way_out(context, draft, back=False)),
    )
    return Screen(f"{title}\n\n{answers(context, draft)}\n\n{consent(context, draft)}", rows)


def answers(context: Context, draft: Draft) -> str:
    """What was answered, two lines: name and country."""
    _ = context.words.gettext
    name = _("Name: {name}").format(name=name_and_kind(context, draft.kind, draft.name))
    return f"{name}\n{_('Country: {country}').format(country=country(context, draft.country))}"


def name_and_kind(context: Context, kind: Kind | None, name: str | None) -> str:
    """A name and how it is borne; one that is missing from a private signature is sealed."""
    _ = context.words.gettext
    if kind is Kind.NAMELESS or kind is None:
        return _("<b>none</b>, you sign without a name")
    if name is None:
        return _("<b>sealed</b>, private")
    if kind is Kind.SHOWN:
        return _("{name}, shown").format(name=bold(name))
    return _("{name}, private").format(name=bold(name))


def country(context: Context, code: str | None) -> str:
    """A country by its name, or that none is given."""
    if code is None:
        return context.words.gettext("<b>not given</b>")
    return bold(country_name(code, context.words.language))


def consent(context: Context, draft: Draft) -> str:
    """The words that she agrees to with "I sign": who can see what is said for the kind that she chose."""
    _ = context.words.gettext
    agreed = _(
        "With “I sign” you support {title} as shown here today, and agree that we keep what stands above, your "
        "language, today's date and a code made from your account so that nobody signs twice."
    ).format(title=bold(context.text.title))
    promised = _(
        "You can withdraw at any time: /mysignature. What we keep, and why: /privacy. Telegram, and whoever holds your "
        "phone, can read this chat."
    )
    return f"{agreed}\n\n{who_can_see(context, draft)}\n\n{promised}"


def who_can_see(context: Context, draft: Draft) -> str:
    """By the kind that was chosen."""
    _ = context.words.gettext
    if draft.kind is Kind.SHOWN:
        seen = _("<b>Who can see your name:</b> anyone, in the list. Copies cannot be taken back.")
    elif draft.kind is Kind.PRIVATE:
        seen = _(
            "<b>Who can see your name:</b> only the organisers, with a key kept off this server, to hand the petition "
            "over. This bot cannot read it again."
        )
    else:
        seen = _("<b>Who can see your name:</b> nobody; none is kept.")
    return seen if draft.country is None else f"{seen} {_('Your country is only counted.')}"


def consent_hash(context: Context, draft: Draft) -> bytes:
    """SHA-256 of the words of consent that she saw, kept with the signature."""
    return sha256(consent(context, draft).encode()).digest()


def new_text(context: Context, draft: Draft) -> Screen:
    """The text changed since she began: to be read again, and then the way back to the review."""
    _ = context.words.gettext
    text = _(
        "<b>The text has changed</b> since you began.\n\nYou have not signed yet, and what you entered is kept. Please "
        "read it again. Back leads to your answers, where you can sign it as it is now."
    )
    read = (Choice(_("Read the appeal"), OpenAppeal(1)), Choice(_("The demands"), OpenDemands()))
    return Screen(text, (read, way_out(context, draft)))
