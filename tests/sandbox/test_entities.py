"""HTML -> text and entities, as https://core.telegram.org/bots/api#html-style has it."""

from __future__ import annotations

import html
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.entities import command_entities, parse_html, utf16_length
from sandbox.errors import ApiError

TEXT = st.text(st.characters(exclude_categories=("Cs", "Cc")))


@given(TEXT)
def test_escaped_text_comes_back_as_it_was(text: str) -> None:
    assert parse_html(html.escape(text, quote=False)) == (text.strip(), [])


@given(TEXT.filter(str.strip), TEXT)
def test_an_entity_covers_its_text_in_utf_16(bold: str, before: str) -> None:
    text, (entity,) = parse_html(f"x{html.escape(before)}<b>{html.escape(bold)}</b>x")
    units = text.encode("utf-16-le")
    start, end = entity["offset"] * 2, (entity["offset"] + entity["length"]) * 2
    assert units[start:end].decode("utf-16-le") == bold


def outcome(source: str) -> tuple[str, list[dict[str, Any]]]:
    """What is made of it; a refusal's words where it is refused."""
    try:
        return parse_html(source)
    except ApiError as error:
        return f"{error.code} {error.description}", []


@given(st.text(st.sampled_from("<>/&;ab \"'=#x1😀")))
def test_whatever_is_sent_is_parsed_or_refused(source: str) -> None:
    text, entities = outcome(source)
    assert all(0 <= one["offset"] < one["offset"] + one["length"] <= utf16_length(text) for one in entities)


@pytest.mark.parametrize(
    ("source", "kind"),
    [
        ("<b>x</b>", "bold"), ("<strong>x</strong>", "bold"), ("<i>x</i>", "italic"), ("<em>x</em>", "italic"),
        ("<u>x</u>", "underline"), ("<ins>x</ins>", "underline"), ("<s>x</s>", "strikethrough"),
        ("<strike>x</strike>", "strikethrough"), ("<del>x</del>", "strikethrough"), ("<code>x</code>", "code"),
        ("<tg-spoiler>x</tg-spoiler>", "spoiler"), ('<span class="tg-spoiler">x</span>', "spoiler"),
        ("<pre>x</pre>", "pre"), ("<blockquote>x</blockquote>", "blockquote"), ("<B>x</B>", "bold"),
        ("<blockquote expandable>x</blockquote>", "expandable_blockquote"),
    ],
)  # fmt: skip
def test_every_tag_that_telegram_knows(source: str, kind: str) -> None:
    assert parse_html(source) == ("x", [{"type": kind, "offset": 0, "length": 1}])


@pytest.mark.parametrize(
    ("source", "text", "entities"),
    [
        (
            "<b>a <i>b</i></b> c", "a b c",
            [{"type": "bold", "offset": 0, "length": 3}, {"type": "italic", "offset": 2, "length": 1}],
        ),
        (
            '<a href="https://example.org/?a=1&amp;b=2">x</a>', "x",
            [{"type": "text_link", "offset": 0, "length": 1, "url": "https://example.org/?a=1&b=2"}],
        ),
        (
            "😀 <a>https://example.org</a>", "😀 https://example.org",
            [{"type": "text_link", "offset": 3, "length": 19, "url": "https://example.org"}],
        ),
        ("<a>nowhere</a>", "nowhere", []),
        (
            '<pre><code class="language-python">x</code></pre>', "x",
            [{"type": "pre", "offset": 0, "length": 1, "language": "python"}],
        ),
        (
            '<tg-emoji emoji-id="5368324170671202286">👍</tg-emoji>', "👍",
            [{"type": "custom_emoji", "offset": 0, "length": 2, "custom_emoji_id": "5368324170671202286"}],
        ),
        ("  <b> x </b> ", "x", [{"type": "bold", "offset": 0, "length": 1}]),
        ("&lt;&gt;&amp;&quot;&#233;&#xe9;&nbsp;& &copy;", '<>&"éé&nbsp;& &copy;', []),
        ("<b></b>x", "x", []),
    ],
)  # fmt: skip
def test_what_is_made_of_it(source: str, text: str, entities: list[dict[str, Any]]) -> None:
    assert parse_html(source) == (text, entities)


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("a < b", 'Unsupported start tag "" at byte offset 2'),
        ("é<foo>x</foo>", 'Unsupported start tag "foo" at byte offset 2'),
        ("<!-- x -->", 'Unsupported start tag "!--" at byte offset 0'),
        ("x <b", "Unclosed start tag at byte offset 2"),
        ("<b>x</b", "Unclosed end tag at byte offset 4"),
        ("x</b>", "Unexpected end tag at byte offset 1"),
        ("<b>x</i>", 'Unmatched end tag at byte offset 4, expected "</b>", found "</i>"'),
        ("<b>x", 'Can\'t find end tag corresponding to start tag "b"'),
        ("<span>x</span>", 'Tag "span" must have class "tg-spoiler" at byte offset 0'),
    ],
)
def test_what_cannot_be_parsed(source: str, words: str) -> None:
    with pytest.raises(ApiError) as refused:
        parse_html(source)
    assert refused.value.description == f"Bad Request: can't parse entities: {words}"


@pytest.mark.parametrize(
    ("text", "found"),
    [("/start now", [(0, 6)]), ("😀 /help@some_bot", [(3, 14)]), ("a/b", []), ("/a/b", []), ("no", [])],
)
def test_commands_are_marked_as_a_client_does(text: str, found: list[tuple[int, int]]) -> None:
    assert [(one["offset"], one["length"]) for one in command_entities(text)] == found
