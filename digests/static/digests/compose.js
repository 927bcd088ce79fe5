/* Compose: every change is saved at once by the desk's API, over the version that is shown, and
   the server's HTML is fetched anew. Without this script the same forms act by themselves. */
import { ask, desk, inTurn, refresh, Refused, say, says, stay } from "./desk.js";
import { all, closest, element, find, submitter } from "./dom.js";
import { dragging } from "./drag.js";
import { positionOf, spotFor, spotOf } from "./positions.js";
import { keepTexts } from "./texts.js";

/** @typedef {import("./desk.js").Saved} Saved */
/** @typedef {import("./positions.js").Spot} Spot */

const REGIONS = ["head", "digest", "pool"];
const digest = `digests/${desk.dataset.digest}/`;
const stories = () => element(document, '[data-region="digest"]');
const version = () => Number(stories().dataset.version);
const row = (/** @type {string | number} */ item) => find(document, `#item-${item}`);
const mayCompose = () => stories().querySelector("[data-text]") !== null;
let isComposingText = false; // in an input method, which a change of the page would break off

desk.classList.add("scripted");

/** Sends a change and shows what came of it.
    @template [Answer=Saved]
    @param {string} path
    @param {object} body
    @param {string[]} focus
    @returns {Promise<Answer>} */
async function change(path, body, ...focus) {
  /** @type {Answer} */
  const answer = await sent("POST", path, body);
  await update(...focus);
  return answer;
}

/** Sends a change; where somebody was faster the page is shown as it is now, for the refusal's
    sentence speaks of it. What was typed stays.
    @template Answer
    @param {string} method
    @param {string} path
    @param {object} body
    @returns {Promise<Answer>} */
async function sent(method, path, body) {
  try {
    return await ask(method, path, body);
  } catch (trouble) {
    if (trouble instanceof Refused && [404, 409].includes(trouble.status)) {
      await update().catch(() => {});
    }
    throw trouble;
  }
}

/** Fetches the page's parts anew; focus stays, or moves to the first of `focus` that is there.
    @param {string[]} focus */
async function update(...focus) {
  await show({ focus });
  later();
}

/** The section that the pool adds to. */
const poolTarget = () => find(document, "#pool-target", HTMLSelectElement);

/** The section that the pool adds to stays chosen while the pool is put in anew.
    @param {() => Promise<void>} act */
async function keepingTarget(act) {
  const chosen = poolTarget()?.value;
  await act();
  const target = poolTarget();
  const same = [...(target?.options ?? [])].find(({ value }) => value === chosen);
  if (same) same.selected = true;
}

async function show({ focus = /** @type {string[]} */ ([]), heartbeat = false } = {}) {
  const active = document.activeElement;
  const here = closest(active, "[data-item]");
  const place = here ? all(stories(), ".row").indexOf(here) : -1;
  const restore = texts.remember();
  await keepingTarget(() => refresh(REGIONS, location.href, { heartbeat }));
  restore();
  const wanted = [...focus, active?.id ?? ""].map((id) => document.getElementById(id));
  const next = wanted.find((each) => each && mayFocus(each));
  if (next) next.focus({ preventScroll: next.id === active?.id });
  else if (here && place >= 0) {
    const rows = all(stories(), ".row");
    const same = row(here.dataset.item ?? "") ?? rows[Math.min(place, rows.length - 1)];
    ((same && find(same, ".handle")) ?? stories()).focus();
  }
}

/** @param {HTMLElement} each */
function mayFocus(each) {
  return !each.matches(":disabled") && each.offsetParent !== null;
}

/* What costs more comes when the hands rest. */
/** @type {ReturnType<typeof setTimeout> | undefined} */
let timer;
function later() {
  clearTimeout(timer);
  timer = setTimeout(() => {
    refresh(["findings"], desk.dataset.findings).catch(() => {});
    preview(true);
  }, 600);
}

const frame = element(document, "iframe.reader", HTMLIFrameElement);
const readerAddress = frame.src;
let isOutdated = false;
function preview(changed = false) {
  isOutdated ||= changed;
  if (!isOutdated || frame.offsetParent === null) return;
  isOutdated = false;
  frame.src = readerAddress; // loads it anew
}

const texts = keepTexts({ change: (...given) => inTurn(() => save(...given)), version });

