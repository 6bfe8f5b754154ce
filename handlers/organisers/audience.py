"""Whom news is for: everyone, or readers of some languages. Never by who signed: the record of it would tell."""

from __future__ import annotations

from dataclasses import replace

from handlers.answer import Screen, ticked
from handlers.buttons import Compose, ComposeLanguage
from handlers.context import Context
from handlers.organisers.placing import button, by_language, language_button
from handlers.words import Words, bold, own_name
from petition.languages import LANGUAGES
from storage.announcement import Announcement
from storage.compositions import Composition


async def number_of_people(context: Context, composed: Composition) -> int:
    """How many get it; of what is edited, in how many chats it stands."""
    if composed.edits is not None:
        return await context.store.deliveries.reachable(composed.edits)
    announcement = composed.announcement
    return await context.store.subscribers.count(announcement.languages, important=announcement.important)


async def would_be_read_if_important(context: Context, composed: Composition) -> bool:
    """Whether it would have readers if it were marked important."""
    return bool(await context.store.subscribers.count(composed.announcement.languages, important=True))


def readers(words: Words, announcement: Announcement, people: int) -> str:
    """To whom, and how many they are."""
    _ = words.gettext
    languages = [words.language_name(one) for one in LANGUAGES if one in announcement.languages]
    if not people:
        return _("nobody has asked for such news yet") if languages else _("nobody has asked for news yet")
    count = words.number(people)
    if not languages:
        return _("to {everyone} ({count})").format(everyone=bold(_("everyone")), count=count)
    return _("to readers of {languages} ({count})").format(languages=bold(", ".join(languages)), count=count)


async def audience(context: Context, composed: Composition) -> Screen:
    """Several languages may be on."""
    _, chosen = context.words.gettext, composed.announcement.languages
    text = f"{bold(_('Audience'))}\n\n" + _(
        "Everyone who asked for news, or only readers of the languages that you choose. A reader's language is the one "
        "that Telegram had for them when they asked for news."
    )
    everyone = button(composed, ticked(_("Everyone"), on=not chosen), Compose.EVERYONE)
    languages = [
        language_button(composed, ticked(own_name(one), on=one in chosen), ComposeLanguage.READERS, one)
        for one in LANGUAGES
    ]
    return Screen(text, ((everyone,), *by_language(languages), (button(composed, _("Back"), Compose.PANEL),)))


def everyone(row: Composition) -> Composition:
    """Readers of every language."""
    return replace(row, announcement=replace(row.announcement, languages=frozenset()))


def with_readers(row: Composition, language: str) -> Composition:
    """Those of one language more or less; without any it is everyone."""
    return replace(row, announcement=replace(row.announcement, languages=row.announcement.languages ^ {language}))
