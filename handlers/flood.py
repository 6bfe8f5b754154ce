"""What is said to one who sends more at once than is answered."""

from __future__ import annotations

from datetime import timedelta

from handlers.answer import Answer, Screen
from handlers.context import Context


def slow_down(context: Context, seconds: int, *, first: bool) -> Answer:
    """One message when it begins; then a toast to each tap, and silence to texts. Nothing is applied.

    `seconds`: until she may go on.
    """
    _, time = context.words.gettext, context.words.about(timedelta(seconds=seconds))
    if first:
        text = _(
            "Slow down, please. That was more at once than I can answer, so I did not read the last of it. "
            "What you entered before is safe. Please wait {time}, then tap, or send it, again."
        )
        return Answer(Screen(text.format(time=time)), below=True)
    return Answer(toast=_("Slow down, please. What you entered before is safe. Go on in {time}.").format(time=time))
