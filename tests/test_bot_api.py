"""The check of calls notices what the Bot API would refuse."""

from __future__ import annotations

import pytest

from sandbox.calls import Call
from tests.bot_api import METHODS, call_faults

WRONG = [
    ("sendTelegram", {}, ["sendTelegram is unknown"]),
    ("sendMessage", {"chat_id": 1}, ["sendMessage.text is missing"]),
    ("sendMessage", {"chat_id": 1, "text": "x" * 4097}, ["sendMessage.text has 4097 characters"]),
    ("sendMessage", {"chat_id": 1, "text": "x", "loud": True}, ["sendMessage.loud is unknown"]),
    ("sendMessage", {"chat_id": [1], "text": "x"}, ["sendMessage.chat_id is no Integer: [1]"]),
    ("answerCallbackQuery", {"callback_query_id": "1", "text": "x" * 201},
     ["answerCallbackQuery.text has 201 characters"]),
    ("deleteMessages", {"chat_id": 1, "message_ids": [1] * 101}, ["deleteMessages.message_ids has 101 identifiers"]),
]  # fmt: skip


@pytest.mark.parametrize(("method", "parameters", "expected"), WRONG if METHODS else [])
def test_a_wrong_call_is_noticed(method: str, parameters: dict[str, object], expected: list[str]) -> None:
    assert list(call_faults(Call(method, dict(parameters), 0.0))) == expected
