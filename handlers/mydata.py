"""All that is kept of oneself: in short words, as a file, and what each thing means."""

from __future__ import annotations

from datetime import date

from handlers.answer import Answer, Choice, Document, Rows, Screen
from handlers.buttons import (
    AskClear,
    AskForget,
    AskWithdraw,
    ExplainMyData,
    OpenMyData,
    OpenStart,
    Place,
    SendMyData,
)
from handlers.context import Context
from handlers.own_document import FILE_NAME, own_document
from handlers.words import bold
from petition.countries import country_name
from storage.audience import Level
from storage.person import Kept
from storage.record import Record, Sealed


async def my_data(context: Context) -> Answer:
    """The /mydata command."""
    return Answer(_short(context, await _gather(context)))


async def open_my_data(context: Context, _button: OpenMyData) -> Answer:
    """Back to what is kept."""
    return Answer(_short(context, await _gather(context)))


async def send_my_data(context: Context, _button: SendMyData) -> Answer:
    """Everything as a file: made in memory, sent, and kept nowhere but in the chat, which the screen below it says."""
    _ = context.words.gettext
    document = Document(FILE_NAME, own_document(context, await _gather(context)))
    text = _(
        "This file is all that is kept of you. It was made just now and is not kept here; but it stands in this chat, "
        "and whoever reads the chat can read it. Once you have saved it, better clear the chat."
    )
    back = (Choice(_("Back"), OpenMyData()),)
    rows: Rows = (back,)
    if context.clears_chats:
        rows = ((Choice(_("Clear this chat"), AskClear(Place.MY_DATA)),), *rows)
    refused = Screen(_("I could not send the file just now. Please tap again in a minute."), (back,))
    return Answer(Screen(text, rows), document=document, refused=refused, below=True, retire=context.tapped)


async def explain_my_data(context: Context, _button: ExplainMyData) -> Answer:
    """What each thing means."""
    _ = context.words.gettext
    paragraphs = [
        _("<b>What each thing means</b>"),
        _(
            "<b>Encrypted</b> means that it opens only with a key which lies apart from the database. <b>Sealed</b> "
            "means that this server cannot open it at all: only the organisers can, with a key kept off it."
        ),
        _(
            "<b>The code made from your account</b> tells whether you have signed, and nothing else. It is costly to "
            "make, so that nobody makes one for every account in the world. News, messages and half-filled "
            "signatures have codes of their own, so that none of them leads to another."
        ),
        _(
            "<b>Which text and consent you saw</b> is kept as a fingerprint of 32 bytes: it proves which words they "
            "were, and does not repeat them."
        ),
        _(
            "<b>The day</b> is that of signing, in UTC and no finer. <b>Country</b> and <b>language</b> are only "
            "counted. <b>Message numbers</b> are what Telegram needs to delete a message; texts are not kept."
        ),
        _("In the file every value has such an explanation beside it."),
    ]
    return Answer(Screen("\n\n".join(paragraphs), ((Choice(_("Back"), OpenMyData()),),)))


async def _gather(context: Context) -> Kept:
    return await context.store.person.gather(context.person, await context.signer_tag())


def _short(context: Context, kept: Kept) -> Screen:
    _ = context.words.gettext
    lines = [*_signature(context, kept), *_draft(context, kept), *_news(context, kept), *_organiser(context, kept)]
    if not lines:
        lines = [_("No signature, nothing half-filled, no news.")]
    lines += [*_messages(context, kept), _("Nothing else.")]
    if not any(kept.rows.values()):
        lines = [_("Nothing is kept of you.")]
    return Screen("\n\n".join((_("<b>What is kept of you</b>"), *lines)), _rows(context, kept))


def _rows(context: Context, kept: Kept) -> Rows:
    _ = context.words.gettext
    forget = (Choice(_("Forget me"), AskForget()),)
    withdraw = (Choice(_("Withdraw my signature"), AskWithdraw()),)  # too long for half a row
    meaning = (Choice(_("What each thing means"), ExplainMyData()),)
    back = (Choice(_("Back"), OpenStart()),)
    if not any(kept.rows.values()):
        return (meaning, back)
    everything = (Choice(_("Everything as a file"), SendMyData()),)
    return (
        (everything, meaning, withdraw, forget, back) if kept.rows["signature"] else (everything, meaning, forget, back)
    )


def _signature(context: Context, kept: Kept) -> list[str]:
    _, words = context.words.gettext, context.words
    found = []
    for row in kept.rows["signature"]:
        number = bold(_("No. {number}").format(number=words.number(row["number"])))
        country = country_name(row["country"], words.language) if row["country"] else _("no country")
        parts = (number, words.day(date.fromisoformat(row["day"])), country, _name(context, row))
        found.append(_("<b>Your signature:</b> {signature}.").format(signature=", ".join(parts)))
        if isinstance(row["name"], Sealed):
            found[-1] += " " + _("Your name is sealed: only the organisers' offline key opens it.")
        with_it = _(
            "<b>With your signature:</b> the language ({language}), which text and consent you saw, and a code made "
            "from your account, so that nobody signs twice."
        )
        found.append(with_it.format(language=words.language_name(row["language"])))
    return found


def _name(context: Context, row: Record) -> str:
    _ = context.words.gettext
    if isinstance(row["name"], Sealed):
        return _("private")
    if row["name"] is None:
        return _("without a name")
    return _("shown as {name}").format(name=bold(row["name"]))


def _draft(context: Context, kept: Kept) -> list[str]:
    _ = context.words.gettext
    return [
        _("<b>A change of your signature</b> that is not saved: what you entered, encrypted. To drop it: /cancel")
        if row["content"]["kept"].get("amends")
        else _("<b>A half-filled signature:</b> what you entered, encrypted. To go on: /sign. To drop it: /cancel")
        for row in kept.rows["draft"]
    ]


def _news(context: Context, kept: Kept) -> list[str]:
    _, words = context.words.gettext, context.words
    heard = _("<b>News:</b> {level}, in {language}. For it: the number of this chat, encrypted.")
    silent = _("<b>News:</b> {level}, in {language}, silently. For it: the number of this chat, encrypted.")
    levels = {Level.ALL: _("all"), Level.IMPORTANT: _("important only")}
    found = [
        (silent if row["silent"] else heard).format(
            level=levels[row["level"]], language=words.language_name(row["language"])
        )
        for row in kept.rows["subscriber"]
    ]
    sent = len(kept.rows["delivery"])
    if sent:
        told = words.ngettext(
            "For 48 hours: that {count} piece of news was sent to you, and the number of its message, encrypted.",
            "For 48 hours: that {count} pieces of news were sent to you, and the numbers of their messages, encrypted.",
            sent,
        )
        found.append(told.format(count=words.number(sent)))
    return found


def _messages(context: Context, kept: Kept) -> list[str]:
    words = context.words
    numbers = sum(len(row["content"]["messages"]) for row in kept.rows["message"])
    if not numbers:
        return []
    told = words.ngettext(
        "<b>For clearing this chat:</b> the number of {count} message of the last 48 hours, encrypted.",
        "<b>For clearing this chat:</b> the numbers of {count} messages of the last 48 hours, encrypted.",
        numbers,
    )
    return [told.format(count=words.number(numbers))]


def _organiser(context: Context, kept: Kept) -> list[str]:
    _ = context.words.gettext
    found = []
    if kept.rows["composition"]:
        found.append(_("<b>As an organiser:</b> news that you are writing, encrypted. To drop it: /cancel"))
    if kept.rows["report"]:
        found.append(_("<b>As an organiser:</b> where the reports of your news stand in this chat, for 48 hours."))
    return found
