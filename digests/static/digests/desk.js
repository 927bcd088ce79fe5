/* What the desk's screens share: asking the server, saying what came of it, and putting the
   server's new HTML in the place of the old without losing what the editor is doing.

   Sentences stand in the page, translated, as data-says-… of the element with [data-desk]. */

export const desk = document.querySelector("[data-desk]");
const says = (name) => desk.dataset[`says${name}`] ?? "";

/** An answer that is no success. `status` 0: no answer at all; `data` is what the server said. */
export class Refused extends Error {
  constructor(sentence, status, data = {}) {
    super(sentence);
    this.status = status;
    this.data = data;
  }
}

/** Asks the desk's API, `path` below its root; gives the JSON of a good answer (null: 204).
    Throws `Refused` with a sentence to show; whoever is signed out keeps what is on the page. */
export async function ask(method, path, body, { heartbeat = false, keepalive = false } = {}) {
  let answer;
  let data = {};
  try {
    answer = await fetch(desk.dataset.api + path, {
      method,
      keepalive,
      headers: {
        "X-CSRFToken": token(),
        ...(body === undefined ? {} : { "Content-Type": "application/json" }),
        ...(heartbeat ? { "X-Heartbeat": "1" } : {}),
      },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    if (answer.status === 204) return null;
    if (isJSON(answer)) data = await answer.json();
  } catch {
    throw new Refused(says("Unreachable"), 0); // or it broke off
  }
  if (answer.ok && isJSON(answer)) return data;
  const isSignedOut = answer.status === 401 || data.detail === "CSRF check Failed";
  const sentence = typeof data.detail === "string" ? data.detail : says("Failed");
  throw new Refused(isSignedOut ? says("SignedOut") : sentence, isSignedOut ? 401 : answer.status, data);
}

const isJSON = (answer) => answer.headers.get("Content-Type")?.startsWith("application/json");

/** The cookie, not a form's token: signing in again, in another tab, renews the cookie. */
export function token() {
  const start = `${desk.dataset.csrfCookie}=`;
  const cookie = document.cookie.split("; ").find((pair) => pair.startsWith(start));
  return cookie?.slice(start.length) ?? "";
}

const toasts = document.createElement("div");
toasts.className = "toasts";
toasts.setAttribute("role", "status");
document.body.append(toasts);

/** Shows a sentence for a while, and reads it out. `act`, if any: { label, run } of a button. */
export function say(sentence, { trouble = false, act } = {}) {
  if (!sentence) return;
  const toast = document.createElement("div");
  toast.className = trouble ? "toast trouble" : "toast";
  const text = document.createElement("span");
  text.textContent = sentence;
  toast.append(text);
  if (act) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = act.label;
    button.addEventListener("click", () => { toast.remove(); act.run(); });
    toast.append(button);
  }
  toasts.replaceChildren(toast); // the latest alone: a pile of them would hide the page
  setTimeout(() => toast.remove(), trouble || act ? 10000 : 4000);
}

/** Runs an act; a refusal becomes a sentence, everything else is an error of ours as well. */
export async function attempt(act) {
  try {
    return await act();
  } catch (trouble) {
    const isRefused = trouble instanceof Refused;
    say(isRefused ? trouble.message : says("Failed"), { trouble: true });
    if (!isRefused) throw trouble;
    return undefined;
  }
}

let turn = Promise.resolve();
/** Attempts one act after the other: each is made of what the page shows when its turn has come,
    and one that failed holds no other back. */
export function inTurn(act) {
  turn = turn.catch(() => {}).then(() => attempt(act));
  return turn;
}

/** Fetches a page's HTML anew and puts its elements with [data-region] in the place of those here
    with the same name (all, or the named). An element with [data-keep] and an id stays the very
    element it is while it holds unsaved text ([data-dirty]); focus and caret stay where they are. */
export async function refresh(names, address = location.href, { heartbeat = false } = {}) {
  let answer;
  let html;
  try {
    const headers = { "X-Fragment": "1", ...(heartbeat ? { "X-Heartbeat": "1" } : {}) };
    answer = await fetch(address, { headers });
    html = await answer.text();
  } catch {
    throw new Refused(says("Unreachable"), 0);
  }
  if (!answer.ok || answer.redirected) {
    throw new Refused(answer.redirected ? says("SignedOut") : says("Failed"), answer.redirected ? 401 : answer.status);
  }
  const fresh = new DOMParser().parseFromString(html, "text/html");
  const focused = document.activeElement?.id;
  const caret = document.activeElement?.selectionStart;
  for (const old of document.querySelectorAll("[data-region]")) {
    const name = old.dataset.region;
    const next = fresh.querySelector(`[data-region="${name}"]`);
    if (!next || (names && !names.includes(name))) continue;
    const here = document.importNode(next, true);
    for (const kept of old.querySelectorAll("[data-keep][data-dirty]")) {
      here.querySelector(`#${CSS.escape(kept.id)}`)?.replaceWith(kept);
    }
    old.replaceWith(here);
  }
  const again = focused && document.getElementById(focused);
  if (again && again !== document.activeElement) {
    again.focus({ preventScroll: true });
    if (caret != null) again.setSelectionRange?.(caret, caret);
  }
  document.dispatchEvent(new CustomEvent("desk:refreshed"));
}

/** Tells the server every half minute that the page is open, while it is seen; `seen` gets
    { others, state }. Leaving the page says so too. */
export function stay(noun, pk, seen) {
  const path = `presence/${noun}/${pk}/`;
  const beat = async () => {
    if (document.hidden) return;
    try {
      seen(await ask("POST", path, undefined, { heartbeat: true }));
    } catch (trouble) {
      if (!(trouble instanceof Refused)) throw trouble;
    }
  };
  beat();
  setInterval(beat, 30000);
  document.addEventListener("visibilitychange", beat);
  addEventListener("pagehide", () => {
    ask("POST", `${path}leave/`, undefined, { heartbeat: true, keepalive: true }).catch(() => {});
  });
}

/** Whether a key belongs to a field, a menu or an open dialog, and not to the screen. */
export function isTyping(event) {
  return (
    event.isComposing ||
    event.target.closest?.("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable], dialog") != null
  );
}
