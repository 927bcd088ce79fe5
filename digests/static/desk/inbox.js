/* The inbox: one key for each act, done one after the other. The server's rows are the truth; here
   is only which of them are selected. */

import { api, enqueue, isTyping, message, post, refresh, say } from "./desk.js";
import { askDetails } from "./details_dialog.js";
import { closest, element, find, findField, isOfInputMethod } from "./dom.js";
import { followChanges } from "./live.js";
import { postRows } from "./portions.js";
import { askWhy } from "./reject_dialog.js";
import {
  candidateOf,
  candidates,
  focus,
  focused,
  freeCandidates,
  keepFocus,
  leavePending,
  list,
  neighbour,
  rowOf,
} from "./rows.js";
import { Selection } from "./selection.js";
import { joined } from "./texts.js";

/** @typedef {import("./selection.js").Row} Row */

const form = () => element(document, "[data-bulk]", HTMLFormElement);
const mayAct = () => document.querySelector("[data-bulk]") !== null;

const selection = new Selection();
const REGIONS = ["states", "head", "list", "pages", "place", "current"];
const UNDOABLE = new Set(["shortlist", "reject", "place", "edit"]);

// Going through the list

/** @param {number} by
    @param {boolean} extend */
function step(by, extend) {
  const free = freeCandidates();
  if (!free.length) return;
  const here = free.find((each) => each === focused());
  const next = neighbour(by);
  if (extend && here) select(here, true);
  if (extend && next) select(next, true);
  if (next) focus(next);
  else turnPage(by);
}

let isTurning = false; // a key that is held down turns one page

/** Goes from the last row to the next page's first, or from the first to the previous page's last.
    @param {number} by */
async function turnPage(by) {
  const link = find(document, `[data-region=pages] [data-page="${by}"]`, HTMLAnchorElement);
  if (!link || isTurning) return;
  isTurning = true;
  try {
    await enqueue(async () => {
      await refresh(REGIONS, link.href);
      history.replaceState(null, "", link.href);
      focus(freeCandidates().at(by > 0 ? 0 : -1));
    });
  } finally {
    isTurning = false;
  }
}

// Which are selected

/** @param {HTMLElement} candidate
    @param {boolean} isSelected */
function select(candidate, isSelected) {
  if (isSelected) selection.add(rowOf(candidate));
  else selection.remove(rowOf(candidate).id);
  showSelection();
}

function showSelection() {
  for (const candidate of candidates()) {
    const { id } = rowOf(candidate);
    candidate.classList.toggle("is-pending", selection.isPending(id));
    candidate.classList.toggle("is-selected", selection.has(id));
    const box = find(candidate, "input[name=item]", HTMLInputElement);
    if (box) box.checked = selection.has(id);
  }
  if (!mayAct()) return;
  const bar = form();
  bar.classList.toggle("is-open", selection.size > 0);
  const sentence = message("Selected", { count: selection.size });
  const counter = element(bar, "[data-selected]");
  if (counter.textContent !== sentence) counter.textContent = sentence;
}

let selecting = 0; // an act that is asked for meanwhile is for all of them

function selectAll() {
  selecting += 1;
  return enqueue(async () => {
    try {
      /** @type {{ rows: Row[] }} */
      const found = await api("GET", `items/${location.search}`);
      selection.addAll(found.rows);
      showSelection();
    } finally {
      selecting -= 1;
    }
  });
}

function clear() {
  selection.clear();
  showSelection();
}

// Acts

/** Does an act in its turn. Its rows are out of reach at once, and back if nothing came of it.
    @param {string} name
    @param {Row[]} rows
    @param {Record<string, string>} [given] */
function act(name, rows, given) {
  const release = selection.hold(rows);
  showSelection();
  leavePending();
  return enqueue(async () => {
    /** @type {Set<number>} */
    let answered = new Set();
    try {
      const outcome = await postRows(form(), REGIONS, rows, { do: name, ...given });
      answered = outcome.answered;
      sayOutcome(name, outcome);
    } finally {
      release(answered);
      settle();
    }
  });
}

/** Does an act that leaves its rows where they are.
    @param {string} name
    @param {Row[]} rows */
function actInPlace(name, rows) {
  return enqueue(async () => sayOutcome(name, await postRows(form(), REGIONS, rows, { do: name })));
}

/** @param {string} name
    @param {import("./portions.js").Outcome} outcome */
function sayOutcome(name, { report, trouble }) {
  if (!report) throw trouble;
  say(joined([report.sentence, trouble?.message ?? ""].filter(Boolean)), {
    trouble: report.trouble || trouble !== null,
    act: UNDOABLE.has(name) || name.startsWith("next-")
      ? { label: message("Undo"), run: undo }
      : undefined,
  });
}

function undo() {
  if (!mayAct()) return undefined;
  return enqueue(async () => {
    const report = await post(form(), REGIONS, { fields: { do: "undo", item: [] } });
    say(report.sentence, report);
    focus(candidateOf(list().dataset.undone));
  });
}

