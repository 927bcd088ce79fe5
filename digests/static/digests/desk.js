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

/** Fetches what a good answer holds: JSON's data, a page's document, null where there is nothing.
    Throws `Refused` with a sentence to show; whoever is signed out keeps what is on the page. */
export async function fetched(
  address,
  { method = "GET", headers = {}, body, heartbeat = false, keepalive = false } = {},
) {
  let answer;
  let held;
  try {
    answer = await fetch(address, {
      method,
      keepalive,
      body,
      headers: {
        ...headers,
        ...(method === "GET" ? {} : { "X-CSRFToken": token() }),
        ...(heartbeat ? { "X-Heartbeat": "1" } : {}),
      },
    });
    held = await content(answer);
  } catch {
    throw new Refused(says("Unreachable"), 0); // or it broke off
  }
  // Pages lead to the sign-in; and nothing is done where the cookie of the token has gone as well.
  if (answer.redirected || answer.status === 401 || (answer.status === 403 && !token())) {
    showSignedOut();
    throw new Refused(says("SignedOut"), 401);
  }
  if (answer.ok) {
    signedOut.remove();
    return held;
  }
  const isTold = typeof held?.detail === "string";
  throw new Refused(isTold ? held.detail : says("Failed"), answer.status, held ?? {});
}

async function content(answer) {
  if (answer.status === 204) return null;
  const type = answer.headers.get("Content-Type") ?? "";
  if (type.startsWith("application/json")) return answer.json();
  const text = await answer.text();
  return type.startsWith("text/html") ? new DOMParser().parseFromString(text, "text/html") : null;
}

/** Asks the desk's API, `path` below its root, with a body that is sent as JSON. */
export async function ask(method, path, body, options = {}) {
  const sent = body === undefined
    ? {}
    : { body: JSON.stringify(body), headers: { "Content-Type": "application/json" } };
  const held = await fetched(desk.dataset.api + path, { method, ...sent, ...options });
  if (held instanceof Document) throw new Refused(says("Failed"), 0); // somebody else answered
  return held;
}

/** The cookie, not a form's token: signing in again, in another tab, renews the cookie. */
export function token() {
  const start = `${desk.dataset.csrfCookie}=`;
  const cookie = document.cookie.split("; ").find((pair) => pair.startsWith(start));
  return cookie?.slice(start.length) ?? "";
}

// Said once, for whoever asked the server, until it answers again.

const signedOut = document.createElement("p");
signedOut.className = "signed-out";
signedOut.setAttribute("role", "alert");

function showSignedOut() {
  if (signedOut.isConnected) return;
  const link = document.createElement("a");
  Object.assign(link, { href: desk.dataset.signIn, target: "_blank", textContent: says("SignIn") });
  signedOut.replaceChildren(says("SignedOut"), " ", link);
  desk.prepend(signedOut);
}
document.addEventListener("signed-out", (event) => {
  event.preventDefault(); // the text's editor need not say it as well
  showSignedOut();
});

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
    button.addEventListener("click", () => {
      toast.remove();
      act.run();
    });
    toast.append(button);
  }
  toasts.replaceChildren(toast); // the latest alone: a pile of them would hide the page
  setTimeout(() => toast.remove(), trouble || act ? 10000 : 4000);
}

const SAID = "desk:said";

/** Leads to another page of the desk, which says the sentence. */
export function goOn(address, sentence) {
  sessionStorage.setItem(SAID, sentence);
  location.assign(address);
}
say(sessionStorage.getItem(SAID));
sessionStorage.removeItem(SAID);

/** Runs an act; a refusal becomes a sentence, everything else is an error of ours as well. */
export async function attempt(act) {
  try {
    return await act();
  } catch (trouble) {
    const isRefused = trouble instanceof Refused;
    if (trouble.status !== 401) {
      say(isRefused ? trouble.message : says("Failed"), { trouble: true });
    }
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

/** The last question after each region: what answers an earlier one is older than the page. */
const asked = new Map();
let questions = 0;

/** Fetches a page's HTML anew and puts its elements with [data-region] in the place of those here
    with the same name (all, or the named). An element with [data-keep] and an id stays the very
    element it is while it holds unsaved text ([data-dirty]); focus and caret stay where they are. */
export async function refresh(names, address = location.href, { heartbeat = false } = {}) {
  const mine = (questions += 1);
  const regions = () =>
    [...document.querySelectorAll("[data-region]")].filter(({ dataset }) =>
      !names || names.includes(dataset.region)
    );
  for (const { dataset } of regions()) asked.set(dataset.region, mine);
  const fresh = await fetched(address, { headers: { "X-Fragment": "1" }, heartbeat });
  const focused = document.activeElement?.id;
  const caret = document.activeElement?.selectionStart;
  for (const old of regions()) {
    const name = old.dataset.region;
    const next = fresh.querySelector(`[data-region="${name}"]`);
    if (!next || asked.get(name) !== mine) continue;
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
    event.target.closest?.(
        "input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable], dialog",
      ) != null
  );
}
