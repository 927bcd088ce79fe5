/* The board: its forms are posted and answered with its rows, and it follows what others do. */

import { renewAlarms } from "./alarms.js";
import { desk, enqueue, isTyping, post, refresh, say } from "./desk.js";
import { all, closest, submitter } from "./dom.js";
import { followChanges } from "./live.js";

desk.classList.add("scripted");

const focused = () => closest(document.activeElement, ".slot");

document.addEventListener("submit", (event) => {
  const form = closest(event.target, "[data-act]", HTMLFormElement);
  if (!form) return;
  event.preventDefault();
  const button = submitter(event);
  const slot = focused()?.id;
  enqueue(async () => {
    try {
      const report = await post(form, ["board"], { button });
      say(report.sentence, { trouble: report.trouble });
    } finally {
      // What was pressed may have gone; its slot is there.
      if (slot && document.activeElement === document.body) document.getElementById(slot)?.focus();
      renewAlarms();
    }
  });
});

/* j and k go through the slots, as through the stories of the inbox. */
document.addEventListener("keydown", (event) => {
  const step = { j: 1, k: -1 }[event.key];
  if (!step || isTyping(event) || event.ctrlKey || event.metaKey || event.altKey) return;
  const rows = all(document, ".slot");
  const here = focused();
  rows[here ? rows.indexOf(here) + step : 0]?.focus();
});

followChanges(() => refresh(["board"], location.href, { heartbeat: true }));
