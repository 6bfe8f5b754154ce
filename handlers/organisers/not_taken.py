"""What an organiser sent that was not taken: what is wrong, and what to do."""

from __future__ import annotations

from enum import Enum, auto

from handlers.organisers.typed_link import LONGEST_LABEL, Amiss
from handlers.organisers.typed_time import Unclear
from handlers.words import Words


class NotTaken(Enum):
    """Why; what was written before stays."""

    OTHER_KIND = auto()
    LONG_CAPTION = auto()
    LONG_PART = auto()  # of an album, by its caption
    NO_PART = auto()  # of any album
    OTHER_PART = auto()  # than those of this album
    ALBUM_FULL = auto()
    NO_TEXT_TYPED = auto()
    # of what takes the place of news that was sent
    TEXT_ONLY = auto()
    FILE_OR_CAPTION = auto()
    CAPTION_ONLY = auto()
    LONG_NEW_CAPTION = auto()


Reason = NotTaken | Unclear | Amiss


def why_not(words: Words, reason: Reason) -> str:
    """One or two sentences above the question."""
    return {**_of_news(words), **_of_times(words), **_of_links(words)}[reason]


def _of_news(words: Words) -> dict[Reason, str]:
    _ = words.gettext
    changed = _("In chats where it arrived Telegram does not let it change its kind.")
    return {
        NotTaken.OTHER_KIND: _(
            "I can send a text with its formatting, one photo, video, animation, document, audio file or voice "
            "message, or an album. I cannot send this."
        ),
        NotTaken.LONG_CAPTION: _(
            "Under a file I can send 1,024 characters, and this is longer. Please shorten it, or send the text alone."
        ),
        NotTaken.LONG_PART: _(
            "Under a file I can send 1,024 characters, and this caption is longer. I left its file out of the album: "
            "please send it again with a shorter one."
        ),
        NotTaken.NO_PART: _("An album is of photos and videos, or of documents, or of audio files. This is none."),
        NotTaken.OTHER_PART: _(
            "Photos and videos stand together; documents only with documents, audio files only with audio files. "
            "I left out what does not belong here."
        ),
        NotTaken.ALBUM_FULL: _("An album has ten parts at most. I left out whatever came after them."),
        NotTaken.NO_TEXT_TYPED: _("Please type it as a text of your own."),
        NotTaken.TEXT_ONLY: _("Please send a text.") + " " + changed,
        NotTaken.FILE_OR_CAPTION: _("Please send one file, or a text as its new caption.") + " " + changed,
        NotTaken.CAPTION_ONLY: _("Please send a text as the new caption.") + " " + changed,
        NotTaken.LONG_NEW_CAPTION: _(
            "Under a file I can send 1,024 characters, and this is longer. Please shorten it."
        ),
    }


def _of_times(words: Words) -> dict[Reason, str]:
    _ = words.gettext
    return {
        Unclear.NONSENSE: _("I do not understand that time."),
        Unclear.PAST: _("That time has passed."),
        Unclear.TOO_FAR: _("That is over a year ahead."),
        Unclear.SKIPPED: _("Clocks are set forward that night, and skip that time."),
    }


def _of_links(words: Words) -> dict[Reason, str]:
    _ = words.gettext
    return {
        Amiss.NO_ADDRESS: _("I find no address at the end. It begins with https:// or http://."),
        Amiss.NO_LABEL: _("Please write before the address what the button says."),
        Amiss.LONG_LABEL: _("What a button says has at most {longest} characters.").format(longest=LONGEST_LABEL),
    }
