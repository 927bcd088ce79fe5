/* The bar of slots that need attention: it is asked for again every minute while the page is seen,
   and what is dismissed goes without leaving the page. */

import { tick } from "./countdown.js";
import { closest, find } from "./dom.js";

const EVERY = 60_000; // ms

const bar = () => find(document, "[data-region=alarms]");

/** Fetches the bar, and puts it in the place of the one that is there. What cannot be fetched is
    asked for again a minute later.
    @param {string} address
    @param {RequestInit} [options] */
async function show(address, options = {}) {
  const headers = { "X-Fragment": "1", ...options.headers };
  let text;
  try {
    const answer = await fetch(address, { ...options, headers });
    if (!answer.ok || answer.redirected) return;
    text = await answer.text();
  } catch {
    return;
  }
  const page = new DOMParser().parseFromString(text, "text/html");
  const next = find(page, "[data-region=alarms]");
  if (next) bar()?.replaceWith(document.importNode(next, true));
  tick();
}

document.addEventListener("submit", (event) => {
  const form = closest(event.target, "[data-region=alarms] form", HTMLFormElement);
  if (!form) return;
  event.preventDefault();
  const body = new FormData(form, event.submitter);
  show(form.action, { method: "POST", body });
});

/** Shows the bar as it is now. */
export function renewAlarms() {
  const address = bar()?.dataset.address;
  if (address && !document.hidden) show(address, { headers: { "X-Heartbeat": "1" } });
}

setInterval(renewAlarms, EVERY);
