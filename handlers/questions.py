"""The four questions of signing and what stands around them, drawn from the draft."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256

from handlers.answer import Choice, Rows, Screen
from handlers.buttons import Choice as Tapped
from handlers.buttons import Signing
from handlers.context import Context
from handlers.words import bold, plain
from petition.countries import country_name
from storage.drafts import Draft, Kind, Step

LONGEST_NAME_ON_A_BUTTON = 24  # characters; a longer one does not fit on a phone
COUNTRIES_IN_A_ROW = 2


def question(context: Context, draft: Draft, notice: str = "", countries: Sequence[str] = ()) -> Screen:
    """The question that the draft stands at, with a notice above it and countries to choose from."""
    if draft.step is Step.COUNTRY:
        screen = _country(context, draft, countries or context.petition.likely_countries)
    else:
        screen = _QUESTIONS[draft.step](context, draft)
    return Screen(f"{notice}\n\n{screen.text}", screen.rows) if notice else screen


def _choice(label: str, tapped: Tapped, draft: Draft, country: str = "") -> Choice:
    return Choice(label, Signing(tapped, draft.step, draft.version, country))


def _way_out(context: Context, draft: Draft, *, back: bool = True) -> tuple[Choice, ...]:
    _ = context.words.gettext
    cancel = _choice(_("Cancel"), Tapped.CANCEL, draft)
    return (_choice(_("Back"), Tapped.BACK, draft), cancel) if back else (cancel,)


def _name(context: Context, draft: Draft) -> Screen:
    _ = context.words.gettext
    offered = draft.offered_name
    lines = [f"{bold(_('Sign'))} · {_('1 of 4')} · {bold(_('Name'))}", _("Under which name do you sign?")]
    if offered is not None and len(offered) > LONGEST_NAME_ON_A_BUTTON:
        lines.append(_("Your name in Telegram: {name}").format(name=bold(offered)))
    lines.append(
        _(
            "⚠️ Do you live in Belarus, or have family there? Signing can put you at risk, even without a name. "
            "Please tap Read more first."
        )
    )
    rows: list[tuple[Choice, ...]] = []
    if offered is not None:
        rows.append((_choice(_offer(context, offered), Tapped.OFFERED_NAME, draft),))
    another = _("Use another name") if offered else _("Type a name")
    rows.append((_choice(another, Tapped.ANOTHER_NAME, draft), _choice(_("Without my name"), Tapped.NO_NAME, draft)))
    read_more = _choice(_("Read more"), Tapped.READ_MORE, draft)
    rows.append((read_more, *_way_out(context, draft, back=draft.changing)))
    return Screen("\n\n".join(lines), tuple(rows))


def _offer(context: Context, name: str) -> str:
    if len(name) > LONGEST_NAME_ON_A_BUTTON:
        return context.words.gettext("Sign with my Telegram name")
    return context.words.gettext("Sign as {name}").format(name=name)


def _typed_name(context: Context, draft: Draft) -> Screen:
    _ = context.words.gettext
    text = f"{bold(_('Sign'))} · {_('1 of 4')} · {bold(_('Name'))}\n\n" + _(
        "Please type the name and send it, as it should stand under the petition."
    )
    without = _choice(_("Without my name"), Tapped.NO_NAME, draft)
    return Screen(text, ((without,), _way_out(context, draft)))


def _country(context: Context, draft: Draft, countries: Sequence[str]) -> Screen:
    _ = context.words.gettext
    text = f"{bold(_('2 of 4') + ' · ' + _('Country'))}\n\n" + _("Where do you live? Tap, type any country, or skip.")
    buttons = [_choice(country_name(code, context.words.language), Tapped.COUNTRY, draft, code) for code in countries]
    rows = [tuple(buttons[at : at + COUNTRIES_IN_A_ROW]) for at in range(0, len(buttons), COUNTRIES_IN_A_ROW)]
    return Screen(text, (*rows, (_choice(_("Skip"), Tapped.SKIP, draft),), _way_out(context, draft)))


def _shown(context: Context, draft: Draft) -> Screen:
    _ = context.words.gettext
    lines = [bold(_("3 of 4") + " · " + _("Your name")), *_private_and_shown(context)]
    without = (_choice(_("Without my name"), Tapped.NO_NAME, draft),)
    rows: Rows = (
        (_choice(_("Keep my name private"), Tapped.PRIVATE, draft),),
        (_choice(_("Show my name"), Tapped.SHOWN, draft),),
        _way_out(context, draft),
    )
    if in_danger(context, draft.country):
        lines.insert(1, _("⚠️ We advise: sign without a name."))
        rows = (without, *rows)
    return Screen("\n\n".join(lines), rows)


def _private_and_shown(context: Context) -> list[str]:
    _ = context.words.gettext
    return [
        _(
            "<b>Private:</b> not in the list. After you sign, this bot cannot read it. The organisers hold the key, "
            "off this server, and can open it to hand the petition over. If you fear that, go Back and sign without "
            "a name."
        ),
        _(
            "<b>Shown:</b> anyone can read it in the list of signatories, now and later; copies cannot be taken back. "
            "Your country is not shown, only counted."
        ),
    ]


def _review(context: Context, draft: Draft) -> Screen:
    _ = context.words.gettext
    text = (
        f"{bold(_('4 of 4') + ' · ' + _('Please check'))}\n\n"
        f"{answers(context, draft.kind, draft.name, draft.country)}\n\n{consent(context)}"
    )
    change = _choice(_("Change"), Tapped.CHANGE, draft)
    return Screen(
        text,
        ((_choice("✍️ " + _("I sign"), Tapped.SIGN, draft),), (change, *_way_out(context, draft, back=False))),
    )


def answers(context: Context, kind: Kind | None, name: str | None, country: str | None) -> str:
    """What was answered, two lines: name and country."""
    _ = context.words.gettext
    if kind is Kind.NAMELESS or name is None:
        name_line = _("Name: <b>none</b>, you sign without a name")
    elif kind is Kind.SHOWN:
        name_line = _("Name: {name}, shown").format(name=bold(name))
    else:
        name_line = _("Name: {name}, private").format(name=bold(name))
    country_line = _("Country: <b>not given</b>")
    if country is not None:
        country_line = _("Country: {country}").format(country=bold(country_name(country, context.words.language)))
    return f"{name_line}\n{country_line}"


def consent(context: Context) -> str:
    """The words that the person agrees to with "I sign"."""
    return context.words.gettext(
        "With “I sign” you support {title} as shown here today, and agree that we keep what stands above, your "
        "language, today's date and a code made from your account so that nobody signs twice. You can withdraw at any "
        "time: /mysignature. What we keep, and why: /privacy. Telegram, and whoever holds your phone, can read this "
        "chat."
    ).format(title=bold(context.text.title))


def consent_hash(context: Context) -> bytes:
    """SHA-256 of the words of consent in the person's language, kept with the signature."""
    return sha256(consent(context).encode()).digest()


