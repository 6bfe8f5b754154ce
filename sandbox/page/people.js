// The column of people, each with a dot when something new came.

import { avatar, clockTime, element, find, fullName, keep, Kept } from "/page/files/dom.js";

export function showPeople(client) {
  const kept = new Kept();
  const seen = new Map(); // the newest message from the bot that was looked at, by person

  client.addEventListener("change", () => {
    const { people } = client.state;
    for (const one of people) {
      if (one.id === client.person || !seen.has(one.id)) seen.set(one.id, one.heard);
    }
    const entries = people.map((one) => ({ key: one.id, one, news: one.heard > seen.get(one.id), current: one.id === client.person }));
    keep(find("people"), kept.all(entries, ({ one }) => drawPerson(client, one), changePerson));
    showNewsOnPhone(entries.filter((entry) => entry.news).length);
  });
  showJoining(client);
  find("back").onclick = () => showColumn(client);
}

function drawPerson(client, one) {
  const button = element("button", { type: "button", onclick: () => choose(client, one.id) },
    avatar(one),
    element("span", { className: "name" }, element("strong", { textContent: fullName(one) }), element("span", { className: "role" })),
    element("time", {}),
    element("span", { className: "snippet" }),
    element("span", { className: "dot" }, element("span", { className: "unseen", textContent: ", something new" })));
  return element("li", {}, button);
}

function changePerson(item, { one, news, current }) {
  const button = item.firstElementChild;
  button.setAttribute("aria-current", String(current));
  button.querySelector(".role").textContent = one.role ?? "";
  button.querySelector("time").textContent = one.newest ? clockTime(one.newest.date) : "";
  button.querySelector(".snippet").textContent = snippetOf(one);
  button.querySelector(".dot").hidden = !news;
}

function snippetOf(one) {
  if (one.typing > 0) return "typing…";
  if (one.blocked) return "has blocked the bot";
  if (!one.newest) return "no messages yet";
  return one.newest.own ? `You: ${one.newest.snippet}` : one.newest.snippet;
}

function choose(client, person) {
  document.body.dataset.view = "chat";
  client.choose(person);
  if (matchMedia("(pointer: fine)").matches && find("text").offsetParent) find("text").focus();
}

function showColumn(client) {
  document.body.dataset.view = "people";
  find("people").querySelector("[aria-current=true]")?.focus();
  client.refresh();
}

function showNewsOnPhone(count) {
  const back = find("back");
  back.querySelector(".dot").hidden = count === 0;
  back.setAttribute("aria-label", count ? `People, something new for ${count}` : "People");
}

function showJoining(client) {
  find("newcomer").onsubmit = async (event) => {
    event.preventDefault();
    const form = event.target;
    const [first, ...rest] = form.elements.name.value.trim().split(/\s+/);
    if (!first) return;
    const asked = { first_name: first, last_name: rest.join(" ") || null, language_code: form.elements.language.value };
    const { id } = await client.post("people", asked);
    form.reset();
    find("joining").open = false;
    await client.choose(id);
    document.body.dataset.view = "chat";
    find("start").focus();
  };
}
