// The chat's head: the bot, whether it is typing, and what can be done with the chat.

import { ask } from "/page/files/answers.js";
import { choose, chosen } from "/page/files/appearance.js";
import { find } from "/page/files/dom.js";
import { openMenu } from "/page/files/menus.js";

export function showHeader(client) {
  let typing = null; // the timer that ends "typing…"
  client.addEventListener("change", () => {
    const { bot } = client.state;
    find("bot").textContent = bot.first_name;
    clearTimeout(typing);
    showStatus(client.me?.typing > 0);
    if (client.me?.typing > 0) typing = setTimeout(() => showStatus(false), client.me.typing * 1000);
  });
  find("more").onclick = (event) => openMenu(event.currentTarget, itemsFor(client));
}

function showStatus(typing) {
  const status = find("status");
  const text = typing ? "typing…" : "bot";
  if (status.textContent !== text) status.textContent = text;
  status.classList.toggle("typing", typing);
}

function itemsFor(client) {
  const { blocked } = client.me;
  const appearance = (value, label) => ({ label, chosen: chosen() === value, act: () => choose(value) });
  return [
    { label: blocked ? "Unblock bot" : "Block bot", act: () => block(client, !blocked), danger: !blocked },
    { label: "Delete chat", act: () => deleteChat(client), danger: true },
    appearance("auto", "As the device"),
    appearance("light", "Light"),
    appearance("dark", "Dark"),
  ];
}

export function block(client, blocked) {
  return client.post("block", { person: client.person, blocked });
}

async function deleteChat(client) {
  const { person } = client;
  const agreed = await ask("Delete chat", `All messages go from ${client.me.first_name}'s side. The bot is not told.`, "Delete chat");
  if (agreed) await client.post("delete_chat", { person });
}
