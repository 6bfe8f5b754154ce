"""/freeze: stops signing and news at once, when something is wrong. Only the server's operator undoes it."""

from __future__ import annotations

from handlers.answer import Answer, Choice, Screen
from handlers.buttons import Freeze, OpenStart
from handlers.context import Context
from handlers.words import bold
from storage.standing import Standing


async def freeze(context: Context) -> Answer:
    """The /freeze command: asks once."""
    return Answer(_screen(context, await context.store.standing.now()))


async def confirm_freeze(context: Context, button: Freeze) -> Answer:
    """Yes, freeze: as it was asked; a question from before an earlier freeze is asked anew."""
    standing = await context.store.standing.freeze(button.times)
    context.services.wake_broadcaster()  # what waits for its turn is not sent any more
    return Answer(_screen(context, standing))


def _screen(context: Context, standing: Standing) -> Screen:
    _ = context.words.gettext
    back = Choice(_("Back"), OpenStart())
    undo = _("To undo it, on the server: {command}").format(command="<code>python -m bot unfreeze</code>")
    if standing.frozen.now:
        text = _(
            "{frozen} Nobody can sign, and no news goes out. Withdrawing, changing and forgetting go on. Who is "
            "signing is told that signing is paused, and loses nothing."
        ).format(frozen=bold(_("Frozen.")))
        delete = _("What was sent can still be deleted everywhere: /broadcasts")
        return Screen(f"{text}\n\n{delete}\n\n{undo}", ((back,),))
    text = _(
        "Freeze the petition? Signing and news stop at once, for everybody. Withdrawing, changing and forgetting go "
        "on, and nothing is lost."
    )
    return Screen(f"{text}\n\n{undo}", ((Choice(_("Yes, freeze"), Freeze(standing.frozen.times)), back),))
