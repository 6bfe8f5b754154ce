"""What each value that is kept of a person means, by its place: table, column, and what stands inside it."""

from __future__ import annotations

from collections.abc import Mapping

from handlers.words import N_

TABLES: Mapping[str, str] = {
    "signature": N_("Your signature, until you withdraw it."),
    "draft": N_(
        "What you entered while signing, or changing your signature, and have not finished: for at most 24 hours after "
        "your last answer."
    ),
    "subscriber": N_("That you want news, until you stop it."),
    "delivery": N_("Which news was sent to you, for 48 hours after it was sent to all."),
    "message": N_("The numbers of the messages of the last 48 hours, by the hour, so that this chat can be cleared."),
    "composition": N_("News that you are writing as an organiser: until 24 hours after your last step."),
    "report": N_("Where the report of news that you sent stands in your chat, for 48 hours after its end."),
}

_RANDOM = N_("A random number of this row. It says nothing of you.")
_CODE = N_("A code made from your account with a secret key, for this table alone. The row is found by it.")
_CONVERSATION = {
    "tag": _CODE,
    "content": N_("Kept encrypted; opened here for you."),
    "content.version": N_("A random number, new at each step: a button works only for the step it was shown at."),
    "content.chat": N_("The number of this chat. It is the number of your Telegram account."),
    "content.screen": N_("The number of the message with the open question."),
    "content.kept": N_("What you entered."),
    "step": N_("The question that is open."),
    "update_id": N_("Telegram's number of your last tap or message here, so that none has its effect twice."),
    "expires": N_("When this is erased by itself, in hours since 1970."),
}
_CHANGED = {
    "number": N_("The number of the signature that is being changed."),
    "kind": N_("What it is now: shown, private or nameless."),
    "name": N_("The name that it shows now."),
    "country": N_("The country that it has now."),
}


def _under(table: str, columns: Mapping[str, str]) -> dict[str, str]:
    return {f"{table}.{column}": meaning for column, meaning in columns.items()}


MEANINGS: Mapping[str, str] = {
    **_under(
        "signature",
        {
            "id": _RANDOM,
            "number": N_("The number of your signature. It is never given to anybody else."),
            "tag": N_(
                "A code made from your account with a secret key, costly on purpose. It tells that this account has "
                "signed, so that nobody signs twice."
            ),
            "kind": N_("Whether your name is shown in the list, private, or not there (nameless)."),
            "name": N_(
                "Your name. A shown one is kept encrypted and opened here for you; a private one is sealed: only the "
                "organisers' offline key opens it, not this server."
            ),
            "country": N_("Where you said that you live, by its two letters. It is only counted."),
            "language": N_("The language in which you signed. It is only counted."),
            "text_hash": N_("A fingerprint (SHA-256) of the text that you signed."),
            "consent_hash": N_("A fingerprint (SHA-256) of the words of consent that you saw."),
            "day": N_("The day on which you signed, in UTC. No finer time is kept."),
        },
    ),
    **_under("draft", _CONVERSATION),
    **_under(
        "draft.content.kept",
        {
            "text": N_("A fingerprint (SHA-256) of the text as it was when you began."),
            "offered": N_("Your name in Telegram, as it was offered to you."),
            "name": N_("The name that you entered."),
            "kind": N_("Whether it is to be shown, private, or not there (nameless)."),
            "country": N_("The country that you entered, by its two letters."),
            "changing": N_("Whether one answer is being given anew."),
            "signer": N_("The code made from your account that your signature is found by."),
            "amends": N_("The signature that is being changed, as it is now; null where you have not signed yet."),
        },
    ),
    **_under("draft.content.kept.amends", _CHANGED),
    **_under(
        "subscriber",
        {
            "id": _RANDOM,
            "tag": _CODE,
            "chat": N_("The number of this chat, kept encrypted. It is the number of your Telegram account."),
            "language": N_("The language of your news."),
            "level": N_("Which news you get: all, or important only."),
            "silent": N_("Whether it comes without a sound."),
            "newest_broadcast": N_("The number of the newest news when you asked for it: you get only later ones."),
        },
    ),
    **_under(
        "delivery",
        {
            "broadcast": N_("The number of the news."),
            "tag": N_("The code by which you are found as one who wants news."),
            "state": N_("Whether it is on its way (claimed), done with (settled) or uncertain (in doubt)."),
            "message": N_(
                "The numbers of the messages in which it came, kept encrypted, so that it can be corrected, taken "
                "back, and cleared from this chat."
            ),
        },
    ),
    **_under(
        "message",
        {
            "tag": _CODE,
            "hour": N_("The hour in which these messages were sent, in hours since 1970."),
            "marked": N_("1 where you asked to clear the chat and they are still to be deleted, else 0."),
            "content": N_("Kept encrypted; opened here for you."),
            "content.chat": N_("The number of this chat. It is the number of your Telegram account."),
            "content.messages": N_("The numbers of the messages, yours and the bot's. Their texts are not kept."),
            "content.upto": N_("Where you asked to clear the chat: the number up to which messages are to be deleted."),
            "content.at": N_("When you asked, in seconds since 1970."),
        },
    ),
    **_under("composition", _CONVERSATION),
    **_under(
        "composition.content.kept",
        {
            "announcement": N_("What you wrote, in Telegram's own form, for whom it is, and how it is to be sent."),
            "language": N_("The language of the version that is being written; nothing: for all without their own."),
            "parts": N_("The parts of an album that is not finished."),
            "at": N_("When it is to be sent, in seconds since 1970; null: once you confirm it."),
            "edits": N_("The number of the news that it changes; null: it is new."),
            "news": N_("The message that you wrote, in Telegram's own form."),
        },
    ),
    **_under(
        "report",
        {
            "tag": _CODE,
            "broadcast": N_("The number of the news."),
            "content": N_("Kept encrypted; opened here for you."),
            "content.chat": N_("The number of this chat. It is the number of your Telegram account."),
            "content.message": N_("The number of the message with the report."),
            "content.language": N_("The language of the report."),
            "content.told": N_("Whether it shows how it ended."),
            "content.role": N_(
                "Whether you sent it (author), were asked to approve it (approver) or watch it (watcher)."
            ),
            "content.previewed": N_("Whether you were shown what you are to approve."),
            "content.paged": N_("Whether you are leafing through all broadcasts there."),
            "content.opened": N_("How often there was more to tell."),
        },
    ),
}
