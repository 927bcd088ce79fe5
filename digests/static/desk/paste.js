/* The form for pasted links, sent without leaving the page. The stories it added are listed
   below it; lines that could not be read stay in it. */

import { attempt, fetchPage } from "./desk.js";
import { closest, element, isOfInputMethod } from "./dom.js";

document.addEventListener("submit", (event) => {
  const form = closest(event.target, "[data-paste-form]", HTMLFormElement);
  if (!form) return;
  event.preventDefault();
  attempt(() => paste(form));
});

document.addEventListener("keydown", (event) => {
  const isEnter = event.key === "Enter" && (event.ctrlKey || event.metaKey);
  const isMeant = isEnter && !isOfInputMethod(event);
  const form = isMeant && closest(event.target, "[data-paste-form]", HTMLFormElement);
  if (!form || buttonOf(form).disabled) return;
  event.preventDefault();
  form.requestSubmit();
});

/** @param {HTMLFormElement} form */
const buttonOf = (form) => element(form, "button", HTMLButtonElement);

/** @param {ParentNode} form */
const boxOf = (form) => element(form, "textarea", HTMLTextAreaElement);

/** @param {HTMLFormElement} form */
async function paste(form) {
  const box = boxOf(form);
  const button = buttonOf(form);
  const sent = box.value;
  const body = new FormData(form);
  button.disabled = true; // a second press would add it all again
  let fresh;
  try {
    fresh = await fetchPage(form.action, { method: "POST", body });
  } finally {
    button.disabled = false;
  }
  const isHere = form.contains(document.activeElement) || document.activeElement === document.body;
  const next = document.importNode(element(fresh, "[data-region=paste]"), true);
  const unread = boxOf(next);
  unread.value = unreadAndTyped(unread.value, sent, box.value);
  form.replaceWith(next);
  if (isHere) unread.focus();
  document.dispatchEvent(new CustomEvent("desk:pasted"));
}

/** The lines that could not be read, and what was typed while the answer was awaited.
    @param {string} unread
    @param {string} sent
    @param {string} typed */
export function unreadAndTyped(unread, sent, typed) {
  if (typed === sent) return unread;
  if (!typed.startsWith(sent)) return typed;
  return [unread, typed.slice(sent.length).trimStart()].filter(Boolean).join("\n");
}
