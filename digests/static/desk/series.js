/* The form of a series: what it would make, asked of the server as one types. */

import { element, find, findField } from "./dom.js";

const PAUSE = 200; // ms without a key before the server is asked
const NAMES = ["name", "slug", "language", "time_zone", "path_pattern"];

const form = element(document, "#series_form", HTMLFormElement);
const place = element(form, "[data-example]");
const region = () => element(place, "[data-region=example]");

/** @type {ReturnType<typeof setTimeout> | undefined} */
let timer;
let latest = 0;

/** What stands in a field; of a published series the slug is none, and stays as it is.
    @param {string} name */
function valueOf(name) {
  const select = find(form, `select[name="${name}"]`, HTMLSelectElement);
  const field = select ?? findField(form, name);
  return field ? field.value : region().dataset[name] ?? "";
}

async function show() {
  const number = ++latest;
  const asked = new URLSearchParams(NAMES.map((name) => [name, valueOf(name)]));
  const answer = await fetch(`${place.dataset.example}?${asked}`).catch(() => null);
  if (!answer?.ok || answer.redirected || number !== latest) return; // the old example stays
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const fresh = find(page, "[data-region=example]");
  if (!fresh || number !== latest) return;
  region().replaceWith(document.importNode(fresh, true));
  const slug = findField(form, "slug");
  if (slug) slug.placeholder = region().dataset.slug ?? "";
}

function showSoon() {
  clearTimeout(timer);
  timer = setTimeout(show, PAUSE);
}

form.addEventListener("input", (event) => {
  if (event instanceof InputEvent && event.isComposing) return; // the text is not chosen yet
  showSoon();
});
form.addEventListener("compositionend", showSoon);
