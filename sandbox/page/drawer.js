// For the curious: how Telegram is, and the bot's last calls.

import { clockTime, element, find, keep, Kept } from "/page/files/dom.js";

const BESIDE = "(min-width: 64rem)"; // wide enough for the drawer to stand beside the chat
const TOLD = {
  slow: "Telegram is slow: each answer takes 2 s more.",
  refuse: "Telegram refuses every call: 500.",
  flood: "Telegram asks the bot to wait: 429 to every call.",
};

export function showDrawer(client) {
  const drawer = find("drawer");
  const toggle = find("behind");
  const kept = new Kept();
  const order = (kind) => client.post("faults", { kind });

  client.addEventListener("change", () => {
    const { trouble, calls } = client.state;
    showTrouble(trouble, () => order("none"));
    find("switches").querySelector(`[value=${trouble}]`).checked = true;
    if (!drawer.open) return;
    const entries = [...calls].reverse().map((call) => ({ ...call, key: call.number }));
    keep(find("calls"), kept.all(entries, drawCall, changeCall));
  });
  find("switches").onchange = (event) => order(event.target.value);
  toggle.onclick = () => {
    if (drawer.open) return drawer.close();
    if (matchMedia(BESIDE).matches) drawer.show();
    else drawer.showModal();
    toggle.setAttribute("aria-expanded", "true");
    find("switches").querySelector(":checked").focus();
    return client.refresh();
  };
  find("close-drawer").onclick = () => drawer.close();
  drawer.onkeydown = (event) => { if (event.key === "Escape") drawer.close(); };
  drawer.onclose = () => {
    toggle.setAttribute("aria-expanded", "false");
    toggle.focus();
  };
}

function showTrouble(trouble, end) {
  const line = find("trouble");
  const text = TOLD[trouble] ?? "";
  if (line.dataset.trouble === trouble) return;
  line.dataset.trouble = trouble;
  line.hidden = !text;
  line.replaceChildren(...(text ? [element("span", { textContent: text }), element("button", { type: "button", textContent: "All well again", onclick: end })] : []));
}

function drawCall(call) {
  return element("li", {}, element("details", {},
    element("summary", {},
      element("strong", { textContent: call.method }), " ",
      element("span", { className: "to", textContent: call.to }), " ",
      element("span", { className: "outcome" }),
      element("small", { className: "when" })),
    element("pre", { textContent: JSON.stringify(call.parameters, null, 1) })));
}

function changeCall(item, call) {
  const outcome = item.querySelector(".outcome");
  const when = item.querySelector(".when");
  const kind = call.waits && call.ok ? "waits" : call.ok ? "ok" : "refused";
  const words = { waits: "is held back", ok: "ok", refused: call.answer || "cut off" }[kind];
  if (outcome.textContent !== words) outcome.textContent = words;
  outcome.dataset.kind = kind;
  const took = call.milliseconds === null ? "" : `, ${call.milliseconds} ms`;
  when.textContent = `${clockTime(call.at)}:${String(new Date(call.at * 1000).getSeconds()).padStart(2, "0")}${took}`;
}
