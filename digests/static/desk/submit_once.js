/* A guarded form is sent once, because a second press of its button would make a second row. It can
   be sent again where somebody comes back to the page, or is still there because nothing answers. */

import { all } from "./dom.js";

const AGAIN_AFTER = 30_000; // ms

/** @type {HTMLFormElement | null} */
let sent = null;
/** @type {ReturnType<typeof setTimeout> | undefined} */
let timer;

addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented) return; // it was held back
  if (!(form instanceof HTMLFormElement && form.matches("[data-guard]"))) return;
  if (sent) return event.preventDefault();
  sent = form;
  disable(form, true);
  timer = setTimeout(allow, AGAIN_AFTER);
});
addEventListener("pageshow", allow);

function allow() {
  clearTimeout(timer);
  if (sent) disable(sent, false);
  sent = null;
}

/** @param {HTMLFormElement} form
    @param {boolean} isDisabled */
function disable(form, isDisabled) {
  for (const button of all(form, "[type=submit]", HTMLButtonElement)) {
    button.disabled = isDisabled;
  }
}
