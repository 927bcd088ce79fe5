/* The editor of an item: its text, what is kept of it before it is saved, and whose the item is.
   The rules are the server's: it judges each text and each save. */

import { Refused, ask, attempt, desk, inTurn, refresh, say, stay } from "./desk.js";
import { keepRemarks } from "./remarks.js";

const NAMES = ["headline", "byline", "url", "body"];
const KEEP_AFTER = 3000;
const HOLD_EVERY = 30000;

const item = desk.dataset.item;
const form = document.querySelector("[data-writing]");
const field = (name) => form.elements[name];
const mayEdit = Boolean(document.querySelector("[data-save]"));

let version = Number(form.elements.version.value);
let saved = text();

function text() {
  return Object.fromEntries(NAMES.map((name) => [name, field(name).value.replace(/\r\n?/g, "\n")]));
}
function differs(other) {
  const now = text();
  return NAMES.some((name) => now[name] !== other[name]);
}
const isDirty = () => differs(saved);

function mark(sentence = isDirty() ? desk.dataset.saysUnsaved : "") {
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

let keeping;
let isKept = false;
function keep(options) {
  clearTimeout(keeping);
  const isTyped = isDirty();
  if (!mayEdit || !(isTyped || isKept)) return Promise.resolve();
  const path = `items/${item}/draft/`;
  // What was taken back again is nothing to offer.
  const asked = isTyped ? ask("PUT", path, { version, ...text() }, options) : ask("DELETE", path, undefined, options);
  return asked.then(
    () => {
      isKept = isTyped;
      mark(isTyped ? desk.dataset.saysKept : "");
    },
    (trouble) => {
      if (!(trouble instanceof Refused)) throw trouble;
      mark(trouble.message);
      if (trouble.status === 401) say(trouble.message, { trouble: true });
    },
  );
}

function keepSoon() {
  clearTimeout(keeping);
  keeping = setTimeout(keep, KEEP_AFTER);
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
addEventListener("pagehide", () => keep({ keepalive: true }));
addEventListener("beforeunload", (event) => {
  if (isDirty()) event.preventDefault();
});

const offered = document.querySelector("[data-unsaved]");
offered?.addEventListener("submit", (event) => {
  event.preventDefault();
  if (event.submitter.matches("[data-restore]")) {
    for (const given of offered.querySelectorAll("[data-unsaved-field]")) fill(given.dataset.unsavedField, given.value);
    offered.remove();
    field("body").focus();
  } else {
    attempt(async () => {
      await ask("DELETE", `items/${item}/draft/`);
      offered.remove();
    });
  }
});

function fill(name, value) {
  field(name).value = value;
  field(name).dispatchEvent(new Event("input", { bubbles: true }));
}

// Saving

async function save() {
  const sent = text();
  let answer;
  try {
    answer = await ask("PUT", `items/${item}/text/`, { version, ...sent });
  } catch (trouble) {
    if (trouble instanceof Refused && trouble.data.code === "stale") await showTheirs(trouble.message);
    else if (trouble instanceof Refused && trouble.status === 401) keep();
    throw trouble;
  }
  version = answer.version;
  form.elements.version.value = version;
  saved = sent;
  isKept = false;
  keepSoon(); // what was typed meanwhile
  mark();
  document.querySelector("[data-theirs]").hidden = true;
  await refresh(["state"]);
}

async function approve() {
  if (isDirty()) await save();
  const answer = await ask("POST", `items/${item}/approve-and-go-on/`, { version });
  version = answer.version;
  if (answer.next) location.assign(answer.next);
  else {
    say(`${answer.said} ${desk.dataset.saysLast}`);
    await refresh(["state"]);
  }
}

async function showTheirs(sentence) {
  await refresh(["saved", "state"]);
  const theirs = document.querySelector("[data-theirs]");
  theirs.querySelector("[data-theirs-sentence]").textContent = sentence;
  theirs.hidden = false;
  theirs.querySelector("[data-keep-mine]").focus();
}

function settle(isMine) {
  const theirs = document.querySelector("[data-theirs]");
  version = Number(theirs.querySelector("[data-saved]").dataset.version);
  for (const given of theirs.querySelectorAll("[data-saved-field]")) {
    saved[given.dataset.savedField] = given.value;
    if (!isMine) fill(given.dataset.savedField, given.value);
  }
  theirs.hidden = true;
  field("body").focus();
  mark();
  if (isMine) inTurn(saveAndSay);
}

async function saveAndSay() {
  await save();
  say(desk.dataset.saysSaved);
}

form.addEventListener("click", (event) => {
  const choice = event.target.closest("[data-keep-mine], [data-take-theirs]");
  if (!choice) return;
  event.preventDefault();
  // After a save that is still being refused, which would show both again.
  inTurn(async () => settle(choice.matches("[data-keep-mine]")));
});
form.addEventListener(
  "submit",
  (event) => {
    event.preventDefault();
    event.stopImmediatePropagation();
    inTurn(event.submitter?.value === "approve" ? approve : saveAndSay);
  },
  { capture: true },
);
document.addEventListener("keydown", (event) => {
  if (!(event.ctrlKey || event.metaKey) || event.altKey || !mayEdit) return;
  const isSave = event.key.toLowerCase() === "s";
  if (!isSave && !(event.key === "Enter" && document.querySelector("[data-approve]"))) return;
  event.preventDefault();
  if (wasHeld) say(wasHeld, { trouble: true });
  else inTurn(isSave ? saveAndSay : approve);
});

// Whose the item is

function lock(sentence) {
  const isHeld = Boolean(sentence);
  form.toggleAttribute("data-read-only", isHeld || !mayEdit);
  for (const name of NAMES) field(name).readOnly = isHeld || !mayEdit;
  for (const button of form.querySelectorAll("[data-save], [data-approve]")) button.disabled = isHeld;
}

let wasHeld = document.querySelector(".held span")?.textContent ?? "";
async function hold() {
  if (document.hidden || !mayEdit) return;
  try {
    const { held } = await ask("POST", `items/${item}/hold/`, undefined, { heartbeat: true });
    if (held === wasHeld) return;
    if (held && !wasHeld) {
      await keep();
      say(held, { trouble: true });
    }
    wasHeld = held;
    await refresh(["held"]);
    lock(held);
  } catch (trouble) {
    if (!(trouble instanceof Refused)) throw trouble;
  }
}
setInterval(hold, HOLD_EVERY);
document.addEventListener("visibilitychange", hold);

stay("item", item, ({ others }) => {
  const names = others.length ? desk.dataset.saysAlsoHere.replace("{names}", others.join(", ")) : "";
  const place = document.querySelector("[data-others]");
  if (place.textContent !== names) place.textContent = names;
});

lock(wasHeld);
hold();
remarks.lint();