/** @type {import("./texts.js").Change} */
async function save(form, keep, made) {
  const body = made();
  if (!body) return;
  const { text, row } = form.dataset;
  const path = text === "item" ? `items/${row}/` : `${digest}sections/${row ? `${row}/` : ""}`;
  /** @type {Saved} */
  const answer = await sent(row ? "PUT" : "POST", path, body);
  texts.saved(form, keep, body, answer.version);
  await update();
  say(answer.said || says("Saved"));
}

/* The acts, by the names that the forms' buttons send. */

/** Places a story in its turn, and then moves the focus to the element with the id `from`, if any.
    @param {string} item
    @param {Spot} spot
    @param {string[]} from */
const place = (item, spot, ...from) => inTurn(() => put(item, spot, ...from));

/** @param {string} item
    @param {Spot} spot
    @param {string[]} from */
async function put(item, { section, position }, ...from) {
  const stood = row(item) !== null;
  await change(`${digest}place/`, {
    version: version(),
    item: Number(item),
    section: section ? Number(section) : null,
    position,
  }, ...from);
  const moved = row(item);
  say(stood ? moved?.dataset.moved : moved?.dataset.added);
  moved?.scrollIntoView({ block: "nearest" });
}

/** @param {string} item
    @param {"up" | "down"} way */
function step(item, way) {
  return inTurn(async () => {
    const spot = row(item)?.dataset[way];
    if (spot) await put(item, spotOf(spot));
  });
}

/** What the row of a story carries.
    @param {string} item */
function rowData(item) {
  const { section = "", number, version, removed } = element(document, `#item-${item}`).dataset;
  return { section, number: Number(number), version: Number(version), removed };
}

/** @type {Record<string, (number: string) => unknown>} */
const acts = {
  up: (item) => step(item, "up"),
  down: (item) => step(item, "down"),
  move(item) {
    const here = rowData(item);
    const field = element(document, `#position-${item}`, HTMLInputElement);
    const position = positionOf(field.value);
    if (position === null) {
      say(says("NoNumber", { typed: field.value }), { trouble: true });
      field.value = String(here.number);
      return;
    }
    const section = find(document, `#section-of-${item}`, HTMLSelectElement)?.value;
    const spot = spotFor(here, position, section);
    if (spot) place(item, spot);
  },
  remove: (item) =>
    inTurn(async () => {
      const { section, number, removed } = rowData(item);
      await change(`${digest}remove/`, { version: version(), item: Number(item) });
      const back = () => place(item, { section, position: number }, `drag-${item}`);
      say(removed, { act: { label: says("Undo"), run: back } });
    }),
  approve: (item) =>
    inTurn(async () => {
      const { version } = rowData(item);
      const answer = await change(`digests/items/${item}/approve/`, { version });
      say(answer.said);
    }),
  approve_all: () =>
    inTurn(async () => {
      const ready = all(document, '[data-region="head"] [name="ready"]', HTMLInputElement);
      const items = ready.map((field) => {
        const [item, version] = field.value.split(":").map(Number);
        return { item, version };
      });
      /** @type {{ said: string, refused: string[] }} */
      const answer = await change("digests/approve-items/", { items }, "submit");
      say([answer.said, ...answer.refused].join(" "), { trouble: answer.refused.length > 0 });
    }),
  submit: () =>
    inTurn(async () => {
      if (texts.areUnsaved()) return say(says("Unsaved"), { trouble: true });
      const answer = await change(`${digest}submit/`, { version: version() }, "read-and-approve");
      return say(answer.said);
    }),
  earlier: (section) => moveSection(section, -1),
  later: (section) => moveSection(section, 1),
  dissolve: (section) =>
    inTurn(async () => {
      const heads = all(stories(), ".section-head");
      const here = element(document, `#section-${section}`);
      const next = heads[heads.indexOf(here) + 1]?.dataset.section;
      const focus = next ? `edit-section-${next}` : "stories";
      await change(`${digest}sections/${section}/dissolve/`, { version: version() }, focus);
      say(here.dataset.dissolved);
    }),
};

/** @param {string} section
    @param {number} by */
