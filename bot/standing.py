"""`close`, `open` and `unfreeze`: one row written beside the running bot, which heeds it within a second."""

from __future__ import annotations

from functools import partial

from bot.settings import Place
from petition.content import load_petition
from storage import standing
from storage.change_standing import Changed, change_standing
from storage.clock import utc_now


async def close(place: Place, *, for_good: bool) -> str:
    """Closes the petition; what there is to say of it. DatabaseRefused where there is none to close."""
    change = partial(standing.close, today=utc_now().date(), for_good=for_good)
    changed = await _change(place, change)
    closed = changed.after.closed
    if closed is not None and changed.before.closed == closed:
        if closed.for_good is not None:
            return f"It was closed for good already, on {closed.for_good}. {_erased_after(place.retention_days)}"
        return f"It was closed already, on {closed.day}."
    if not for_good:
        return "Closed: nobody can sign, all else goes on. To open it again: python -m bot open"
    return f"Closed for good: nobody can sign, all else goes on. {_erased_after(place.retention_days)}"


def _erased_after(days: int) -> str:
    if not days:
        return "Nothing is erased: BOT_RETENTION_DAYS is 0."
    unit = "day" if days == 1 else "days"
    return f"Signatures and subscribers are erased {days} {unit} after that day (BOT_RETENTION_DAYS)."


async def open_again(place: Place) -> str:
    """Opens it; StandingRefused once its signatures are being erased."""
    changed = await _change(place, standing.open_again)
    line = "It was open already." if changed.before.closed is None else "Open again: people can sign."
    if changed.after.frozen.now:
        line += " But it is frozen: nobody can sign until python -m bot unfreeze"
    return line


async def unfreeze(place: Place) -> str:
    """Lets signing and news go on."""
    changed = await _change(place, standing.unfreeze)
    line = "Signing and news go on." if changed.before.frozen.now else "It was not frozen."
    if changed.after.closed is not None:
        line += " But the petition is closed: nobody can sign."
    return line


async def _change(place: Place, change: standing.Change) -> Changed:
    return await change_standing(place.database(), load_petition(place.petition).slug, change)