def changes(context: Context, draft: Draft) -> Screen:
    """Under Change: which answer to give anew."""
    _ = context.words.gettext
    fields = [
        _choice(_("Name"), Tapped.CHANGE_NAME, draft),
        _choice(_("Country"), Tapped.CHANGE_COUNTRY, draft),
    ]
    rows: list[tuple[Choice, ...]] = [tuple(fields)]
    if draft.kind is not Kind.NAMELESS:
        rows.append((_choice(_("Shown or private"), Tapped.CHANGE_SHOWN, draft),))
    rows.append((_choice(_("Back"), Tapped.QUESTION, draft),))
    text = f"{bold(_('Change'))}\n\n{answers(context, draft.kind, draft.name, draft.country)}\n\n"
    return Screen(text + _("What would you like to change?"), tuple(rows))


def what_signing_means(context: Context, draft: Draft) -> Screen:
    """Read more: what can follow from signing, said before the first question."""
    _ = context.words.gettext
    text = _(
        "<b>What signing can mean</b>\n\n"
        "In Belarus people were detained for writing to bots.\n"
        "<b>Kept:</b> your answers, the day, and a code made from your account so that nobody signs twice. Whoever "
        "takes our database alone learns no name and no account. Whoever takes the server with its keys can test "
        "whether an account signed, even without a name, and read who gets news or used this chat in the last 48 "
        "hours; not a private name.\n"
        "<b>Not in our hands:</b> Telegram, and whoever holds your phone, can read this chat.\n"
        "<b>Safer:</b> no name, no news, Clear this chat, then delete the chat in Telegram.\n"
        "The true bot is @{bot}. It never asks for documents, money or a phone number."
    ).format(bot=plain(context.services.bot_name))
    return Screen(text, ((_choice(_("Back"), Tapped.QUESTION, draft),),))


def in_danger(context: Context, country: str | None) -> bool:
    """Whether the petition marks this country as dangerous for who signs."""
    return country in context.petition.dangerous_countries


_QUESTIONS = {Step.NAME: _name, Step.TYPED_NAME: _typed_name, Step.SHOWN: _shown, Step.REVIEW: _review}
