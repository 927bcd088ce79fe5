/* The editor of an item: its text, what is kept of it before it is saved, and whose the item is.
   The rules are the server's: it judges each text and each save. */

import {
  api,
  attempt,
  desk,
  enqueue,
  message,
  redirectWithMessage,
  refresh,
  Refused,
  say,
  trackPresence,
} from "./desk.js";
import { all, closest, element, field as fieldOf, find, isField, submitter } from "./dom.js";
import { keepRemarks } from "../editor/remarks.js";

/** @typedef {import("./desk.js").Manner} Manner */
/** @typedef {import("./desk.js").Saved} Saved */
/** @typedef {import("../editor/remarks.js").Text} Text */

const NAMES = ["headline", "byline", "url", "body"];
const KEEP_AFTER = 3000;
const HOLD_EVERY = 30000;

const item = desk.dataset.item;
const form = element(document, "[data-writing]", HTMLFormElement);
const field = (/** @type {string} */ name) => fieldOf(form, name);
const mayEdit = find(document, "[data-save]") !== null;

const offered = find(document, "[data-unsaved]", HTMLFormElement);
const isOffered = () => Boolean(offered?.isConnected);

let version = Number(field("version").value);
// Not what the form shows: somebody may have typed before this script came.
let saved = given("saved");
let wasHeld = document.querySelector(".held span")?.textContent ?? "";

/** @returns {Text} */
function text() {
  return Object.fromEntries(NAMES.map((name) => [name, field(name).value.replace(/\r\n?/g, "\n")]));
}

/** A text that the page carries beside the form.
    @param {"saved" | "unsaved"} which
    @returns {Text} */
function given(which) {
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
    if (wasHeld) say(wasHeld, { trouble: true });
    return Boolean(wasHeld);
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
    if (isTyped) await api("PUT", path, { version, ...typed }, manner);
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
  const isWanted = submitter(event)?.matches("[data-restore]") ?? false;
  enqueue(async () => {
    if (!isOffered()) return;
    const unsaved = given("unsaved");
    if (!isWanted) await api("DELETE", `items/${item}/draft/`);
    offered.remove();
    isKept = isWanted;
    if (isWanted) fill(unsaved);
    mark();
    keepSoon();
    field("body").focus();
  });
});

// Saving

/** Does in its turn what writes, unless somebody else holds the story by then.
    @param {() => Promise<void>} act */
function write(act) {
  return enqueue(() => {
    if (wasHeld) throw new Refused(wasHeld, 409);
    return act();
  });
}

async function save() {
  const sent = text();
  /** @type {Saved} */
  let answer;
  try {
    answer = await api("PUT", `items/${item}/text/`, { version, ...sent, undecided: isOffered() });
  } catch (trouble) {
    if (trouble instanceof Refused && trouble.data.code === "stale") {
      await showTheirs(trouble.message);
    } else if (trouble instanceof Refused && trouble.status === 401) await keep();
    throw trouble;
  }
  goOnFrom(answer.version, sent);
  isKept = false;
  keepSoon(); // what was typed meanwhile
  mark();
  theirs().hidden = true;
  await showState();
}

/** What is done is done, whether it can be shown or not. */
async function showState() {
  try {
    await refresh(["state", "here"]);
  } catch (trouble) {
    if (!(trouble instanceof Refused)) throw trouble;
  }
}

async function saveAndSay() {
  await save();
  say(message("Saved"));
}

async function approve() {
  if (isDirty()) await save();
  /** @type {Saved & { next: string | null }} */
  const answer = await api("POST", `items/${item}/approve-and-go-on/`, { version });
  version = answer.version;
  if (answer.next) redirectWithMessage(answer.next, answer.said);
  else {
    say(`${answer.said} ${message("Last")}`);
    await showState();
  }
}

/** Where the text of somebody who saved meanwhile is shown. */
const theirs = () => element(document, "[data-theirs]");

/** @param {string} sentence */
async function showTheirs(sentence) {
  await refresh(["saved", "state"]);
  element(theirs(), "[data-theirs-sentence]").textContent = sentence;
  theirs().hidden = false;
  element(theirs(), "[data-keep-mine]").focus();
}

