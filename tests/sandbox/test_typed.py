"""A typed text as clients send it: marks become formatting, links and names are found."""

from __future__ import annotations

import pytest

from sandbox.typed import as_typed, with_found


@pytest.mark.parametrize(
    ("typed", "text", "kind"),
    [
        ("**x**", "x", "bold"),
        ("__x__", "x", "italic"),
        ("~~x~~", "x", "strikethrough"),
        ("||x||", "x", "spoiler"),
        ("`**x**`", "**x**", "code"),
        ("```x```", "x", "pre"),
    ],
)
def test_each_mark(typed: str, text: str, kind: str) -> None:
    assert as_typed(typed) == (text, [{"type": kind, "offset": 0, "length": len(text)}])


def test_marks_nest_and_count_in_utf16() -> None:
    text, entities = as_typed("😀 **a __b__**")
    assert text == "😀 a b"
    assert entities == [{"type": "bold", "offset": 3, "length": 3}, {"type": "italic", "offset": 5, "length": 1}]


def test_a_language_and_a_link_are_kept() -> None:
    assert as_typed("```python\nx = 1```")[1] == [{"type": "pre", "offset": 0, "length": 5, "language": "python"}]
    link = {"type": "text_link", "offset": 0, "length": 4, "url": "https://example.org/a"}
    assert as_typed("[here](https://example.org/a)") == ("here", [link])


@pytest.mark.parametrize("typed", ["2 ** 3", "a_b", "[x](javascript:alert)", "**", "5 || 6"])
def test_what_is_no_mark_stays(typed: str) -> None:
    assert as_typed(typed) == (typed, [])


@pytest.mark.parametrize(
    ("text", "kind", "found"),
    [
        ("see https://example.org/a?b=1.", "url", "https://example.org/a?b=1"),
        ("see example.org, please", "url", "example.org"),
        ("write me@example.org", "email", "me@example.org"),
        ("ask @somebody!", "mention", "@somebody"),
        ("#Belarus", "hashtag", "#Belarus"),
        ("try /help now", "bot_command", "/help"),
    ],
)
def test_what_is_found(text: str, kind: str, found: str) -> None:
    entities = with_found(text, [])
    assert [(one["type"], text[one["offset"] :][: one["length"]]) for one in entities] == [(kind, found)]


@pytest.mark.parametrize("text", ["#1", "e.g. this", "3.14", "a/b", "Mr.Smith"])
def test_what_is_not_found(text: str) -> None:
    assert with_found(text, []) == []


def test_nothing_is_found_in_code() -> None:
    code = {"type": "code", "offset": 0, "length": 5}
    assert with_found("/help", [code]) == [code]
