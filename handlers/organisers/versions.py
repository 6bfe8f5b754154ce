"""The news in several languages: each is a message of its own, and may be of another kind."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from handlers.answer import Choice, Screen, ticked
from handlers.buttons import Compose, ComposeLanguage
from handlers.context import Context
from handlers.organisers.placing import button, by_language, language_button
from handlers.organisers.taking import settled
from handlers.words import Words, bold, own_name
from petition.languages import LANGUAGES
from storage.announcement import DEFAULT
from storage.compositions import Composition, Step


async def languages(context: Context, composed: Composition) -> Screen:
    """Which there are; the default is for everybody else."""
    _, versions = context.words.gettext, composed.announcement.versions
    text = f"{bold(_('Languages'))}\n\n" + _(
        "Tap a language to write its own version. Readers of all other languages get the default."
    )
    default = language_button(composed, ticked(_("Default"), on=DEFAULT in versions), ComposeLanguage.WRITE, DEFAULT)
    others = [
        language_button(composed, ticked(own_name(one), on=one in versions), ComposeLanguage.WRITE, one)
        for one in LANGUAGES
    ]
    return Screen(text, ((default,), *by_language(others), (button(composed, _("Back"), Compose.PANEL),)))


async def version_question(context: Context, composed: Composition) -> Screen:
    """One version is written."""
    if composed.news is None:
        return _first_question(context, composed)
    _, language = context.words.gettext, composed.language
    is_there = language in composed.announcement.versions
    lines = [f"{bold(_('News'))} · {version_name(context.words, language)}", _asked(context, composed)]
    if is_there:
        lines.append(_("It takes the place of the one that is there."))
    back = button(composed, _("Back"), Compose.LANGUAGES)
    return Screen("\n\n".join(lines), ((*await _remove(context, composed), back),))


def version_name(words: Words, language: str) -> str:
    """The default, or German."""
    return words.gettext("the default") if language == DEFAULT else words.language_name(language)


def writing(row: Composition, language: str) -> Composition:
    """Its version is asked for, once there is a default."""
    return settled(row) if row.news is None else replace(row, step=Step.WRITING, language=language, parts=())


def _first_question(context: Context, composed: Composition) -> Screen:
    _ = context.words.gettext
    asked = _(
        "Write the message and send it here, as it is to look: a text, a file, or an album. "
        "A forward is sent without its origin."
    )
    text = f"{bold(_('News'))} · {_('draft')}\n\n{asked}"
    return Screen(text, ((button(composed, _("Discard"), Compose.DISCARD),),))


def _asked(context: Context, composed: Composition) -> str:
    _ = context.words.gettext
    if composed.language == DEFAULT:
        return _("Send me the default version.")
    return _("Send me the version in {language}.").format(language=context.words.language_name(composed.language))


async def _remove(context: Context, composed: Composition) -> tuple[Choice, ...]:
    """Not the default while there are others, and nothing of what arrived already."""
    versions = composed.announcement.versions
    stays = composed.language == DEFAULT and len(versions) > 1
    if stays or composed.language not in versions or composed.language in await _arrived(context, composed):
        return ()
    return (language_button(composed, context.words.gettext("Remove"), ComposeLanguage.REMOVE, composed.language),)


async def _arrived(context: Context, composed: Composition) -> Collection[str]:
    """The languages of what stands in the chats, where that is edited."""
    sent = None if composed.edits is None else await context.store.broadcasts.find(composed.edits)
    return () if sent is None else sent.announcement.versions.keys()
