"""The review of a change: what is there now, what it becomes, and Save."""

from __future__ import annotations

from handlers.answer import Choice, Rows, Screen
from handlers.buttons import Choice as Tapped
from handlers.buttons import SaveChange
from handlers.context import Context
from handlers.review import answers, country, name_and_kind, who_can_see
from handlers.signing_buttons import choice, way_out
from handlers.words import bold
from storage.drafts import Before, Draft, Kind


def change_review(context: Context, draft: Draft, was: Before) -> Screen:
    """Before anything differs, the menu of what can be changed."""
    _ = context.words.gettext
    if not draft.differs:
        return changes(context, draft, Tapped.CANCEL)
    parts = [
        bold(_("Change") + " · " + _("Please check")),
        f"{_name(context, draft, was)}\n{_country(context, draft, was)}",
        who_can_see(context, draft),
        *_erased(context, draft, was),
        _("Your number, the day and the text that you signed stay as they are."),
    ]
    change = choice(_("Change"), Tapped.CHANGE, draft)
    save = (Choice(_("Save"), SaveChange(draft.version)),)
    return Screen("\n\n".join(parts), (save, (change, *way_out(context, draft, back=False))))


def changes(context: Context, draft: Draft, back: Tapped = Tapped.QUESTION) -> Screen:
    """Under Change: which answer to give anew."""
    _ = context.words.gettext
    rows: Rows = ((choice(_("Name"), Tapped.CHANGE_NAME, draft), choice(_("Country"), Tapped.CHANGE_COUNTRY, draft)),)
    if draft.kind is not Kind.NAMELESS:
        rows = (*rows, (choice(_("Shown or private"), Tapped.CHANGE_SHOWN, draft),))
    rows = (*rows, (choice(_("Back"), back, draft),))
    asked = _("What would you like to change?")
    if draft.amends is not None and not draft.differs:
        asked = f"{_('Nothing is changed so far.')} {asked}"
    return Screen(f"{bold(_('Change'))}\n\n{answers(context, draft)}\n\n{asked}", rows)


def _name(context: Context, draft: Draft, was: Before) -> str:
    _ = context.words.gettext
    now = name_and_kind(context, draft.kind, draft.name)
    if (draft.kind, draft.name) == (was.kind, was.name):
        return _("Name: {name}").format(name=now)
    if was.name is not None and draft.name == was.name:
        return _("Name: {name}, shown → private").format(name=bold(was.name))
    before = name_and_kind(context, was.kind, was.name)
    if was.name is not None and was.kind is draft.kind:
        before = bold(was.name)  # how it is borne stands once
    return _("Name: {before} → {now}").format(before=before, now=now)


def _country(context: Context, draft: Draft, was: Before) -> str:
    _ = context.words.gettext
    now = country(context, draft.country)
    if draft.country == was.country:
        return _("Country: {country}").format(country=now)
    return _("Country: {before} → {now}").format(before=country(context, was.country), now=now)


def _erased(context: Context, draft: Draft, was: Before) -> list[str]:
    """What becomes of the name that was there."""
    _ = context.words.gettext
    if was.kind is Kind.NAMELESS or (draft.kind, draft.name) == (was.kind, was.name):
        return []
    erased = _(
        "With Save the name that is kept now is erased: from our files within a minute while they are small, at the "
        "latest within a day; from sealed backups within 7 days."
    )
    if was.kind is Kind.SHOWN:
        erased += " " + _("Copies that others made of the list stay.")
    return [erased]
