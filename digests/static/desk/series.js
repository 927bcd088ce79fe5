/* The form of a series: what it would make, asked of the server as one types, and the fields of the
   schedule that is chosen. */

import { all, element, find, findField } from "./dom.js";

const PAUSE = 200; // ms without a key before the server is asked
const NAMES = new Set([
  ...["name", "slug", "language", "time_zone", "path_pattern", "recurrence", "every", "start"],
  ...["times", "days", "schedule", "title_pattern", "window_hours"],
]);

const form = element(document, "#series_form", HTMLFormElement);
const place = element(form, "[data-example]");
const region = () => element(place, "[data-region=example]");
const upcoming = () => element(form, "[data-region=upcoming]");
const recurrence = element(form, "select[name=recurrence]", HTMLSelectElement);

/** @type {ReturnType<typeof setTimeout> | undefined} */
let timer;
let latest = 0;
let proposed = ""; // the pattern of titles that was filled in

/** What stands in the fields; of a published series the slug is none, and stays as it is. */
function typed() {
  const asked = new URLSearchParams({ saved: place.dataset.saved ?? "" });
  for (const [name, value] of new FormData(form)) {
    if (NAMES.has(name) && typeof value === "string") asked.append(name, value);
  }
  if (!asked.has("slug")) asked.append("slug", region().dataset.slug ?? "");
  return asked;
}

async function show() {
  const number = ++latest;
  const answer = await fetch(`${place.dataset.example}?${typed()}`).catch(() => null);
  if (!answer?.ok || answer.redirected || number !== latest) return; // the old examples stay
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const [example, editions] = ["example", "upcoming"].map((name) =>
    find(page, `[data-region=${name}]`)
  );
  if (!example || !editions || number !== latest) return;
  region().replaceWith(document.importNode(example, true));
  upcoming().replaceWith(document.importNode(editions, true));
  const slug = findField(form, "slug");
  if (slug) slug.placeholder = region().dataset.slug ?? "";
  propose();
}

/** Fill in the pattern of titles that suits the series, unless somebody wrote another. */
function propose() {
  const title = findField(form, "title_pattern");
  const pattern = upcoming().dataset.titlePattern ?? "";
  if (!title || !recurrence.value || title.value !== proposed || title.value === pattern) return;
  title.value = proposed = pattern;
}

function showSoon() {
  clearTimeout(timer);
  timer = setTimeout(show, PAUSE);
}

/** Show the fields of the chosen kind of schedule, and no others. */
function showFields() {
  for (const field of all(form, "[data-shown-for]")) {
    const row = field.closest(".form-row") ?? field;
    if (!(row instanceof HTMLElement)) continue;
    row.hidden = !field.dataset.shownFor?.split(" ").includes(recurrence.value);
  }
}

function addShift() {
  const shifts = element(form, ".shifts");
  const total = element(shifts, "[name$='-TOTAL_FORMS']", HTMLInputElement);
  const blank = element(shifts, "template", HTMLTemplateElement);
  const box = document.createElement("div");
  box.append(document.importNode(blank.content, true));
  const number = total.value;
  for (const part of all(box, "[name], [id], [for]")) {
    for (const name of ["name", "id", "for"]) {
      const value = part.getAttribute(name);
      if (value) part.setAttribute(name, value.replace("__prefix__", number));
    }
  }
  total.value = String(Number(number) + 1);
  const row = element(box, ".shift");
  blank.before(row);
  element(row, "select", HTMLSelectElement).focus();
}

form.addEventListener("input", (event) => {
  if (event instanceof InputEvent && event.isComposing) return; // the text is not chosen yet
  showSoon();
});
form.addEventListener("compositionend", showSoon);
recurrence.addEventListener("change", () => {
  showFields();
  propose();
});
const adding = element(form, "[data-add-shift]", HTMLButtonElement);
adding.hidden = false;
adding.addEventListener("click", addShift);
showFields();