/** Shows the rows as they are now, and keeps the focus among them. */
function settle() {
  showSelection();
  keepFocus(); // which got the focus back before the rows around it were marked
}
document.addEventListener("desk:refreshed", (event) => {
  showSelection();
  if (event instanceof CustomEvent && event.detail.isFocusLost) keepFocus();
});

/** @type {Record<string, (rows: Row[]) => unknown>} */
const ACTS = {
  shortlist: (rows) => act("shortlist", rows),
  reopen: (rows) => act("reopen", rows),
  place(rows) {
    const digest = findField(form(), "digest");
    if (!digest) return say(message("NoDigest"), { trouble: true });
    return act("place", rows, { digest: digest.value });
  },
  edit: (rows) => askDetails((details) => act("edit", rows, details)),
  reject: (rows) => askWhy((decision) => act("reject", rows, decision)),
  claim: (rows) => actInPlace("claim", rows),
  release: (rows) => actInPlace("release", rows),
};

// Keys, buttons and ticks

/** @type {Partial<Record<string, (event: KeyboardEvent) => unknown>>} */
const KEYS = {
  j: (event) => step(1, event.shiftKey),
  k: (event) => step(-1, event.shiftKey),
  ArrowDown: (event) => step(1, event.shiftKey),
  ArrowUp: (event) => step(-1, event.shiftKey),
  s: () => run("shortlist"),
  d: () => run("place"),
  x: () => run("reject"),
  c: () => run(findInFocused("[data-do=release]") ? "release" : "claim"),
  u: undo,
  e: () => findInFocused("[data-edit]")?.click(),
  o: () => findInFocused("[data-source]")?.click(),
  t: () => findInFocused("summary")?.click(),
  "/": search,
  "?": showKeys,
  "*": selectAll,
  Escape: () => clear(),
};

/** What the row with the focus holds.
    @param {string} selector */
function findInFocused(selector) {
  const here = focused();
  return here && find(here, selector);
}

function showKeys() {
  element(document, "[data-keys]", HTMLDialogElement).showModal();
}

function search() {
  const field = element(document, "#id_q");
  const fold = closest(field, "details", HTMLDetailsElement);
  if (fold) fold.open = true;
  field.focus();
}

const REPEATABLE = new Set(["j", "k", "ArrowDown", "ArrowUp"]);

/** @param {string} name */
function run(name) {
  if (selecting) {
    enqueue(() => {
      if (selection.size) run(name);
    });
    return;
  }
  const here = focused();
  const chosen = selection.chosen(here ? rowOf(here) : undefined);
  if (chosen.length && mayAct()) start(name, chosen);
}

/** @param {string} name
    @param {Row[]} rows */
function start(name, rows) {
  // Into the next slot of the series that the name tells.
  return name.startsWith("next-") ? act(name, rows) : ACTS[name](rows);
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || isOfInputMethod(event)) return;
  if (event.key === "Escape" && closest(event.target, "#id_q")) return focus(freeCandidates()[0]);
  if (isTyping(event)) return;
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  const pressed = KEYS[key];
  if (!pressed || (key.startsWith("Arrow") && !focused())) return;
  event.preventDefault();
  // A key that is held down goes on through the list, and does nothing twice.
  if (!event.repeat || REPEATABLE.has(key)) pressed(event);
});

const acts = element(document, "[data-acts]");
acts.addEventListener("click", (event) => {
  const one = closest(event.target, "[data-do]");
  const many = closest(event.target, "[data-bulk-do]");
  if (closest(event.target, "[data-select-all]")) selectAll();
  if (closest(event.target, "[data-deselect]")) clear();
  if (closest(event.target, "[data-help]")) showKeys();
  if (!one && !many) return;
  event.preventDefault();
  const candidate = closest(one, ".candidate");
  const isFree = candidate && !candidate.matches(".is-pending");
  if (isFree && one?.dataset.do) start(one.dataset.do, [rowOf(candidate)]);
  if (many?.dataset.bulkDo) run(many.dataset.bulkDo);
});

acts.addEventListener("change", (event) => {
  const box = closest(event.target, "input[name=item]", HTMLInputElement);
  const candidate = closest(box, ".candidate");
  if (box && candidate) select(candidate, box.checked);
});

// The filter acts when something is chosen in it; the words of a search wait for Enter.
const filter = element(document, "[data-filter]", HTMLFormElement);
filter.addEventListener("change", (event) => {
  if (!closest(event.target, "[type=search]")) filter.requestSubmit();
});

// In its turn: the answer to an act that is under way may not have the new stories yet.
document.addEventListener("desk:pasted", () => enqueue(() => refresh(REGIONS)));

followChanges(async () => {
  // While a page is being turned, its address is still the last one's.
  if (!isTurning) await refresh(REGIONS, location.href, { heartbeat: true });
});

showSelection();
// Without scrolling: on a telephone the head of the page comes first.
if (document.activeElement === document.body) freeCandidates()[0]?.focus({ preventScroll: true });
