/* The rows of the inbox on this page, and which of them has the focus. */

import { all, closest, element } from "./dom.js";

/** @typedef {import("./selection.js").Row} Row */

export const list = () => element(document, "[data-region=list]");
export const candidates = () => all(list(), ".candidate");
/** Those that no act is under way for. */
export const freeCandidates = () => all(list(), ".candidate:not(.is-pending)");
export const candidateOf = (/** @type {string | undefined} */ id) =>
  document.getElementById(`item-${id}`);
export const focused = () => closest(document.activeElement, ".candidate");

/** @param {HTMLElement} candidate
    @returns {Row} */
export const rowOf = ({ dataset }) => ({
  id: Number(dataset.id),
  version: Number(dataset.version),
});

let lastIndex = 0; // where the focus was last, in case its row goes

/** @param {HTMLElement | null | undefined} candidate */
export function focus(candidate) {
  if (!candidate) return;
  lastIndex = freeCandidates().indexOf(candidate);
  candidate.focus({ preventScroll: true });
  candidate.scrollIntoView({ block: "nearest" });
}

/** The row that a step leads to, if it stands on this page.
    @param {number} by
    @returns {HTMLElement | undefined} */
export function neighbour(by) {
  const free = freeCandidates();
  const here = free.findIndex((each) => each === focused());
  return here < 0 ? free[Math.min(lastIndex, free.length - 1)] : free[here + by];
}

/** Moves the focus off a row that an act is for, to the next that is free. */
export function leavePending() {
  const here = focused();
  if (here && !here.matches(".is-pending")) return;
  const free = freeCandidates();
  const before = here ? free.filter((each) => isBefore(each, here)).length : lastIndex;
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
  if (here) lastIndex = freeCandidates().indexOf(here);
  else if (document.activeElement === document.body) {
    const free = freeCandidates();
    focus(free[Math.min(Math.max(lastIndex, 0), free.length - 1)]);
  }
}

document.addEventListener("focusin", (event) => {
  const candidate = closest(event.target, ".candidate");
  if (candidate) lastIndex = freeCandidates().indexOf(candidate);
});
