/* The editor of an item: its text, what is kept of it before it is saved, and whose the item is.
   The rules are the server's: it judges each text and each save. */

import {
  api,
  attempt,
  desk,
  enqueue,
  heartbeat,
  message,
  post,
  Redirect,
  refresh,
  Refused,
  say,
  trackPresence,
} from "./desk.js";
import {
  all,
  closest,
  element,
  field as fieldOf,
  find,
  isField,
  isOfInputMethod,
  submitter,
} from "./dom.js";
import { listed } from "./texts.js";
import { keepRemarks } from "../editor/remarks.js";

/** @typedef {import("./desk.js").Manner} Manner */
/** @typedef {import("../editor/remarks.js").Text} Text */

const NAMES = ["headline", "byline", "url", "body"];
/** The regions that show the saved story. */
const SAVED = ["here", "state", "saved"];
const KEEP_AFTER = 3000;

const item = desk.dataset.item;
const form = element(document, "[data-writing]", HTMLFormElement);
const field = (/** @type {string} */ name) => fieldOf(form, name);
const mayEdit = find(document, "[data-save]") !== null;

const offered = find(document, "[data-unsaved]", HTMLFormElement);
const isOffered = () => Boolean(offered?.isConnected);

/** The version over which is written. */
const version = () => Number(field("version").value);
// Not what the form shows: somebody may have typed before this script came.
let saved = carriedText("saved");
/** Who works on the story instead, as a sentence; empty while nobody does. */
const held = () => find(document, ".held span")?.textContent ?? "";

/** @returns {Text} */
function text() {
  return Object.fromEntries(NAMES.map((name) => [name, field(name).value.replace(/\r\n?/g, "\n")]));
}

/** A text that the page carries beside the form.
    @param {"saved" | "unsaved"} which
    @returns {Text} */
function carriedText(which) {
  const fields = all(document, `[data-${which}-field]`, HTMLTextAreaElement);
  return Object.fromEntries(fields.map((each) => [each.dataset[`${which}Field`], each.value]));
}

/** @param {Text} texts */
function fill(texts) {
  for (const [name, value] of Object.entries(texts)) {
    if (field(name).value === value) continue;
    field(name).value = value;
    field(name).dispatchEvent(new Event("input", { bubbles: true }));
  }
}

/** @param {Text} other */
function differs(other) {
  const now = text();
  return NAMES.some((name) => now[name] !== other[name]);
}
const isDirty = () => differs(saved);

function mark(sentence = isDirty() ? message(isOffered() ? "Decide" : "Unsaved") : "") {
  const place = find(document, "[data-unsaved-mark]");
  if (place && place.textContent !== sentence) place.textContent = sentence;
}

const remarks = keepRemarks(form, {
  text,
  differs,
  mayEdit,
  isLocked() {
    say(held(), { trouble: true });
    return Boolean(held());
  },
});

// Keeping what is not saved

/** @type {ReturnType<typeof setTimeout> | undefined} */
let timer;
let isKept = false;
/** In turn with the saves, neither of which may overtake the other.
    @param {Manner} [manner] */
async function keep(manner) {
  clearTimeout(timer);
  const typed = text();
  const isTyped = isDirty();
  // There is room for one: what is offered must be decided about first.
  if (!mayEdit || isOffered() || !(isTyped || isKept)) return;
  const path = `items/${item}/draft/`;
  try {
    if (isTyped) await api("PUT", path, { version: version(), ...typed }, manner);
    else await api("DELETE", path, undefined, manner); // taken back again: nothing to offer
  } catch (trouble) {
    if (!(trouble instanceof Refused)) throw trouble;
    mark(trouble.status === 401 ? message("Unsaved") : trouble.message);
    return;
  }
  isKept = isTyped;
  if (!differs(typed)) mark(isTyped ? message("Kept") : "");
}

function keepSoon() {
  clearTimeout(timer);
  timer = setTimeout(() => enqueue(() => keep()), KEEP_AFTER);
}

/** @param {Event} event */
function typed(event) {
  const isComposing = event instanceof InputEvent && event.isComposing;
  if (!(isField(event.target) && NAMES.includes(event.target.name)) || isComposing) return;
  mark();
  remarks.lintSoon();
  keepSoon();
}
form.addEventListener("input", typed);
// The last input of an input method still belongs to its composition.
form.addEventListener("compositionend", typed);
addEventListener("pagehide", () => keep({ keepalive: true })); // there is no other turn
addEventListener("beforeunload", (event) => {
  if (isDirty()) event.preventDefault();
});

offered?.addEventListener("submit", (event) => {
  event.preventDefault();
  const button = submitter(event);
  const isWanted = button?.matches("[data-restore]") ?? false;
  enqueue(async () => {
    if (!isOffered()) return;
    const unsaved = carriedText("unsaved");
    if (!isWanted) await post(offered, [], { button });
    offered.remove();
    isKept = isWanted;
    if (isWanted) fill(unsaved);
    mark();
    keepSoon();
    field("body").focus();
  });
});

