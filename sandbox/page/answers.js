// What answers a tap: a line that passes, or a window that waits. Also the page's own questions.

import { find } from "/page/files/dom.js";

const TOAST_SECONDS = 4;

export function showAnswers(client) {
  client.addEventListener("answer", ({ detail: tap }) => {
    if (tap.alert) tell(client.state.bot.first_name, tap.text);
    else toast(tap.text);
  });
}

const passing = new WeakMap(); // the timer of each line

export function toast(text) {
  const line = find("toast");
  clearTimeout(passing.get(line));
  line.textContent = text;
  line.classList.add("shown");
  passing.set(line, setTimeout(() => {
    line.classList.remove("shown");
    line.textContent = "";
  }, TOAST_SECONDS * 1000));
}

export const tell = (title, text) => open(title, text, { yes: "OK" });

export const ask = (title, text, yes) => open(title, text, { yes, no: "Cancel" });

// Whether it was agreed to. Focus goes back to where it was, or to the message field where that is gone.
function open(title, text, { yes, no }) {
  const dialog = find("alert");
  if (dialog.open) dialog.close();
  const [cancel, agree] = dialog.querySelectorAll("button");
  find("alert-title").textContent = title;
  find("alert-text").textContent = text;
  agree.textContent = yes;
  cancel.hidden = !no;
  dialog.returnValue = "";
  dialog.showModal();
  agree.focus();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => {
      if (document.activeElement === document.body) find("text").focus();
      resolve(dialog.returnValue === "yes");
    }, { once: true });
  });
}
