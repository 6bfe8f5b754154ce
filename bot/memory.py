"""What is loaded at the start stays to the end, and little of what comes later holds itself: the collector may rest."""

from __future__ import annotations

import gc

OFTEN = 50_000  # objects; with 700, as it is else, a fourth of what a message costs goes into looking


def keep_what_is_loaded() -> None:
    """The collector need not look at all of it again and again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(OFTEN)
