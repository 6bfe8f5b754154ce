"""The four questions of signing and what stands around them, drawn from the draft."""

from __future__ import annotations

from collections.abc import Sequence

from handlers.answer import Choice, Rows, Screen
from handlers.buttons import Choice as Tapped
from handlers.change_review import change_review
from handlers.context import Context
from handlers.review import new_text, review
from handlers.signing_buttons import choice, way_out
from handlers.words import bold, plain
from petition.countries import country_name
from storage.drafts import Draft, Kind, Step

LONGEST_NAME_ON_A_BUTTON = 24  # characters; a longer one does not fit on a phone
LONGEST_IN_HALF_A_ROW = 24  # characters


def question(context: Context, draft: Draft, notice: str = "", countries: Sequence[str] = ()) -> Screen:
    """The question that the draft stands at, with a notice above it and countries to choose from."""
    if draft.step is Step.COUNTRY:
        screen = _country(context, draft, countries or context.petition.likely_countries)
    else:
        screen = _QUESTIONS[draft.step](context, draft)
    return Screen(f"{notice}\n\n{screen.text}", screen.rows) if notice else screen


def _title(context: Context, draft: Draft, place: str, what: str) -> str:
    """Which of the four questions it is; of a change, what is changed."""
    return bold(f"{context.words.gettext('Change') if draft.amends is not None else place} · {what}")


def _name(context: Context, draft: Draft) -> Screen:
    _ = context.words.gettext
    offered = draft.offered_name
    lines = [_name_title(context, draft), *_sealed_name(context, draft), _("Under which name do you sign?")]
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
        rows.append((choice(_offer(context, offered), Tapped.OFFERED_NAME, draft),))
    another = _("Use another name") if offered else _("Type a name")
    rows.append((choice(another, Tapped.ANOTHER_NAME, draft), choice(_("Without my name"), Tapped.NO_NAME, draft)))
    read_more = choice(_("Read more"), Tapped.READ_MORE, draft)
    rows.append((read_more, *way_out(context, draft, back=draft.changing)))
    return Screen("\n\n".join(lines), tuple(rows))


def _name_title(context: Context, draft: Draft) -> str:
    _ = context.words.gettext
    if draft.amends is not None:
        return _title(context, draft, "", _("Name"))
    return f"{bold(_('Sign'))} · {_('1 of 4')} · {bold(_('Name'))}"


def _sealed_name(context: Context, draft: Draft) -> list[str]:
    """Why the name is asked for, when only its being shown was to change."""
    if draft.kind is not Kind.SHOWN or draft.name is not None:
        return []
    return [context.words.gettext("Your name is sealed: this bot cannot read it. To be shown it must be given anew.")]


def _offer(context: Context, name: str) -> str:
    if len(name) > LONGEST_NAME_ON_A_BUTTON:
        return context.words.gettext("Sign with my Telegram name")
    return context.words.gettext("Sign as {name}").format(name=name)


def _typed_name(context: Context, draft: Draft) -> Screen:
    _ = context.words.gettext
    asked = _("Please type the name and send it, as it should stand under the petition.")
    without = choice(_("Without my name"), Tapped.NO_NAME, draft)
    return Screen(f"{_name_title(context, draft)}\n\n{asked}", ((without,), way_out(context, draft)))


def _country(context: Context, draft: Draft, countries: Sequence[str]) -> Screen:
    _ = context.words.gettext
    asked = _("Where do you live? Tap, type any country, or skip.")
    text = f"{_title(context, draft, _('2 of 4'), _('Country'))}\n\n{asked}"
    buttons = [choice(country_name(code, context.words.language), Tapped.COUNTRY, draft, code) for code in countries]
    return Screen(text, (*_paired(buttons), (choice(_("Skip"), Tapped.SKIP, draft),), way_out(context, draft)))


def _paired(buttons: Sequence[Choice]) -> Rows:
    """Two in a row, but one too long for half of it alone."""
    rows: list[tuple[Choice, ...]] = []
    for button in buttons:
        pair = (*rows[-1], button) if rows and len(rows[-1]) == 1 else (button,)
        if len(pair) == 1 or max(len(one.label) for one in pair) > LONGEST_IN_HALF_A_ROW:
            rows.append((button,))
        else:
            rows[-1] = pair
    return tuple(rows)


def _shown(context: Context, draft: Draft) -> Screen:
    _ = context.words.gettext
    lines = [_title(context, draft, _("3 of 4"), _("Your name")), _private(context, draft), _public(context)]
    without = (choice(_("Without my name"), Tapped.NO_NAME, draft),)
    kinds: Rows = (
        (choice(_("Keep my name private"), Tapped.PRIVATE, draft),),
        (choice(_("Show my name"), Tapped.SHOWN, draft),),
    )
    if in_danger(context, draft.country):
        lines.insert(1, _("⚠️ We advise: sign without a name."))
        kinds = (without, *kinds)
    elif draft.amends is not None:
        kinds = (*kinds, without)
    return Screen("\n\n".join(lines), (*kinds, way_out(context, draft)))


def _private(context: Context, draft: Draft) -> str:
    _ = context.words.gettext
    if draft.amends is not None:
        return _(
            "<b>Private:</b> not in the list. Once it is saved, this bot cannot read it. The organisers hold the key, "
            "off this server, and can open it to hand the petition over. If you fear that, tap Without my name."
        )
    return _(
        "<b>Private:</b> not in the list. After you sign, this bot cannot read it. The organisers hold the key, "
        "off this server, and can open it to hand the petition over. If you fear that, go Back and sign without "
        "a name."
    )


def _public(context: Context) -> str:
    return context.words.gettext(
        "<b>Shown:</b> anyone can read it in the list of signatories, now and later; copies cannot be taken back. "
        "Your country is not shown, only counted."
    )


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
    return Screen(text, ((choice(_("Back"), Tapped.QUESTION, draft),),))


def in_danger(context: Context, country: str | None) -> bool:
    """Whether the petition marks this country as dangerous for who signs."""
    return country in context.petition.dangerous_countries


def _review(context: Context, draft: Draft) -> Screen:
    return review(context, draft) if draft.amends is None else change_review(context, draft, draft.amends)


_QUESTIONS = {
    Step.NAME: _name,
    Step.TYPED_NAME: _typed_name,
    Step.SHOWN: _shown,
    Step.REVIEW: _review,
    Step.NEW_TEXT: new_text,
}
