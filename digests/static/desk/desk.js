/* What the desk's screens share: asking the server, saying what came of it, and putting the
   server's new HTML in the place of the old without losing what the editor is doing.

   Sentences stand in the page, translated, as data-says-… of the element with [data-desk]. */

import { all, closest, element, find, isField, isOfInputMethod } from "./dom.js";
import { holdScroll, morph } from "./morph.js";
import { Redirect, Refused, send } from "./server.js";
import { joined } from "./texts.js";

export { Redirect, Refused };

/** @typedef {import("./server.js").Manner} Manner */
/** @typedef {import("./server.js").Options} Options */

export const desk = element(document, "[data-desk]");

/** A sentence of the page, with what stands in its {braces}.
    @param {string} name
    @param {Record<string, string | number>} [what] */
export function message(name, what = {}) {
  const sentence = desk.dataset[`says${name}`] ?? "";
  return Object.entries(what).reduce(
    (text, [key, value]) => text.replace(`{${key}}`, () => String(value)),
    sentence,
  );
}

/** Fetches a page, or the part of it that the address answers with.
    @param {string} address
    @param {Options} [options] */
export async function fetchPage(address, options = {}) {
  const headers = { "X-Fragment": "1" };
  const text = await request(address, { ...options, headers, type: "text/html" });
  if (options.method === "POST") hidePast();
  return new DOMParser().parseFromString(String(text), "text/html");
}

/** Hides what the server said with the page, which an act has made old. It leaves its room, so that
    nothing moves. */
function hidePast() {
  for (const old of all(document, "[data-said]")) old.classList.add("is-past");
}

/** Asks the desk's API, `path` below its root, with a body that is sent as JSON. What it answers
    is of the type that its OpenAPI document tells.
    @template Answer
    @param {string} method
    @param {string} path
    @param {object} [body]
    @param {Manner} [manner]
    @returns {Promise<Answer>} */
export async function api(method, path, body, manner = {}) {
  const sent = body === undefined
    ? {}
    : { body: JSON.stringify(body), headers: { "Content-Type": "application/json" } };
  const content = await request(desk.dataset.api + path, { method, ...sent, ...manner });
  return /** @type {Answer} */ (content);
}

// Said once, for whoever asked the server, until it answers again.

const signedOut = document.createElement("p");
signedOut.className = "signed-out";
signedOut.setAttribute("role", "alert");

document.addEventListener("signed-out", (event) => {
  event.preventDefault(); // whoever asked need not say it as well
  if (signedOut.isConnected) return;
  const link = document.createElement("a");
  Object.assign(link, {
    href: desk.dataset.signIn,
    target: "_blank",
    textContent: message("SignIn"),
  });
  signedOut.replaceChildren(message("SignedOut"), " ", link);
  desk.prepend(signedOut);
});

/** Sends a request. A good answer shows that the user is signed in.
    @param {string} address
    @param {Options} options */
async function request(address, options) {
  const content = await send(address, message, options);
  signedOut.remove();
  return content;
}

const toasts = element(document, "[data-toasts]");

/** Shows a sentence for a while where the server's messages stand, and reads it out, with a button
    for an act if there is one.
    @param {string | null | undefined} sentence
    @param {{ trouble?: boolean, act?: { label: string, run: () => void } }} [manner] */
export function say(sentence, { trouble = false, act } = {}) {
  if (!sentence) return;
  const toast = document.createElement("div");
  toast.className = trouble ? "toast error" : "toast success";
  const text = document.createElement("span");
  text.textContent = sentence;
  toast.append(text);
  if (act) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = act.label;
    button.addEventListener("click", () => {
      toast.remove();
      act.run();
    });
    toast.append(button);
  }
  toasts.replaceChildren(toast); // the latest alone: a pile of them would hide the page
  setTimeout(() => toast.remove(), trouble || act ? 10000 : 4000);
}

/** Runs an act, and goes to the page to which it leads; a refusal becomes a sentence, everything
    else is an error of ours as well.
    @template Outcome
    @param {() => Outcome | Promise<Outcome>} act
    @returns {Promise<Outcome | undefined>} */
export async function attempt(act) {
  try {
    return await act();
  } catch (outcome) {
    if (outcome instanceof Redirect) location.assign(outcome.address);
    else if (!(outcome instanceof Refused)) {
      say(message("Failed"), { trouble: true });
      throw outcome;
    } else if (outcome.status !== 401) say(outcome.message, { trouble: true }); // else it is said
    return undefined;
  }
}

/** @type {Promise<unknown>} */
let queue = Promise.resolve();

/** Attempts one act after the other: each is made of what the page shows when its turn has come,
    and one that failed holds no other back.
    @template Outcome
    @param {() => Outcome | Promise<Outcome>} act
    @returns {Promise<Outcome | undefined>} */
export function enqueue(act) {
  const attempted = queue.catch(() => {}).then(() => attempt(act));
  queue = attempted;
  return attempted;
}

/** What the server says of an act: its sentences as one, and whether something was refused.
    @typedef {{ sentence: string, trouble: boolean }} Report */

/** @param {Document} page
    @returns {Report} */
function reportOf(page) {
  const entries = all(page, "[data-messages] li");
  const sentence = joined(entries.map((each) => each.textContent.trim()));
  return { sentence, trouble: entries.some((each) => each.matches(".error, .warning")) };
}

/** For each region, the number of the request that may replace it: the latest.
    @type {Map<string, number>} */
