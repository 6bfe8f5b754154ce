// A chat's messages in their order, albums as one, with the lines between them: days, blocks.

import { dayOf, fullName } from "/page/files/dom.js";

// Entries of two kinds, each with a key that stays: {kind: "line", text} and {kind: "message", parts, own, last}.
export function timeline({ messages, service }, me) {
  const entries = [];
  const lines = [...service];
  let day = null;
  const sayLines = (before) => {
    while (lines.length && lines[0].after < before) entries.push(serviceLine(lines.shift(), me));
  };
  for (const message of [...messages].sort((one, other) => one.message_id - other.message_id)) {
    sayLines(message.message_id);
    const today = dayOf(message.date);
    if (today !== day) entries.push(line(`day ${today}`, today));
    day = today;
    addMessage(entries, message);
  }
  sayLines(Infinity);
  return markLast(entries);
}

const line = (key, text) => ({ kind: "line", key, text });

function serviceLine({ after, blocked, date }, me) {
  const what = blocked ? "has blocked the bot" : "has let the bot in again";
  return line(`service ${after} ${blocked} ${date}`, `${fullName(me)} ${what}`);
}

function addMessage(entries, message) {
  const before = entries.at(-1);
  if (message.media_group_id && before?.parts?.[0].media_group_id === message.media_group_id) {
    before.parts.push(message);
    return;
  }
  entries.push({ kind: "message", key: message.message_id, parts: [message], own: !message.from.is_bot });
}

// The last of several messages from the same side bears a tail; buttons under one end the row.
function markLast(entries) {
  return entries.map((entry, number) => {
    const next = entries[number + 1];
    return { ...entry, last: !next || next.kind !== entry.kind || next.own !== entry.own || hasButtons(entry) };
  });
}

const hasButtons = ({ parts = [] }) => parts.some((part) => part.reply_markup?.inline_keyboard?.length);
