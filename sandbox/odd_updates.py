"""What else reaches a bot: attachments of every kind, and updates that are none of a private chat."""

from __future__ import annotations

from sandbox.world import Json, World

PHOTO: Json = {"file_id": "photo", "file_unique_id": "p", "width": 90, "height": 90, "file_size": 900}
ATTACHMENTS: dict[str, Json] = {
    "sticker": {
        "sticker": {
            "file_id": "sticker", "file_unique_id": "s", "type": "regular", "width": 512, "height": 512,
            "is_animated": False, "is_video": False, "emoji": "👋",
        }
    },
    "voice": {"voice": {"file_id": "voice", "file_unique_id": "v", "duration": 3, "mime_type": "audio/ogg"}},
    "photo": {"photo": [PHOTO], "caption": "a photo"},
    "document": {"document": {"file_id": "document", "file_unique_id": "d", "file_name": "list.pdf"}},
    "location": {"location": {"latitude": 53.9, "longitude": 27.56}},
    "contact": {"contact": {"phone_number": "+100000000", "first_name": "Nobody"}},
    "dice": {"dice": {"emoji": "🎲", "value": 3}},
}  # fmt: skip


def attach(world: World, person: int, kind: str) -> Json:
    """One attachment."""
    return world.receive(person, ATTACHMENTS[kind])


def album(world: World, person: int, parts: int) -> list[Json]:
    """Several photos at once: one update each, with the same album."""
    number = world.album_number()
    return [world.receive(person, {"photo": [PHOTO], "media_group_id": number}) for _ in range(parts)]


def forward(world: World, person: int, content: Json) -> Json:
    """A forwarded message."""
    origin = {"type": "hidden_user", "sender_user_name": "Somebody", "date": int(world.clock())}
    return world.receive(person, {**content, "forward_origin": origin})


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