// Saving and approving

let isLeaving = false;

/** Posts the text in its turn, unless somebody else holds the story by then.
    @param {Record<string, string>} fields */
function write(fields) {
  enqueue(() => {
    if (held()) throw new Refused(held(), 409);
    return isLeaving ? undefined : send(fields);
  });
}

/** @param {Record<string, string>} fields */
async function send(fields) {
  const sent = text();
  try {
    const { sentence, trouble } = await post(form, SAVED, { fields });
    goOnFromSent(sent);
    if (fields.version) field("body").focus(); // the button that was pressed has gone
    say(sentence, { trouble });
  } catch (outcome) {
    if (outcome instanceof Redirect) {
      goOnFromSent(sent, outcome.version);
      isLeaving = !isDirty(); // else the browser asks first, and one may stay
      if (!isLeaving) await attempt(() => refresh(SAVED));
    } else if (outcome instanceof Refused && outcome.status === 401) await keep();
    else find(document, "[data-keep-mine]")?.focus();
    throw outcome;
  }
}

/** What was sent is saved, and not what was typed meanwhile.
    @param {Text} sent
    @param {number} [itsVersion] */
function goOnFromSent(sent, itsVersion) {
  goOnFrom(sent, itsVersion);
  isKept = false;
  keepSoon();
  mark();
}

/** The version of the story that the page shows as saved. */
const shownVersion = () => Number(element(document, '[data-region="saved"]').dataset.version);

/** From now on the page writes over what was saved last.
    @param {Text} itsText
    @param {number} itsVersion */
function goOnFrom(itsText, itsVersion = shownVersion()) {
  saved = itsText;
  field("version").value = String(itsVersion);
}

function takeTheirs() {
  goOnFrom(carriedText("saved"));
  fill(saved);
  find(document, "[data-theirs]")?.remove();
  field("body").focus();
  mark();
}

form.addEventListener("click", (event) => {
  if (!closest(event.target, "[data-take-theirs]")) return;
  event.preventDefault();
  // After a save that is still being refused, which would show both again.
  enqueue(takeTheirs);
});
form.addEventListener(
  "submit",
  (event) => {
    event.preventDefault();
    event.stopImmediatePropagation();
    const button = submitter(event);
    write({ do: "save", ...(button && { [button.name]: button.value }) });
  },
  { capture: true },
);
addEventListener("pageshow", () => {
  isLeaving = false; // one came back
});
document.addEventListener("keydown", (event) => {
  if (!(event.ctrlKey || event.metaKey) || event.altKey || !mayEdit) return;
  if (isOfInputMethod(event)) return;
  const isSave = event.key.toLowerCase() === "s";
  if (!isSave && !(event.key === "Enter" && document.querySelector("[data-approve]"))) return;
  event.preventDefault();
  if (event.repeat) return; // held down, it would approve the next story unread
  write({ do: isSave ? "save" : "approve" });
});

// Whose the item is

function lock() {
  const isLocked = Boolean(held()) || !mayEdit;
  form.toggleAttribute("data-read-only", isLocked);
  for (const name of NAMES) field(name).readOnly = isLocked;
  for (const button of all(form, ".write-bar button", HTMLButtonElement)) {
    button.disabled = isLocked;
  }
}
document.addEventListener("desk:refreshed", lock);

async function hold() {
  /** @type {{ held: string, version: number }} */
  const answer = await api("POST", `items/${item}/hold/`, undefined, { heartbeat: true });
  if (answer.held !== held()) await showHeld();
  await enqueue(() => follow(answer.version));
}

async function showHeld() {
  const wasHeld = Boolean(held());
  await refresh(["held"], location.href, { heartbeat: true });
  if (wasHeld || !held()) return;
  await enqueue(() => keep());
  say(held(), { trouble: true });
}

/** @param {number} latest */
async function follow(latest) {
  if (latest <= version() || isDirty()) return;
  await refresh(SAVED, location.href, { heartbeat: true });
  showFollowed();
}

/** Shows what somebody else saved, where nothing was typed that it would take away. */
function showFollowed() {
  if (isDirty()) return;
  goOnFrom(carriedText("saved"));
  if (!isDirty()) return; // a step of the story, and no other text
  fill(saved);
  say(message("Followed"));
}

document.addEventListener("submit", (event) => {
  const { target } = event;
  if (!(target instanceof HTMLFormElement && target.matches(".held"))) return;
  event.preventDefault();
  enqueue(async () => {
    await post(target, isDirty() ? ["held"] : ["held", ...SAVED], { button: submitter(event) });
    showFollowed();
    field("body").focus();
  });
});

trackPresence("item", item, isDirty, ({ others }) => {
  const names = others.length ? message("AlsoHere", { names: listed(others) }) : "";
  const place = element(document, "[data-others]");
  if (place.textContent !== names) place.textContent = names;
});

lock();
if (mayEdit) heartbeat(hold);
remarks.lint();
if (isDirty()) {
  mark();
  keepSoon();
}
