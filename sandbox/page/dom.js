// Building and keeping DOM nodes. Text is only ever set as text: nothing that anybody wrote becomes markup.

const SVG = "http://www.w3.org/2000/svg";

export const find = (id) => document.getElementById(id);

export function element(tag, properties = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name in made) made[name] = value;
    else made.setAttribute(name, value);
  }
  made.append(...children);
  return made;
}

// A drawing of one line, in the colour of the words around it.
export function icon(path, solid = false) {
  const drawing = document.createElementNS(SVG, "svg");
  drawing.setAttribute("viewBox", "0 0 24 24");
  drawing.setAttribute("aria-hidden", "true");
  const line = document.createElementNS(SVG, "path");
  line.setAttribute("d", path);
  if (solid) line.setAttribute("class", "solid");
  drawing.append(line);
  return drawing;
}

// Lets a parent hold just these children in this order. What stays is not moved: focus and scrolling stay with it.
export function keep(parent, children) {
  const wanted = new Set(children);
  for (const child of [...parent.children]) if (!wanted.has(child)) child.remove();
  let next = parent.firstElementChild;
  for (const child of children) {
    if (child === next) next = next.nextElementSibling;
    else parent.insertBefore(child, next);
  }
}

// The same node for the same key, as long as it is asked for.
export class Kept {
  #nodes = new Map();

  all(entries, make, change) {
    const before = this.#nodes;
    this.#nodes = new Map(entries.map((entry) => [entry.key, before.get(entry.key) ?? make(entry)]));
    for (const entry of entries) change(this.#nodes.get(entry.key), entry);
    return [...this.#nodes.values()];
  }

  clear() {
    this.#nodes.clear();
  }
}

export const fullName = (user) => [user.first_name, user.last_name].filter(Boolean).join(" ");

export const initials = (user) => [user.first_name, user.last_name].filter(Boolean)
  .map((name) => [...name][0].toUpperCase()).join("");

const SHADES = 7;

export function avatar(user, number) {
  return element("span", { className: "avatar", textContent: initials(user), "aria-hidden": "true", "data-shade": number % SHADES });
}

export const clockTime = (seconds) => new Date(seconds * 1000).toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" });

// "Today", else such as "24 November".
export function dayOf(seconds) {
  const day = new Date(seconds * 1000);
  if (day.toDateString() === new Date().toDateString()) return "Today";
  return day.toLocaleDateString("en-GB", { day: "numeric", month: "long" });
}
