"""Where the bot wants its updates brought, and what came of bringing them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from sandbox import errors
from sandbox.errors import bad_request

USUAL_CONNECTIONS, MOST_CONNECTIONS = 40, 100
LONGEST_SECRET = 256
SECRET = re.compile(r"[A-Za-z0-9_-]*")
THIS_MACHINE = ("127.0.0.1", "localhost")


@dataclass
class Webhook:
    """As it was set; the newest error stays until it is set anew."""

    url: str
    secret: str = ""
    connections: int = USUAL_CONNECTIONS
    error: str = ""
    error_date: int = 0

    def is_here(self) -> bool:
        """Whether it can be reached without a network and without a certificate."""
        address = urlsplit(self.url)
        return address.scheme == "http" and address.hostname in THIS_MACHINE

    def check(self) -> None:
        """Refused as Telegram refuses it; plain HTTP is for this very machine."""
        if not self.url.startswith("https://") and not self.is_here():
            raise errors.NO_HTTPS
        if len(self.secret) > LONGEST_SECRET:
            raise bad_request("secret token is too long")
        if not SECRET.fullmatch(self.secret):
            raise bad_request("secret token contains unallowed characters")
