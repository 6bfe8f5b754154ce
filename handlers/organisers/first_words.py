"""How news begins: enough to know it again."""

from __future__ import annotations

from handlers.words import plain
from storage.news import News

LONGEST = 80  # characters


def first_words(news: News) -> str | None:
    """Of its text, or of its caption, quoted and escaped; None where it has none."""
    text = " ".join((news.text or next((part.text for part in news.parts if part.text), "")).split())
    if len(text) > LONGEST:
        text = f"{text[:LONGEST].rsplit(' ', 1)[0]}…"
    return f"<i>“{plain(text)}”</i>" if text else None
