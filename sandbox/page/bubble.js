// One message: its bubble, the buttons under it, and what can be done with it.

import { actionsFor } from "/page/files/actions.js";
import { clockTime, element, fullName } from "/page/files/dom.js";
import { drawText } from "/page/files/entities.js";
import { changeKeyboard } from "/page/files/keyboard.js";
import { drawMedia, isBare } from "/page/files/media.js";
import { openMenu } from "/page/files/menus.js";

const drawn = new WeakMap(); // what each node shows, to know when it changes

export function drawMessage(client, entry) {
  const node = element("div", { className: "message", role: "article", tabIndex: -1 },
    element("div", { className: "bubble" }),
    element("div", { className: "keyboard", role: "group", "aria-label": "Buttons", hidden: true }),
    element("button", { type: "button", className: "actions", "aria-label": "What to do with this message", "aria-haspopup": "menu", "aria-expanded": "false", textContent: "⋯" }));
  node.querySelector(".actions").onclick = (event) => openMenu(event.currentTarget, actionsFor(client, node.parts));
  node.querySelector(".bubble").oncontextmenu = (event) => {
    if (event.target.closest("a, img, video")) return;
    event.preventDefault();
    node.querySelector(".actions").click();
  };
  node.classList.toggle("own", entry.own);
  return node;
}

export function changeBubble(client, node, { parts, own, last }) {
  node.parts = parts;
  node.classList.toggle("last", last);
  const now = JSON.stringify(parts.map(({ reply_markup: _, ...content }) => content));
  if (drawn.get(node) !== now) {
    drawn.set(node, now);
    fill(client, node, parts, own);
  }
  changeKeyboard(client, node.querySelector(".keyboard"), parts.at(-1));
}

function fill(client, node, parts, own) {
  const bubble = node.querySelector(".bubble");
  const held = bubble.contains(document.activeElement);
  const said = parts.find((part) => part.text ?? part.caption);
  const text = said && element("div", { className: "text", dir: "auto" }, ...drawText(client, said.text ?? said.caption, said.entities ?? said.caption_entities));
  const media = drawMedia(parts);
  const meta = drawMeta(parts, own);
  if (text) text.append(meta);
  const body = parts[0].show_caption_above_media ? [text, ...media] : [...media, text];
  bubble.replaceChildren(...[...drawOrigin(parts[0]), ...body, text ? null : meta].filter(Boolean));
  node.classList.toggle("bare", !text && isBare(parts));
  node.classList.toggle("pictured", media.some((one) => one.classList.contains("pictures")));
  node.setAttribute("aria-label", `${own ? "You" : client.state.bot.first_name}, ${clockTime(parts[0].date)}`);
  if (held) node.focus();
}

function drawOrigin({ forward_origin: origin }) {
  if (!origin) return [];
  const from = origin.sender_user ? fullName(origin.sender_user) : origin.sender_user_name ?? origin.chat?.title ?? "somebody";
  return [element("p", { className: "origin" }, "Forwarded from ", element("strong", { textContent: from }))];
}

function drawMeta(parts, own) {
  const edited = parts.some((part) => part.edit_date);
  const time = element("time", { textContent: clockTime(parts.at(-1).date), dateTime: new Date(parts.at(-1).date * 1000).toISOString() });
  const meta = element("span", { className: "meta" }, ...(edited ? [element("span", { className: "edited", textContent: "edited" }), " "] : []), time);
  if (own) meta.append(element("span", { className: "ticks", textContent: "✓✓", "aria-hidden": "true" }));
  return meta;
}
