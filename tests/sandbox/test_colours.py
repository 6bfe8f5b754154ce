"""The page's colours: all text stands out from what is behind it, light and dark."""

from __future__ import annotations

import re

import pytest

from sandbox.page_routes import FILES

COLOUR = re.compile(r"--([\w-]+): light-dark\((#\w+), (#\w+)\)")


def luminance(colour: str) -> float:
    """https://www.w3.org/TR/WCAG22/#dfn-relative-luminance"""
    digits = colour[1:] if len(colour) > 4 else "".join(digit * 2 for digit in colour[1:])
    channels = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("appearance", [0, 1], ids=["light", "dark"])
def test_text_stands_out_from_what_is_behind_it(appearance: int) -> None:
    found = COLOUR.findall((FILES / "colours.css").read_text(encoding="utf-8"))
    colours = {name: both[appearance] for name, *both in found}
    for ink, paper in (
        ("ink", "paper"), ("ink", "bubble"), ("ink", "own"), ("ink", "quote"), ("ink", "own-quote"),
        ("faint", "paper"), ("faint", "under"), ("faint", "bubble"), ("own-faint", "own"), ("link", "paper"),
        ("link", "bubble"), ("link", "quote"), ("danger", "paper"), ("fine", "paper"), ("code", "bubble"),
        ("code", "own"),
    ):  # fmt: skip
        light, dark = sorted((luminance(colours[ink]), luminance(colours[paper])), reverse=True)
        assert (light + 0.05) / (dark + 0.05) >= 4.5, (ink, paper)
    for paper in ("accent", "chosen"):
        assert 1.05 / (luminance(colours[paper]) + 0.05) >= 4.5, paper
