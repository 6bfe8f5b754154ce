"""The Bot API's methods, each by its name. What is not here is an unknown method."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

from sandbox import errors
from sandbox.content import caption_of, delivery_of, marks_of, markup_of, text_of
from sandbox.edits import (
    account_of,
    edit_message_caption,
    edit_message_media,
    edit_message_reply_markup,
    edit_message_text,
)
from sandbox.entities import utf16_length
from sandbox.errors import bad_request
from sandbox.files import KINDS
from sandbox.media import send_media_group, sender
from sandbox.menus import Menu
from sandbox.parameters import Parameters
from sandbox.webhook_methods import delete_webhook, get_webhook_info, set_webhook
from sandbox.world import DAY, Json, World

LONGEST_ANSWER = 200
DELETED_AT_ONCE = 100

Method = Callable[[World, Parameters], Any]


def get_me(world: World, _parameters: Parameters) -> Json:
    """https://core.telegram.org/bots/api#getme"""
    rights = {"can_join_groups": True, "can_read_all_group_messages": False, "supports_inline_queries": False}
    return {**world.bot, **rights, "can_connect_to_business": False, "has_main_web_app": False}


def send_message(world: World, parameters: Parameters) -> Json:
    """https://core.telegram.org/bots/api#sendmessage"""
    account = world.reachable(parameters.get("chat_id"))
    content = {**text_of(parameters), **marks_of(parameters), **markup_of(parameters)}
    return world.post(account, content, **delivery_of(parameters))


def delete_message(world: World, parameters: Parameters) -> bool:
    """https://core.telegram.org/bots/api#deletemessage"""
    account = account_of(world, parameters)
    message = world.chats[account.id].get(parameters.integer("message_id"))
    if message is None:
        raise errors.DELETE_NOT_FOUND
    if world.clock() - message["date"] > 2 * DAY:
        raise errors.CANNOT_DELETE
    del world.chats[account.id][message["message_id"]]
    world.touch(account.id)
    return True


def delete_messages(world: World, parameters: Parameters) -> bool:
    """https://core.telegram.org/bots/api#deletemessages: those that are not found are passed over."""
    account = account_of(world, parameters)
    numbers = parameters.array("message_ids", int)
    if not 1 <= len(numbers) <= DELETED_AT_ONCE:
        raise bad_request("there must be 1-100 message identifiers")
    chat = world.chats[account.id]
    found = [chat[number] for number in dict.fromkeys(numbers) if number in chat]
    if any(world.clock() - message["date"] > 2 * DAY for message in found):
        raise errors.CANNOT_DELETE
    for message in found:
        del world.chats[account.id][message["message_id"]]
    world.touch(account.id)
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
    account = world.reachable(parameters.get("chat_id"))
    account.typing = world.clock()
    world.touch(account.id)
    return True


def copy_message(world: World, parameters: Parameters) -> Json:
    """https://core.telegram.org/bots/api#copymessage"""
    account = world.reachable(parameters.get("chat_id"))
    source = world.chats.get(parameters.integer("from_chat_id"), {}).get(parameters.integer("message_id"))
    if source is None:
        raise bad_request("message to copy not found")
    kept = ("text", "entities", "link_preview_options", "caption", "caption_entities", "show_caption_above_media",
            "has_media_spoiler", "location", "contact", *KINDS)  # fmt: skip
    content = {key: copy.deepcopy(source[key]) for key in kept if key in source}
    if "caption" in parameters and "text" not in source:  # a new caption instead of its own
        content = {key: value for key, value in content.items() if not key.startswith("caption")} | caption_of(
            parameters
        )
    content.update(**marks_of(parameters), **markup_of(parameters))
    return {"message_id": world.post(account, content, **delivery_of(parameters))["message_id"]}


def get_chat(world: World, parameters: Parameters) -> Json:
    """https://core.telegram.org/bots/api#getchat"""
    account = account_of(world, parameters)
    gifts = {"unlimited_gifts": True, "limited_gifts": True, "unique_gifts": True, "premium_subscription": True,
             "gifts_from_channels": True}  # fmt: skip
    return {**account.chat(), "accent_color_id": 0, "max_reaction_count": 11, "accepted_gift_types": gifts}


def set_my_commands(world: World, parameters: Parameters) -> bool:
    """https://core.telegram.org/bots/api#setmycommands"""
    world.menus[_menu(parameters)] = parameters.array("commands", dict)
    world.touch()
    return True


def get_my_commands(world: World, parameters: Parameters) -> list[Json]:
    """https://core.telegram.org/bots/api#getmycommands"""
    return world.menus.get(_menu(parameters), [])


def delete_my_commands(world: World, parameters: Parameters) -> bool:
    """https://core.telegram.org/bots/api#deletemycommands"""
    world.menus.pop(_menu(parameters), None)
    world.touch()
    return True


def get_file(world: World, parameters: Parameters) -> Json:
    """https://core.telegram.org/bots/api#getfile"""
    file_id = parameters.text("file_id")
    if file_id not in world.files:
        raise bad_request("wrong file_id or the file is temporarily unavailable")
    found = world.file_objects[file_id][1]
    known = {key: found[key] for key in ("file_id", "file_unique_id", "file_size")}
    return {**known, "file_path": f"files/{file_id}"}


def _yes(_world: World, _parameters: Parameters) -> bool:
    return True


def _menu(parameters: Parameters) -> Menu:
    scope = parameters.structure("scope") or {}
    if not isinstance(scope, dict):
        raise bad_request("can't parse BotCommandScope: Object expected")
    return Menu(str(scope.get("type", "default")), str(scope.get("chat_id", "")), parameters.text("language_code"))


def _set(name: str) -> Method:
    def change(world: World, parameters: Parameters) -> bool:
        world.profile[name, parameters.text("language_code")] = parameters.text(name)
        world.touch()
        return True

    return change


def _get(name: str) -> Method:
    return lambda world, parameters: {name: world.says(name, parameters.text("language_code"))}


METHODS: dict[str, Method] = {
    "getMe": get_me,
    "sendMessage": send_message,
    "editMessageText": edit_message_text,
    "editMessageCaption": edit_message_caption,
    "editMessageMedia": edit_message_media,
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
    "setWebhook": set_webhook,
    "getFile": get_file,
    "deleteWebhook": delete_webhook,
    "setMyName": _set("name"),
    "getMyName": _get("name"),
    "setMyDescription": _set("description"),
    "getMyDescription": _get("description"),
    "setMyShortDescription": _set("short_description"),
    "getMyShortDescription": _get("short_description"),
    "setChatMenuButton": _yes,
    "sendPhoto": sender("photo"),
    "sendVideo": sender("video"),
    "sendAnimation": sender("animation"),
    "sendAudio": sender("audio"),
    "sendDocument": sender("document"),
    "sendVoice": sender("voice"),
    "sendSticker": sender("sticker"),
}
