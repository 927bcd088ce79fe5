/* The box for what was found elsewhere: what was added is told below it, what could not be read
   stays in it, and the page stays where it is. */

import { Refused, attempt, desk, token } from "./desk.js";

document.addEventListener("submit", (event) => {
  if (!event.target.matches("[data-paste-form]")) return;
  event.preventDefault();
  attempt(() => paste(event.target));
});

async function paste(form) {
  let answer;
  try {
    answer = await fetch(form.action, {
      method: "POST",
      headers: { "X-CSRFToken": token(), "X-Fragment": "1" },
      body: new FormData(form),
    });
  } catch {
    throw new Refused(desk.dataset.saysUnreachable, 0);
  }
  if (answer.redirected || answer.status === 403) throw new Refused(desk.dataset.saysSignedOut, 401);
  if (!answer.ok) throw new Refused(desk.dataset.saysFailed, answer.status);
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  form.replaceWith(document.importNode(fresh.querySelector("[data-region=paste]"), true));
  document.querySelector("[data-region=paste] textarea").focus();
  document.dispatchEvent(new CustomEvent("desk:pasted"));
}
