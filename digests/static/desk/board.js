/* The board: its forms are posted and answered with its rows, and it follows what others do. */

import { desk, enqueue, post, refresh, say } from "./desk.js";
import { all, closest, submitter } from "./dom.js";
import { isTyping } from "./desk.js";
import { followChanges } from "./live.js";

desk.classList.add("scripted");

document.addEventListener("submit", (event) => {
  const form = closest(event.target, "[data-act]", HTMLFormElement);
  if (!form) return;
  event.preventDefault();
  const button = submitter(event);
  enqueue(async () => {
    const report = await post(form, ["board"], { button });
    say(report.sentence, { trouble: report.trouble });
  });
});

/* j and k go through the slots, as through the stories of the inbox. */
document.addEventListener("keydown", (event) => {
  const step = { j: 1, k: -1 }[event.key];
  if (!step || isTyping(event) || event.ctrlKey || event.metaKey || event.altKey) return;
  const rows = all(document, ".slot");
  const here = rows.indexOf(closest(document.activeElement, ".slot") ?? rows[0]);
  const isIn = closest(document.activeElement, ".slot") !== null;
  rows[isIn ? here + step : 0]?.focus();
});

followChanges(() => refresh(["board"], location.href, { heartbeat: true }));
