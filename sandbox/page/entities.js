// A text with its formatting. Offsets and lengths count UTF-16 units, as JavaScript's strings do.

import { copy } from "/page/files/actions.js";
import { element } from "/page/files/dom.js";
import { linkTo } from "/page/files/links.js";

const BLOCKS = ["pre", "blockquote", "expandable_blockquote"]; // they begin and end a line by themselves
const TAGS = { bold: "strong", italic: "em", underline: "u", strikethrough: "s" };

export function drawText(client, text, entities = []) {
  const sorted = [...entities].sort((one, other) => one.offset - other.offset || other.length - one.length);
  return nodes(client, text, sorted, 0, text.length);
}

// An entity that reaches past the one around it is cut there, and goes on after it.
function nodes(client, text, entities, from, to) {
  const made = [];
  const left = entities.map((one) => ({ ...one }));
  let at = from;
  while (left.length) {
    const one = left.shift();
    const end = Math.min(one.offset + one.length, to);
    if (one.offset < at || end <= one.offset) continue;
    const block = BLOCKS.includes(one.type);
    if (one.offset > at) made.push(text.slice(at, one.offset).replace(block ? /\n$/ : "", ""));
    const [inside, after] = split(left, one.offset, end);
    left.splice(0, left.length, ...after);
    made.push(drawEntity(client, one, text.slice(one.offset, end), nodes(client, text, inside, one.offset, end)));
    at = block && end < to && text[end] === "\n" ? end + 1 : end;
  }
  if (at < to) made.push(text.slice(at, to));
  return made;
}

function split(entities, from, end) {
  const inside = [];
  const after = [];
  for (const one of entities) {
    const last = one.offset + one.length;
    if (one.offset < end) inside.push({ ...one, length: Math.min(last, end) - one.offset });
    if (last > end) after.push({ ...one, offset: Math.max(one.offset, end), length: last - Math.max(one.offset, end) });
  }
  return [inside, after];
}

function drawEntity(client, entity, text, children) {
  const draw = DRAWN[entity.type];
  if (draw) return draw({ client, entity, text, children });
  return element(TAGS[entity.type] ?? "span", { className: `is-${entity.type}` }, ...children);
}

const DRAWN = {
  spoiler: drawSpoiler,
  code: ({ text, children }) => element("code", { title: "Copy", onclick: () => copy(text) }, ...children),
  pre: ({ entity, text, children }) => drawPre(entity, text, children),
  blockquote: ({ children }) => element("blockquote", {}, ...children),
  expandable_blockquote: drawExpandable,
  text_link: ({ client, entity, children }) => linkTo(client, entity.url, children),
  url: ({ client, text, children }) => linkTo(client, text, children),
  email: ({ text, children }) => element("button", { type: "button", className: "link", onclick: () => copy(text) }, ...children),
  mention: ({ client, text, children }) => linkTo(client, `t.me/${text.slice(1)}`, children),
  bot_command: ({ client, text, children }) => element("button", { type: "button", className: "link", onclick: () => client.say(text) }, ...children),
};

function drawSpoiler({ children }) {
  const inner = element("span", { "aria-hidden": "true" }, ...children);
  const hidden = element("span", { className: "spoiler", role: "button", tabIndex: 0, "aria-label": "Hidden text, show it" }, inner);
  const show = (event) => {
    if (event.type === "keydown" && event.key !== "Enter" && event.key !== " ") return;
    if (!hidden.hasAttribute("role")) return;
    event.preventDefault();
    event.stopPropagation();
    hidden.classList.add("shown");
    for (const name of ["role", "aria-label", "tabindex"]) hidden.removeAttribute(name);
    inner.removeAttribute("aria-hidden");
  };
  hidden.addEventListener("click", show, true);
  hidden.addEventListener("keydown", show);
  return hidden;
}

function drawPre({ language }, text, children) {
  const head = element("span", { className: "language" }, language ?? "", element("button", { type: "button", "aria-label": "Copy", textContent: "⧉", onclick: () => copy(text) }));
  return element("pre", {}, head, element("code", {}, ...children));
}

function drawExpandable({ children }) {
  const text = element("span", { className: "folded" }, ...children);
  const button = element("button", { type: "button", "aria-expanded": "false", "aria-label": "The whole quotation", textContent: "⌄" });
  button.onclick = () => {
    const open = text.classList.toggle("folded") === false;
    button.setAttribute("aria-expanded", String(open));
  };
  return element("blockquote", { className: "expandable" }, text, button);
}
