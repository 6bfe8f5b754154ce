// Links. Those to the bot itself open here, as Telegram opens them; others only after a question, in a tab of their own.

import { ask, tell } from "/page/files/answers.js";
import { element, find } from "/page/files/dom.js";

const HERE = /^(?:https?:\/\/)?(?:t\.me|telegram\.me)\/([a-z][a-z0-9_]{3,31})\/?(?:\?(.*))?$/i;
const INSIDE = /^tg:(?:\/\/)?resolve\/?\?(.*)$/i;
const SHARING = /^(?:https?:\/\/)?t\.me\/share(?:\/url)?\/?\?(.*)$/i;
const SCHEME = /^[a-z][a-z0-9+.-]*:/i;
const OUTSIDE = /^https?:/i;

export function linkTo(client, address, children, className = "") {
  const url = SCHEME.test(address) ? address : `https://${address}`;
  const link = element("a", { className, title: url, rel: "noopener noreferrer", target: "_blank" }, ...children);
  if (OUTSIDE.test(url) || INSIDE.test(url)) link.href = url;
  link.onclick = (event) => {
    event.preventDefault();
    open(client, url);
  };
  return link;
}

export async function open(client, url) {
  const bot = client.state.bot.username.toLowerCase();
  const found = read(url);
  if (found?.name.toLowerCase() === bot) {
    openChat(client, found.start);
  } else if (SHARING.test(url)) {
    const asked = new URLSearchParams(url.match(SHARING)[1]);
    tell("Share", `Telegram would now ask whom to send this to:\n\n${asked.get("url") ?? ""}\n${asked.get("text") ?? ""}`);
  } else if (OUTSIDE.test(url)) {
    if (await ask("Open link", `Do you want to open ${url}?`, "Open")) window.open(url, "_blank", "noopener,noreferrer");
  } else {
    tell("A link of Telegram's own", url);
  }
}

// The name and the deep link's payload of an address such as t.me/NAME?start=PAYLOAD.
function read(url) {
  const plain = url.match(HERE);
  if (plain) return { name: plain[1], start: new URLSearchParams(plain[2] ?? "").get("start") };
  const inside = url.match(INSIDE);
  if (!inside) return null;
  const asked = new URLSearchParams(inside[1]);
  return { name: asked.get("domain") ?? "", start: asked.get("start") };
}

function openChat(client, start) {
  if (!start) return;
  client.openDeepLink(start);
  find("start").focus();
}
