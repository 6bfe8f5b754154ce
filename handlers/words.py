"""The bot's own words in a person's language."""

from __future__ import annotations

import gettext
from datetime import date, timedelta
from html import escape
from io import BytesIO
from pathlib import Path

from babel import Locale
from babel.dates import format_date, format_timedelta
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal, format_percent

from petition.languages import LANGUAGES

DEFAULT_LANGUAGE = LANGUAGES[0]


def N_(message: str) -> str:  # noqa: N802 - the name by which gettext's tools find a message
    """Marks words that are translated later, when it is known for whom."""
    return message


def bold(value: str) -> str:
    """A value set in bold, escaped."""
    return f"<b>{escape(value, quote=False)}</b>"


def plain(value: str) -> str:
    """A value escaped for HTML parse mode."""
    return escape(value, quote=False)


def own_name(language: str) -> str:
    """Deutsch, as a language calls itself, with a capital as on a button."""
    name = str(Locale.parse(language).languages[language])
    return name[0].upper() + name[1:]


class Words:
    """gettext in one language, with its numbers and days."""

    def __init__(self, language: str, translations: gettext.NullTranslations) -> None:
        """`translations` may be gettext's null ones: English stands in the code."""
        self.language = language
        self.gettext = translations.gettext
        self.ngettext = translations.ngettext

    def number(self, value: int) -> str:
        """1,234 as it is written in this language."""
        return str(format_decimal(value, locale=self.language))

    def decimal(self, value: float) -> str:
        """29.6 as it is written in this language."""
        return str(format_decimal(round(value, 1), locale=self.language))

    def percent(self, share: float) -> str:
        """62% as it is written in this language; rounded down, so that 100% means all."""
        return str(format_percent(int(share * 100) / 100, locale=self.language))

    def duration(self, seconds: float) -> str:
        """4 min 45 s."""
        minutes, left = divmod(max(round(seconds), 1), 60)
        if not minutes:
            return self.gettext("{seconds} s").format(seconds=left)
        if minutes < 60:
            return self.gettext("{minutes} min {seconds} s").format(minutes=minutes, seconds=left)
        return self.gettext("{hours} h {minutes} min").format(hours=minutes // 60, minutes=minutes % 60)

    def about(self, time: timedelta) -> str:
        """5 minutes, as it is written in this language."""
        return str(format_timedelta(time, locale=self.language))

    def ago(self, time: timedelta) -> str:
        """6 days ago, as it is written in this language."""
        return str(format_timedelta(-time, add_direction=True, locale=self.language))

    def language_name(self, code: str) -> str:
        """English, as it is called in this language."""
        return str(Locale.parse(self.language).languages[code])

    def day(self, value: date) -> str:
        """23 November 2026, as it is written in this language."""
        if self.language == DEFAULT_LANGUAGE:
            return f"{value.day} {format_date(value, 'MMMM y', locale='en')}"
        return format_date(value, format="long", locale=self.language)


def load_words(folder: Path) -> dict[str, Words]:
    """Words of every language; one without a .po file of its own speaks English, its numbers and days too."""
    english = Words(DEFAULT_LANGUAGE, gettext.NullTranslations())
    return {language: _read(language, folder / f"{language}.po") or english for language in LANGUAGES}


def _read(language: str, path: Path) -> Words | None:
    if not path.is_file():
        return None
    compiled = BytesIO()
    with path.open("rb") as source:
        write_mo(compiled, read_po(source))
    compiled.seek(0)
    return Words(language, gettext.GNUTranslations(compiled))


def language_of(code: str | None) -> str:
    """The bot's language for a Telegram language code such as "de-AT"; English for one it does not speak."""
    short = (code or "").lower().split("-")[0]
    return short if short in LANGUAGES else DEFAULT_LANGUAGE
