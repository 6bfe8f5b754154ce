// Files that a person sends: chosen, dropped or pasted, with a caption; and things made up for those who want to test.

import { element, find } from "/page/files/dom.js";
import { size } from "/page/files/media.js";
import { openMenu } from "/page/files/menus.js";

const SHOWABLE = "image/png,image/jpeg,image/gif,image/webp,video/mp4,video/webm";
const MOST = 10; // files of an album
const PICKED = { // what is picked, as it is sent: its label, and the files that are offered
  media: ["Photo or video", SHOWABLE],
  document: ["File", ""],
  audio: ["Music", "audio/*"],
  voice: ["Voice message", "audio/*"],
};
const MADE_UP = { sticker: "A sticker", location: "A location", contact: "A contact" };

export function showAttaching(client) {
  const picked = find("picked");
  let kind = "media";
  const pick = (wanted) => {
    kind = wanted;
    [, picked.accept] = PICKED[wanted];
    picked.click();
  };
  find("attach").onclick = (event) => openMenu(event.currentTarget, [
    ...Object.entries(PICKED).map(([wanted, [label]]) => ({ label, act: () => pick(wanted) })),
    ...Object.entries(MADE_UP).map(([made, label]) => ({
      label, act: () => client.post("attach", { person: client.person, kind: made }),
    })),
  ], { above: true });
  picked.onchange = () => {
    confirm(client, [...picked.files].slice(0, MOST), kind);
    picked.value = "";
  };
  const offer = (event, files) => {
    if (!files?.length || find("write").hidden) return;
    event.preventDefault();
    const all = [...files].slice(0, MOST);
    confirm(client, all, all.every((file) => SHOWABLE.includes(file.type || "-")) ? "media" : "document");
  };
  find("text").addEventListener("paste", (event) => offer(event, event.clipboardData?.files));
  find("chat").addEventListener("dragover", (event) => event.preventDefault());
  find("chat").addEventListener("drop", (event) => offer(event, event.dataTransfer?.files));
}

// Asks for a caption, and sends.
async function confirm(client, files, kind) {
  const dialog = find("files");
  const form = find("upload");
  const previews = files.map((file) => drawChosen(file, kind));
  form.reset();
  find("files-title").textContent = files.length === 1 ? "Send a file" : `Send ${files.length} files`;
  find("spoiler").hidden = kind !== "media";
  find("chosen").replaceChildren(...previews);
  form.querySelector("[value=no]").onclick = () => dialog.close("no");
  dialog.returnValue = "";
  dialog.showModal();
  form.elements.caption.focus();
  await new Promise((resolve) => { dialog.addEventListener("close", resolve, { once: true }); });
  const told = previews.map(tellOf);
  for (const shown of dialog.querySelectorAll("img, video, audio")) URL.revokeObjectURL(shown.src);
  if (dialog.returnValue === "yes") await client.upload(filled(form, files, told, kind));
}

function filled(form, files, told, kind) {
  const asked = new FormData();
  asked.append("kind", kind);
  asked.append("caption", form.elements.caption.value.trim());
  if (form.elements.spoiler.checked) asked.append("spoiler", "yes");
  for (const file of files) asked.append("file", file, file.name);
  for (const one of told) asked.append("told", one);
  return asked;
}

function drawChosen(file, kind) {
  const name = element("span", { textContent: `${file.name}, ${size(file.size)}` });
  if (kind === "document") return element("li", {}, name);
  const src = URL.createObjectURL(file);
  if (kind !== "media") return element("li", {}, element("audio", { src, controls: true, preload: "metadata" }), name);
  const shown = file.type.startsWith("video/")
    ? element("video", { src, muted: true, preload: "metadata" })
    : element("img", { src, alt: "" });
  return element("li", {}, shown, name);
}

// What a client tells of a film or a sound: its size and length. Nothing of anything else.
function tellOf(preview) {
  const { videoWidth: width = 0, videoHeight: height = 0, duration } = preview.querySelector("video, audio") ?? {};
  return Number.isFinite(duration) ? `${width}x${height}x${Math.max(1, Math.round(duration))}` : "";
}
