"""A refused name in words: what is wrong, and what to do."""

from __future__ import annotations

from handlers.context import Context
from handlers.words import plain
from petition.names import LONGEST, NameProblem, NameRefused


def refusal(context: Context, refused: NameRefused) -> str:
    """One line above the question."""
    _ = context.words.gettext
    wrong = {
        NameProblem.EMPTY: _("There is no name in that."),
        NameProblem.TOO_SHORT: _("A name has at least two characters."),
        NameProblem.TOO_LONG: _("A name has at most {longest} characters.").format(longest=LONGEST),
        NameProblem.LINK: _("A name cannot bear a link."),
        NameProblem.BAD_START: _("A name cannot begin with {character}"),
        NameProblem.INVISIBLE: _("A name cannot bear line breaks or invisible characters."),
        NameProblem.EMOJI: _("A name cannot bear emoji."),
        NameProblem.LONE_MARK: _("An accent in a name stands on a letter."),
        NameProblem.TOO_MANY_MARKS: _("A name cannot bear stacks of accents."),
        NameProblem.OTHER_CHARACTER: _("A name cannot bear {character}"),
        NameProblem.TOO_FEW_LETTERS: _("A name has at least two letters."),
    }[refused.reason]
    if refused.character is not None and "{character}" in wrong:
        wrong = wrong.format(character=f"“{plain(refused.character)}”.")
    return f"{wrong} {_('Please type it again, or tap a choice.')}"
