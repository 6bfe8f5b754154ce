"""What Telegram, or whoever reads the list of names, would take for a link."""

from __future__ import annotations

import re
import unicodedata

SIGNS = re.compile(r"://|@|\bwww\.|\bt\.me\b", re.IGNORECASE)
# The right side is looked at, not taken: in a.example.com it is the next one's left side.
DOTTED = re.compile(r"(?<![^\W\d_])([^\W\d_]+)\.(?=([^\W\d_]{2,}))")
# Behind a single letter, which is mostly an initial: endings that are common and are neither a name's particle (de, la,
# van), nor a family name (Li, Ng, Ly), nor an abbreviation (Ch., Md., St.).
COMMON_ENDINGS = frozenset(
    {
        "com", "org", "net", "edu", "gov", "info", "biz", "pro", "mobi", "app", "dev", "xyz", "online", "site",
        "website", "shop", "store", "top", "link", "click", "club", "live", "news", "blog", "wiki", "space", "fun",
        "icu", "vip", "cloud", "tech", "email", "chat", "team", "media", "zone", "me", "ai", "io", "co", "tv", "gg",
        "cc", "ws", "fm", "gl", "im", "gs", "gd", "pw", "tk", "ml", "cf", "gq", "eu", "uk", "us", "ru", "ua", "by",
        "pl", "lt", "lv", "ee", "kz", "nl", "dk", "jp", "cn", "tw", "hk", "br",
        "рф", "бел", "укр", "рус", "москва", "дети", "онлайн", "сайт", "ком", "орг", "ею", "срб", "мкд", "бг",
    }
)  # fmt: skip


def bears_link(name: str) -> bool:
    """Whether a link stands in it. A dot with two letters on both sides makes one, whatever the ending."""
    bare = "".join(one for one in name if unicodedata.category(one) not in {"Mn", "Mc", "Me", "Cf"})
    return bool(SIGNS.search(bare)) or any(
        len(left) > 1 or right.casefold() in COMMON_ENDINGS for left, right in DOTTED.findall(bare)
    )
