"""The report of a broadcast that has not begun: it waits for an approval, for its time, or for a word."""

from __future__ import annotations

from datetime import timedelta

from handlers.answer import Choice, Screen
from handlers.buttons import ApproveBroadcast, ConfirmAgain, RejectBroadcast
from handlers.organisers.audience import readers
from handlers.organisers.panel import content_in_words
from handlers.organisers.report_choices import back, preview, stop
from handlers.organisers.report_facts import Facts
from handlers.organisers.times import ahead, in_full
from handlers.words import Words, bold
from storage.broadcast import BroadcastKind
from storage.reports import Role

NEAR = timedelta(seconds=60)  # so far ahead seconds are counted


def proposed(words: Words, facts: Facts) -> Screen:
    """Another owner is to approve it."""
    return _for_author(words, facts) if facts.role is Role.AUTHOR else _for_approval(words, facts)


def rejected(words: Words, facts: Facts) -> Screen:
    """Another owner did not want it."""
    _ = words.gettext
    if facts.role is not Role.AUTHOR:
        rows = ((stop(words, facts),),) if facts.page is not None else ()
        return Screen(_("{rejected} It does not go out.").format(rejected=bold(_("Rejected."))), rows)
    text = _("{rejected} It does not go out. {back} leads to the draft.").format(
        rejected=bold(_("Another owner rejected it.")), back=bold(_("Back"))
    )
    return Screen(text, ((*back(words, facts), stop(words, facts)),))


def recalled(words: Words, _facts: Facts) -> Screen:
    """It is a draft again."""
    _ = words.gettext
    return Screen(_("{recalled} It does not go out.").format(recalled=bold(_("Taken back by its author."))))


def scheduled(words: Words, facts: Facts) -> Screen:
    """Its time has not come."""
    _, at = words.gettext, facts.broadcast.at or facts.now
    rows = ((*back(words, facts), stop(words, facts)),)
    left = at - facts.now
    if left <= timedelta() and facts.frozen:
        text = _("{waits}: the petition is frozen. It begins by itself after {command}.").format(
            waits=bold(_("Waits")), command="<code>python -m bot unfreeze</code>"
        )
    elif left <= timedelta():
        text = bold(_("Begins now."))
    elif left <= NEAR:
        begins = _("Begins in {time}.").format(time=words.duration(left.total_seconds()))
        text = f"{bold(begins)} {_('Anyone of the owners can stop it.')}"
    else:
        goes_out = _("Goes out on {time}").format(time=in_full(words, at, facts.zone))
        text = f"{bold(goes_out)}, {ahead(words, left)} · {to_whom(words, facts)}"
    return Screen(text, rows)


def missed(words: Words, facts: Facts) -> Screen:
    """Its time is over by too much, or nobody answers for it any more."""
    _, broadcast = words.gettext, facts.broadcast
    title, begins, now = {
        BroadcastKind.NEWS: (_("It did not go out."), _("It was to go out on {time}"), _("Send now")),
        BroadcastKind.RESEND: (_("It did not go out."), _("It was to go out on {time}"), _("Send now")),
        BroadcastKind.EDIT: (_("The edit did not begin."), _("It was to begin on {time}"), _("Edit now")),
        BroadcastKind.DELETE: (_("The deletion did not begin."), _("It was to begin on {time}"), _("Delete now")),
    }[broadcast.kind]
    text = _(
        "{missed} {begins}: the bot was not running then, the petition was frozen, or who confirmed it is no owner any "
        "more."
    ).format(missed=bold(title), begins=begins.format(time=in_full(words, broadcast.at or facts.now, facts.zone)))
    again = Choice(now, ConfirmAgain(broadcast.number, broadcast.digest))
    return Screen(f"{text}\n\n{to_whom(words, facts)}", ((again,), (*back(words, facts), stop(words, facts))))


def to_whom(words: Words, facts: Facts) -> str:
    """To everyone (8,412); or in how many chats."""
    if facts.broadcast.kind in (BroadcastKind.NEWS, BroadcastKind.RESEND):
        said = facts.broadcast.announcement
        return readers(words, said, facts.people)
    return words.ngettext("in {count} chat", "in {count} chats", facts.people).format(count=words.number(facts.people))


def _for_author(words: Words, facts: Facts) -> Screen:
    _ = words.gettext
    title = bold(_("Waits for another owner to approve it."))
    text = f"{title}\n\n{to_whom(words, facts)} · {_when(words, facts)}"
    return Screen(text, ((*back(words, facts), stop(words, facts)),))


def _for_approval(words: Words, facts: Facts) -> Screen:
    _, broadcast = words.gettext, facts.broadcast
    what = [bold(_("News")), *([_("edit everywhere")] if broadcast.kind is BroadcastKind.EDIT else [])]
    asked = _("for approval, from another owner")
    text = " · ".join([*what, asked, to_whom(words, facts), *_terms(words, facts), _when(words, facts)])
    if facts.previewed:
        text += " " + _("(the preview stands above)")
    approve = Choice(_("Approve"), ApproveBroadcast(broadcast.number, broadcast.digest))
    reject = Choice(_("Reject"), RejectBroadcast(broadcast.number, broadcast.digest))
    looks = () if facts.page is not None else ((preview(words, facts),),)  # a page bears it anyway
    return Screen(text, (*looks, (approve, reject)))


def _terms(words: Words, facts: Facts) -> list[str]:
    """What else is approved and no preview tells; a page tells some of it above."""
    _, said = words.gettext, facts.broadcast.announcement
    versions = [content_in_words(words, said)] if len(said.versions) > 1 else []
    if facts.broadcast.kind is BroadcastKind.EDIT or facts.page is not None:
        return versions
    return [*versions, *([_("important")] if said.important else []), *([_("silent")] if said.silent else [])]


def _when(words: Words, facts: Facts) -> str:
    _, at = words.gettext, facts.broadcast.at
    if at is None:
        return _("now")
    told = f"{in_full(words, at, facts.zone)}, {ahead(words, at - facts.now)}"
    return told if at > facts.now else f"{told}: {_('once approved it begins at once')}"
