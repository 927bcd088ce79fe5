/* The inbox: one key for each act, done one after the other. The server's rows are the truth; here
   is only which of them has the focus, which are selected, and what was done last. */

import { api, attempt, desk, enqueue, isTyping, message, refresh, say } from "./desk.js";
import { all, closest, element, find } from "./dom.js";
import { named, send, tell } from "./outcomes.js";
import { askWhy } from "./reject_dialog.js";
import { Selection } from "./selection.js";

/** @typedef {import("./outcomes.js").Outcome} Outcome */
/** @typedef {import("./selection.js").Row} Row */

const list = () => element(document, "[data-region=list]");
const candidates = () => all(list(), ".candidate");
const rows = () => all(list(), ".candidate:not(.is-going)");
const row = (/** @type {number} */ id) => document.getElementById(`item-${id}`);

const selection = new Selection();
/** What `u` undoes, newest last.
    @type {{ path: string, pairs: Row[], names: import("./outcomes.js").Names }[]} */
const done = [];
const LOOK_EVERY = 30000;
const REGIONS = ["states", "head", "list", "pages"];

// Which row has the focus

const focused = () => closest(document.activeElement, ".candidate");
let place = 0; // where the focus was last, in case its row goes

/** @param {HTMLElement | null | undefined} candidate */
function focus(candidate) {
  if (!candidate) return;
  place = rows().indexOf(candidate);
  candidate.focus({ preventScroll: true });
  candidate.scrollIntoView({ block: "nearest" });
}

/** @param {number} by
    @param {boolean} extend */
function step(by, extend) {
  const free = rows();
  const here = free.find((each) => each === focused());
  if (!free.length) return;
  const next = here ? free[free.indexOf(here) + by] : free[Math.min(place, free.length - 1)];
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
      focus(rows().at(by > 0 ? 0 : -1));
    });
  } finally {
    isTurning = false;
  }
}

// Which are selected

/** @param {HTMLElement} candidate
    @returns {Row} */
const pair = ({ dataset }) => ({ id: Number(dataset.id), version: Number(dataset.version) });

/** @param {HTMLElement} candidate
    @param {boolean} isSelected */
function select(candidate, isSelected) {
  if (isSelected) selection.add(pair(candidate));
  else selection.remove(pair(candidate).id);
  showSelection();
}

