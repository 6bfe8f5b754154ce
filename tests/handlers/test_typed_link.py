"""A button's label and address, typed in one message."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.organisers.typed_link import LONGEST_LABEL, Amiss, is_address, link_of
from storage.announcement import Link

ENDS = [".", ",", ";", ":", "!", "?", ")", "]", "...", ").", ',"', "!?", "»"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Our page https://example.org", Link("Our page", "https://example.org")),
        ("  Our\n page   HTTPS://Example.org/a?b=c#d ", Link("Our page", "HTTPS://Example.org/a?b=c#d")),
        ("Сайт http://пример.бел:8080/", Link("Сайт", "http://пример.бел:8080/")),
        ("🕊 https://example.org", Link("🕊", "https://example.org")),
        ("a" * 64 + " https://example.org", Link("a" * 64, "https://example.org")),
        ("a" * 65 + " https://example.org", Amiss.LONG_LABEL),
        ("https://example.org", Amiss.NO_LABEL),
        ("https://example.org.", Amiss.NO_LABEL),
        *[(f"Our page https://example.org{end}", Link("Our page", "https://example.org")) for end in ENDS],
        ("Our page https://example.org/a_(b)", Link("Our page", "https://example.org/a_(b)")),
        ("Our page https://example.org/a_(b)).", Link("Our page", "https://example.org/a_(b)")),
        ("Our page https://example.org/a-", Link("Our page", "https://example.org/a-")),
        ("Our page https://).", Amiss.NO_ADDRESS),
        ("Our page ...", Amiss.NO_ADDRESS),
        ("", Amiss.NO_ADDRESS),
        ("Our page", Amiss.NO_ADDRESS),
        ("Our page example.org", Amiss.NO_ADDRESS),
        ("Our page https://", Amiss.NO_ADDRESS),
        ("Our page https://localhost/", Amiss.NO_ADDRESS),
        ("Our page https://[::1", Amiss.NO_ADDRESS),
        ("Our page https://example.org:99999", Amiss.NO_ADDRESS),
        ("Our page javascript:alert(1)//example.org", Amiss.NO_ADDRESS),
        ("Our page tg://user?id=1", Amiss.NO_ADDRESS),
        ("https://example.org Our page", Amiss.NO_ADDRESS),
    ],
)
def test_what_is_typed(text: str, expected: Link | Amiss) -> None:
    assert link_of(text) == expected


@given(st.one_of(st.text(max_size=100), st.builds("{} http{}://{}".format, *[st.text(max_size=30)] * 3)))
def test_whatever_is_typed_is_a_link_that_can_stand_on_a_button_or_none(text: str) -> None:
    found = link_of(text)
    if isinstance(found, Link):
        assert 0 < len(found.label) <= LONGEST_LABEL
        assert is_address(found.url)
