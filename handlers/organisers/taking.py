"""What a message does to what is written, or why it does nothing. Pure: what it was sent in answer to decides."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from handlers.organisers.albums import album_of, with_part
from handlers.organisers.edits import edited, unfit
from handlers.organisers.not_taken import NotTaken, Reason
from handlers.organisers.typed_link import Amiss, link_of
from handlers.organisers.typed_time import Unclear, moment_of
from handlers.organisers.written_news import Written
from storage.announcement import DEFAULT
from storage.compositions import Composition, Step
from storage.news import News

NOW = "now"


def taken(row: Composition, written: Written, now: datetime, zone: ZoneInfo) -> Composition | Reason:
    """The row afterwards."""
    if row.step is Step.LINK:
        return _link(row, written)
    if row.step is Step.TIME:
        return _time(row, written, now, zone)
    if not isinstance(written.content, News):
        return _unfit(row, written.content, in_album=written.in_album)
    if row.edits is not None:
        return _edit(row, written.content, in_album=written.in_album)
    if row.step is Step.ALBUM or written.in_album:
        return _part(row, written.content)
    return with_version(row, written.content)


def settled(row: Composition) -> Composition:
    """Nothing is asked any more, but for the default version where there is none."""
    return replace(row, step=Step.WRITING if row.news is None else Step.READY, language=DEFAULT, parts=())


def done(row: Composition) -> Composition:
    """The album has all its parts."""
    return with_version(row, album_of(row.parts)) if row.parts else settled(row)


def without_version(row: Composition, language: str) -> Composition:
    """The default stays while there are others, and where it arrived: it is for all whose language has none."""
    if language == DEFAULT and (row.edits is not None or len(row.announcement.versions) > 1):
        return row
    versions = {kept: news for kept, news in row.announcement.versions.items() if kept != language}
    return settled(replace(row, announcement=replace(row.announcement, versions=versions)))


def with_version(row: Composition, news: News) -> Composition:
    """The version that is written, else the default."""
    versions = {**row.announcement.versions, _language(row): news}
    return settled(replace(row, announcement=replace(row.announcement, versions=versions)))


def _link(row: Composition, written: Written) -> Composition | Reason:
    link = NotTaken.NO_TEXT_TYPED if written.typed is None else link_of(written.typed)
    if isinstance(link, NotTaken | Amiss):
        return link
    buttons = replace(row.announcement.buttons, link=link)
    return settled(replace(row, announcement=replace(row.announcement, buttons=buttons)))


def _time(row: Composition, written: Written, now: datetime, zone: ZoneInfo) -> Composition | Reason:
    if written.typed is None:
        return NotTaken.NO_TEXT_TYPED
    if written.typed.strip().lower() == NOW:
        return settled(replace(row, at=None))
    moment = moment_of(written.typed, now, zone)
    return moment if isinstance(moment, Unclear) else settled(replace(row, at=int(moment.timestamp())))


def _unfit(row: Composition, reason: NotTaken, *, in_album: bool) -> NotTaken:
    """What no news can be, in the words of the place where it was sent."""
    if row.edits is not None:
        return unfit(row.announcement.version(_language(row)), reason)
    if row.step is not Step.ALBUM and not in_album:
        return reason
    return NotTaken.LONG_PART if reason is NotTaken.LONG_CAPTION else NotTaken.NO_PART


def _edit(row: Composition, news: News, *, in_album: bool) -> Composition | Reason:
    """It has to fit what stands in the chats."""
    after = edited(row.announcement.version(_language(row)), news)
    if isinstance(after, NotTaken):
        return after
    return NotTaken.FILE_OR_CAPTION if in_album else with_version(row, after)


def _part(row: Composition, part: News) -> Composition | Reason:
    parts = with_part(row.parts if row.step is Step.ALBUM else (), part)
    if isinstance(parts, NotTaken):
        return parts
    return replace(row, step=Step.ALBUM, language=_language(row), parts=parts)


def _language(row: Composition) -> str:
    """Of the version that is written."""
    return row.language if row.step in (Step.WRITING, Step.ALBUM) else DEFAULT
