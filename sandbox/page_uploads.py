"""Files that a person sends from the page, alone or as an album, and files that the page shows."""

from __future__ import annotations

from aiohttp import web
from multidict import MultiDictProxy

from sandbox.accounts import Json
from sandbox.files import ANY_CONTENT, Film, as_sent, keep, kind_of
from sandbox.typed import as_typed
from sandbox.world import World

DOCUMENT = "document"
KINDS = ("media", DOCUMENT)  # as pictures and films, or as plain files
SHOWN = ("image/png", "image/jpeg", "image/gif", "image/webp", "video/mp4", "video/webm", "audio/ogg", "audio/mpeg")
LARGEST_ALBUM = 10

Form = MultiDictProxy[str | bytes | bytearray | web.FileField]


def receive(world: World, form: Form) -> None:
    """The files of a form as messages from a person; the caption stands under the first."""
    person, asked = int(_text(form, "person")), _text(form, "kind")
    files = [file for file in form.getall("file") if isinstance(file, web.FileField)]
    films = [str(film) for film in form.getall("film", [])]
    if asked not in KINDS or not 1 <= len(files) <= LARGEST_ALBUM:
        raise ValueError(asked)
    album = {"media_group_id": world.album_number()} if len(files) > 1 else {}
    caption = _caption(_text(form, "caption"))
    for number, file in enumerate(files):
        kind = DOCUMENT if asked == DOCUMENT else _kind(file)
        film = _film(films[number]) if number < len(films) else None
        content = {kind: as_sent(kind, keep(world, kind, file.filename, file.file.read(), film))}
        world.receive(person, {**content, **(caption if number == 0 else {}), **_marks(form, kind), **album})


def _kind(file: web.FileField) -> str:
    shown = kind_of(file.filename)
    if shown not in SHOWN or shown.startswith("audio/"):
        return DOCUMENT
    return "video" if shown.startswith("video/") else "photo"


def shown_as(name: str) -> dict[str, str]:
    """The headers of a file that the page shows: what is no picture, film or sound is only saved."""
    kind = kind_of(name)
    if kind in SHOWN:
        return {"Content-Type": kind}
    return {"Content-Type": ANY_CONTENT, "Content-Disposition": "attachment"}


def _caption(typed: str) -> Json:
    text, entities = as_typed(typed[:1024])
    found = {"caption": text, "caption_entities": entities}
    return {name: value for name, value in found.items() if value}


def _marks(form: Form, kind: str) -> Json:
    return {"has_media_spoiler": True} if _text(form, "spoiler") and kind != DOCUMENT else {}


def _film(told: str) -> Film | None:
    return Film(*(int(number) for number in told.split("x"))) if told else None


def _text(form: Form, name: str) -> str:
    return str(form.get(name, ""))