/** From now on the page writes over this version.
    @param {number} latest
    @param {Text} itsText */
function goOnFrom(latest, itsText) {
  version = latest;
  field("version").value = String(latest);
  saved = itsText;
}

/** From now on the page writes over the text that was saved last, as it carries it. */
function goOnFromSaved() {
  goOnFrom(Number(element(document, "[data-saved]").dataset.version), given("saved"));
}

/** @param {boolean} isMine */
async function settle(isMine) {
  goOnFromSaved();
  if (!isMine) fill(saved);
  theirs().hidden = true;
  field("body").focus();
  mark();
  if (isMine) await saveAndSay();
}

form.addEventListener("click", (event) => {
  const choice = closest(event.target, "[data-keep-mine], [data-take-theirs]");
  if (!choice) return;
  event.preventDefault();
  const isMine = choice.matches("[data-keep-mine]");
  // After a save that is still being refused, which would show both again.
  (isMine ? write : enqueue)(() => settle(isMine));
});
form.addEventListener(
  "submit",
  (event) => {
    event.preventDefault();
    event.stopImmediatePropagation();
    write(submitter(event)?.value === "approve" ? approve : saveAndSay);
  },
  { capture: true },
);
document.addEventListener("keydown", (event) => {
  if (!(event.ctrlKey || event.metaKey) || event.altKey || !mayEdit) return;
  const isSave = event.key.toLowerCase() === "s";
  if (!isSave && !(event.key === "Enter" && document.querySelector("[data-approve]"))) return;
  event.preventDefault();
  if (event.repeat) return; // held down, it would approve the next story unread
  write(isSave ? saveAndSay : approve);
});

// Whose the item is

function lock() {
  const isHeld = Boolean(wasHeld);
  form.toggleAttribute("data-read-only", isHeld || !mayEdit);
  for (const name of NAMES) field(name).readOnly = isHeld || !mayEdit;
  for (const button of all(form, "[data-save], [data-approve]", HTMLButtonElement)) {
    button.disabled = isHeld;
  }
}

async function hold({ takeOver = false } = {}) {
  const path = `items/${item}/hold/${takeOver ? "?take_over=true" : ""}`;
  /** @type {{ held: string, version: number }} */
  const { held, version: latest } = await api("POST", path, undefined, { heartbeat: !takeOver });
  if (held !== wasHeld) await showHeld(held);
  await enqueue(() => follow(latest));
}

/** @param {string} held */
async function showHeld(held) {
  const isTaken = held && !wasHeld;
  wasHeld = held;
  lock();
  if (isTaken) {
    await enqueue(() => keep());
    say(held, { trouble: true });
  }
  await refresh(["held"], location.href, { heartbeat: true });
}

/** Shows what somebody else saved, where nothing was typed that it would take away.
    @param {number} latest */
async function follow(latest) {
  if (latest <= version || isDirty()) return;
  await refresh(["saved", "state"], location.href, { heartbeat: true });
  if (isDirty()) return;
  goOnFromSaved();
  if (!isDirty()) return; // a step of the story, and no other text
  fill(saved);
  say(message("Followed"));
}

async function beat() {
  if (document.hidden || !mayEdit) return;
  try {
    await hold();
  } catch (trouble) {
    if (!(trouble instanceof Refused)) throw trouble;
  }
}
setInterval(beat, HOLD_EVERY);
document.addEventListener("visibilitychange", beat);
document.addEventListener("submit", (event) => {
  if (!(event.target instanceof Element && event.target.matches(".held"))) return;
  event.preventDefault();
  attempt(async () => {
    await hold({ takeOver: true });
    field("body").focus();
  });
});

trackPresence("item", item, ({ others }) => {
  const names = others.length ? message("AlsoHere", { names: others.join(", ") }) : "";
  const place = element(document, "[data-others]");
  if (place.textContent !== names) place.textContent = names;
});

lock();
beat();
remarks.lint();
if (isDirty()) {
  mark();
  keepSoon();
}
