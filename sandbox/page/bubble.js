// One message: its bubble, the buttons under it, and what can be done with it.

import { actionsFor } from "/page/files/actions.js";
import { clockTime, element, fullName, icon } from "/page/files/dom.js";
import { drawText } from "/page/files/entities.js";
import { changeKeyboard } from "/page/files/keyboard.js";
import { arePictures, drawMedia, isBare } from "/page/files/media.js";
import { openMenu } from "/page/files/menus.js";

const BELL_OFF = "M18 9a6 6 0 0 0-9.500-4.900M6 9c0 6-2 7-2 7h12M10.300 20a2 2 0 0 0 3.400 0M4 4l16 16";
const drawn = new WeakMap(); // what each node shows, to know when it changes

export function drawMessage(client, entry) {
  const node = element("div", { className: "message", role: "article", tabIndex: -1 },
    element("div", { className: "bubble" }),
    element("div", { className: "keyboard", role: "group", "aria-label": "Buttons", hidden: true }),
    element("button", {
      type: "button", className: "actions", textContent: "⋯",
      "aria-label": "What to do with this message", "aria-haspopup": "menu", "aria-expanded": "false",
    }));
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
  const pictured = arePictures(parts);
  const body = (pictured ? [parts] : parts.map((part) => [part])).flatMap((group) => drawGroup(client, group));
  const meta = drawMeta(client, parts, own);
  const last = body.at(-1);
  if (last.classList.contains("text")) last.append(meta);
  else body.push(meta);
  bubble.replaceChildren(...drawOrigin(parts[0]), ...body);
  node.classList.toggle("bare", isBare(parts));
  node.classList.toggle("pictured", pictured);
  node.setAttribute("aria-label", `${own ? "You" : client.state.bot.first_name}, ${clockTime(parts[0].date)}`);
  if (held) node.focus();
}

// Pictures of an album stand together over their words; each of its files has its own.
function drawGroup(client, group) {
  const said = group.find((part) => part.text ?? part.caption);
  const text = said ? [drawSaid(client, said)] : [];
  return group[0].show_caption_above_media ? [...text, ...drawMedia(group)] : [...drawMedia(group), ...text];
}

function drawSaid(client, { text, entities, caption, caption_entities: captioned }) {
  return element("div", { className: "text", dir: "auto" }, ...drawText(client, text ?? caption, entities ?? captioned));
}

function drawOrigin({ forward_origin: origin }) {
  if (!origin) return [];
  const from = origin.sender_user ? fullName(origin.sender_user) : origin.sender_user_name ?? origin.chat?.title ?? "somebody";
  return [element("p", { className: "origin" }, "Forwarded from ", element("strong", { textContent: from }))];
}

function drawMeta(client, parts, own) {
  const edited = parts.some((part) => part.edit_date);
  const { date } = parts.at(-1);
  const time = element("time", { textContent: clockTime(date), dateTime: new Date(date * 1000).toISOString() });
  const silent = client.state.silent.includes(parts[0].message_id) ? [drawSilent()] : [];
  const meta = element("span", { className: "meta" }, ...silent, ...(edited ? ["edited "] : []), time);
  if (own) meta.append(element("span", { className: "ticks", textContent: "✓✓", "aria-hidden": "true" }));
  return meta;
}

function drawSilent() {
  const words = element("span", { className: "unseen", textContent: "without a sound " });
  return element("span", { className: "silent", title: "It came without a sound" }, icon(BELL_OFF), words);
}
