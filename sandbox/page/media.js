// What a message holds beside its text: pictures and films, alone or as an album, files, and the rest plainly.

import { element, fullName } from "/page/files/dom.js";
import { drawMusic, drawVoice } from "/page/files/sounds.js";

const NAMES = { photo: "Photo", video: "Video", animation: "Animation" };
const PICTURES = Object.keys(NAMES);
const FILES = ["document", "audio", "voice"];
const GIF = "image/gif";
const KINDS = [...PICTURES, ...FILES, "video_note", "sticker", "location", "contact", "dice", "poll", "venue"];
const PLAYER = { controls: true, preload: "metadata", playsInline: true };
const UNITS = ["B", "KB", "MB", "GB"];

const address = (file) => `/page/media/${encodeURIComponent(file.file_id)}`;

const calm = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

const kindOf = (message) => KINDS.find((kind) => kind in message);

// Pictures as one grid; of anything else there is one.
export function drawMedia(parts) {
  if (!arePictures(parts)) return parts.filter(kindOf).map(drawOther);
  const rest = parts.length > 4 ? parts.length % 3 : "none";
  const grid = { className: "pictures", "data-count": parts.length, "data-rest": rest };
  return [element("div", grid, ...parts.map(drawPicture))];
}

export const arePictures = (parts) => parts.every((part) => PICTURES.includes(kindOf(part)));

// A sticker or a die stands without a bubble.
export const isBare = (parts) => ["sticker", "dice"].includes(kindOf(parts[0]));

function drawPicture(message) {
  const kind = kindOf(message);
  const file = kind === "photo" ? message.photo.at(-1) : message[kind];
  const name = NAMES[kind];
  const shown = kind === "photo" || file.mime_type === GIF
    ? element("img", { src: address(file), alt: name, width: file.width, height: file.height })
    : element("video", { ...PLAYER, src: address(file), width: file.width, height: file.height, "aria-label": name });
  if (kind === "animation") Object.assign(shown, { muted: true, loop: true, autoplay: !calm() });
  const frame = element("div", { className: "picture" }, shown);
  frame.style.aspectRatio = `${file.width} / ${file.height}`;
  frame.style.setProperty("--width", `${file.width}px`);
  const instead = `${name} (${file.width} × ${file.height})`;
  shown.onerror = () => frame.replaceChildren(element("span", { className: "broken", textContent: instead }));
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
  if (kind === "document") return drawFile(thing.file_name ?? "file", size(thing.file_size), address(thing));
  if (kind === "audio") return drawMusic(thing, address(thing));
  if (kind === "voice") return drawVoice(thing, address(thing));
  const draw = PLAIN[kind] ?? (() => drawFile(kind, "", null));
  return draw(thing);
}

const PLAIN = {
  video_note: (note) => drawFile("Video message", `${note.duration} s`, address(note), "📹"),
  sticker: (sticker) => drawLarge(sticker.emoji ?? "🏷", `Sticker ${sticker.emoji ?? ""}`),
  dice: (dice) => drawLarge(dice.emoji, `${dice.emoji} ${dice.value}`),
  location: (place) => drawFile("Location", `${place.latitude}, ${place.longitude}`, null, "📍"),
  contact: (contact) => drawFile(fullName(contact), contact.phone_number, null, "👤"),
};

function drawLarge(emoji, words) {
  return element("p", { className: "sticker", role: "img", "aria-label": words, textContent: emoji });
}

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
