/* Why a story is rejected: a dialog of reasons, each with a number; “other” asks for a note. */

import { all, closest, element, isOfInputMethod } from "./dom.js";

/** @typedef {{ reason: string, note: string }} Decision */

const reasons = element(document, "[data-reasons]", HTMLDialogElement);
const note = element(reasons, ".note-field");
const field = element(note, "input", HTMLInputElement);

/** @type {(decision: Decision) => void} */
let decide = () => {};

/** Shows the reasons, and calls `given` when one is chosen.
    @param {(decision: Decision) => void} given */
export function askWhy(given) {
  decide = given;
  note.hidden = true;
  field.value = "";
  reasons.showModal();
}

/** @param {string} reason */
function choose(reason) {
  if (reason !== "other") return answer(reason);
  note.hidden = false;
  field.focus();
}

function sendNote() {
  if (field.value.trim()) answer("other", field.value);
  else field.focus();
}

/** @param {string} reason */
function answer(reason, given = "") {
  reasons.close();
  decide({ reason, note: given });
}

reasons.addEventListener("click", (event) => {
  const button = closest(event.target, ".reason-list button", HTMLButtonElement);
  if (button) choose(button.value);
  if (closest(event.target, "[data-with-note]")) sendNote();
});
reasons.addEventListener("keydown", (event) => {
  if (event.repeat || isOfInputMethod(event)) return;
  if (event.target === field) {
    if (event.key === "Enter") {
      event.preventDefault();
      sendNote();
    }
    return;
  }
  const button = all(reasons, ".reason-list button", HTMLButtonElement)[Number(event.key) - 1];
  if (button) {
    event.preventDefault();
    choose(button.value);
  }
});
