// The buttons under a message, in the rows that the bot sent. A pressed one shows that it works until it is answered.

import { copy } from "/page/files/actions.js";
import { element } from "/page/files/dom.js";
import { linkTo } from "/page/files/links.js";
import { toast } from "/page/files/answers.js";

const shown = new WeakMap(); // the rows that each keyboard shows

export function changeKeyboard(client, keyboard, message) {
  const rows = message.reply_markup?.inline_keyboard ?? [];
  const now = JSON.stringify(rows);
  if (shown.get(keyboard) !== now) {
    shown.set(keyboard, now);
    redraw(client, keyboard, message, rows);
  }
  for (const button of keyboard.querySelectorAll("button[data-value]")) {
    button.setAttribute("aria-busy", String(client.isBusy(message.message_id, button.dataset.value)));
  }
}

// Focus stays with the button of the same words; where none is, the first takes it, or else the message.
function redraw(client, keyboard, message, rows) {
  const held = keyboard.contains(document.activeElement) ? document.activeElement.textContent : null;
  keyboard.replaceChildren(...rows.map((row) => element("div", { className: "row" }, ...row.map((button) => drawButton(client, message, button)))));
  keyboard.hidden = rows.length === 0;
  keyboard.onkeydown = (event) => move(event, keyboard);
  if (held === null) return;
  const buttons = [...keyboard.querySelectorAll("button, a")];
  (buttons.find((button) => button.textContent === held) ?? buttons[0] ?? keyboard.closest(".message")).focus();
}

function drawButton(client, message, button) {
  const label = element("span", { textContent: button.text });
  const className = button.style ? `is-${button.style}` : "";
  if (button.url) return linkTo(client, button.url, [label], `outward ${className}`);
  const made = element("button", { type: "button", className, title: button.text }, label);
  if (button.callback_data !== undefined) {
    made.dataset.value = button.callback_data;
    made.onclick = () => {
      if (made.getAttribute("aria-busy") !== "true") client.press(message.message_id, button.callback_data);
    };
  } else if (button.copy_text) made.onclick = () => copy(button.copy_text.text);
  else made.onclick = () => toast("Only Telegram itself has this kind of button");
  return made;
}

const STEPS = { ArrowRight: 1, ArrowLeft: -1 };

// Left and right step through the buttons, up and down through the rows.
function move(event, keyboard) {
  const row = document.activeElement.closest(".row");
  if (event.key in STEPS) {
    const buttons = [...keyboard.querySelectorAll("button, a")];
    buttons[buttons.indexOf(document.activeElement) + STEPS[event.key]]?.focus();
  } else if (event.key === "ArrowDown") row.nextElementSibling?.firstElementChild.focus();
  else if (event.key === "ArrowUp") row.previousElementSibling?.firstElementChild.focus();
  else return;
  event.preventDefault();
}
