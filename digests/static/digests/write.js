/* The editor of an item: remarks as one types, text kept before it is saved, and whose the item is.
   The rules are the server's: it judges each text and each save. */

import { Refused, ask, attempt, desk, goOn, inTurn, refresh, say, stay } from "./desk.js";

const NAMES = ["headline", "byline", "url", "body"];
const LINT_AFTER = 400;
const KEEP_AFTER = 3000;
const HOLD_EVERY = 30000;

const item = desk.dataset.item;
const form = document.querySelector("[data-writing]");
const field = (name) => form.elements[name];
const mayEdit = Boolean(document.querySelector("[data-save]"));
const labels = Object.fromEntries(desk.dataset.saysFields.split("|").map((label, at) => [NAMES[at], label]));

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

// Remarks

let asking;
async function lint() {
  asking?.abort();
  const mine = (asking = new AbortController());
  const judged = text();
  let remarks;
  try {
    ({ remarks } = await ask("POST", `items/${item}/lint/`, judged, { heartbeat: true }));
  } catch (trouble) {
    if (trouble instanceof Refused) return; // saving will tell
    throw trouble;
  }
  if (!mine.signal.aborted) show(remarks, judged);
}

function show(remarks, judged) {
  const list = document.querySelector("[data-remarks]");
  const template = document.querySelector("[data-remark]");
  list.replaceChildren(
    ...remarks.map((remark) => {
      const row = template.content.firstElementChild.cloneNode(true);
      row.className = remark.severity;
      const place = row.querySelector(".place");
      const where = labels[remark.field] ? `${labels[remark.field]}: ` : "";
      place.textContent = where + remark.sentence;
      place.addEventListener("click", () => goTo(remark));
      const fix = row.querySelector(".fix");
      if (remark.fix === null || !mayEdit) fix.remove();
      else {
        fix.textContent = desk.dataset.saysFix;
        fix.setAttribute("aria-label", `${desk.dataset.saysFix}: ${remark.sentence}`);
        fix.addEventListener("click", () => mend([remark], judged));
      }
      return row;
    }),
  );
  const fixable = remarks.filter((remark) => remark.fix !== null);
  const all = document.querySelector("[data-fix-all]");
  all.hidden = fixable.length < 2 || !mayEdit;
  all.onclick = () => mend(fixable, judged);
  const count = remarks.length
    ? desk.dataset.saysRemarks.replace("{count}", remarks.length)
    : desk.dataset.saysNothing;
  const told = document.querySelector("[data-remark-count]");
  if (told.textContent !== count) told.textContent = count;
}

/** Python counts characters, a browser their halves. */
function offset(value, points) {
  return [...value].slice(0, points).join("").length;
}

function goTo(remark) {
  const target = field(remark.field);
  if (!target) return;
  target.focus();
  if (remark.start !== null) {
    target.setSelectionRange(offset(target.value, remark.start), offset(target.value, remark.end));
  } else if (remark.line) {
    const start = target.value.split("\n").slice(0, remark.line - 1).join("\n").length;
    target.setSelectionRange(start + (remark.line > 1), start + (remark.line > 1));
  }
}

function apply(remark) {
  goTo(remark);
  const target = field(remark.field);
  // Deprecated, but the only way that leaves the browser's list of changes to undo intact.
  if (!document.execCommand(remark.fix ? "insertText" : "delete", false, remark.fix)) {
    target.setRangeText(remark.fix);
    target.dispatchEvent(new Event("input", { bubbles: true }));
  }
}

/** Applies fixes to the text they were found in; in one that reads otherwise by now their places
    are others. From the end, so that no fix moves the place of another. */
function mend(remarks, judged) {
  if (wasHeld) return say(wasHeld, { trouble: true });
  const last = differs(judged) ? [] : [...remarks].sort((a, b) => b.start - a.start);
  for (const name of NAMES) {
    let before = { start: Infinity };
    for (const remark of last.filter((each) => each.field === name)) {
      if (remark.end > before.start) continue; // they overlap: the next look will tell
      apply(remark);
      before = remark;
    }
  }
  return lint();
}

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
      mark(trouble.status === 401 ? desk.dataset.saysUnsaved : trouble.message);
    },
  );
}

function keepSoon() {
  clearTimeout(keeping);
  keeping = setTimeout(keep, KEEP_AFTER);
}

let linting;
function typed(event) {
  if (!NAMES.includes(event.target.name) || event.isComposing) return;
  mark();
  clearTimeout(linting);
  linting = setTimeout(lint, LINT_AFTER);
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
    answer = await ask("PUT", `digests/items/${item}/`, { version, ...sent });
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
  await refresh(["state", "here"]);
}

async function approve() {
  if (isDirty()) await save();
  const answer = await ask("POST", `items/${item}/approve-and-go-on/`, { version });
  version = answer.version;
  if (answer.next) goOn(answer.next, answer.said);
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
lint();
