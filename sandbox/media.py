"""Files that the bot sends: photos, videos, documents and the like, alone or as an album."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sandbox.content import caption_of, markup_of
from sandbox.errors import bad_request
from sandbox.parameters import Parameters
from sandbox.world import Account, Json, World

ALBUM = ("photo", "video", "audio", "document")


def sender(kind: str) -> Callable[[World, Parameters], Json]:
    """The method that sends one file of this kind."""

    def send(world: World, parameters: Parameters) -> Json:
        account = world.reachable(parameters.get("chat_id"))
        content = {kind: _file(world, kind, parameters.get(kind)), **caption_of(parameters), **markup_of(parameters)}
        return world.post(account, content)

    return send


def send_media_group(world: World, parameters: Parameters) -> list[Json]:
    """https://core.telegram.org/bots/api#sendmediagroup"""
    account = world.reachable(parameters.get("chat_id"))
    items = parameters.array("media", dict)
    if not 2 <= len(items) <= 10:
        raise bad_request("there must be 2-10 items in an album")
    album = world.album_number()
    return [_album_part(world, account, item, album, parameters) for item in items]


def _album_part(world: World, account: Account, item: Json, album: str, parameters: Parameters) -> Json:
    if item.get("type") not in ALBUM:
        raise bad_request("can't parse InputMedia: unsupported type specified")
    source = item.get("media")
    if isinstance(source, str) and source.startswith("attach://"):
        source = parameters.get(source.removeprefix("attach://"))
    content = {item["type"]: _file(world, item["type"], source), **caption_of(Parameters(item))}
    return world.post(account, {**content, "media_group_id": album})


def _file(world: World, kind: str, source: Any) -> Any:
    """A file that was sent along (name, content), or the id of one that is here."""
    if isinstance(source, tuple):
        name, content = source
        file_id = f"{kind}-{len(world.files) + 1}"
        world.files[file_id] = (name, content)
    elif isinstance(source, str) and source:
        file_id = source
    else:
        raise bad_request(f"there is no {kind} in the request")
    base: Json = {"file_id": file_id, "file_unique_id": file_id}
    sized = {**base, "width": 320, "height": 240}
    if kind == "photo":
        return [sized]
    if kind in ("video", "animation"):
        return {**sized, "duration": 1}
    if kind == "sticker":
        return {**sized, "type": "regular", "is_animated": False, "is_video": False}
    return {**base, "duration": 1} if kind in ("audio", "voice") else base
