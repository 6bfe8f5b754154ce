"""What the bot changes in messages of its own."""

from __future__ import annotations

from sandbox import errors
from sandbox.content import caption_of, marks_of, markup_of, preview_of, text_of
from sandbox.errors import bad_request
from sandbox.files import KINDS
from sandbox.media import ALBUM, ALIKE, NO_SUCH_TYPE, media_of
from sandbox.parameters import Parameters
from sandbox.world import Account, Json, World

TEXT = ("text", "entities", "link_preview_options")
CAPTION = ("caption", "caption_entities", "show_caption_above_media")
EDITABLE = ("photo", "video", "animation", "document", "audio")  # no voice, nor anything without a file


def edit_message_text(world: World, parameters: Parameters) -> Json:
    """https://core.telegram.org/bots/api#editmessagetext"""
    message = _own_message(world, parameters)
    if "text" not in message:
        raise bad_request("there is no text in the message to edit")
    content = {**text_of(parameters), **preview_of(parameters), **markup_of(parameters)}
    return _change(world, message, content, TEXT)


def edit_message_caption(world: World, parameters: Parameters) -> Json:
    """https://core.telegram.org/bots/api#editmessagecaption"""
    message = _own_message(world, parameters)
    if "text" in message:
        raise bad_request("there is no caption in the message to edit")
    content = {**caption_of(parameters), **marks_of(parameters), **markup_of(parameters)}
    return _change(world, message, content, CAPTION)


def edit_message_media(world: World, parameters: Parameters) -> Json:
    """https://core.telegram.org/bots/api#editmessagemedia"""
    message = _own_message(world, parameters)
    old = next((kind for kind in ("text", *EDITABLE) if kind in message), None)
    if old is None:
        raise bad_request("there is no media in the message to edit")
    media = parameters.structure("media")
    if not isinstance(media, dict) or media.get("type") not in EDITABLE:
        raise bad_request(NO_SUCH_TYPE)
    _check_album(message, old, media["type"])
    content = {**media_of(world, media, parameters), **markup_of(parameters)}
    return _change(world, message, content, (*TEXT, *CAPTION, "has_media_spoiler", *KINDS))


def edit_message_reply_markup(world: World, parameters: Parameters) -> Json:
    """https://core.telegram.org/bots/api#editmessagereplymarkup"""
    return _change(world, _own_message(world, parameters), markup_of(parameters), ())


def account_of(world: World, parameters: Parameters) -> Account:
    """The chat of an edit or a deletion: a block does not keep the bot from its own messages there."""
    try:
        return world.people[parameters.integer("chat_id")]
    except KeyError:
        raise errors.CHAT_NOT_FOUND from None


def _own_message(world: World, parameters: Parameters) -> Json:
    account = account_of(world, parameters)
    message = world.chats[account.id].get(parameters.integer("message_id"))
    if message is None:
        raise errors.EDIT_NOT_FOUND
    if message["from"]["id"] != world.bot["id"]:
        raise errors.CANNOT_EDIT
    return message


def _check_album(message: Json, old: str, new: str) -> None:
    """An album stays one: photos and videos, or audio alone, or documents alone."""
    if "media_group_id" not in message or new == old:
        return
    if new not in ALBUM:
        raise bad_request("message content type can't be used in an album")
    if old in ALIKE or new in ALIKE:
        raise bad_request("can't change media type in the album")


def _change(world: World, message: Json, content: Json, keys: tuple[str, ...]) -> Json:
    """Only these keys change, and the buttons, which go where none are given. A part of an album bears none."""
    changing = keys if "media_group_id" in message else (*keys, "reply_markup")
    if all(message.get(key) == content.get(key) for key in changing):
        raise errors.NOT_MODIFIED
    for key in changing:
        message.pop(key, None)
    message.update({key: content[key] for key in changing if key in content})
    if keys:
        message["edit_date"] = int(world.clock())
    world.touch(message["chat"]["id"])
    return message
