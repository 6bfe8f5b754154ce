"""Files that the bot sends: photos, videos, documents and the like, alone or as an album."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sandbox.content import caption_of, marks_of, markup_of
from sandbox.errors import bad_request
from sandbox.files import as_sent, keep, kept
from sandbox.parameters import Parameters
from sandbox.world import Account, Json, World

ALBUM = ("photo", "video", "audio", "document")


def sender(kind: str) -> Callable[[World, Parameters], Json]:
    """The method that sends one file of this kind."""

    def send(world: World, parameters: Parameters) -> Json:
        account = world.reachable(parameters.get("chat_id"))
        file = _file(world, kind, parameters.get(kind))
        return world.post(
            account, {kind: file, **caption_of(parameters), **marks_of(parameters), **markup_of(parameters)}
        )

    return send


def send_media_group(world: World, parameters: Parameters) -> list[Json]:
    """https://core.telegram.org/bots/api#sendmediagroup"""
    account = world.reachable(parameters.get("chat_id"))
    items = parameters.array("media", dict)
    if not 2 <= len(items) <= 10:
        raise bad_request("there must be 2-10 items in an album")
    if any(item.get("type") not in ALBUM for item in items):
        raise bad_request("can't parse InputMedia: unsupported type specified")
    album = world.album_number()
    return [_album_part(world, account, item, album, parameters) for item in items]


def _album_part(world: World, account: Account, item: Json, album: str, parameters: Parameters) -> Json:
    source = item.get("media")
    if isinstance(source, str) and source.startswith("attach://"):
        source = parameters.get(source.removeprefix("attach://"))
    own = Parameters({**item, "protect_content": parameters.get("protect_content")})
    content = {item["type"]: _file(world, item["type"], source), **caption_of(own), **marks_of(own)}
    return world.post(account, {**content, "media_group_id": album})


def _file(world: World, kind: str, source: Any) -> Json | list[Json]:
    """A file that was sent along (name, content), or the id of one that is here."""
    if isinstance(source, tuple):
        name, content = source
        return as_sent(kind, keep(world, kind, name, content))
    if isinstance(source, str) and source:
        return as_sent(kind, kept(world, kind, source))
    raise bad_request(f"there is no {kind} in the request")
