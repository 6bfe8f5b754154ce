"""Telegram's own refusals: their codes and their words."""

from __future__ import annotations

from typing import Any


class ApiError(Exception):
    """What the Bot API answers instead of a result."""

    def __init__(self, code: int, description: str, parameters: dict[str, Any] | None = None) -> None:
        """`description` is the whole line as a bot receives it."""
        super().__init__(description)
        self.code = code
        self.description = description
        self.parameters = parameters

    def body(self) -> dict[str, Any]:
        """The answer's JSON."""
        body: dict[str, Any] = {"ok": False, "error_code": self.code, "description": self.description}
        if self.parameters is not None:
            body["parameters"] = self.parameters
        return body


def bad_request(reason: str) -> ApiError:
    """400 with Telegram's words."""
    return ApiError(400, f"Bad Request: {reason}")


def too_many_requests(seconds: int) -> ApiError:
    """429: the bot is to wait."""
    return ApiError(429, f"Too Many Requests: retry after {seconds}", {"retry_after": seconds})


UNAUTHORIZED = ApiError(401, "Unauthorized")
NOT_FOUND = ApiError(404, "Not Found")
BLOCKED = ApiError(403, "Forbidden: bot was blocked by the user")
DEACTIVATED = ApiError(403, "Forbidden: user is deactivated")
NEVER_STARTED = ApiError(403, "Forbidden: bot can't initiate conversation with a user")
OTHER_POLL = ApiError(
    409, "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"
)
ENDED_BY_WEBHOOK = ApiError(409, "Conflict: terminated by setWebhook request")
WEBHOOK_IS_SET = ApiError(
    409, "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
)
NO_HTTPS = bad_request("bad webhook: An HTTPS URL must be provided for webhook")
NOT_MODIFIED = bad_request(
    "message is not modified: specified new message content and reply markup are exactly the same as a current content "
    "and reply markup of the message"
)
CHAT_NOT_FOUND = bad_request("chat not found")
TOO_LONG = bad_request("message is too long")
EMPTY = bad_request("message text is empty")
EDIT_NOT_FOUND = bad_request("message to edit not found")
CANNOT_EDIT = bad_request("message can't be edited")
DELETE_NOT_FOUND = bad_request("message to delete not found")
CANNOT_DELETE = bad_request("message can't be deleted for everyone")
BUTTON_DATA_INVALID = bad_request("BUTTON_DATA_INVALID")
BUTTON_URL_INVALID = bad_request("BUTTON_URL_INVALID")
QUERY_TOO_OLD = bad_request("query is too old and response timeout expired or query ID is invalid")
ANSWER_TOO_LONG = bad_request("MESSAGE_TOO_LONG")
