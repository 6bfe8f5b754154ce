// Music and voice messages: a button that plays, how long it lasts, and how far it has come. One plays at a time.

import { toast } from "/page/files/answers.js";
import { element, icon } from "/page/files/dom.js";

const PLAY = "M7 4.500v15L20 12z";
const PAUSE = "M7 5h3v14H7zM14 5h3v14h-3z";
const BARS = 32;

let playing = null; // the sound that is heard now

export function drawMusic(audio, address) {
  const name = element("strong", { textContent: audio.title ?? audio.file_name ?? "Music" });
  const time = element("small", {});
  const by = audio.performer ? [element("small", { textContent: `${audio.performer} · ` })] : [];
  const line = element("span", {}, ...by, time);
  return drawSound(`${name.textContent}, ${minutes(audio.duration)}`, address, [name, line], (at) => {
    time.textContent = at === null ? minutes(audio.duration) : `${minutes(at)} / ${minutes(audio.duration)}`;
  });
}

export function drawVoice(voice, address) {
  const bars = [...shape(voice.file_unique_id)].map((height) => {
    const bar = element("span", {});
    bar.style.height = `${height}%`;
    return bar;
  });
  const wave = element("span", { className: "wave", "aria-hidden": "true" }, ...bars);
  const time = element("small", {});
  return drawSound(`Voice message, ${minutes(voice.duration)}`, address, [wave, time], (at, share = 0) => {
    bars.forEach((bar, number) => bar.classList.toggle("heard", number < share * BARS));
    time.textContent = minutes(at ?? voice.duration);
  });
}

// `show(at, share)`: seconds heard and the part of the whole; null when it does not play.
function drawSound(words, address, beside, show) {
  const button = element("button", { type: "button", className: "play" });
  const sound = new Audio();
  sound.preload = "none";
  const redraw = () => {
    button.replaceChildren(icon(sound.paused ? PLAY : PAUSE, true));
    button.setAttribute("aria-label", `${sound.paused ? "Play" : "Pause"}: ${words}`);
    const begun = sound.currentTime > 0 && !sound.ended;
    if (begun) show(sound.currentTime, sound.currentTime / (sound.duration || Infinity));
    else show(null);
  };
  for (const event of ["play", "pause", "timeupdate", "ended"]) sound.addEventListener(event, redraw);
  sound.addEventListener("timeupdate", () => { if (!button.isConnected) sound.pause(); });
  button.onclick = () => (sound.paused ? play(sound, address) : sound.pause());
  redraw();
  return element("div", { className: "sound" }, button, element("span", { className: "about-file" }, ...beside));
}

async function play(sound, address) {
  if (playing !== sound) playing?.pause();
  playing = sound;
  if (!sound.src) sound.src = address;
  try {
    await sound.play();
  } catch (error) {
    if (error.name !== "AbortError") toast("There is no sound in this file");
  }
}

// A wave that looks like one, always the same for the same file: what is in the file is not looked at.
function* shape(name) {
  let seed = [...name].reduce((sum, letter) => (sum * 31 + letter.codePointAt(0)) % 9973, 7);
  for (let number = 0; number < BARS; number += 1) {
    seed = (seed * 75 + 74) % 65537;
    yield 18 + Math.round((seed / 65537) * 60 * (0.4 + Math.abs(Math.sin(number / 3)))) % 80;
  }
}

function minutes(seconds) {
  const whole = Math.round(seconds);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}
