"""Which buttons stand under the news: each tap turns one on or off."""

from __future__ import annotations

from dataclasses import replace

from handlers.answer import Screen, ticked
from handlers.buttons import Compose
from handlers.context import Context
from handlers.organisers.placing import button
from handlers.organisers.taking import settled
from handlers.words import bold, plain
from storage.announcement import NewsButtons
from storage.compositions import Composition, Step


async def news_buttons(context: Context, composed: Composition) -> Screen:
    """What they say is in the reader's language; a link says what was typed."""
    _, chosen = context.words.gettext, composed.announcement.buttons
    lines = [bold(_("Buttons")), _("They stand under the news. A tap here turns one on or off.")]
    if chosen.link is not None:
        lines.append(
            _("The link: {label}, {address}").format(label=plain(chosen.link.label), address=plain(chosen.link.url))
        )
    sign = button(composed, ticked(_("Sign"), on=chosen.sign), Compose.SIGN_BUTTON)
    read = button(composed, ticked(_("Read the appeal"), on=chosen.appeal), Compose.APPEAL_BUTTON)
    link = button(composed, ticked(_("A link"), on=chosen.link is not None), Compose.LINK_BUTTON)
    return Screen("\n\n".join(lines), ((sign, read), (link,), (button(composed, _("Back"), Compose.PANEL),)))


async def link_question(context: Context, composed: Composition) -> Screen:
    """Label and address in one message."""
    _ = context.words.gettext
    text = _("Send me what the button says and the address, in one message:")
    example = f"<code>{_('Our page')} https://example.org</code>"
    back = button(composed, _("Back"), Compose.BUTTONS)
    return Screen(f"{bold(_('A link'))}\n\n{text}\n\n{example}", ((back,),))


def with_sign(row: Composition) -> Composition:
    """On or off."""
    chosen = row.announcement.buttons
    return _with(row, replace(chosen, sign=not chosen.sign))


def with_appeal(row: Composition) -> Composition:
    """On or off."""
    chosen = row.announcement.buttons
    return _with(row, replace(chosen, appeal=not chosen.appeal))


def with_link(row: Composition) -> Composition:
    """Off, or asked for."""
    chosen = row.announcement.buttons
    return replace(settled(row), step=Step.LINK) if chosen.link is None else _with(row, replace(chosen, link=None))


def _with(row: Composition, buttons: NewsButtons) -> Composition:
    return replace(row, announcement=replace(row.announcement, buttons=buttons))
