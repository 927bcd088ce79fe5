/* The editor of an item: its text, what is kept of it before it is saved, and whose the item is.
   The rules are the server's: it judges each text and each save. */

import { ask, attempt, desk, goOn, inTurn, refresh, Refused, say, stay } from "./desk.js";
import { keepRemarks } from "./remarks.js";

const NAMES = ["headline", "byline", "url", "body"];
const KEEP_AFTER = 3000;
const HOLD_EVERY = 30000;

const item = desk.dataset.item;
const form = document.querySelector("[data-writing]");
const field = (name) => form.elements[name];
const mayEdit = Boolean(document.querySelector("[data-save]"));

const offered = document.querySelector("[data-unsaved]");
const isOffered = () => Boolean(offered?.isConnected);

let version = Number(form.elements.version.value);
// Not what the form shows: somebody may have typed before this script came.
let saved = given("saved");
let wasHeld = document.querySelector(".held span")?.textContent ?? "";

function text() {
  return Object.fromEntries(NAMES.map((name) => [name, field(name).value.replace(/\r\n?/g, "\n")]));
}

/** A text that the page carries beside the form: the “saved” or the “unsaved” one. */
function given(which) {
  const fields = [...document.querySelectorAll(`[data-${which}-field]`)];
  return Object.fromEntries(fields.map((each) => [each.dataset[`${which}Field`], each.value]));
}

function fill(texts) {
  for (const [name, value] of Object.entries(texts)) {
    if (field(name).value === value) continue;
    field(name).value = value;
    field(name).dispatchEvent(new Event("input", { bubbles: true }));
  }
}

function differs(other) {
  const now = text();
  return NAMES.some((name) => now[name] !== other[name]);
}
const isDirty = () => differs(saved);

function mark(
  sentence = isDirty() ? desk.dataset[isOffered() ? "saysDecide" : "saysUnsaved"] : "",
) {
  const place = document.querySelector("[data-unsaved-mark]");
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

let timer;
let isKept = false;
/** In turn with the saves, neither of which may overtake the other. */
async function keep(options) {
  clearTimeout(timer);
  const typed = text();
  const isTyped = isDirty();
  // There is room for one: what is offered must be decided about first.
  if (!mayEdit || isOffered() || !(isTyped || isKept)) return;
  const path = `items/${item}/draft/`;
  try {
    if (isTyped) await ask("PUT", path, { version, ...typed }, options);
    else await ask("DELETE", path, undefined, options); // taken back again: nothing to offer
  } catch (trouble) {
    if (!(trouble instanceof Refused)) throw trouble;
    mark(trouble.status === 401 ? desk.dataset.saysUnsaved : trouble.message);
    return;
  }
  isKept = isTyped;
  if (!differs(typed)) mark(isTyped ? desk.dataset.saysKept : "");
}

function keepSoon() {
  clearTimeout(timer);
  timer = setTimeout(() => inTurn(keep), KEEP_AFTER);
}

function typed(event) {
  if (!NAMES.includes(event.target.name) || event.isComposing) return;
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
  const isWanted = event.submitter.matches("[data-restore]");
  inTurn(async () => {
    if (!isOffered()) return;
    const unsaved = given("unsaved");
    if (!isWanted) await ask("DELETE", `items/${item}/draft/`);
    offered.remove();
    isKept = isWanted;
    if (isWanted) fill(unsaved);
    mark();
    keepSoon();
    field("body").focus();
  });
});

// Saving

/** Does in its turn what writes, unless somebody else holds the story by then. */
function write(act) {
  return inTurn(() => {
    if (wasHeld) throw new Refused(wasHeld, 409);
    return act();
  });
}

async function save() {
  const sent = text();
  let answer;
  try {
    answer = await ask("PUT", `items/${item}/text/`, { version, ...sent, undecided: isOffered() });
  } catch (trouble) {
    if (trouble instanceof Refused && trouble.data.code === "stale") {
      await showTheirs(trouble.message);
    } else if (trouble instanceof Refused && trouble.status === 401) await keep();
    throw trouble;
  }
  version = answer.version;
  form.elements.version.value = version;
  saved = sent;
  isKept = false;
  keepSoon(); // what was typed meanwhile
  mark();
  document.querySelector("[data-theirs]").hidden = true;
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
  say(desk.dataset.saysSaved);
}

async function approve() {
  if (isDirty()) await save();
  const answer = await ask("POST", `items/${item}/approve-and-go-on/`, { version });
  version = answer.version;
  if (answer.next) goOn(answer.next, answer.said);
  else {
    say(`${answer.said} ${desk.dataset.saysLast}`);
    await showState();
  }
}

async function showTheirs(sentence) {
  await refresh(["saved", "state"]);
  const theirs = document.querySelector("[data-theirs]");
  theirs.querySelector("[data-theirs-sentence]").textContent = sentence;
  theirs.hidden = false;
  theirs.querySelector("[data-keep-mine]").focus();
}

/** From now on the page writes over the text that was saved last, as it carries it. */
function goOnFromSaved() {
  version = Number(document.querySelector("[data-saved]").dataset.version);
  form.elements.version.value = version;
  saved = given("saved");
}

async function settle(isMine) {
  goOnFromSaved();
  if (!isMine) fill(saved);
  document.querySelector("[data-theirs]").hidden = true;
  field("body").focus();
  mark();
  if (isMine) await saveAndSay();
}

form.addEventListener("click", (event) => {
  const choice = event.target.closest("[data-keep-mine], [data-take-theirs]");
  if (!choice) return;
  event.preventDefault();
  const isMine = choice.matches("[data-keep-mine]");
  // After a save that is still being refused, which would show both again.
  (isMine ? write : inTurn)(() => settle(isMine));
});
form.addEventListener(
  "submit",
  (event) => {
    event.preventDefault();
    event.stopImmediatePropagation();
    write(event.submitter?.value === "approve" ? approve : saveAndSay);
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
  for (const button of form.querySelectorAll("[data-save], [data-approve]")) {
    button.disabled = isHeld;
  }
}

async function hold({ takeOver = false } = {}) {
  const path = `items/${item}/hold/${takeOver ? "?take_over=true" : ""}`;
  const { held, version: latest } = await ask("POST", path, undefined, { heartbeat: !takeOver });
  if (held !== wasHeld) await showHeld(held);
  await inTurn(() => follow(latest));
}

async function showHeld(held) {
  const isTaken = held && !wasHeld;
  wasHeld = held;
  lock();
  if (isTaken) {
    await inTurn(keep);
    say(held, { trouble: true });
  }
  await refresh(["held"], location.href, { heartbeat: true });
}

/** Shows what somebody else saved, where nothing was typed that it would take away. */
async function follow(latest) {
  if (latest <= version || isDirty()) return;
  await refresh(["saved", "state"], location.href, { heartbeat: true });
  if (isDirty()) return;
  goOnFromSaved();
  if (!isDirty()) return; // a step of the story, and no other text
  fill(saved);
  say(desk.dataset.saysFollowed);
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
  if (!event.target.matches(".held")) return;
  event.preventDefault();
  attempt(async () => {
    await hold({ takeOver: true });
    field("body").focus();
  });
});

stay("item", item, ({ others }) => {
  const names = others.length
    ? desk.dataset.saysAlsoHere.replace("{names}", others.join(", "))
    : "";
  const place = document.querySelector("[data-others]");
  if (place.textContent !== names) place.textContent = names;
});

lock();
beat();
remarks.lint();
if (isDirty()) {
  mark();
  keepSoon();
}