function moveSection(section, by) {
  return inTurn(async () => {
    const position = Number(element(document, `#section-${section}`).dataset.position) + by;
    // At an end the button that was pressed is of no use any more.
    const buttons = [`earlier-${section}`, `later-${section}`];
    const focus = by < 0 ? buttons : buttons.reverse();
    const body = { version: version(), position: Math.max(position, 1) };
    await change(`${digest}sections/${section}/move/`, body, ...focus);
    say(document.getElementById(`section-${section}`)?.dataset.moved);
  });
}

/* Forms, fields and keys */

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!(form instanceof HTMLFormElement)) return;
  const button = submitter(event);
  if (form.matches("[data-text]")) {
    event.preventDefault();
    texts.save(form);
  } else if (form.matches("[data-filter]")) {
    event.preventDefault();
    filter();
  } else if (form.matches(".pool")) {
    event.preventDefault();
    if (!button?.value) return;
    const next = button.closest("li")?.nextElementSibling?.querySelector("[name=item]");
    const spot = { section: poolTarget()?.value ?? "", position: null };
    place(button.value, spot, next?.id ?? "pool-q");
  } else if (button?.name === "do") {
    const [what, number] = button.value.split(":");
    if (!acts[what]) return;
    event.preventDefault();
    // A number or a section that was chosen has moved the story already.
    if (what !== "move") acts[what](number);
  }
});

document.addEventListener("change", (event) => {
  const item = closest(event.target, ".row")?.dataset.item;
  if (item && closest(event.target, ".line :is(select, .number)")) acts.move(item);
  else if (closest(event.target, "[data-filter]")) filter();
});

document.addEventListener("keydown", (event) => {
  const isSave = (event.ctrlKey || event.metaKey) && (event.key === "s" || event.key === "Enter");
  if (isSave) {
    const here = closest(event.target, "[data-text]", HTMLFormElement);
    const form = here ?? find(document, "[data-text]:not([hidden])", HTMLFormElement);
    if (event.key === "Enter" && !here) return;
    event.preventDefault();
    if (form) texts.save(form);
    else say(says("Saved"));
  } else if (event.altKey && ["ArrowUp", "ArrowDown"].includes(event.key)) {
    const item = closest(event.target, ".placements .row")?.dataset.item;
    if (!item || closest(event.target, ".text") || !mayCompose()) return;
    event.preventDefault();
    step(item, event.key === "ArrowUp" ? "up" : "down");
  }
});

document.addEventListener("compositionstart", () => {
  isComposingText = true;
});
document.addEventListener("compositionend", () => {
  isComposingText = false;
});

/** @type {ReturnType<typeof setTimeout> | undefined} */
let typing;
document.getElementById("pool-q")?.addEventListener("input", () => {
  clearTimeout(typing);
  typing = setTimeout(() => {
    if (!isComposingText) filter();
  }, 250);
});

/** The pool as it is asked for; the address keeps the question. */
function filter() {
  const asked = new URLSearchParams();
  for (const [name, value] of new FormData(element(document, "[data-filter]", HTMLFormElement))) {
    if (value) asked.append(name, String(value));
  }
  history.replaceState(null, "", asked.size ? `?${asked}` : location.pathname);
  inTurn(() => keepingTarget(() => refresh(["pool"])));
}

/* Panes: what does not fit beside the digest is a tab. */
const panes = element(document, "[data-panes]");
const tabs = element(document, "[data-tabs]");
tabs.hidden = false;
tabs.addEventListener("click", (event) => {
  const chosen = closest(event.target, "[data-tab]");
  if (!chosen) return;
  panes.dataset.shown = chosen.dataset.tab;
  for (const tab of tabs.children) tab.setAttribute("aria-pressed", String(tab === chosen));
  preview();
});

const isDragging = dragging(
  () => (mayCompose() ? element(document, ".digest-pane") : null),
  (item, { section, position }) => {
    const here = row(item)?.dataset;
    if (here && here.section === section && Number(here.number) === position) return;
    place(item, { section, position }, `drag-${item}`);
  },
);

/* Side by side: who else is here, and what they changed. */
const others = element(document, "[data-here]");
stay("digest", desk.dataset.digest, ({ others: names, state }) => {
  others.textContent = names.length ? says("Here", { names: names.join(", ") }) : "";
  if (state === stories().dataset.state || isDragging() || isComposingText) return;
  // Nobody did anything here: it must not prolong the session.
  inTurn(() => (state === stories().dataset.state ? undefined : show({ heartbeat: true })));
});

later();
