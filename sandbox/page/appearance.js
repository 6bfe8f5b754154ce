// Light, dark, or as the device is.

const PLACE = "appearance";
const CHOICES = ["auto", "light", "dark"];

export function showAppearance() {
  apply(chosen());
}

export function chosen() {
  const kept = localStorage.getItem(PLACE);
  return CHOICES.includes(kept) ? kept : CHOICES[0];
}

export function choose(appearance) {
  localStorage.setItem(PLACE, appearance);
  apply(appearance);
}

function apply(appearance) {
  if (appearance === CHOICES[0]) delete document.documentElement.dataset.appearance;
  else document.documentElement.dataset.appearance = appearance;
}
