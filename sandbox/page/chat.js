// A plain chat client for the local Telegram. Everything it shows is built as DOM nodes: no text becomes markup.

const find = (id) => document.getElementById(id);
let person = null;
let state = null;
const busy = new Set();

async function post(action, body) {
  const answer = await fetch(`/page/${action}`, {
    method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body),
  });
  return answer.json();
}

async function refresh() {
  const answer = await fetch(`/page/state${person ? `?person=${person}` : ""}`);
  state = await answer.json();
  if (!person && state.people.length) {
    person = state.people[0].id;
    return refresh();
  }
  draw();
}

function draw() {
  find("bot").textContent = `${state.bot.first_name} @${state.bot.username}`;
  find("people").replaceChildren(...state.people.map(drawPerson));
  const me = state.people.find((one) => one.id === person);
  find("typing").textContent = me?.typing ? "typing…" : "";
  const list = find("messages");
  const atEnd = list.scrollHeight - list.scrollTop - list.clientHeight < 80;
  list.replaceChildren(...state.messages.map(drawMessage));
  if (!state.messages.length) list.append(startButton());
  if (atEnd) list.scrollTop = list.scrollHeight;
  find("commands").replaceChildren(...state.commands.map(drawCommand));
}

function element(tag, properties = {}, ...children) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
}

function drawPerson(one) {
  const name = [one.first_name, one.last_name].filter(Boolean).join(" ");
  const button = element("button", { textContent: name, onclick: () => { person = one.id; refresh(); } });
  button.setAttribute("aria-current", String(one.id === person));
  return element("li", {}, button);
}

function startButton() {
  return element("li", {}, element("button", { textContent: "START", onclick: () => post("send", { person, text: "/start" }) }));
}

function drawMessage(message) {
  const own = message.from.id === person;
  const text = message.text ?? message.caption ?? Object.keys(message).find((key) => ["photo", "sticker", "voice", "document"].includes(key)) ?? "";
  const bubble = element("div", { className: "bubble" }, ...drawText(text, message.entities ?? message.caption_entities ?? []));
  if (message.edit_date) bubble.append(element("small", { textContent: "edited" }));
  const item = element("li", { className: own ? "own" : "" }, bubble);
  for (const row of message.reply_markup?.inline_keyboard ?? []) {
    item.append(element("div", { className: "row" }, ...row.map((button) => drawButton(message, button))));
  }
  return item;
}

function drawButton(message, button) {
  if (/^https?:/.test(button.url)) return element("a", { className: "link", textContent: button.text, href: button.url, rel: "noreferrer", target: "_blank" });
  const key = `${message.message_id} ${button.callback_data}`;
  const made = element("button", { textContent: button.text, onclick: () => press(message, button, key) });
  made.setAttribute("aria-busy", String(busy.has(key)));
  return made;
}

async function press(message, button, key) {
  busy.add(key);
  draw();
  const answer = await post("press", { person, message: message.message_id, data: button.callback_data });
  busy.delete(key);
  if (answer.text && answer.alert) showAlert(answer.text);
  else if (answer.text) showToast(answer.text);
  refresh();
}

const TAGS = {
  bold: "b", italic: "i", underline: "u", strikethrough: "s", code: "code", pre: "pre",
  blockquote: "blockquote", expandable_blockquote: "blockquote", text_link: "a", spoiler: "span",
};

// Entities nest properly: each opens inside the one before it or after its end.
function drawText(text, entities, from = 0, to = text.length) {
  const nodes = [];
  let at = from;
  for (let index = 0; index < entities.length; index += 1) {
    const one = entities[index];
    const end = one.offset + one.length;
    if (one.offset < at || end > to) continue;
    nodes.push(text.slice(at, one.offset));
    const inner = entities.slice(index + 1).filter((other) => other.offset + other.length <= end);
    nodes.push(drawEntity(one, drawText(text, inner, one.offset, end)));
    at = end;
  }
  nodes.push(...linkCommands(text.slice(at, to)));
  return nodes;
}

function drawEntity(entity, children) {
  const made = element(TAGS[entity.type] ?? "span", {}, ...children);
  if (entity.type === "spoiler") { made.className = "spoiler"; made.tabIndex = 0; }
  if (entity.type === "text_link" && /^https?:/.test(entity.url)) { made.href = entity.url; made.rel = "noreferrer"; made.target = "_blank"; }
  return made;
}

function linkCommands(text) {
  return text.split(/((?:^|(?<=\s))\/[a-z]+\b)/).map((part) => (/^\/[a-z]+$/.test(part)
    ? element("a", { href: "#", textContent: part, onclick: (event) => { event.preventDefault(); post("send", { person, text: part }); } })
    : part));
}

function drawCommand(command) {
  return element("button", {
    textContent: `/${command.command} – ${command.description}`,
    onclick: () => { find("commands").hidden = true; post("send", { person, text: `/${command.command}` }); },
  });
}

function showToast(text) {
  const toast = find("toast");
  toast.textContent = text;
  toast.hidden = false;
  setTimeout(() => { toast.hidden = true; }, 4000);
}

function showAlert(text) {
  const alert = find("alert");
  alert.querySelector("p").textContent = text;
  alert.showModal();
}

find("menu").onclick = () => {
  const commands = find("commands");
  commands.hidden = !commands.hidden;
  find("menu").setAttribute("aria-expanded", String(!commands.hidden));
};

find("write").onsubmit = (event) => {
  event.preventDefault();
  const text = find("text").value.trim();
  find("text").value = "";
  if (text) post("send", { person, text });
};

find("text").onkeydown = (event) => {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) { event.preventDefault(); find("write").requestSubmit(); }
};

find("newcomer").onsubmit = async (event) => {
  event.preventDefault();
  const name = new FormData(event.target).get("name").trim();
  event.target.reset();
  if (!name) return;
  const [first, ...rest] = name.split(" ");
  person = (await post("people", { first_name: first, last_name: rest.join(" ") || null })).id;
  refresh();
};

new EventSource("/page/events").onmessage = refresh;
