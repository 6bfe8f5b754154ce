"""What stands around a report while one leafs through all broadcasts."""

from __future__ import annotations

from handlers.answer import Choice, Screen
from handlers.buttons import OpenBroadcast
from handlers.organisers.first_words import first_words
from handlers.organisers.panel import kind_in_words
from handlers.organisers.report_choices import preview
from handlers.organisers.report_facts import Facts, Page
from handlers.organisers.times import in_full
from handlers.words import Words, bold
from petition.languages import LANGUAGES
from storage.announcement import Announcement
from storage.broadcast import Broadcast, BroadcastKind


def with_page(words: Words, facts: Facts, page: Page, screen: Screen) -> Screen:
    """Which one it is, what it says, and those beside it."""
    broadcast = facts.broadcast
    paragraphs = [_title(words, facts, page), _content(words, broadcast), screen.text]
    rows = (*screen.rows, (preview(words, facts),), _beside(words, page, broadcast.number))
    return Screen("\n\n".join(paragraphs), tuple(row for row in rows if row))


def _title(words: Words, facts: Facts, page: Page) -> str:
    _, broadcast = words.gettext, facts.broadcast
    kind = {
        BroadcastKind.NEWS: _("News"),
        BroadcastKind.EDIT: _("Edit everywhere"),
        BroadcastKind.DELETE: _("Delete everywhere"),
        BroadcastKind.RESEND: _("Resend"),
    }[broadcast.kind]
    where = _("{position} of {total}").format(position=words.number(page.position), total=words.number(page.total))
    began = [] if broadcast.began is None else [in_full(words, broadcast.began, facts.zone)]
    return " · ".join([bold(kind), where, *began])


def _content(words: Words, broadcast: Broadcast) -> str:
    what = first_words(broadcast.news) or kind_in_words(words, broadcast.news)
    return f"{what}\n{' · '.join(_terms(words, broadcast.announcement))}"


def _terms(words: Words, announcement: Announcement) -> list[str]:
    _ = words.gettext
    chosen = [words.language_name(one) for one in LANGUAGES if one in announcement.languages]
    if chosen:
        to_whom = _("to readers of {languages}").format(languages=bold(", ".join(chosen)))
    else:
        to_whom = _("to {everyone}").format(everyone=bold(_("everyone")))
    important = [_("important")] if announcement.important else []
    silent = [_("silent")] if announcement.silent else []
    return [to_whom, *important, *silent]


def _beside(words: Words, page: Page, here: int) -> tuple[Choice, ...]:
    _ = words.gettext
    newer = () if page.newer is None else (Choice(_("Newer"), OpenBroadcast(page.newer, here)),)
    older = () if page.older is None else (Choice(_("Older"), OpenBroadcast(page.older, here)),)
    return (*newer, *older)
