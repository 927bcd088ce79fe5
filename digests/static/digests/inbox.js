/* The inbox: one key for each act, done one after the other. The server's rows are the truth; here
   is only which of them has the focus, which are selected, and what was done last. */

import { ask, attempt, desk, inTurn, isTyping, refresh, Refused, say } from "./desk.js";
import { askWhy } from "./reasons.js";

const says = (name, what = {}) =>
  Object.entries(what).reduce(
    (text, [key, value]) => text.replace(`{${key}}`, () => value),
    desk.dataset[`says${name}`],
  );
const list = () => document.querySelector("[data-region=list]");
const rows = () => [...list().querySelectorAll(".candidate:not(.is-going)")];
const row = (id) => document.getElementById(`item-${id}`);
const headline = (element) => element.querySelector("h2").textContent.trim();

/** Selected rows by number, each as { id, version }; they may stand on another page. */
const selected = new Map();
/** The numbers of rows that an act is for which was not answered yet. */
const going = new Set();
const history = []; // what `u` takes back, the last at the end
const PER_REQUEST = 200;
const LOOK_EVERY = 30000;
const REGIONS = ["states", "head", "list", "pages"];

// Which row has the focus

const focused = () => document.activeElement?.closest?.(".candidate");
let place = 0; // where the focus was last, for when its row has gone

function focus(element) {
  if (!element) return;
  place = rows().indexOf(element);
  element.focus({ preventScroll: true });
  element.scrollIntoView({ block: "nearest" });
}

function step(by, extend) {
  const all = rows();
  const here = all.find((element) => element === focused());
  if (!all.length) return;
  const next = here ? all[all.indexOf(here) + by] : all[Math.min(place, all.length - 1)];
  if (extend && here) select(here, true);
  if (extend && next) select(next, true);
  if (next) focus(next);
  else turnPage(by);
}

let isTurning = false; // a key that is held down turns one page

/** Behind the last row comes the first of the next page, and the other way round. */
async function turnPage(by) {
  const link = document.querySelector(`[data-region=pages] [data-page="${by}"]`);
  if (!link || isTurning) return;
  isTurning = true;
  await inTurn(async () => {
    await refresh(REGIONS, link.href);
    window.history.replaceState(null, "", link.href);
    focus(rows().at(by > 0 ? 0 : -1));
  });
  isTurning = false;
}

// Which are selected

const pair = (element) => ({
  id: Number(element.dataset.id),
  version: Number(element.dataset.version),
});

function select(element, isSelected) {
  const { id } = pair(element);
  if (isSelected) selected.set(id, pair(element));
  else selected.delete(id);
  showSelection();
}

function showSelection() {
  for (const element of list().querySelectorAll(".candidate")) {
    const isSelected = selected.has(Number(element.dataset.id));
    element.classList.toggle("is-going", going.has(Number(element.dataset.id)));
    element.classList.toggle("is-selected", isSelected);
    const box = element.querySelector("input[name=item]");
    if (box) box.checked = isSelected;
  }
  const bar = document.querySelector("[data-bulk]");
  if (!bar) return;
  bar.classList.toggle("is-open", selected.size > 0);
  const sentence = says("Selected", { count: selected.size });
  const told = bar.querySelector("[data-selected]");
  if (told.textContent !== sentence) told.textContent = sentence;
}

let selecting = 0; // an act that is asked for meanwhile is for all of them

function selectAll() {
  selecting += 1;
  return inTurn(async () => {
    try {
      const found = await ask("GET", `items/${location.search}`);
      for (const each of found.rows) if (!going.has(each.id)) selected.set(each.id, each);
      showSelection();
    } finally {
      selecting -= 1;
    }
  });
}

function clear() {
  selected.clear();
  showSelection();
}

// Acts

/** The rows an act is for: the selected ones, else the one with the focus. */
function chosen(element = focused()) {
  if (selected.size) return [...selected.values()];
  return element && !going.has(Number(element.dataset.id)) ? [pair(element)] : [];
}

/** What rows are called: the headline of a single one, as far as it is known, else how many. */
function named(pairs, names) {
  if (pairs.length !== 1) return says("Many", { count: pairs.length });
  return names.get(pairs[0].id) ?? says("One");
}

