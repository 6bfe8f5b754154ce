"""What is kept and how to erase it: all of it, or this chat's messages alone."""

from __future__ import annotations

from handlers.answer import Answer, Choice, Screen
from handlers.buttons import (
    AskClear,
    AskForget,
    Button,
    Clear,
    Forget,
    OpenMyData,
    OpenPrivacy,
    OpenStart,
    OpenThanks,
    Place,
)
from handlers.context import Context
from storage.signatures import Signature

NO_SIGNATURE = 0


async def privacy(context: Context) -> Answer:
    """The /privacy command."""
    return Answer(_privacy(context))


async def open_privacy(context: Context, _button: OpenPrivacy) -> Answer:
    """Back to what is kept."""
    return Answer(_privacy(context))


def _privacy(context: Context) -> Screen:
    _ = context.words.gettext
    forget = Choice(_("Forget me"), AskForget())
    first = (Choice(_("Clear this chat"), AskClear(Place.PRIVACY)), forget) if context.clears_chats else (forget,)
    return Screen("\n\n".join(_what_is_kept(context)), (first, (Choice(_("Back"), OpenStart()),)))


def _what_is_kept(context: Context) -> list[str]:
    _ = context.words.gettext
    paragraphs = [
        _("<b>What is kept, and why</b>"),
        _(
            "<b>If you sign:</b> your answers (a private name sealed, so that this bot cannot read it again; a shown "
            "one encrypted), your language, the day, which text and which words of consent you saw, and a code made "
            "from your account, so that nobody signs twice. Until you withdraw."
        ),
        context.words.ngettext(
            "<b>While you sign, or change your signature:</b> what you have entered, encrypted, until {hours} hour "
            "after your last answer.",
            "<b>While you sign, or change your signature:</b> what you have entered, encrypted, until {hours} hours "
            "after your last answer.",
            context.services.draft_hours,
        ).format(hours=context.services.draft_hours),
        _(
            "<b>If you want news:</b> the number of this chat, encrypted, your language, which news and whether "
            "silently, and for 48 hours which news was sent to you. Until you stop it."
        ),
        _(
            "<b>Who sees it:</b> the organisers see how many signed, and the names that are shown; they hold the key "
            "to the private names, off this server. They never see who wants news. Telegram, and whoever holds your "
            "phone, can read this chat."
        ),
        _("<b>To see it:</b> /mydata shows all that is kept of you, and gives it to you as a file."),
        _(
            "<b>To erase:</b> /withdraw your signature, /unsubscribe from news, /forget everything. What you erase is "
            "gone from our files within a minute while they are small, else in the quietest hour, at the latest after "
            "a day; from sealed backups within 7 days."
        ),
    ]
    if context.clears_chats:
        kept = _(
            "<b>For Clear this chat:</b> the numbers of the messages of the last 48 hours, encrypted. Their texts are "
            "not kept."
        )
        paragraphs.insert(4, kept)
    if context.services.retention_days:
        paragraphs.append(_when_all_is_erased(context))
    if context.is_organiser:
        written = _(
            "<b>As an organiser:</b> news that you write, encrypted, for 24 hours at most; once it is sent, its text, "
            "and for 48 hours where its report stands in this chat."
        )
        paragraphs.insert(4, written)
    return paragraphs


BACK: dict[Place, Button] = {
    Place.START: OpenStart(),
    Place.PRIVACY: OpenPrivacy(),
    Place.THANKS: OpenThanks(),
    Place.MY_DATA: OpenMyData(),
}


def _when_all_is_erased(context: Context) -> str:
    days = context.services.retention_days
    return context.words.ngettext(
        "<b>In the end:</b> {days} day after the petition closes for good, all signatures and who wants news are "
        "erased. How many signed on which day stays.",
        "<b>In the end:</b> {days} days after the petition closes for good, all signatures and who wants news are "
        "erased. How many signed on which day stays.",
        days,
    ).format(days=context.words.number(days))


async def ask_clear(context: Context, button: AskClear) -> Answer:
    """Clear this chat: asks once."""
    _ = context.words.gettext
    text = _(
        "Clear this chat? Messages of the last 48 hours go, yours and mine. Your signature stays. To remove the rest, "
        "use Delete chat in Telegram."
    )
    return Answer(Screen(text, ((Choice(_("Yes, clear"), Clear()), Choice(_("Back"), BACK[button.asked_at])),)))


async def clear(context: Context, _button: Clear) -> Answer:
    """Yes, clear: the messages go once the alert has arrived, for it goes with its message."""
    await context.store.messages.mark(context.person)
    alert = context.words.gettext(
        "Messages of the last 48 hours go now; your signature stays. Older ones and the chat itself only you can "
        "delete."
    )
    return Answer(_cleared(context, alert), alert=alert, clear=True)


def _cleared(context: Context, text: str) -> Screen:
    """In place of a question that is too old to be deleted."""
    return Screen(text, ((Choice(context.words.gettext("Back"), OpenStart()),),))


async def forget(context: Context) -> Answer:
    """The /forget command: asks once."""
    return Answer(await _ask_forget(context))


async def ask_forget(context: Context, _button: AskForget) -> Answer:
    """Forget me, tapped: asks once."""
    return Answer(await _ask_forget(context))


async def confirm_forget(context: Context, button: Forget) -> Answer:
    """Yes, erase everything, as it was when asked: a signature given since then is asked about anew."""
    signature = await _signature(context)
    if signature is not None and signature.number != button.number:
        return Answer(await _ask_forget(context))
    erased = await context.store.person.erase(context.person, await context.signer_tag())
    if signature is not None and erased.signature:
        context.services.signings.note_taken_back(context.person, signature.day)
    context.store.signer_tags.drop(context.person)
    _ = context.words.gettext
    if not context.clears_chats:
        return Answer(
            Screen(_("Goodbye.")),
            alert=_("All that was kept of you is erased. The messages of this chat only you can delete. Goodbye."),
        )
    alert = _(
        "All that was kept of you is erased. Messages of the last 48 hours go now; the chat itself only you can "
        "delete. Goodbye."
    )
    return Answer(_cleared(context, alert), alert=alert, clear=True)


async def _ask_forget(context: Context) -> Screen:
    _ = context.words.gettext
    text = _(
        "Forget me? Your signature is withdrawn and all that is kept of you is erased: from our files within a minute "
        "while they are small, at the latest within a day; from sealed backups within 7 days. Copies that others made "
        "stay."
    )
    signature = await _signature(context)
    number = NO_SIGNATURE if signature is None else signature.number
    return Screen(text, ((Choice(_("Yes, erase everything"), Forget(number)), Choice(_("Back"), OpenPrivacy())),))


async def _signature(context: Context) -> Signature | None:
    return await context.store.signatures.find(await context.signer_tag())