function showSelection() {
  for (const candidate of candidates()) {
    const { id } = pair(candidate);
    candidate.classList.toggle("is-going", selection.isGoing(id));
    candidate.classList.toggle("is-selected", selection.has(id));
    const box = find(candidate, "input[name=item]", HTMLInputElement);
    if (box) box.checked = selection.has(id);
  }
  const bar = find(document, "[data-bulk]");
  if (!bar) return;
  bar.classList.toggle("is-open", selection.size > 0);
  const sentence = message("Selected", { count: selection.size });
  const told = element(bar, "[data-selected]");
  if (told.textContent !== sentence) told.textContent = sentence;
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

/** The headlines of rows, as far as this page shows them.
    @param {Row[]} pairs */
function namesOf(pairs) {
  const names = new Map();
  for (const { id } of pairs) {
    const shown = row(id);
    if (shown) names.set(id, element(shown, "h2").textContent.trim());
  }
  return names;
}

/** @typedef {{ given?: object, sentence: string, back?: string }} Act */

/** Does an act in its turn. Its rows are out of reach at once, and back if nothing came of it.
    @param {string} path
    @param {Row[]} pairs
    @param {Act} act */
function act(path, pairs, { given, sentence, back }) {
  const names = namesOf(pairs);
  const release = selection.hold(pairs);
  leave();
  return enqueue(async () => {
    /** @type {Outcome} */
    let outcome = { done: [], refused: [] };
    try {
      outcome = await send(path, pairs, given);
    } finally {
      release(new Set([...outcome.done, ...outcome.refused].map(({ id }) => id)));
      showSelection();
    }
    const canUndo = Boolean(back && outcome.done.length);
    if (back && outcome.done.length) done.push({ path: back, pairs: outcome.done, names });
    settle(outcome, tell(outcome, pairs, names, sentence), canUndo);
  });
}

/** Moves the focus off rows that an act is for, to the next that is free. */
function leave() {
  const here = focused();
  showSelection();
  if (here && !selection.isGoing(pair(here).id)) return;
  const free = rows();
  const before = here ? free.filter((each) => isBefore(each, here)).length : place;
  focus(free[Math.min(before, free.length - 1)]);
}

/** @param {Node} one
    @param {Node} other */
function isBefore(one, other) {
  return Boolean(one.compareDocumentPosition(other) & Node.DOCUMENT_POSITION_FOLLOWING);
}

/** Removes the rows that have left the list at once, and then reloads it.
    @param {Outcome} outcome
    @param {string} sentence
    @param {boolean} canUndo */
function settle(outcome, sentence, canUndo) {
  for (const { id } of [...outcome.done, ...outcome.refused]) {
    row(id)?.remove();
    selection.remove(id);
  }
  showSelection();
  keepFocus();
  say(sentence, {
    trouble: Boolean(outcome.refused.length || outcome.trouble),
    act: canUndo ? { label: message("Undo"), run: undo } : undefined,
  });
  return reload();
}

/** The focus stays in the list when its row has gone. */
function keepFocus() {
  if (document.activeElement !== document.body) return;
  const free = rows();
  focus(free[Math.min(Math.max(place, 0), free.length - 1)]);
}

function undo() {
  return enqueue(async () => {
    const last = done.pop();
    if (!last) return say(message("NothingToUndo"));
    try {
      const outcome = await send(last.path, last.pairs.map(({ id, version }) => ({ id, version })));
      await settle(outcome, tell(outcome, last.pairs, last.names, "Undone"), false);
      focus(row(last.pairs[0].id));
    } catch (trouble) {
      done.push(last);
      throw trouble;
    }
    return undefined;
  });
}

const reload = () => attempt(() => refresh(REGIONS));
document.addEventListener("desk:refreshed", () => {
  showSelection();
  const here = focused();
  // It got the focus back before the rows around it were marked, and counted those that go.
  if (here) place = rows().indexOf(here);
  else keepFocus();
});

/** @type {Record<string, (pairs: Row[]) => unknown>} */
const ACTS = {
  shortlist: (pairs) =>
    act("triage/shortlist/", pairs, { sentence: "Shortlist", back: "triage/undo/" }),
  reopen: (pairs) => act("triage/reopen/", pairs, { sentence: "Reopen" }),
  place(pairs) {
    const { digest } = desk.dataset;
    if (!digest) return say(message("NoDigest"), { trouble: true });
    return act(`digests/${digest}/take-in/`, pairs, {
      sentence: "TakeIn",
      back: `digests/${digest}/take-out/`,
    });
  },
  reject: (pairs) =>
    askWhy((given) =>
      act("triage/reject/", pairs, { given, sentence: "Reject", back: "triage/undo/" })
    ),
  claim: (pairs) => hold("POST", "Claim", pairs),
  release: (pairs) => hold("DELETE", "Release", pairs),
};

/** @param {"POST" | "DELETE"} method
    @param {string} sentence
    @param {Row[]} pairs */
function hold(method, sentence, pairs) {
  const what = named(pairs, namesOf(pairs));
  return enqueue(async () => {
    for (const { id } of pairs) await api(method, `claims/${id}/`);
    say(message(sentence, { what }));
    await reload();
  });
}

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
  c: () => run(within("[data-do=release]") ? "release" : "claim"),
  u: undo,
  e: () => within("[data-edit]")?.click(),
  o: () => within("[data-source]")?.click(),
  t: () => within("summary")?.click(),
  "/": search,
  "?": showKeys,
  "*": selectAll,
  Escape: () => clear(),
};

/** What the row with the focus holds.
    @param {string} selector */
function within(selector) {
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

const MOVES = new Set(["j", "k", "ArrowDown", "ArrowUp"]);

/** @param {string} name */
function run(name) {
  if (selecting) {
    enqueue(() => {
      if (selection.size) run(name);
    });
    return;
  }
  const here = focused();
  const pairs = selection.chosen(here ? pair(here) : undefined);
  if (pairs.length && document.querySelector("[data-bulk]")) ACTS[name](pairs);
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "Escape" && closest(event.target, "#id_q")) return focus(rows()[0]);
  if (isTyping(event)) return;
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  const pressed = KEYS[key];
  if (!pressed || (key.startsWith("Arrow") && !focused())) return;
  event.preventDefault();
  // A key that is held down goes on through the list, and does nothing twice.
  if (!event.repeat || MOVES.has(key)) pressed(event);
});

document.addEventListener("focusin", (event) => {
  const candidate = closest(event.target, ".candidate");
  if (candidate) place = rows().indexOf(candidate);
});

const acts = element(document, "[data-acts]");
acts.addEventListener("click", (event) => {
  const one = closest(event.target, "[data-do]");
  const many = closest(event.target, "[data-bulk-do]");
  if (closest(event.target, "[data-select-all]")) selectAll();
  if (closest(event.target, "[data-help]")) showKeys();
  if (!one && !many) return;
  event.preventDefault();
  const candidate = closest(one, ".candidate");
  const isFree = candidate && !candidate.matches(".is-going");
  if (isFree && one?.dataset.do) ACTS[one.dataset.do]([pair(candidate)]);
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

document.addEventListener("desk:pasted", reload);

/* Shows what others do, unless something is open that a reload would close. */
setInterval(() => {
  const isBusy = document.hidden ||
    document.querySelector("dialog[open], .candidate details[open]");
  if (isBusy || document.activeElement?.matches("input, textarea, select")) return;
  refresh(REGIONS, location.href, { heartbeat: true }).catch(() => {});
}, LOOK_EVERY);

showSelection();
// Without scrolling: on a telephone the head of the page comes first.
if (document.activeElement === document.body) rows()[0]?.focus({ preventScroll: true });