function namesOf(pairs) {
  const shown = pairs.map(({ id }) => row(id)).filter(Boolean);
  return new Map(shown.map((element) => [Number(element.dataset.id), headline(element)]));
}

/** What became of rows, as a sentence: what was done, and what was left and why. */
function tell(outcome, pairs, names, sentence) {
  const { done, refused, trouble } = outcome;
  const told = done.length
    ? says(sentence, { what: named(done, names), digest: desk.dataset.digestTitle ?? "" })
    : "";
  const why = [...refused.slice(0, 3).map(({ detail }) => detail), trouble?.message].filter(Boolean)
    .join(" ");
  if (!told || !why) return told || why;
  const count = pairs.length - done.length;
  return says(count === 1 ? "LeftOne" : "Left", { told, count, why });
}

/** Sends the rows in portions, so that none is long; gives what became of all. */
async function send(path, pairs, given = {}) {
  const outcome = { done: [], refused: [] };
  for (let start = 0; start < pairs.length; start += PER_REQUEST) {
    const rows = pairs.slice(start, start + PER_REQUEST);
    try {
      const part = await ask("POST", path, { rows, ...given });
      outcome.done.push(...part.done);
      outcome.refused.push(...part.refused);
    } catch (trouble) {
      // What is done is told, and can be undone; the rest waits as it was.
      if (!(trouble instanceof Refused) || !outcome.done.length) throw trouble;
      return { ...outcome, trouble };
    }
  }
  return outcome;
}

/** Does an act in its turn. Its rows are out of reach at once, and back if nothing came of it. */
function act(path, pairs, { given, sentence, back }) {
  const names = namesOf(pairs);
  const wereSelected = pairs.filter(({ id }) => selected.delete(id));
  leave(pairs);
  return inTurn(async () => {
    let outcome = { done: [], refused: [] };
    try {
      outcome = await send(path, pairs, given);
    } finally {
      const answered = new Set([...outcome.done, ...outcome.refused].map(({ id }) => id));
      for (const { id } of pairs) going.delete(id);
      for (const each of wereSelected) if (!answered.has(each.id)) selected.set(each.id, each);
      showSelection();
    }
    const canUndo = Boolean(back && outcome.done.length);
    if (canUndo) history.push({ path: back, pairs: outcome.done, names });
    settle(outcome, tell(outcome, pairs, names, sentence), canUndo);
  });
}

/** Moves the focus off rows that an act is for, to the next that is free. */
function leave(pairs) {
  const here = focused();
  for (const { id } of pairs) going.add(id);
  showSelection();
  if (here && !going.has(Number(here.dataset.id))) return;
  const all = [...list().querySelectorAll(".candidate")];
  const before = here
    ? all.slice(0, all.indexOf(here)).filter((each) => rows().includes(each)).length
    : place;
  focus(rows()[Math.min(before, rows().length - 1)]);
}

/** Takes what has left the list out of it at once, and then reads it anew. */
function settle(outcome, sentence, canUndo) {
  for (const { id } of [...outcome.done, ...outcome.refused]) {
    row(id)?.remove();
    selected.delete(id);
  }
  showSelection();
  keepFocus();
  say(sentence, {
    trouble: Boolean(outcome.refused.length || outcome.trouble),
    act: canUndo ? { label: desk.dataset.saysUndo, run: undo } : undefined,
  });
  return reload();
}

/** The focus stays in the list when its row has gone. */
function keepFocus() {
  if (document.activeElement !== document.body) return;
  const all = rows();
  focus(all[Math.min(Math.max(place, 0), all.length - 1)]);
}

function undo() {
  return inTurn(async () => {
    const last = history.pop();
    if (!last) return say(desk.dataset.saysNothingToUndo);
    try {
      const outcome = await send(last.path, last.pairs.map(({ id, version }) => ({ id, version })));
      await settle(outcome, tell(outcome, last.pairs, last.names, "Undone"), false);
      focus(row(last.pairs[0].id));
    } catch (trouble) {
      history.push(last);
      throw trouble;
    }
    return undefined;
  });
}

