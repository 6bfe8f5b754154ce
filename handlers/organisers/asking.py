"""The screen of what is written: the question that is open, else what can be done."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace

from handlers.answer import Answer, Screen
from handlers.context import Context
from handlers.organisers.album_question import album_question
from handlers.organisers.news_buttons import link_question
from handlers.organisers.panel import panel
from handlers.organisers.placing import placed
from handlers.organisers.versions import version_question
from handlers.organisers.when import when
from storage.compositions import Composition, Step

Drawn = Callable[[Context, Composition], Awaitable[Screen]]

QUESTIONS: Mapping[Step, Drawn] = {
    Step.WRITING: version_question,
    Step.ALBUM: album_question,
    Step.LINK: link_question,
    Step.TIME: when,
}


async def drawn(context: Context, composed: Composition, ready: Drawn = panel) -> Screen:
    """Where nothing is asked, the screen that is named."""
    return await QUESTIONS.get(composed.step, ready)(context, composed)


async def ask(
    context: Context,
    composed: Composition,
    ready: Drawn = panel,
    *,
    notice: str = "",
    toast: str | None = None,
    below: bool = False,
    written: int | None = None,
) -> Answer:
    """It is put into the one message that changes."""
    screen = await drawn(context, composed, ready)
    if notice:
        screen = replace(screen, text=f"{notice}\n\n{screen.text}")
    return placed(context, composed, screen, toast=toast, below=below, written=written)
