"""Which files stand together in one album. https://core.telegram.org/bots/api#sendmediagroup"""

from __future__ import annotations

from handlers.organisers.not_taken import NotTaken
from storage.news import News, NewsKind

MOST_PARTS = 10
TOGETHER: tuple[frozenset[NewsKind], ...] = (
    frozenset({NewsKind.PHOTO, NewsKind.VIDEO}),
    frozenset({NewsKind.DOCUMENT}),
    frozenset({NewsKind.AUDIO}),
)


def with_part(parts: tuple[News, ...], part: News) -> tuple[News, ...] | NotTaken:
    """The album with one part more."""
    kinds = next((kinds for kinds in TOGETHER if part.kind in kinds), None)
    if kinds is None:
        return NotTaken.NO_PART
    if any(one.kind not in kinds for one in parts):
        return NotTaken.OTHER_PART
    return NotTaken.ALBUM_FULL if len(parts) == MOST_PARTS else (*parts, part)


def album_of(parts: tuple[News, ...]) -> News:
    """All parts in one; an album of one is that file."""
    return parts[0] if len(parts) == 1 else News(NewsKind.ALBUM, parts=parts)
