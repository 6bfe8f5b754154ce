// A menu that opens beside a button: arrows move, Escape and a click elsewhere close, focus goes back.

import { element } from "/page/files/dom.js";

const MARGIN = 8; // pixels to the window's edge

// `items`: {label, act, chosen?, danger?}. `above`: the menu stands over the button.
export function openMenu(button, items, { above = false } = {}) {
  if (button.getAttribute("aria-expanded") === "true") return;
  const menu = element("div", { className: "menu", role: "menu", "aria-label": button.getAttribute("aria-label") });
  const close = (back) => {
    if (!menu.isConnected) return;
    menu.remove();
    button.setAttribute("aria-expanded", "false");
    document.removeEventListener("pointerdown", elsewhere, true);
    if (back) button.focus();
  };
  const elsewhere = (event) => {
    if (!menu.contains(event.target)) close(false);
  };
  menu.append(...items.map((item) => drawItem(item, close)));
  menu.onkeydown = (event) => move(event, menu, close);
  menu.addEventListener("focusout", (event) => {
    if (event.relatedTarget && !menu.contains(event.relatedTarget)) close(false);
  });
  button.setAttribute("aria-expanded", "true");
  document.body.append(menu);
  place(menu, button.getBoundingClientRect(), above);
  document.addEventListener("pointerdown", elsewhere, true);
  menu.firstElementChild.focus();
}

function drawItem({ label, act, chosen, danger }, close) {
  const kind = chosen === undefined ? { role: "menuitem" } : { role: "menuitemradio", "aria-checked": String(chosen) };
  return element("button", {
    type: "button", ...kind, tabIndex: -1, textContent: label, className: danger ? "danger" : "",
    onclick: () => { close(true); act(); },
  });
}

function move(event, menu, close) {
  const items = [...menu.children];
  const at = items.indexOf(document.activeElement);
  const to = { ArrowDown: at + 1, ArrowUp: at - 1 + items.length, Home: 0, End: items.length - 1 }[event.key];
  if (to !== undefined) items[to % items.length].focus();
  else if (event.key === "Escape" || event.key === "Tab") close(true);
  else return;
  event.preventDefault();
  event.stopPropagation();
}

function place(menu, anchor, above) {
  const { width, height } = menu.getBoundingClientRect();
  const left = Math.min(Math.max(anchor.right - width, MARGIN), innerWidth - width - MARGIN);
  const wanted = above ? anchor.top - height - MARGIN : anchor.bottom + MARGIN / 2;
  const top = Math.min(Math.max(wanted, MARGIN), innerHeight - height - MARGIN);
  menu.style.left = `${left}px`;
  menu.style.top = `${top}px`;
}
