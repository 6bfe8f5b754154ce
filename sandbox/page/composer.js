// The field in which messages are written. In its place: START of an empty chat or a deep link, UNBLOCK of a blocked bot.

import { showCommands } from "/page/files/commands.js";
import { find } from "/page/files/dom.js";
import { block } from "/page/files/header.js";

const TALLEST = 200; // pixels
const MARKS = { b: "**", i: "__" }; // Ctrl with these, as in Telegram's own clients

export function showComposer(client) {
  const field = find("text");
  const commands = showCommands(client, field, () => grow(field));
  let changing = null; // the message that is edited

  const edit = (message) => {
    changing = message;
    find("changing").hidden = !message;
    find("changed-text").textContent = message?.text ?? "";
    field.value = message?.text ?? "";
    grow(field);
    field.focus();
  };

  client.addEventListener("edit", ({ detail }) => edit(detail));
  client.addEventListener("person", () => {
    if (changing) edit(null);
    field.value = "";
    grow(field);
    commands.close();
  });
  client.addEventListener("change", () => showWhatFits(client));

  find("changing").querySelector("button").onclick = () => edit(null);
  find("start").onclick = () => begin(client, field);
  find("write").onsubmit = async (event) => {
    event.preventDefault();
    const text = field.value.trim();
    const message = changing;
    commands.close();
    if (message) edit(null);
    field.value = "";
    grow(field);
    if (!text) return;
    if (message) await client.post("edit", { person: client.person, message: message.message_id, text });
    else await client.say(text);
  };
  field.addEventListener("input", () => grow(field));
  field.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing && !event.defaultPrevented) {
      event.preventDefault();
      find("write").requestSubmit();
    } else if (event.key === "Escape" && changing) edit(null);
    else if ((event.ctrlKey || event.metaKey) && event.key in MARKS) {
      event.preventDefault();
      mark(field, MARKS[event.key]);
    }
  });
}

function showWhatFits(client) {
  const { me, state, payload } = client;
  if (state.person !== client.person) return; // another one's chat is on its way
  const start = find("start");
  const held = document.activeElement === start || document.activeElement === find("text");
  const label = me?.blocked ? "Unblock bot" : "Start";
  const instead = Boolean(me) && (me.blocked || payload !== null || state.messages.length === 0);
  if (start.textContent !== label) start.textContent = label;
  start.hidden = !instead;
  find("write").hidden = instead;
  if (held && document.activeElement === document.body) (instead ? start : find("text")).focus();
}

async function begin(client, field) {
  if (client.me.blocked) await block(client, false);
  else await client.begin();
  await client.refresh();
  if (field.offsetParent && matchMedia("(pointer: fine)").matches) field.focus();
}

function mark(field, sign) {
  const { selectionStart: start, selectionEnd: end, value } = field;
  field.setRangeText(`${sign}${value.slice(start, end)}${sign}`, start, end, "select");
  field.setSelectionRange(start + sign.length, end + sign.length);
}

function grow(field) {
  field.style.height = "auto";
  if (!field.offsetParent) return; // hidden, it has no height to go by
  field.style.height = `${Math.min(field.scrollHeight, TALLEST)}px`;
}