const latest = new Map();
let counted = 0;

/** Outdates all that was asked for these regions until now. Gives the number of the request that
    may replace them instead.
    @param {string[]} names */
function outdate(names) {
  counted += 1;
  for (const name of names) latest.set(name, counted);
  return counted;
}

/** What a script sends in the place of a form's fields; several values have one name in a list.
    @typedef {Record<string, string | number | number[]>} Fields */

/** Posts a form as one of its buttons would, and puts the regions of the answer in place, also
    where it is a refusal.
    @param {HTMLFormElement} form
    @param {string[]} regions
    @param {{ button?: HTMLButtonElement | null, fields?: Fields }} [act] */
export async function post(form, regions, { button = null, fields = {} } = {}) {
  const body = new FormData(form);
  body.delete("csrfmiddlewaretoken"); // the cookie's is younger
  if (button) body.set(button.name, button.value);
  for (const [name, value] of Object.entries(fields)) {
    body.delete(name);
    for (const each of [value].flat()) body.append(name, String(each));
  }
  const address = new URL(location.search, form.action).href;
  outdate(regions);
  const page = await fetchPage(address, { method: "POST", body });
  // What was asked for during the act may show what was before it.
  put(page, regions, outdate(regions), replace);
  const report = reportOf(page);
  if (page.querySelector("[data-refused]")) throw new Refused(report.sentence, 409);
  return report;
}

/** Fetches a page again and puts its regions with these names in place, except where an act changed
    them or a later request asked for them meanwhile. A heartbeat, for which the editor did nothing,
    takes nothing out of their hands.
    @param {string[]} names
    @param {string} [address]
    @param {Manner} [manner] */
export async function refresh(names, address = location.href, manner = {}) {
  const number = outdate(names);
  const page = await fetchPage(address, manner);
  if (!manner.heartbeat) return put(page, names, number, replace);
  const scrollBack = holdScroll();
  put(page, names, number, morph);
  return scrollBack();
}

/** @param {Element} old
    @param {Element} next */
function replace(old, next) {
  const here = document.importNode(next, true);
  for (const kept of all(old, "[data-keep][data-dirty]")) {
    here.querySelector(`#${CSS.escape(kept.id)}`)?.replaceWith(kept);
  }
  old.replaceWith(here);
}

/** An element with [data-keep] and an id stays the very element it is while it holds unsaved text
    ([data-dirty]); focus and caret stay where they are.
    @param {Document} page
    @param {string[]} names
    @param {number} number
    @param {(old: Element, next: Element) => void} swap */
function put(page, names, number, swap) {
  const active = document.activeElement;
  const focused = active?.id;
  const caret = isField(active) ? active.selectionStart : null;
  for (const name of names) {
    const old = find(document, `[data-region="${name}"]`);
    const next = find(page, `[data-region="${name}"]`);
    if (old && next && latest.get(name) === number) swap(old, next);
  }
  const again = focused && document.getElementById(focused);
  if (again && again !== document.activeElement) {
    again.focus({ preventScroll: true });
    if (caret !== null && isField(again)) again.setSelectionRange(caret, caret);
  }
  document.dispatchEvent(
    new CustomEvent("desk:refreshed", { detail: { isFocusLost: !active?.isConnected } }),
  );
}

/** Who else has a page open, by name.
    @typedef {{ others: string[] }} Presence */

/** Does something at once, and every half minute while the page is seen, until what it is about is
    gone.
    @param {() => Promise<void>} act */
export function heartbeat(act) {
  const beat = async () => {
    if (document.hidden) return;
    try {
      await act();
    } catch (trouble) {
      if (!(trouble instanceof Refused)) throw trouble; // else the next may succeed
      if (trouble.status === 404) end.abort();
    }
  };
  const end = new AbortController();
  const timer = setInterval(beat, 30000);
  end.signal.addEventListener("abort", () => clearInterval(timer));
  document.addEventListener("visibilitychange", beat, { signal: end.signal });
  beat();
}

/** Tells the server that the page is open, and whether it holds unsaved text; `seen` gets who else
    is here. Leaving the page says so too. Gives what asks again who is here.
    @param {"item" | "digest"} noun
    @param {string | undefined} pk
    @param {() => boolean} isUnsaved
    @param {(presence: Presence) => void} seen */
export function trackPresence(noun, pk, isUnsaved, seen) {
  const path = `presence/${noun}/${pk}/`;
  const manner = { heartbeat: true, keepalive: true };
  const arrive = async () => {
    seen(await api("POST", `${path}?unsaved=${isUnsaved()}`, undefined, manner));
  };
  heartbeat(arrive);
  // A hidden page says nothing more: what it holds must be said before. One that is closed is hidden
  // after it was left.
  let isLeft = false;
  document.addEventListener("visibilitychange", () => {
    if (document.hidden && !isLeft && isUnsaved()) arrive().catch(() => {});
  });
  addEventListener("pagehide", () => {
    isLeft = true;
    api("POST", `${path}leave/`, undefined, manner).catch(() => {});
  });
  addEventListener("pageshow", () => {
    isLeft = false;
  });
  return arrive;
}

const TYPED_INTO =
  "input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable], dialog";

/** Whether a key belongs to a field, a menu or an open dialog, and not to the screen.
    @param {KeyboardEvent} event */
export function isTyping(event) {
  return isOfInputMethod(event) || closest(event.target, TYPED_INTO) !== null;
}
