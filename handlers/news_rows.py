"""The buttons under news, in the language of who gets it."""

from __future__ import annotations

from handlers.answer import Choice, LinkChoice, Rows
from handlers.buttons import NewsTarget, OpenFromNews
from handlers.words import Words
from storage.announcement import NewsButtons


def news_rows(words: Words, buttons: NewsButtons) -> Rows:
    """Those that the organiser turned on. They are the same for everybody, and tell nothing of who got the news."""
    read = Choice(words.gettext("Read the appeal"), OpenFromNews(NewsTarget.APPEAL))
    sign = Choice(words.gettext("Sign"), OpenFromNews(NewsTarget.SIGN))
    link = () if buttons.link is None else (LinkChoice(buttons.link.label, buttons.link.url),)
    rows = ((read,) if buttons.appeal else (), (sign,) if buttons.sign else (), link)
    return tuple(row for row in rows if row)
