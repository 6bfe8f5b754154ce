"""Files that the bot sends: photos, videos, documents and the like, alone or as an album."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sandbox.content import caption_of, delivery_of, marks_of, markup_of
from sandbox.errors import bad_request
from sandbox.files import Told, as_sent, keep, kept
from sandbox.parameters import Parameters
from sandbox.world import Json, World

ALBUM = ("photo", "video", "audio", "document")
ALIKE = ("audio", "document")  # never with another kind in one album
NO_SUCH_TYPE = "can't parse InputMedia: unsupported type specified"


def sender(kind: str) -> Callable[[World, Parameters], Json]:
    """The method that sends one file of this kind."""

    def send(world: World, parameters: Parameters) -> Json:
        account = world.reachable(parameters.get("chat_id"))
        file = _file(world, kind, parameters.get(kind), parameters)
        content = {**file, **caption_of(parameters), **marks_of(parameters), **markup_of(parameters)}
        return world.post(account, content, **delivery_of(parameters))

    return send


def send_media_group(world: World, parameters: Parameters) -> list[Json]:
    """https://core.telegram.org/bots/api#sendmediagroup: all of it or nothing, and no buttons."""
    account = world.reachable(parameters.get("chat_id"))
    items = parameters.array("media", dict)
    if not 2 <= len(items) <= 10:
        raise bad_request("there must be 2-10 items in an album")
    kinds = {item.get("type") for item in items}
    if not kinds <= {*ALBUM}:
        raise bad_request(NO_SUCH_TYPE)
    for kind in ALIKE:
        if kind in kinds and len(kinds) > 1:
            raise bad_request(f"{kind} can't be mixed with other media types")
    of_all = {key: parameters.get(key) for key in ("protect_content", "message_effect_id")}
    parts = [media_of(world, {**item, **of_all}, parameters) for item in items]
    if len({part.get("show_caption_above_media") for part in parts}) > 1:
        raise bad_request("parameter show_caption_above_media must be the same for all messages")
    album = {"media_group_id": world.album_number()}
    return [world.post(account, {**part, **album}, **delivery_of(parameters)) for part in parts]


def media_of(world: World, item: Json, parameters: Parameters) -> Json:
    """What an InputMedia puts into a message; its file may have come along with the call."""
    source = item.get("media")
    if isinstance(source, str) and source.startswith("attach://"):
        source = parameters.get(source.removeprefix("attach://"))
    own = Parameters(item)
    return {**_file(world, item["type"], source, own), **caption_of(own), **marks_of(own)}


def _file(world: World, kind: str, source: Any, parameters: Parameters) -> Json:
    """A file that was sent along (name, content), or the id of one that is here."""
    if isinstance(source, tuple):
        name, content = source
        return as_sent(kind, keep(world, kind, name, content, _told(parameters)))
    if isinstance(source, str) and source:
        return as_sent(kind, kept(world, kind, source))
    raise bad_request(f"there is no {kind} in the request")


def _told(parameters: Parameters) -> Told:
    numbers = {key: parameters.integer(key, 0) for key in ("width", "height", "duration")}
    return Told(**numbers, performer=parameters.text("performer"), title=parameters.text("title"))
