"""The Bot API's methods, each by its name. What is not here is an unknown method."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

from sandbox import errors
from sandbox.entities import parse_html, trim, utf16_length
from sandbox.errors import bad_request
from sandbox.parameters import Parameters, keyboard
from sandbox.world import DAY, Account, Json, World

LONGEST_TEXT, LONGEST_CAPTION, LONGEST_ANSWER = 4_096, 1_024, 200
DELETED_AT_ONCE = 100
MEDIA = ("photo", "video", "animation", "audio", "document", "voice", "video_note", "sticker")

Method = Callable[[World, Parameters], Any]


def get_me(world: World, _parameters: Parameters) -> Json:
    """https://core.telegram.org/bots/api#getme"""
    rights = {"can_join_groups": True, "can_read_all_group_messages": False, "supports_inline_queries": False}
    return {**world.bot, **rights, "can_connect_to_business": False, "has_main_web_app": False}


def send_message(world: World, parameters: Parameters) -> Json:
    """https://core.telegram.org/bots/api#sendmessage"""
    account = world.reachable(parameters.get("chat_id"))
    return world.post(account, {**_text(parameters), **_markup(parameters)})


def edit_message_text(world: World, parameters: Parameters) -> Json:
    """https://core.telegram.org/bots/api#editmessagetext"""
    message = _own_message(world, parameters)
    if "text" not in message:
        raise bad_request("there is no text in the message to edit")
    return _change(world, message, {**_text(parameters), **_markup(parameters)}, ("text", "entities", "reply_markup"))


def edit_message_caption(world: World, parameters: Parameters) -> Json:
    """https://core.telegram.org/bots/api#editmessagecaption"""
    message = _own_message(world, parameters)
    content = {**_caption(parameters), **_markup(parameters)}
    return _change(world, message, content, ("caption", "caption_entities", "reply_markup"))


def edit_message_reply_markup(world: World, parameters: Parameters) -> Json:
    """https://core.telegram.org/bots/api#editmessagereplymarkup"""
    return _change(world, _own_message(world, parameters), _markup(parameters), ("reply_markup",))


def delete_message(world: World, parameters: Parameters) -> bool:
    """https://core.telegram.org/bots/api#deletemessage"""
    account = _account(world, parameters)
    message = world.chats[account.id].get(parameters.integer("message_id"))
    if message is None:
        raise errors.DELETE_NOT_FOUND
    if world.clock() - message["date"] > 2 * DAY:
        raise errors.CANNOT_DELETE
    del world.chats[account.id][message["message_id"]]
    world.touch()
    return True


def delete_messages(world: World, parameters: Parameters) -> bool:
    """https://core.telegram.org/bots/api#deletemessages: those that are not found are passed over."""
    account = _account(world, parameters)
    numbers = parameters.structure("message_ids") or []
    if not 1 <= len(numbers) <= DELETED_AT_ONCE:
        raise bad_request("there must be 1-100 message identifiers")
    found = [world.chats[account.id][int(number)] for number in numbers if int(number) in world.chats[account.id]]
    if any(world.clock() - message["date"] > 2 * DAY for message in found):
        raise errors.CANNOT_DELETE
    for message in found:
        del world.chats[account.id][message["message_id"]]
    world.touch()
    return True


def answer_callback_query(world: World, parameters: Parameters) -> bool:
    """https://core.telegram.org/bots/api#answercallbackquery"""
    text = parameters.text("text")
    if utf16_length(text) > LONGEST_ANSWER:
        raise errors.ANSWER_TOO_LONG
    world.answer(parameters.text("callback_query_id"), text or None, alert=parameters.flag("show_alert"))
    return True


def send_chat_action(world: World, parameters: Parameters) -> bool:
    """https://core.telegram.org/bots/api#sendchataction"""
    world.reachable(parameters.get("chat_id")).typing = world.clock()
    world.touch()
    return True


