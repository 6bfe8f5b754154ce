"""The Bot API's methods that say where updates go."""

from __future__ import annotations

from sandbox.parameters import Parameters
from sandbox.webhook import MOST_CONNECTIONS, USUAL_CONNECTIONS, Webhook
from sandbox.world import Json, World


def set_webhook(world: World, parameters: Parameters) -> bool:
    """https://core.telegram.org/bots/api#setwebhook: updates are brought there, and cannot be polled."""
    if not parameters.text("url"):
        return delete_webhook(world, parameters)
    connections = parameters.integer("max_connections", USUAL_CONNECTIONS)
    hook = Webhook(parameters.text("url"), parameters.text("secret_token"), min(max(connections, 1), MOST_CONNECTIONS))
    hook.check()
    if parameters.get("allowed_updates") is not None:  # else what was asked for before stays in force
        world.kinds = parameters.array("allowed_updates", str)
    if parameters.flag("drop_pending_updates"):
        world.drop_pending()
    world.set_hook(hook)
    return True


def delete_webhook(world: World, parameters: Parameters) -> bool:
    """https://core.telegram.org/bots/api#deletewebhook"""
    if parameters.flag("drop_pending_updates"):
        world.drop_pending()
    world.set_webhook("")
    return True


def get_webhook_info(world: World, _parameters: Parameters) -> Json:
    """https://core.telegram.org/bots/api#getwebhookinfo"""
    hook = world.hook
    info = {"url": world.webhook, "has_custom_certificate": False, "pending_update_count": len(world.pending())}
    if hook is not None:
        info["max_connections"] = hook.connections
        if hook.error:
            info.update(last_error_date=hook.error_date, last_error_message=hook.error)
    return {**info, "allowed_updates": world.kinds} if world.kinds else info
