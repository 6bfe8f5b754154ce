// The list of messages. Each has one node for as long as it is there: what changes, changes in place.

import { changeBubble, drawMessage } from "/page/files/bubble.js";
import { element, find, keep, Kept } from "/page/files/dom.js";
import { timeline } from "/page/files/timeline.js";

const NEAR = 60; // pixels from the end that still count as the end
const SILENT = 300; // milliseconds

export function showMessages(client) {
  const list = find("messages");
  const kept = new Kept();
  let fresh = true; // another person's chat begins at its end, and is not read aloud

  client.addEventListener("person", () => {
    fresh = true;
    kept.clear();
    list.replaceChildren();
  });
  client.addEventListener("change", () => {
    if (client.state.person !== client.person) return;
    const stays = !fresh && distance(list) > NEAR;
    if (fresh) keepSilent(list);
    const held = list.contains(document.activeElement);
    const entries = timeline(client.state, client.me);
    keep(list, kept.all(entries.length ? entries : [nothing(client.state)], make(client), change(client)));
    if (!stays) list.scrollTop = list.scrollHeight;
    if (held && !list.contains(document.activeElement)) focusAfterLoss();
    list.classList.toggle("still", fresh);
    fresh = false;
    showDown(list);
  });
  keepAtEnd(list);
  find("down").onclick = () => { toEnd(list); list.focus(); };
}

// A whole chat is not read aloud when it is opened.
function keepSilent(list) {
  list.setAttribute("aria-live", "off");
  setTimeout(() => list.setAttribute("aria-live", "polite"), SILENT);
}

const make = (client) => (entry) => {
  if (entry.kind === "about") return drawAbout(entry);
  return entry.kind === "line" ? element("p", { className: "line", textContent: entry.text }) : drawMessage(client, entry);
};

const change = (client) => (node, entry) => {
  if (entry.kind === "message") changeBubble(client, node, entry);
};

const nothing = (state) => ({ kind: "about", key: `about ${state.about}`, about: state.about, bot: state.bot });

function drawAbout({ about, bot }) {
  const title = about ? "What can this bot do?" : `This is a chat with ${bot.first_name}`;
  const text = about || "Tap START to begin. Nothing here leaves this computer.";
  return element("div", { className: "about" }, element("strong", { textContent: title }), element("p", { textContent: text }));
}

// Whoever is at the end stays there when the room grows smaller.
function keepAtEnd(list) {
  let atEnd = true;
  list.onscroll = () => {
    atEnd = distance(list) <= NEAR;
    showDown(list);
  };
  new ResizeObserver(() => { if (atEnd) toEnd(list); }).observe(list);
}

const distance = (list) => list.scrollHeight - list.scrollTop - list.clientHeight;

function toEnd(list) {
  list.scrollTop = list.scrollHeight;
}

function showDown(list) {
  find("down").hidden = distance(list) <= NEAR;
}

// What held the focus is gone, with its message.
function focusAfterLoss() {
  [find("text"), find("start"), find("messages")].find((one) => one.offsetParent).focus();
}
