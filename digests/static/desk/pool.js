/* The pool of Compose: the stories that could be added, and what is searched for among them. */

import { enqueue, refresh } from "./desk.js";
import { closest, element, find } from "./dom.js";

const PAUSE = 250; // ms without a key before a search

/** Posts a story and where it is to go. */
export const poolForm = () => element(document, "form.pool", HTMLFormElement);

const sections = () => find(document, "#pool-target", HTMLSelectElement);

/** The section that stories are added to. */
export const chosenSection = () => sections()?.value ?? "";

/** To be called before the pool is replaced; gives what is to be called after, which chooses the
    same section again. */
export function rememberSection() {
  const chosen = chosenSection();
  return () => {
    const same = [...(sections()?.options ?? [])].find(({ value }) => value === chosen);
    if (same) same.selected = true;
  };
}

/** Shows the stories that are asked for; the address keeps the question. */
function search() {
  const asked = new URLSearchParams();
  for (const [name, value] of new FormData(element(document, "[data-filter]", HTMLFormElement))) {
    if (value) asked.append(name, String(value));
  }
  history.replaceState(null, "", asked.size ? `?${asked}` : location.pathname);
  enqueue(async () => {
    const restore = rememberSection();
    await refresh(["pool"]);
    restore();
  });
}

/** @type {ReturnType<typeof setTimeout> | undefined} */
let timer;

/** @param {Event} event */
function searchSoon(event) {
  const isComposing = event instanceof InputEvent && event.isComposing;
  if (isComposing || !closest(event.target, "[data-filter] [type=search]")) return;
  clearTimeout(timer);
  timer = setTimeout(search, PAUSE);
}
document.addEventListener("input", searchSoon);
// The last input of an input method still belongs to its composition.
document.addEventListener("compositionend", searchSoon);
document.addEventListener("change", (event) => {
  if (closest(event.target, "[data-filter]")) search();
});
document.addEventListener("submit", (event) => {
  if (!closest(event.target, "[data-filter]")) return;
  event.preventDefault();
  search();
});
