"""What a call says to the Bot API; only the chat and its messages differ from body to body."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from bot.news_call import Call, CannotBecome, delete_call, edit_call, send_call
from storage.news import News, NewsKind

BOLD = {"type": "bold", "offset": 0, "length": 3}
TEXT = News(NewsKind.TEXT, "New text", (BOLD,), link_preview={"is_disabled": True})
PHOTO = News(NewsKind.PHOTO, "New caption", (BOLD,), "photo-1", spoiler=True, caption_above=True)
VOICE = News(NewsKind.VOICE, file="voice-1")
ALBUM = News(NewsKind.ALBUM, parts=(News(NewsKind.PHOTO, file="photo-2"), News(NewsKind.VIDEO, "Both", file="video-1")))
KEYBOARD = {"inline_keyboard": [[{"text": "Sign", "url": "https://example.org/"}]]}
MARKUP = {"reply_markup": KEYBOARD}


def said(call: Call, *messages: int) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(call.body(5, messages))
    assert content.pop("chat_id") == 5
    return content


def test_a_text_is_sent_as_it_was_written() -> None:
    call = send_call(TEXT, KEYBOARD)
    assert call.method == "sendMessage"
    expected = {"text": "New text", "entities": [BOLD], "link_preview_options": {"is_disabled": True}, **MARKUP}
    assert said(call) == expected


@pytest.mark.parametrize("kind", [kind for kind in NewsKind if kind not in (NewsKind.TEXT, NewsKind.ALBUM)])
def test_a_file_is_sent_by_its_number(kind: NewsKind) -> None:
    call = send_call(News(kind, file="file-1"))
    assert call.method == f"send{kind.value.capitalize()}"
    assert said(call) == {kind.value: "file-1"}


def test_a_caption_goes_along() -> None:
    assert said(send_call(PHOTO)) == {
        "photo": "photo-1", "caption": "New caption", "caption_entities": [BOLD],
        "has_spoiler": True, "show_caption_above_media": True,
    }  # fmt: skip


def test_an_album_has_its_captions_in_its_parts_and_no_buttons() -> None:
    call = send_call(ALBUM, KEYBOARD)
    assert call.method == "sendMediaGroup"
    assert said(call) == {
        "media": [
            {"type": "photo", "media": "photo-2"},
            {"type": "video", "media": "video-1", "caption": "Both"},
        ]
    }


@pytest.mark.parametrize("above", [True, False])
def test_the_captions_of_an_album_stand_all_above_or_all_below(above: bool) -> None:
    first, second = (replace(part, caption_above=number == above) for number, part in enumerate(ALBUM.parts))
    media = said(send_call(replace(ALBUM, parts=(first, second))))["media"]
    assert [part.get("show_caption_above_media", False) for part in media] == [above, above]


@pytest.mark.parametrize("news", [TEXT, PHOTO, VOICE, ALBUM])
def test_silent_and_paid_are_said_where_they_are_wanted(news: News) -> None:
    plain, silent, paid = send_call(news), send_call(news, silent=True), send_call(news, paid=True)
    assert said(silent) == {**said(plain), "disable_notification": True}
    assert said(paid) == {**said(plain), "allow_paid_broadcast": True}


def test_a_text_becomes_another_text_and_loses_its_buttons() -> None:
    call = edit_call(News(NewsKind.TEXT, "Old"), TEXT)
    assert call.method == "editMessageText"
    assert said(call, 7) == {
        "message_id": 7, "text": "New text", "entities": [BOLD], "link_preview_options": {"is_disabled": True},
    }  # fmt: skip
    assert said(edit_call(News(NewsKind.TEXT, "Old"), TEXT, KEYBOARD), 7)["reply_markup"] == MARKUP["reply_markup"]


def test_the_same_voice_message_gets_another_caption_or_none() -> None:
    after = replace(VOICE, text="New caption", entities=(BOLD,))
    call = edit_call(VOICE, after, KEYBOARD)
    assert call.method == "editMessageCaption"
    assert said(call, 7) == {"message_id": 7, "caption": "New caption", "caption_entities": [BOLD], **MARKUP}
    assert said(edit_call(after, VOICE), 7) == {"message_id": 7, "caption": ""}


@pytest.mark.parametrize(
    "before",
    [
        News(NewsKind.TEXT, "Old"),
        News(NewsKind.VIDEO, "Old", file="video-1"),
        News(NewsKind.PHOTO, file="photo-2"),
        News(NewsKind.PHOTO, "Only the caption is new", file="photo-1"),
    ],
)
def test_a_file_takes_the_place_of_what_was_sent(before: News) -> None:
    call = edit_call(before, PHOTO, KEYBOARD)
    assert call.method == "editMessageMedia"
    media = {
        "type": "photo", "media": "photo-1", "caption": "New caption", "caption_entities": [BOLD],
        "has_spoiler": True, "show_caption_above_media": True,
    }  # fmt: skip
    assert said(call, 7) == {"message_id": 7, "media": media, **MARKUP}


@pytest.mark.parametrize("after", [TEXT, News(NewsKind.ALBUM, parts=(News(NewsKind.PHOTO, "New text", (BOLD,)),))])
def test_of_an_album_the_part_with_the_caption_changes(after: News) -> None:
    call = edit_call(ALBUM, after, KEYBOARD)
    assert call.method == "editMessageCaption"
    assert said(call, 7, 8) == {"message_id": 8, "caption": "New text", "caption_entities": [BOLD]}


def test_an_album_without_a_caption_gets_one_in_its_first_part() -> None:
    bare = News(NewsKind.ALBUM, parts=(News(NewsKind.PHOTO, file="photo-1"), News(NewsKind.PHOTO, file="photo-2")))
    assert said(edit_call(bare, TEXT), 7, 8)["message_id"] == 7


@pytest.mark.parametrize(
    ("before", "after"), [(PHOTO, TEXT), (TEXT, ALBUM), (PHOTO, ALBUM), (VOICE, PHOTO), (PHOTO, VOICE), (TEXT, VOICE)]
)
def test_what_telegram_cannot_change_is_refused(before: News, after: News) -> None:
    with pytest.raises(CannotBecome):
        edit_call(before, after)


def test_all_of_it_is_deleted() -> None:
    assert delete_call().method == "deleteMessages"
    assert said(delete_call(), 7, 8) == {"message_ids": [7, 8]}