def copy_message(world: World, parameters: Parameters) -> Json:
    """https://core.telegram.org/bots/api#copymessage"""
    account = world.reachable(parameters.get("chat_id"))
    source = world.chats.get(parameters.integer("from_chat_id"), {}).get(parameters.integer("message_id"))
    if source is None:
        raise bad_request("message to copy not found")
    kept = ("text", "entities", "caption", "caption_entities", "location", "contact", *MEDIA)
    content = {key: copy.deepcopy(source[key]) for key in kept if key in source}
    return {"message_id": world.post(account, {**content, **_markup(parameters)})["message_id"]}


def get_chat(world: World, parameters: Parameters) -> Json:
    """https://core.telegram.org/bots/api#getchat"""
    account = _account(world, parameters)
    gifts = {"unlimited_gifts": True, "limited_gifts": True, "unique_gifts": True, "premium_subscription": True,
             "gifts_from_channels": True}  # fmt: skip
    return {**account.chat(), "accent_color_id": 0, "max_reaction_count": 11, "accepted_gift_types": gifts}


def set_my_commands(world: World, parameters: Parameters) -> bool:
    """https://core.telegram.org/bots/api#setmycommands"""
    world.menus[_scope(parameters)] = parameters.structure("commands") or []
    world.touch()
    return True


def get_my_commands(world: World, parameters: Parameters) -> list[Json]:
    """https://core.telegram.org/bots/api#getmycommands"""
    return world.menus.get(_scope(parameters), [])


def delete_my_commands(world: World, parameters: Parameters) -> bool:
    """https://core.telegram.org/bots/api#deletemycommands"""
    world.menus.pop(_scope(parameters), None)
    world.touch()
    return True


def get_webhook_info(world: World, _parameters: Parameters) -> Json:
    """https://core.telegram.org/bots/api#getwebhookinfo"""
    return {"url": "", "has_custom_certificate": False, "pending_update_count": len(world.pending())}


def get_file(world: World, parameters: Parameters) -> Json:
    """https://core.telegram.org/bots/api#getfile"""
    file_id = parameters.text("file_id")
    if file_id not in world.files:
        raise bad_request("wrong file_id or the file is temporarily unavailable")
    size = len(world.files[file_id][1])
    return {"file_id": file_id, "file_unique_id": file_id[:8], "file_size": size, "file_path": f"files/{file_id}"}


def _yes(_world: World, _parameters: Parameters) -> bool:
    return True


def _send_media(kind: str) -> Method:
    def send(world: World, parameters: Parameters) -> Json:
        account = world.reachable(parameters.get("chat_id"))
        content = {kind: _media(world, kind, parameters.get(kind)), **_caption(parameters), **_markup(parameters)}
        return world.post(account, content)

    return send


def send_media_group(world: World, parameters: Parameters) -> list[Json]:
    """https://core.telegram.org/bots/api#sendmediagroup"""
    account = world.reachable(parameters.get("chat_id"))
    items = parameters.structure("media") or []
    if not 2 <= len(items) <= 10:
        raise bad_request("there must be 2-10 items in an album")
    album = world.album_number()
    return [_album_part(world, account, item, album, parameters) for item in items]


def _album_part(world: World, account: Account, item: Json, album: str, parameters: Parameters) -> Json:
    source = item.get("media")
    if isinstance(source, str) and source.startswith("attach://"):
        source = parameters.get(source.removeprefix("attach://"))
    content = {item["type"]: _media(world, item["type"], source), **_caption(Parameters(item))}
    return world.post(account, {**content, "media_group_id": album})


def _media(world: World, kind: str, source: Any) -> Any:
    """A file that was sent along (name, content), or the id of one that is here."""
    if isinstance(source, tuple):
        name, content = source
        file_id = f"{kind}-{len(world.files) + 1}"
        world.files[file_id] = (name, content)
    elif isinstance(source, str) and source:
        file_id = source
    else:
        raise bad_request(f"there is no {kind} in the request")
    base: Json = {"file_id": file_id, "file_unique_id": file_id[:12]}
    sized = {**base, "width": 320, "height": 240}
    if kind == "photo":
        return [sized]
    if kind in ("video", "animation"):
        return {**sized, "duration": 1}
    if kind == "sticker":
        return {**sized, "type": "regular", "is_animated": False, "is_video": False}
    return {**base, "duration": 1} if kind in ("audio", "voice") else base


