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
SIZED = ("photo", "video", "animation", "sticker")
LASTING = ("video", "animation", "audio", "voice")
NAMED = ("video", "animation", "audio", "document")
ANY_CONTENT = "application/octet-stream"


@dataclass(frozen=True)
class Film:
    """What a client tells of a video that it sends."""

    width: int
    height: int
    seconds: int


def keep(world: World, kind: str, name: str, content: bytes, film: Film | None = None) -> Json:
    """Keeps a file; its object (of a photo: its one size)."""
    file_id = f"{kind}-{len(world.files) + 1}"
    world.files[file_id] = (name, content)
    found = {**_base(file_id, content), **_shape(kind, content, film)}
    if kind in NAMED:
        found.update(file_name=name, mime_type=kind_of(name))
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


def as_sent(kind: str, found: Json) -> Json | list[Json]:
    """The field of a message: a photo stands there as an array of its sizes."""
    return [found] if kind == "photo" else found


def kind_of(name: str) -> str:
    """The content's kind, by the file's name."""
    return mimetypes.guess_type(name)[0] or ANY_CONTENT


def _base(file_id: str, content: bytes) -> Json:
    return {"file_id": file_id, "file_unique_id": f"unique-{file_id}", "file_size": len(content)}


def _shape(kind: str, content: bytes, film: Film | None) -> Json:
    width, height = size_of(content) or UNKNOWN_SIZE
    found: Json = {"width": width, "height": height} if kind in SIZED else {}
    if kind in LASTING:
        found["duration"] = 1
    if kind == "sticker":
        found.update(type="regular", is_animated=False, is_video=False)
    if film is not None and kind == "video":
        found.update(width=film.width, height=film.height, duration=film.seconds)
    return found
