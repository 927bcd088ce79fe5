/* The box for what was found elsewhere: what was added is told below it, what could not be read
   stays in it, and the page stays where it is. */

import { attempt, fetched } from "./desk.js";

document.addEventListener("submit", (event) => {
  if (!event.target.matches("[data-paste-form]")) return;
  event.preventDefault();
  attempt(() => paste(event.target));
});

document.addEventListener("keydown", (event) => {
  const isEnter = event.key === "Enter" && (event.ctrlKey || event.metaKey) && !event.isComposing;
  const form = isEnter && event.target.closest("[data-paste-form]");
  if (!form || form.querySelector("button").disabled) return;
  event.preventDefault();
  form.requestSubmit();
});

async function paste(form) {
  const box = form.querySelector("textarea");
  const button = form.querySelector("button");
  const sent = box.value;
  const body = new FormData(form);
  button.disabled = true; // a second press would add it all again
  let fresh;
  try {
    fresh = await fetched(form.action, { method: "POST", headers: { "X-Fragment": "1" }, body });
  } finally {
    button.disabled = false;
  }
  const isHere = form.contains(document.activeElement) || document.activeElement === document.body;
  const next = document.importNode(fresh.querySelector("[data-region=paste]"), true);
  const unread = next.querySelector("textarea");
  unread.value = together(unread.value, sent, box.value);
  form.replaceWith(next);
  if (isHere) unread.focus();
  document.dispatchEvent(new CustomEvent("desk:pasted"));
}

/** What could not be read, and what was typed while it was asked. */
function together(unread, sent, typed) {
  if (typed === sent) return unread;
  if (!typed.startsWith(sent)) return typed;
  return [unread, typed.slice(sent.length).trimStart()].filter(Boolean).join("\n");
}
