"""Files that a person sends from the page, alone or as an album, and files that the page shows."""

from __future__ import annotations

from aiohttp import web
from multidict import MultiDictProxy

from sandbox.accounts import Json
from sandbox.files import ANY_CONTENT, NOTHING_TOLD, SIZED, Told, as_sent, keep, kind_of
from sandbox.media import ALBUM, ALIKE
from sandbox.odd_updates import captioned
from sandbox.world import World

KINDS = ("media", "document", "audio", "voice")  # as pictures and films, plain files, music, or something said
ALONE = ("voice",)  # never in an album
SHOWN = ("image/png", "image/jpeg", "image/gif", "image/webp", "video/mp4", "video/webm", "audio/ogg", "audio/mpeg",
         "audio/mp4", "audio/wav", "audio/x-wav")  # fmt: skip
LARGEST_ALBUM = 10

Form = MultiDictProxy[str | bytes | bytearray | web.FileField]


def receive(world: World, form: Form) -> None:
    """The files of a form as messages from a person; the caption stands under the first."""
    person, asked = int(_text(form, "person")), _text(form, "kind")
    files = [file for file in form.getall("file") if isinstance(file, web.FileField)]
    if asked not in KINDS or not 1 <= len(files) <= LARGEST_ALBUM:
        raise ValueError(asked)
    told = [*map(_told, form.getall("told", [])), *[NOTHING_TOLD] * len(files)]
    kinds = [_kind(file) if asked == "media" else asked for file in files]
    album = {"media_group_id": world.album_number()} if _is_album(kinds) else {}
    captions = [captioned(_text(form, "caption")[:1024]), *[{}] * len(files)]
    for file, kind, about, caption in zip(files, kinds, told, captions, strict=False):
        content = as_sent(kind, keep(world, kind, file.filename, file.file.read(), about))
        world.receive(person, {**content, **caption, **_marks(form, kind), **album})


def _is_album(kinds: list[str]) -> bool:
    """As clients do it: what fits into no album is sent one by one."""
    return len(kinds) > 1 and all(kind in ALBUM for kind in kinds) and not (len({*kinds}) > 1 and {*ALIKE} & {*kinds})


def _kind(file: web.FileField) -> str:
    shown = kind_of(file.filename)
    if shown not in SHOWN or shown.startswith("audio/"):
        return "document"
    if shown == "image/gif":
        return "animation"
    return "video" if shown.startswith("video/") else "photo"


def shown_as(name: str) -> dict[str, str]:
    """The headers of a file that the page shows: what is no picture, film or sound is only saved."""
    kind = kind_of(name)
    if kind in SHOWN:
        return {"Content-Type": kind}
    return {"Content-Type": ANY_CONTENT, "Content-Disposition": "attachment"}


def _marks(form: Form, kind: str) -> Json:
    return {"has_media_spoiler": True} if _text(form, "spoiler") and kind in SIZED else {}


def _told(told: object) -> Told:
    """Width, height and seconds, where the page knows them."""
    if not told:
        return NOTHING_TOLD
    width, height, seconds = (int(number) for number in str(told).split("x"))
    return Told(width, height, seconds)


def _text(form: Form, name: str) -> str:
    return str(form.get(name, ""))
