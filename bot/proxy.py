"""The way to the Bot API that the environment names: HTTPS_PROXY, HTTP_PROXY, ALL_PROXY, NO_PROXY."""

from __future__ import annotations

from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

from bot.settings import is_this_machine

KNOWN = ("http", "https")


class ProxyRefused(Exception):
    """The environment names a proxy that cannot be used: one clear line, without its address and its password."""


def proxy_to(api_url: str) -> str | None:
    """Its address, with user and password where it has them; None before this very machine, and where none is named."""
    address = urlsplit(api_url)
    host = address.hostname or ""
    if is_this_machine(host) or proxy_bypass(host) or (address.port and proxy_bypass(f"{host}:{address.port}")):
        return None
    named = getproxies()
    proxy = named.get(address.scheme) or named.get("all")
    if proxy is None:
        return None
    if "://" not in proxy:
        proxy = f"http://{proxy}"  # as curl reads it
    kind = urlsplit(proxy).scheme.lower() if _is_address(proxy) else ""
    if kind not in KNOWN:
        found = f"names a {kind} proxy" if kind else "is no proxy's address"
        raise ProxyRefused(
            f"{address.scheme.upper()}_PROXY or ALL_PROXY {found}. It takes http:// or https:// with HOST:PORT, "
            "and NO_PROXY names what is reached without."
        )
    return proxy


def _is_address(proxy: str) -> bool:
    """Whether it has a host and, if at all, a port that is a number."""
    try:
        parts = urlsplit(proxy)
        return bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False
