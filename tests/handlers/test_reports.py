"""What owners read of a broadcast, in every state that it can be in."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.settings import HERE
from handlers.answer import Choice, Screen
from handlers.buttons import pack, unpack
from handlers.organisers.report import report_screen
from handlers.organisers.report_facts import Facts, Page
from handlers.words import load_words
from storage.announcement import DEFAULT, Announcement
from storage.broadcast import Broadcast, BroadcastKind, BroadcastState, Figures, Pause, PauseReason
from storage.news import News, NewsKind
from storage.reports import Role

WORDS = load_words(HERE / "locales")["en"]
NOW = datetime(2026, 12, 1, 12, 0, tzinfo=UTC)
WARSAW = ZoneInfo("Europe/Warsaw")
PHOTO = News(NewsKind.PHOTO, file="x")
TEXT = Announcement({DEFAULT: News(NewsKind.TEXT, "The count grows & grows")})
MUCH = Announcement({DEFAULT: PHOTO, "de": PHOTO}, important=True, silent=True)
S, K, P = BroadcastState, BroadcastKind, PauseReason
EVERYWHERE = "Edit everywhere|Delete everywhere"


def broadcast(state: BroadcastState, **changes: Any) -> Broadcast:
    began = (
        None if state in (S.PROPOSED, S.REJECTED, S.RECALLED, S.SCHEDULED, S.MISSED) else NOW - timedelta(minutes=10)
    )
    ended = NOW - timedelta(minutes=5) if state in (S.SENT, S.STOPPED, S.RECALLED) else None
    whole = Broadcast(
        number=7,
        kind=K.NEWS,
        subject=None,
        announcement=TEXT,
        state=state,
        at=None,
        began=began,
        ended=ended,
        pause=None,
        pauses=2,
        idle=timedelta(),
        withdrawn=False,
        doubt_left=False,
        figures=Figures(8_412),
    )
    return replace(whole, **changes)


def facts(
    state: BroadcastState, role: Role = Role.AUTHOR, *, of: dict[str, Any] | None = None, **changes: Any
) -> Facts:
    return replace(Facts(broadcast(state, **(of or {})), role, NOW, WARSAW), **changes)


def at(**ahead: float) -> dict[str, Any]:
    return {"at": NOW + timedelta(**ahead)}


def paused(reason: PauseReason, detail: str = "") -> Facts:
    return facts(S.PAUSED, of={"pause": Pause(NOW, reason, detail), "figures": Figures(8_412, 800, 12)})


SENDING = Figures(8_412, 5_204, blocked=20, deactivated=11, in_doubt=1)
ALL = Figures(8_412, 8_376, blocked=33, deactivated=2, in_doubt=1)
SENT = "<b>Sent</b> in 5 min 0 s · 28 a second\n\nreached <b>8,376</b> · blocked the bot 33 · deactivated 2 · failed 0"

SCREENS: list[tuple[str, Facts, str, str]] = [
    (
        "an author waits for an approval",
        facts(S.PROPOSED, people=8_412),
        "<b>Waits for another owner to approve it.</b>\n\nto <b>everyone</b> (8,412) · now",
        "Back|Stop",
    ),
    (
        "at a time",
        facts(S.PROPOSED, people=8_412, of=at(hours=5, minutes=30)),
        "<b>Waits for another owner to approve it.</b>\n\n"
        "to <b>everyone</b> (8,412) · 1 December 2026, 18:30 (Europe/Warsaw), in 5 h 30 min",
        "Back|Stop",
    ),
    (
        "an approver is asked",
        facts(S.PROPOSED, Role.APPROVER, people=8_412, previewed=True),
        "<b>News</b> · for approval, from another owner · to <b>everyone</b> (8,412) · now (the preview stands above)",
        "Preview / Approve|Reject",
    ),
    (
        "to approve all of it",
        facts(S.PROPOSED, Role.APPROVER, people=8, of={"announcement": MUCH}),
        "<b>News</b> · for approval, from another owner · to <b>everyone</b> (8) · A photo, and a version in German · "
        "important · silent · now",
        "Preview / Approve|Reject",
    ),
    (
        "to edit everywhere",
        facts(S.PROPOSED, Role.WATCHER, people=1, of={"kind": K.EDIT, "subject": 3}),
        "<b>News</b> · edit everywhere · for approval, from another owner · in 1 chat · now",
        "Preview / Approve|Reject",
    ),
    (
        "a time that passed meanwhile",
        facts(S.PROPOSED, Role.APPROVER, people=2, of=at(hours=-1)),
        "<b>News</b> · for approval, from another owner · to <b>everyone</b> (2) · "
        "1 December 2026, 12:00 (Europe/Warsaw), which has passed: once approved it begins at once",
        "Preview / Approve|Reject",
    ),
    (
        "an author is rejected",
        facts(S.REJECTED),
        "<b>Another owner rejected it.</b> It does not go out. <b>Back</b> leads to the draft.",
        "Back|Stop",
    ),
    ("an approver rejected", facts(S.REJECTED, Role.APPROVER), "<b>Rejected.</b> It does not go out.", ""),
    ("taken back", facts(S.RECALLED, Role.APPROVER), "<b>Taken back by its author.</b> It does not go out.", ""),
    (
        "far ahead",
        facts(S.SCHEDULED, people=8_412, of=at(hours=3, minutes=12)),
        "<b>Goes out on 1 December 2026, 16:12 (Europe/Warsaw)</b>, in 3 h 12 min · to <b>everyone</b> (8,412)",
        "Back|Stop",
    ),
    (
        "soon",
        facts(S.SCHEDULED, Role.APPROVER, of=at(seconds=58)),
        "<b>Begins in 58 s.</b> Anyone of the owners can stop it.",
        "Stop",
    ),
    ("now", facts(S.SCHEDULED, of=at()), "<b>Begins now.</b>", "Back|Stop"),
    (
        "while it is frozen",
        facts(S.SCHEDULED, frozen=True, of=at(seconds=-9)),
        "<b>Waits</b>: the petition is frozen. It begins by itself after <code>python -m bot unfreeze</code>.",
        "Back|Stop",
    ),
    (
        "a deletion has no draft",
        facts(S.SCHEDULED, frozen=True, of={**at(), "kind": K.DELETE, "subject": 3}),
        "<b>Waits</b>: the petition is frozen. It begins by itself after <code>python -m bot unfreeze</code>.",
        "Stop",
    ),
    (
        "missed",
        facts(S.MISSED, people=8_412, of=at(hours=-2)),
        "<b>It did not go out.</b> It was to go out on 1 December 2026, 11:00 (Europe/Warsaw): the bot was not running "
        "then, the petition was frozen, or who confirmed it is no owner any more.\n\nto <b>everyone</b> (8,412)",
        "Send now / Back|Stop",
    ),
    (
        "a missed edit",
        facts(S.MISSED, people=8, of={"kind": K.EDIT, "subject": 3, **at(hours=-2)}),
        "<b>The edit did not begin.</b> It was to begin on 1 December 2026, 11:00 (Europe/Warsaw): the bot was not "
        "running then, the petition was frozen, or who confirmed it is no owner any more.\n\nin 8 chats",
        "Edit now / Back|Stop",
    ),
    (
        "a missed deletion",
        facts(S.MISSED, people=8, of={"kind": K.DELETE, "subject": 3, **at(hours=-2)}),
        "<b>The deletion did not begin.</b> It was to begin on 1 December 2026, 11:00 (Europe/Warsaw): the bot was not "
        "running then, the petition was frozen, or who confirmed it is no owner any more.\n\nin 8 chats",
        "Delete now / Stop",
    ),
    (
        "under way",
        facts(S.SENDING, pace=29.6, of={"figures": SENDING}),
        "<b>Sending</b> · 62% ▰▰▰▰▰▰▱▱▱▱\n\nsent 5,204 · blocked 31 · failed 0 · in doubt 1 · left 3,176 · "
        "29.6 a second · about 1 min 47 s",
        "Pause|Stop",
    ),
    (
        "out of reach",
        facts(S.SENDING, out_of_reach=True),
        "<b>Sending</b> · 0% ▱▱▱▱▱▱▱▱▱▱\n\nsent 0 · blocked 0 · failed 0 · left 8,412\n\n"
        "Telegram cannot be reached, or does not answer. It goes on by itself.",
        "Pause|Stop",
    ),
    (
        "editing",
        facts(S.SENDING, of={"kind": K.EDIT, "subject": 3, "figures": Figures(100, 40, missing=10)}),
        "<b>Editing</b> · 50% ▰▰▰▰▰▱▱▱▱▱\n\nedited 40 · had it no more 10 · blocked 0 · failed 0 · left 50",
        "Pause|Stop",
    ),
    (
        "deleting",
        facts(S.SENDING, of={"kind": K.DELETE, "subject": 3, "figures": Figures(100, 100)}),
        "<b>Deleting</b> · 100% ▰▰▰▰▰▰▰▰▰▰\n\ndeleted 100 · blocked 0 · failed 0 · left 0",
        "Pause|Stop",
    ),
    (
        "sending again",
        facts(S.SENDING, of={"kind": K.RESEND, "subject": 3, "figures": Figures(0)}),
        "<b>Sending again</b> · 0% ▱▱▱▱▱▱▱▱▱▱\n\nsent 0 · blocked 0 · failed 0 · left 0",
        "Pause|Stop",
    ),
    (
        "frozen",
        facts(S.SENDING, frozen=True, of={"figures": SENDING}),
        "<b>Paused</b> at 5,236 of 8,412: the petition is frozen. It goes on by itself after "
        "<code>python -m bot unfreeze</code>.",
        "Stop",
    ),
    (
        "paused for its content",
        paused(P.CONTENT, "can't parse <entities>"),
        "<b>Paused</b> at 812 of 8,412: Telegram refuses the content (“can't parse &lt;entities&gt;”). "
        "Nothing is lost. After two days it ends here.",
        "Resume|Stop",
    ),
    *(
        (
            f"paused: {reason}",
            paused(reason),
            f"<b>Paused</b> at 812 of 8,412: {why}. Nothing is lost. After two days it ends here.",
            "Resume|Stop",
        )
        for reason, why in (
            (P.ASKED, "an owner asked for it"),
            (P.FIRST, "too many of the first recipients failed"),
            (P.FAILURES, "too many in a row failed"),
            (P.TOKEN, "Telegram no longer accepts this bot's token"),
            (P.CONFLICT, "somebody else uses this bot's token"),
        )
    ),
    (
        "sent",
        facts(S.SENT, of={"figures": replace(ALL, in_doubt=0)}),
        f"{SENT} · in doubt 0\n\nUnsubscribed meanwhile: 1.",
        EVERYWHERE,
    ),
    (
        "in doubt",
        facts(S.SENT, of={"figures": ALL}),
        f"{SENT} · in doubt 1\n\nThe 1 in doubt may have arrived; sent again it may arrive twice.",
        f"Resend 1 in doubt|Leave / {EVERYWHERE}",
    ),
    (
        "left in doubt",
        facts(S.SENT, of={"figures": ALL, "doubt_left": True}),
        f"{SENT} · in doubt 1\n\nThe 1 in doubt may have arrived. It is not sent again.",
        EVERYWHERE,
    ),
    (
        "all in doubt",
        facts(S.SENT, of={"figures": Figures(2, in_doubt=2), "doubt_left": True}),
        "<b>Sent</b> in 5 min 0 s\n\nreached <b>0</b> · blocked the bot 0 · deactivated 0 · failed 0 · in doubt 2\n\n"
        "The 2 in doubt may have arrived. They are not sent again.",
        "Delete everywhere",
    ),
    (
        "stopped before anything arrived, and in no archive",
        facts(S.STOPPED, of={"figures": Figures(2)}),
        "<b>Stopped</b> after 5 min 0 s\n\nreached <b>0</b> · blocked the bot 0 · deactivated 0 · failed 0 · in doubt 0"
        "\n\nNot sent to 2.",
        "",
    ),
    (
        "two days later",
        facts(S.SENT, of={"figures": ALL}, now=NOW + timedelta(hours=48)),
        f"{SENT} · in doubt 1\n\nThe 1 in doubt may have arrived. It is not sent again.",
        "",
    ),
    (
        "being deleted",
        facts(S.SENT, deleting=True, chats=8_000, of={"figures": ALL, "withdrawn": True}),
        f"{SENT} · in doubt 1\n\nThe 1 in doubt may have arrived. It is not sent again.\n\n"
        "It is being deleted everywhere.",
        "",
    ),
    (
        "deleted but for a few",
        facts(S.SENT, chats=2, of={"figures": replace(ALL, failed=1, in_doubt=0), "withdrawn": True}),
        "<b>Sent</b> in 5 min 0 s · 28 a second\n\nreached <b>8,376</b> · blocked the bot 33 · deactivated 2 · "
        "failed 1 · in doubt 0\n\n2 chats still have it.",
        "Delete everywhere",
    ),
    (
        "deleted wherever it was known to be",
        facts(S.SENT, copies=True, of={"figures": Figures(2, 1, in_doubt=1), "withdrawn": True}),
        "<b>Sent</b> in 5 min 0 s\n\nreached <b>1</b> · blocked the bot 0 · deactivated 0 · failed 0 · in doubt 1\n\n"
        "The 1 in doubt may have arrived. It is not sent again.\n\n"
        "It was deleted wherever I knew of it, and /news shows it no more. A copy may be left elsewhere.",
        "",
    ),
    (
        "failed, by reason",
        facts(
            S.STOPPED,
            of={"figures": Figures(10, 1, failed=6, failures={400: 3, 404: 1, 429: 2}), "idle": timedelta(minutes=4)},
        ),
        "<b>Stopped</b> after 1 min 0 s · 0.1 a second\n\nreached <b>1</b> · blocked the bot 0 · deactivated 0 · "
        "failed 6 · in doubt 0\n\nWhy it failed: took no message: 3 · Telegram kept asking to wait: 2 · Telegram "
        "answered 404: 1.\n\nNot sent to 3.",
        EVERYWHERE,
    ),
    (
        "stopped before",
        facts(S.STOPPED, of={"began": None}),
        "<b>Stopped</b> before it began. It reached nobody.",
        "",
    ),
    *(
        (
            f"stopped before: {kind}",
            facts(S.STOPPED, of={"began": None, "kind": kind, "subject": 3}),
            f"<b>Stopped</b> before it began. {told}",
            "",
        )
        for kind, told in (
            (K.EDIT, "Nothing was edited."),
            (K.DELETE, "Nothing was deleted."),
            (K.RESEND, "Nothing was sent again."),
        )
    ),
    (
        "edited everywhere",
        facts(S.SENT, of={"kind": K.EDIT, "subject": 3, "figures": Figures(9, 7, missing=2)}),
        "<b>Edited everywhere</b> in 5 min 0 s\n\nedited <b>7</b> · had it no more 2 · blocked the bot 0 · "
        "deactivated 0 · failed 0 · in doubt 0",
        "",
    ),
    (
        "deletion stopped",
        facts(S.STOPPED, of={"kind": K.DELETE, "subject": 3, "figures": Figures(9, 7)}),
        "<b>Stopped</b> after 5 min 0 s\n\ndeleted <b>7</b> · had it no more 0 · blocked the bot 0 · deactivated 0 · "
        "failed 0 · in doubt 0\n\nLeft as it was in 2.",
        "",
    ),
    (
        "sent again",
        facts(S.SENT, of={"kind": K.RESEND, "subject": 3, "figures": Figures(1, in_doubt=1)}),
        "<b>Sent again</b> in 5 min 0 s\n\nreached <b>0</b> · blocked the bot 0 · deactivated 0 · failed 0 · "
        "in doubt 1\n\nThe 1 in doubt may have arrived. It is not sent again.",
        "",
    ),
    (
        "on a page",
        facts(S.SENT, page=Page(3, 17, 9, 5), of={"figures": replace(ALL, in_doubt=0, blocked=34)}),
        "<b>News</b> · 3 of 17 · 1 December 2026, 12:50 (Europe/Warsaw)\n\n<i>“The count grows &amp; grows”</i>\n"
        f"to <b>everyone</b>\n\n{SENT.replace('bot 33', 'bot 34')} · in doubt 0",
        f"{EVERYWHERE} / Preview / Newer|Older",
    ),
    (
        "waiting, on a page",
        facts(S.REJECTED, Role.APPROVER, page=Page(1, 1, None, None)),
        "<b>News</b> · 1 of 1\n\n<i>“The count grows &amp; grows”</i>\nto <b>everyone</b>\n\n"
        "<b>Rejected.</b> It does not go out.",
        "Stop / Preview",
    ),
]  # fmt: skip


def labels(screen: Screen) -> str:
    return " / ".join("|".join(one.label for one in row) for row in screen.rows)


@pytest.mark.parametrize(("shown", "text", "buttons"), [one[1:] for one in SCREENS], ids=[one[0] for one in SCREENS])
def test_every_screen(shown: Facts, text: str, buttons: str) -> None:
    screen = report_screen(WORDS, shown)
    assert screen.text == text
    assert labels(screen) == buttons


@pytest.mark.parametrize(
    ("news", "words"),
    [
        (PHOTO, "A photo"),
        (News(NewsKind.ALBUM, parts=(PHOTO, replace(PHOTO, text="Both"))), "<i>“Both”</i>"),
        (News(NewsKind.TEXT, "word " * 40), f"<i>“{'word ' * 15}word…”</i>"),
        (News(NewsKind.TEXT, "x" * 90), f"<i>“{'x' * 80}…”</i>"),
        (News(NewsKind.TEXT, "one\n\n <two>"), "<i>“one &lt;two&gt;”</i>"),
    ],
)  # fmt: skip
def test_a_page_begins_with_the_first_words(news: News, words: str) -> None:
    said = Announcement({DEFAULT: news}, languages=frozenset({"pl", "de"}), important=True, silent=True)
    screen = report_screen(WORDS, facts(S.SENDING, page=Page(1, 1, None, None), of={"announcement": said}))
    assert f"\n\n{words}\nto readers of <b>Polish, German</b> · important · silent\n\n" in screen.text


NUMBERS = st.integers(0, 10_000_000)
TIMES = st.integers(-200_000, 200_000).map(lambda seconds: NOW + timedelta(seconds=seconds))
BROADCASTS = st.builds(
    Broadcast,
    number=st.integers(1, 2**31 - 1),
    kind=st.sampled_from(K),
    subject=st.none() | st.integers(1, 9),
    announcement=st.text().map(lambda text: Announcement({DEFAULT: News(NewsKind.TEXT, text)})),
    state=st.sampled_from(S),
    at=st.none() | TIMES,
    began=st.none() | TIMES,
    ended=st.none() | TIMES,
    pause=st.none() | st.builds(Pause, TIMES, st.sampled_from(P), st.text(max_size=500)),
    pauses=st.integers(0, 1_000),
    idle=st.integers(0, 200_000).map(lambda seconds: timedelta(seconds=seconds)),
    withdrawn=st.booleans(),
    doubt_left=st.booleans(),
    figures=st.builds(
        Figures, *[NUMBERS] * 7, failures=st.dictionaries(st.sampled_from([400, 404, 429]), st.integers(1, 1_000))
    ),
)  # fmt: skip
FACTS = st.builds(
    Facts,
    broadcast=BROADCASTS,
    role=st.sampled_from(Role),
    now=st.just(NOW),
    zone=st.just(WARSAW),
    people=NUMBERS,
    chats=NUMBERS,
    pace=st.just(0.0) | st.floats(0.001, 1_000),
    page=st.none() | st.builds(Page, NUMBERS, NUMBERS, st.none() | NUMBERS, st.none() | NUMBERS),
)


@given(FACTS)
def test_whatever_the_facts_telegram_takes_the_screen(shown: Facts) -> None:
    screen = report_screen(WORDS, shown)
    assert 0 < len(screen.text) < 4_096
    without_tags = re.sub(r"</?(b|i|code)>", "", screen.text)
    assert "<" not in without_tags
    assert ">" not in without_tags
    for row in screen.rows:
        assert row
        for choice in row:
            assert isinstance(choice, Choice)
            assert unpack(pack(choice.button)) == choice.button
