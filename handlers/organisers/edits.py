"""What can take the place of news in the chats where it arrived. https://core.telegram.org/bots/api#editmessagemedia"""

from __future__ import annotations

from dataclasses import replace

from handlers.organisers.not_taken import NotTaken
from handlers.organisers.written_news import is_too_long_for_a_caption
from storage.news import EXCHANGEABLE, News, NewsKind


def edited(before: News, written: News) -> News | NotTaken:
    """Text for text, a file for a file; under a file a text is its new caption."""
    if before.kind is not NewsKind.TEXT and written.kind is NewsKind.TEXT:
        return _captioned(before, written)
    if before.kind is written.kind is NewsKind.TEXT or {before.kind, written.kind} <= EXCHANGEABLE:
        return written
    return unfit(before, NotTaken.OTHER_KIND)


def unfit(before: News, reason: NotTaken) -> NotTaken:
    """What is told of what cannot stand there: what can."""
    if before.kind is NewsKind.TEXT:
        return NotTaken.TEXT_ONLY
    if before.kind not in EXCHANGEABLE:
        return NotTaken.CAPTION_ONLY
    return NotTaken.LONG_NEW_CAPTION if reason is NotTaken.LONG_CAPTION else NotTaken.FILE_OR_CAPTION


def _captioned(before: News, written: News) -> News | NotTaken:
    """An album's caption stands where it stood."""
    if is_too_long_for_a_caption(written.text):
        return NotTaken.LONG_NEW_CAPTION
    if before.kind is not NewsKind.ALBUM:
        return replace(before, text=written.text, entities=written.entities)
    parts, place = list(before.parts), before.captioned
    parts[place] = replace(parts[place], text=written.text, entities=written.entities)
    return replace(before, parts=tuple(parts))