def _account(world: World, parameters: Parameters) -> Account:
    """The chat of an edit or a deletion: a block does not keep the bot from its own messages there."""
    try:
        return world.people[parameters.integer("chat_id")]
    except KeyError:
        raise errors.CHAT_NOT_FOUND from None


def _own_message(world: World, parameters: Parameters) -> Json:
    account = _account(world, parameters)
    message = world.chats[account.id].get(parameters.integer("message_id"))
    if message is None:
        raise errors.EDIT_NOT_FOUND
    if message["from"]["id"] != world.bot["id"]:
        raise errors.CANNOT_EDIT
    return message


def _change(world: World, message: Json, content: Json, keys: tuple[str, ...]) -> Json:
    if all(message.get(key) == content.get(key) for key in keys):
        raise errors.NOT_MODIFIED
    for key in keys:
        message.pop(key, None)
    message.update(content)
    if "text" in keys or "caption" in keys:
        message["edit_date"] = int(world.clock())
    world.touch()
    return message


def _text(parameters: Parameters) -> Json:
    text, entities = _formatted(parameters, "text", "entities")
    if not text:
        raise errors.EMPTY
    if utf16_length(text) > LONGEST_TEXT:
        raise errors.TOO_LONG
    return {"text": text, "entities": entities} if entities else {"text": text}


def _caption(parameters: Parameters) -> Json:
    text, entities = _formatted(parameters, "caption", "caption_entities")
    if utf16_length(text) > LONGEST_CAPTION:
        raise bad_request("message caption is too long")
    found = {"caption": text, "caption_entities": entities}
    return {key: value for key, value in found.items() if value}


def _formatted(parameters: Parameters, text: str, entities: str) -> tuple[str, list[Json]]:
    source = parameters.text(text)
    mode = parameters.text("parse_mode")
    if mode.lower() == "html":
        return parse_html(source)
    if mode:
        raise bad_request("unsupported parse_mode")
    return trim(source, parameters.structure(entities) or [])


def _markup(parameters: Parameters) -> Json:
    markup = keyboard(parameters)
    return {"reply_markup": markup} if markup else {}


def _scope(parameters: Parameters) -> str:
    scope: Json = parameters.structure("scope") or {}
    return str(scope.get("type", "default"))


METHODS: dict[str, Method] = {
    "getMe": get_me,
    "sendMessage": send_message,
    "editMessageText": edit_message_text,
    "editMessageCaption": edit_message_caption,
    "editMessageReplyMarkup": edit_message_reply_markup,
    "deleteMessage": delete_message,
    "deleteMessages": delete_messages,
    "answerCallbackQuery": answer_callback_query,
    "sendChatAction": send_chat_action,
    "copyMessage": copy_message,
    "sendMediaGroup": send_media_group,
    "getChat": get_chat,
    "setMyCommands": set_my_commands,
    "getMyCommands": get_my_commands,
    "deleteMyCommands": delete_my_commands,
    "getWebhookInfo": get_webhook_info,
    "getFile": get_file,
    "deleteWebhook": _yes,
    "setMyName": _yes,
    "setMyDescription": _yes,
    "setMyShortDescription": _yes,
    "setChatMenuButton": _yes,
    "sendPhoto": _send_media("photo"),
    "sendVideo": _send_media("video"),
    "sendAnimation": _send_media("animation"),
    "sendAudio": _send_media("audio"),
    "sendDocument": _send_media("document"),
    "sendVoice": _send_media("voice"),
    "sendSticker": _send_media("sticker"),
}
