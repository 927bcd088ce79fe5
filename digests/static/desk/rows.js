/* The rows of the inbox on this page, and which of them has the focus. */

import { all, closest, element } from "./dom.js";

/** @typedef {import("./selection.js").Row} Row */

export const list = () => element(document, "[data-region=list]");
export const candidates = () => all(list(), ".candidate");
/** Those that no act is under way for. */
export const rows = () => all(list(), ".candidate:not(.is-going)");
export const rowOf = (/** @type {string | undefined} */ id) =>
  document.getElementById(`item-${id}`);
export const focused = () => closest(document.activeElement, ".candidate");

/** @param {HTMLElement} candidate
    @returns {Row} */
export const pair = ({ dataset }) => ({
  id: Number(dataset.id),
  version: Number(dataset.version),
});

let place = 0; // where the focus was last, in case its row goes

/** @param {HTMLElement | null | undefined} candidate */
export function focus(candidate) {
  if (!candidate) return;
  place = rows().indexOf(candidate);
  candidate.focus({ preventScroll: true });
  candidate.scrollIntoView({ block: "nearest" });
}

/** The row that a step leads to, if it stands on this page.
    @param {number} by
    @returns {HTMLElement | undefined} */
export function neighbour(by) {
  const free = rows();
  const here = free.findIndex((each) => each === focused());
  return here < 0 ? free[Math.min(place, free.length - 1)] : free[here + by];
}

/** Moves the focus off a row that an act is for, to the next that is free. */
export function leave() {
  const here = focused();
  if (here && !here.matches(".is-going")) return;
  const free = rows();
  const before = here ? free.filter((each) => isBefore(each, here)).length : place;
  focus(free[Math.min(before, free.length - 1)]);
}

/** @param {Node} one
    @param {Node} other */
function isBefore(one, other) {
  return Boolean(one.compareDocumentPosition(other) & Node.DOCUMENT_POSITION_FOLLOWING);
}

/** Keeps the focus in the list where its row has gone, and remembers where it is. */
export function keepFocus() {
  const here = focused();
  if (here) place = rows().indexOf(here);
  else if (document.activeElement === document.body) {
    const free = rows();
    focus(free[Math.min(Math.max(place, 0), free.length - 1)]);
  }
}

document.addEventListener("focusin", (event) => {
  const candidate = closest(event.target, ".candidate");
  if (candidate) place = rows().indexOf(candidate);
});
