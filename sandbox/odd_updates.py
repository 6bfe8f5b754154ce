"""What else reaches a bot: attachments of every kind, and updates that are none of a private chat."""

from __future__ import annotations

import base64
from collections.abc import Sequence

from sandbox.files import KINDS, as_sent, keep
from sandbox.typed import as_typed
from sandbox.world import Json, World

# The least of its kind that is still a picture: one grey point.
PICTURE = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNoAAAAggCBd81ytgAAAABJRU5ErkJggg=="
)
FILES: dict[str, tuple[str, bytes, Json]] = {  # what a file is called and holds, and what stands beside it
    "photo": ("photo.png", PICTURE, {"caption": "a photo"}),
    "video": ("video.mp4", b"no real video", {"caption": "a video"}),
    "animation": ("wave.mp4", b"no real animation", {}),
    "audio": ("song.mp3", b"no real audio", {}),
    "document": ("list.pdf", b"no real document", {}),
    "voice": ("voice.ogg", b"no real voice", {}),
    "sticker": ("sticker.webp", b"no real sticker", {}),
}
NO_FILES: dict[str, Json] = {
    "location": {"location": {"latitude": 53.9, "longitude": 27.56}},
    "contact": {"contact": {"phone_number": "+100000000", "first_name": "Nobody"}},
    "dice": {"dice": {"emoji": "🎲", "value": 3}},
}
ATTACHMENTS = (*FILES, *NO_FILES)
FORWARDED = ("text", "entities", "caption", "caption_entities", "show_caption_above_media", "has_media_spoiler",
             *KINDS, *NO_FILES)  # fmt: skip


def attach(world: World, person: int, kind: str, typed: str | None = None) -> Json:
    """One attachment; `typed` is its caption, instead of what stands beside it."""
    content = _with_file(world, kind) if kind in FILES else NO_FILES[kind]
    return world.receive(person, content | ({} if typed is None else captioned(typed)))


def album(world: World, person: int, kinds: Sequence[str], captions: Sequence[str] = ()) -> list[Json]:
    """Several files at once, one of each of these kinds: one update each, with the same album."""
    number = world.album_number()
    typed = [*captions, *[""] * (len(kinds) - len(captions))]
    parts = [_file(world, kind) | captioned(caption) for kind, caption in zip(kinds, typed, strict=True)]
    return [world.receive(person, {**part, "media_group_id": number}) for part in parts]


def captioned(typed: str) -> Json:
    """A typed caption, its marks as formatting."""
    text, entities = as_typed(typed)
    found = {"caption": text, "caption_entities": entities}
    return {name: value for name, value in found.items() if value}


def _with_file(world: World, kind: str) -> Json:
    return _file(world, kind) | FILES[kind][2]


def _file(world: World, kind: str) -> Json:
    name, content, _ = FILES[kind]
    file = keep(world, kind, name, content)
    return as_sent(kind, {**file, "emoji": "👋"} if kind == "sticker" else file)


def forward(world: World, person: int, content: Json) -> Json:
    """A forwarded message."""
    origin = {"type": "hidden_user", "sender_user_name": "Somebody", "date": int(world.clock())}
    return world.receive(person, {**content, "forward_origin": origin})


def forward_again(world: World, person: int, messages: Sequence[int]) -> list[Json]:
    """Messages of her chat with the bot, hers or the bot's, forwarded to the bot at once: an album stays one."""
    sources = [world.chats[person][message] for message in messages]
    albums = {source.get("media_group_id"): world.album_number() for source in sources} if len(sources) > 1 else {}
    return [world.receive(person, _again(source, albums)) for source in sources]


def _again(source: Json, albums: dict[str | None, str]) -> Json:
    kept = {key: source[key] for key in FORWARDED if key in source}
    if (album := source.get("media_group_id")) is not None and album in albums:
        kept["media_group_id"] = albums[album]
    origin = {"type": "user", "sender_user": source["from"], "date": source["date"]}
    return {**kept, "forward_origin": source.get("forward_origin", origin)}


def group_message(world: World, person: int, content: Json) -> None:
    """A message in a group that the bot is in."""
    chat = {"id": -1001234567890, "type": "supergroup", "title": "A group"}
    world.update({"message": _elsewhere(world, chat, {"from": world.people[person].user(), **content})})
    world.touch()


def channel_post(world: World, content: Json) -> None:
    """A post of a channel that the bot is in."""
    chat = {"id": -1009876543210, "type": "channel", "title": "A channel"}
    world.update({"channel_post": _elsewhere(world, chat, {"sender_chat": chat, **content})})
    world.touch()


def business_message(world: World, person: int, content: Json) -> None:
    """A message in somebody's business chat."""
    account = world.people[person]
    content = {"from": account.user(), "business_connection_id": "b", **content}
    world.update({"business_message": _elsewhere(world, account.chat(), content)})
    world.touch()


def service_message(world: World, person: int) -> None:
    """A service message in the private chat."""
    account = world.people[person]
    content = {"from": account.user(), "message_auto_delete_timer_changed": {"message_auto_delete_time": 86_400}}
    world.update({"message": _elsewhere(world, account.chat(), content)})
    world.touch()


def _elsewhere(world: World, chat: Json, content: Json) -> Json:
    return {"message_id": 7, "date": int(world.clock()), "chat": chat, **content}
