"""What is loaded at the start stays to the end, and little of what comes later holds itself: the collector may rest."""

from __future__ import annotations

import gc

OFTEN, SELDOM, RARELY = 10_000, 20, 50  # objects, and rounds; else 700, 10 and 10: a fifth of what a message costs


def keep_what_is_loaded() -> None:
    """The collector need not look at all of it again and again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(OFTEN, SELDOM, RARELY)
