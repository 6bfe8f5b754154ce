// The menu of commands: opened by its button or by a typed "/", which also narrows it.

import { element, find } from "/page/files/dom.js";

export function showCommands(client, field, changed) {
  const list = find("commands");
  const button = find("menu");
  let active = 0;

  const close = () => {
    list.hidden = true;
    button.setAttribute("aria-expanded", "false");
    field.removeAttribute("aria-activedescendant");
  };
  const mark = (number) => {
    active = (number + list.children.length) % list.children.length;
    [...list.children].forEach((option, at) => option.setAttribute("aria-selected", String(at === active)));
    field.setAttribute("aria-activedescendant", list.children[active].id);
    list.children[active].scrollIntoView({ block: "nearest" });
  };
  const send = (command) => {
    close();
    field.value = "";
    changed();
    client.say(`/${command.command}`);
  };
  const open = (beginning) => {
    const found = client.state.commands.filter((one) => one.command.startsWith(beginning));
    if (!found.length) return close();
    list.replaceChildren(...found.map((command) => drawCommand(command, send)));
    list.hidden = false;
    button.setAttribute("aria-expanded", "true");
    return mark(0);
  };

  button.onclick = () => {
    if (!list.hidden) return close();
    open("");
    return field.focus();
  };
  field.addEventListener("input", () => {
    const typed = field.value.match(/^\/(\w*)$/);
    if (typed) open(typed[1]);
    else close();
  });
  field.addEventListener("keydown", (event) => {
    if (list.hidden) return;
    if (event.key === "ArrowDown") mark(active + 1);
    else if (event.key === "ArrowUp") mark(active - 1);
    else if (event.key === "Enter") list.children[active].click();
    else if (event.key === "Escape") close();
    else return;
    event.preventDefault();
    event.stopImmediatePropagation();
  });
  document.addEventListener("pointerdown", (event) => {
    if (!list.hidden && !event.target.closest("footer")) close();
  });
  client.addEventListener("change", () => { button.hidden = client.state.commands.length === 0; });
  return { close };
}

function drawCommand(command, send) {
  return element("li", { id: `command-${command.command}`, role: "option", "aria-selected": "false", onclick: () => send(command) },
    element("strong", { textContent: `/${command.command}` }), " ", element("span", { textContent: command.description }));
}
