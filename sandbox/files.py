"""Files that are kept, each with the object by which the Bot API tells of it."""

from __future__ import annotations

import mimetypes
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sandbox.errors import bad_request
from sandbox.pictures import size_of

if TYPE_CHECKING:
    from sandbox.world import Json, World

UNKNOWN_SIZE = (320, 240)
KINDS = ("photo", "video", "animation", "audio", "document", "voice", "video_note", "sticker")
SIZED = ("photo", "video", "animation", "sticker")
FILMED = ("video", "animation")
LASTING = ("video", "animation", "audio", "voice")
NAMED = ("video", "animation", "audio", "document")
PICTURED = ("width", "height", "duration")
ANY_CONTENT = "application/octet-stream"


@dataclass(frozen=True)
class Told:
    """What a client tells of a film or a sound that it sends; 0 and "" where it says nothing."""

    width: int = 0
    height: int = 0
    duration: int = 0
    performer: str = ""
    title: str = ""


NOTHING_TOLD = Told()


def keep(world: World, kind: str, name: str, content: bytes, told: Told = NOTHING_TOLD) -> Json:
    """Keeps a file; its object (of a photo: its one size)."""
    file_id = f"{kind}-{len(world.files) + 1}"
    world.files[file_id] = (name, content)
    found = {**_base(file_id, content), **_shape(kind, content, told)}
    if kind in NAMED:
        found["file_name"] = name
    if kind in (*NAMED, "voice"):
        found["mime_type"] = kind_of(name)
    world.file_objects[file_id] = (kind, found)
    return found


def kept(world: World, kind: str, file_id: str) -> Json:
    """The object of a file that is here; Telegram's refusal where none is, or one of another kind."""
    if file_id not in world.file_objects:
        raise bad_request("wrong file identifier/HTTP URL specified")
    known, found = world.file_objects[file_id]
    if known != kind:
        raise bad_request(f"can't use file of type {known.capitalize()} as {kind.capitalize()}")
    return found


def as_sent(kind: str, found: Json) -> Json:
    """The fields of a message: a photo stands there as an array of its sizes, an animation as a document too."""
    if kind == "animation":
        return {kind: found, "document": {key: value for key, value in found.items() if key not in PICTURED}}
    return {kind: [found] if kind == "photo" else found}


def kind_of(name: str) -> str:
    """The content's kind, by the file's name."""
    return mimetypes.guess_type(name)[0] or ANY_CONTENT


def _base(file_id: str, content: bytes) -> Json:
    return {"file_id": file_id, "file_unique_id": f"unique-{file_id}", "file_size": len(content)}


def _shape(kind: str, content: bytes, told: Told) -> Json:
    width, height = size_of(content) or UNKNOWN_SIZE
    if kind in FILMED:
        width, height = told.width or width, told.height or height
    found: Json = {"width": width, "height": height} if kind in SIZED else {}
    if kind in LASTING:
        found["duration"] = told.duration or 1
    if kind == "audio":
        found.update({key: value for key in ("performer", "title") if (value := getattr(told, key))})
    if kind == "sticker":
        found.update(type="regular", is_animated=False, is_video=False)
    return found