const reload = () => attempt(() => refresh(REGIONS));
document.addEventListener("desk:refreshed", () => {
  showSelection();
  keepFocus();
});

const ACTS = {
  shortlist: (pairs) =>
    act("triage/shortlist/", pairs, { sentence: "Shortlist", back: "triage/undo/" }),
  reopen: (pairs) => act("triage/reopen/", pairs, { sentence: "Reopen" }),
  place(pairs) {
    const { digest } = desk.dataset;
    if (!digest) return say(desk.dataset.saysNoDigest, { trouble: true });
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

function hold(method, sentence, pairs) {
  const what = named(pairs, namesOf(pairs));
  return inTurn(async () => {
    for (const { id } of pairs) await ask(method, `claims/${id}/`);
    say(says(sentence, { what }));
    await reload();
  });
}

// Keys, buttons and ticks

const KEYS = {
  j: (event) => step(1, event.shiftKey),
  k: (event) => step(-1, event.shiftKey),
  ArrowDown: (event) => step(1, event.shiftKey),
  ArrowUp: (event) => step(-1, event.shiftKey),
  s: () => run("shortlist"),
  d: () => run("place"),
  x: () => run("reject"),
  c: () => run(focused()?.querySelector("[data-do=release]") ? "release" : "claim"),
  u: undo,
  e: () => focused()?.querySelector("[data-edit]").click(),
  o: () => focused()?.querySelector("[data-source]")?.click(),
  t: () => focused()?.querySelector("summary")?.click(),
  "/": search,
  "?": () => document.querySelector("[data-keys]").showModal(),
  "*": selectAll,
  Escape: () => clear(),
};

function search() {
  const field = document.getElementById("id_q");
  field.closest("details").open = true;
  field.focus();
}

const MOVES = new Set(["j", "k", "ArrowDown", "ArrowUp"]);

function run(name, element = focused()) {
  if (selecting) {
    inTurn(() => {
      if (selected.size) run(name);
    });
    return;
  }
  const pairs = chosen(element);
  if (pairs.length && document.querySelector("[data-bulk]")) ACTS[name](pairs);
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "Escape" && event.target.id === "id_q") return focus(rows()[0]);
  if (isTyping(event)) return;
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  const isArrow = key.startsWith("Arrow");
  if (!KEYS[key] || (isArrow && !focused())) return;
  event.preventDefault();
  // A key that is held down goes on through the list, and does nothing twice.
  if (!event.repeat || MOVES.has(key)) KEYS[key](event);
});

document.addEventListener("focusin", (event) => {
  const element = event.target.closest?.(".candidate");
  if (element) place = rows().indexOf(element);
});

document.querySelector("[data-acts]").addEventListener("click", (event) => {
  const one = event.target.closest("[data-do]");
  const many = event.target.closest("[data-bulk-do]");
  if (event.target.closest("[data-select-all]")) selectAll();
  if (event.target.closest("[data-help]")) KEYS["?"]();
  if (!one && !many) return;
  event.preventDefault();
  const element = one?.closest(".candidate");
  if (element && !element.matches(".is-going")) ACTS[one.dataset.do]([pair(element)]);
  if (many) run(many.dataset.bulkDo);
});

document.querySelector("[data-acts]").addEventListener("change", (event) => {
  if (event.target.name === "item") {
    select(event.target.closest(".candidate"), event.target.checked);
  }
});

// The filter acts when something is chosen in it; the words of a search wait for Enter.
document.querySelector("[data-filter]").addEventListener("change", (event) => {
  if (event.target.type !== "search") event.currentTarget.requestSubmit();
});

document.addEventListener("desk:pasted", reload);

/* What others do meanwhile is seen too, where nothing is open that would close. */
setInterval(() => {
  const isBusy = document.hidden ||
    document.querySelector("dialog[open], .candidate details[open]");
  if (isBusy || document.activeElement?.matches("input, textarea, select")) return;
  refresh(REGIONS, location.href, { heartbeat: true }).catch(() => {});
}, LOOK_EVERY);

showSelection();
// Without scrolling: on a telephone the head of the page comes first.
if (document.activeElement === document.body) rows()[0]?.focus({ preventScroll: true });
