// What a message holds beside its text: pictures and films, alone or as an album, files, and the rest plainly.

import { element, fullName } from "/page/files/dom.js";

const PICTURES = ["photo", "video", "animation"];
const FILES = ["document", "audio", "voice"];
const KINDS = [...PICTURES, ...FILES, "video_note", "sticker", "location", "contact", "dice", "poll", "venue"];
const UNITS = ["B", "KB", "MB", "GB"];

const address = (file) => `/page/media/${encodeURIComponent(file.file_id)}`;

const kindOf = (message) => KINDS.find((kind) => kind in message);

export function drawMedia(parts) {
  const pictures = parts.filter((part) => PICTURES.includes(kindOf(part)));
  const others = parts.filter((part) => kindOf(part) && !PICTURES.includes(kindOf(part)));
  const album = element("div", { className: "pictures", "data-count": pictures.length }, ...pictures.map(drawPicture));
  return [...(pictures.length ? [album] : []), ...others.map(drawOther)];
}

// A sticker or a die stands without a bubble.
export const isBare = (parts) => ["sticker", "dice"].includes(kindOf(parts[0]));

function drawPicture(message) {
  const kind = kindOf(message);
  const file = kind === "photo" ? message.photo.at(-1) : message[kind];
  const name = kind === "photo" ? "Photo" : "Video";
  const shown = kind === "photo"
    ? element("img", { src: address(file), alt: name, width: file.width, height: file.height })
    : element("video", { src: address(file), controls: true, width: file.width, height: file.height, preload: "metadata", playsInline: true, "aria-label": name });
  if (kind === "animation") Object.assign(shown, { muted: true, loop: true });
  const frame = element("div", { className: "picture" }, shown);
  frame.style.aspectRatio = `${file.width} / ${file.height}`;
  frame.style.setProperty("--width", `${file.width}px`);
  shown.onerror = () => frame.replaceChildren(element("span", { className: "broken", textContent: `${name} (${file.width} × ${file.height})` }));
  return message.has_media_spoiler ? hide(frame) : frame;
}

function hide(frame) {
  const cover = element("button", { type: "button", className: "cover", "aria-label": "Hidden picture, show it" });
  cover.onclick = () => { frame.classList.remove("hidden"); cover.remove(); };
  frame.classList.add("hidden");
  frame.append(cover);
  return frame;
}

function drawOther(message) {
  const kind = kindOf(message);
  const thing = message[kind];
  if (kind === "document" || kind === "audio") return drawFile(thing.file_name ?? "file", size(thing.file_size), address(thing));
  const draw = PLAIN[kind] ?? (() => drawFile(kind, "", null));
  return draw(thing);
}

const PLAIN = {
  voice: (voice) => drawFile("Voice message", `${voice.duration} s`, address(voice), "🎤"),
  video_note: (note) => drawFile("Video message", `${note.duration} s`, address(note), "📹"),
  sticker: (sticker) => element("p", { className: "sticker", role: "img", "aria-label": `Sticker ${sticker.emoji ?? ""}`, textContent: sticker.emoji ?? "🏷" }),
  dice: (dice) => element("p", { className: "sticker", role: "img", "aria-label": `${dice.emoji} ${dice.value}`, textContent: dice.emoji }),
  location: (place) => drawFile("Location", `${place.latitude}, ${place.longitude}`, null, "📍"),
  contact: (contact) => drawFile(fullName(contact), contact.phone_number, null, "👤"),
};

function drawFile(name, beside, href, sign = "📄") {
  const inner = [
    element("span", { className: "sign", textContent: sign, "aria-hidden": "true" }),
    element("span", { className: "about-file" }, element("strong", { textContent: name }), element("small", { textContent: beside })),
  ];
  return href ? element("a", { className: "file", href, download: name }, ...inner) : element("div", { className: "file" }, ...inner);
}

export function size(bytes = 0) {
  const step = Math.min(Math.floor(Math.log(Math.max(bytes, 1)) / Math.log(1024)), UNITS.length - 1);
  const value = bytes / 1024 ** step;
  return `${step ? value.toFixed(1) : value} ${UNITS[step]}`;
}
