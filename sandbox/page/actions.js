// What a person may do with a message in her chat.

import { toast } from "/page/files/answers.js";

export function actionsFor(client, parts) {
  const [message] = parts;
  const { person } = client;
  const text = parts.map((part) => part.text ?? part.caption).find(Boolean);
  const forward = () => client.post("forward", { person, messages: parts.map((part) => part.message_id) });
  const remove = async () => {
    for (const part of parts) await client.post("delete", { person, message: part.message_id });
  };
  const items = [];
  if (text) items.push({ label: "Copy text", act: () => copy(text) });
  if (message.text && !message.from.is_bot && !message.forward_origin) items.push({ label: "Edit", act: () => client.change(message) });
  if (!client.me.blocked) items.push({ label: "Forward to the bot", act: forward });
  items.push({ label: "Delete for me", act: remove, danger: true });
  return items;
}

export async function copy(text) {
  await navigator.clipboard.writeText(text);
  toast("Copied");
}
