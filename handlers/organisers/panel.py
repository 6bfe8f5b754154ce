"""What is written, in one line, and all that can be done with it."""

from __future__ import annotations

from dataclasses import replace

from handlers.answer import Choice, Rows, Screen, ticked
from handlers.buttons import Compose
from handlers.context import Context
from handlers.organisers.audience import number_of_people, readers, would_be_read_if_important
from handlers.organisers.first_words import first_words
from handlers.organisers.placing import button
from handlers.organisers.when import time_of
from handlers.words import Words, bold, plain
from petition.languages import LANGUAGES
from storage.announcement import DEFAULT, Announcement, NewsButtons
from storage.compositions import Composition
from storage.news import News, NewsKind


async def panel(context: Context, composed: Composition) -> Screen:
    """The screen while nothing is asked."""
    people = await number_of_people(context, composed)
    if composed.edits is not None:
        return _edit_panel(context, composed, people)
    to_whom = readers(context.words, composed.announcement, people)
    if not people and await would_be_read_if_important(context, composed):
        to_whom = context.words.gettext("whoever asked for it wants important news only")
    return _panel(context, composed, people, to_whom)


def with_silence(row: Composition) -> Composition:
    """On or off."""
    return replace(row, announcement=replace(row.announcement, silent=not row.announcement.silent))


def with_importance(row: Composition) -> Composition:
    """On or off."""
    return replace(row, announcement=replace(row.announcement, important=not row.announcement.important))


def bears_buttons(announcement: Announcement) -> bool:
    """Telegram puts none under an album."""
    return any(news.kind is not NewsKind.ALBUM for news in announcement.versions.values())


def _title(context: Context, composed: Composition) -> str:
    _ = context.words.gettext
    return f"{bold(_('News'))} · {_('draft') if composed.edits is None else _('edit everywhere')}"


def _panel(context: Context, composed: Composition, people: int, to_whom: str) -> Screen:
    _, announcement = context.words.gettext, composed.announcement
    described = [
        content_in_words(context.words, announcement),
        to_whom,
        _("silent") if announcement.silent else _("with sound"),
        _("important") if announcement.important else _("not marked important"),
        *_buttons(context.words, announcement),
        time_of(context, composed.at),
    ]
    text = _text(context, composed, described, _("To replace it, send it anew."))
    label = context.words.ngettext("Send to {count} person", "Send to {count} people", people)
    return Screen(
        text, (_looks(context, composed), *_choices(context, composed), *_ends(context, composed, label, people))
    )


def _edit_panel(context: Context, composed: Composition, chats: int) -> Screen:
    _ = context.words.gettext
    announcement = composed.announcement
    described = [content_in_words(context.words, announcement), *_buttons(context.words, announcement)]
    what_to_do = _("It stands in no chat any more where I could change it.")
    if chats:
        what_to_do = _(
            "Send me what is to stand there instead. It changes in every chat that still has it, without a sound."
        )
    text = _text(context, composed, described, what_to_do)
    label = context.words.ngettext("Edit in {count} chat", "Edit in {count} chats", chats)
    row = (_languages(context, composed), *_under(context, composed))
    return Screen(text, (_looks(context, composed), row, *_ends(context, composed, label, chats)))


def _text(context: Context, composed: Composition, described: list[str], what_to_do: str) -> str:
    """What was typed by mistake takes the place of the news, too: so it tells how that begins."""
    begins = first_words(composed.announcement.version(DEFAULT))
    content = " · ".join(described)
    return "\n\n".join([_title(context, composed), f"{begins}\n{content}" if begins else content, what_to_do])


def _looks(context: Context, composed: Composition) -> tuple[Choice, ...]:
    _ = context.words.gettext
    return (
        button(composed, _("Preview"), Compose.PREVIEW),
        button(composed, _("Send me a test"), Compose.TEST),
    )


def _choices(context: Context, composed: Composition) -> Rows:
    _, announcement = context.words.gettext, composed.announcement
    audience = button(composed, _("Audience"), Compose.AUDIENCE)
    return (
        (_languages(context, composed), audience, *_under(context, composed)),
        (
            button(composed, ticked(_("Silent"), on=announcement.silent), Compose.SILENT),
            button(composed, ticked(_("Important"), on=announcement.important), Compose.IMPORTANT),
            button(composed, _("When"), Compose.WHEN),
        ),
    )


def _languages(context: Context, composed: Composition) -> Choice:
    return button(composed, context.words.gettext("Languages"), Compose.LANGUAGES)


def _under(context: Context, composed: Composition) -> tuple[Choice, ...]:
    if not bears_buttons(composed.announcement):
        return ()
    return (button(composed, context.words.gettext("Buttons"), Compose.BUTTONS),)


def _ends(context: Context, composed: Composition, label: str, people: int) -> Rows:
    """To nobody nothing is sent."""
    send = ((button(composed, label.format(count=context.words.number(people)), Compose.CONFIRM),),) if people else ()
    return (*send, (button(composed, context.words.gettext("Discard"), Compose.DISCARD),))


def content_in_words(words: Words, announcement: Announcement) -> str:
    """A text, and a version in German."""
    versions = announcement.versions
    others = [words.language_name(language) for language in LANGUAGES if language in versions]
    if not others:
        languages = words.gettext("the same in all languages")
    else:
        languages = words.ngettext("and a version in {languages}", "and versions in {languages}", len(others))
    return f"{kind_in_words(words, versions[DEFAULT])}, {languages.format(languages=', '.join(others))}"


def kind_in_words(words: Words, news: News) -> str:
    """A photo with a caption."""
    _ = words.gettext
    if news.kind is NewsKind.ALBUM:
        return words.ngettext("An album of {count}", "An album of {count}", len(news.parts)).format(
            count=len(news.parts)
        )
    if news.kind is NewsKind.TEXT:
        return _("A text with formatting") if news.entities else _("A text")
    what = {
        NewsKind.PHOTO: _("A photo"),
        NewsKind.VIDEO: _("A video"),
        NewsKind.ANIMATION: _("An animation"),
        NewsKind.DOCUMENT: _("A document"),
        NewsKind.AUDIO: _("An audio file"),
        NewsKind.VOICE: _("A voice message"),
    }[news.kind]
    return _("{what} with a caption").format(what=what) if news.text else what


def _buttons(words: Words, announcement: Announcement) -> list[str]:
    _ = words.gettext
    if not bears_buttons(announcement):
        return []
    labels = button_labels(words, announcement.buttons)
    return [_("buttons: {labels}").format(labels=", ".join(labels)) if labels else _("no buttons")]


def button_labels(words: Words, buttons: NewsButtons) -> list[str]:
    """What stands under the news, escaped."""
    link = [] if buttons.link is None else [plain(buttons.link.label)]
    appeal = [words.gettext("Read the appeal")] if buttons.appeal else []
    return [*appeal, *([words.gettext("Sign")] if buttons.sign else []), *link]
