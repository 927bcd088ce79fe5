/* Compose: every change is saved at once, over the version that is shown. The page's own forms are
   posted, and answered with its changed regions; without this script they act by themselves. */
import { desk, enqueue, message, post, refresh, say, trackPresence } from "./desk.js";
import { all, closest, element, find, isOfInputMethod, submitter } from "./dom.js";
import { dragging } from "./drag.js";
import { keepInlineEdits } from "./inline_edit.js";
import { followChanges } from "./live.js";
import { chosenSection, poolForm, rememberSection } from "./pool.js";
import { isMove, positionOf } from "./positions.js";
import { listed } from "./texts.js";

/** @typedef {import("./positions.js").Destination} Destination */

const stories = () => element(document, '[data-region="digest"]');
const version = () => Number(stories().dataset.version);
const row = (/** @type {string | number} */ item) => find(document, `#item-${item}`);
const mayCompose = () => stories().querySelector("[data-text]") !== null;
/** The search of the pool is left as it is while one may use it: somebody may be typing there. */
const regions = () => ["head", "digest", "fill", "pool", ...(mayCompose() ? [] : ["search"])];
let isComposingText = false; // in an input method, which a change of the page would break off

desk.classList.add("scripted");

/** Posts a form and shows the page as it is then, even after a refusal, whose sentence speaks of it.
    What was typed stays, and so does the focus, or it moves to the first of `focus` that is there.
    @param {HTMLFormElement} form
    @param {Act} act
    @param {string[]} focus */
async function change(form, act, ...focus) {
  try {
    return await replaceAround(async () => {
      const report = await post(form, regions(), act);
      act.done?.();
      return report;
    }, focus);
  } finally {
    checkSoon(); // a refusal brings the page as it is now, too
  }
}

/** Lets the page's parts be replaced around what the editor is doing.
    @template Outcome
    @param {() => Promise<Outcome>} load
    @param {string[]} [focus] */
async function replaceAround(load, focus = []) {
  const active = document.activeElement;
  const here = closest(active, "[data-item]");
  const place = here ? all(stories(), ".row").indexOf(here) : -1;
  const restore = inlineEdits.remember();
  const chooseSection = rememberSection();
  try {
    return await load();
  } finally {
    chooseSection();
    restore();
    const now = document.activeElement;
    // Whoever has gone elsewhere meanwhile stays there.
    if (!now || now === active || now === document.body) focusAgain();
  }

  function focusAgain() {
    const wanted = [...focus, active?.id ?? ""].map((id) => document.getElementById(id));
    const next = wanted.find((each) => each && mayFocus(each));
    if (next) next.focus({ preventScroll: next.id === active?.id });
    else if (here && place >= 0) {
      const rows = all(stories(), ".row");
      const same = row(here.dataset.item ?? "") ?? rows[Math.min(place, rows.length - 1)];
      ((same && find(same, ".handle")) ?? stories()).focus();
    }
  }
}

/** @param {HTMLElement} each */
function mayFocus(each) {
  return !each.matches(":disabled") && each.offsetParent !== null;
}

/* The findings and the preview cost more: they wait until the editor pauses. */
/** @type {ReturnType<typeof setTimeout> | undefined} */
let timer;
function checkSoon(isChanged = true) {
  clearTimeout(timer);
  timer = setTimeout(() => {
    refresh(["findings"], desk.dataset.findings).catch(() => {});
    preview(isChanged);
  }, 600);
}

const frame = element(document, "iframe.reader", HTMLIFrameElement);
const readerAddress = frame.src;
let isOutdated = false;
function preview(isChanged = false) {
  isOutdated ||= isChanged;
  if (!isOutdated || frame.offsetParent === null) return;
  isOutdated = false;
  frame.contentWindow?.location.replace(readerAddress); // unlike `src` without an entry for Back
}

const inlineEdits = keepInlineEdits({
  change: (...given) => enqueue(() => save(...given)),
  version,
});

/** @type {import("./inline_edit.js").Change} */
async function save(form, keep, made) {
  const body = made();
  if (!body) return;
  // The page may have been read again meanwhile.
  const now = () => find(document, `#${form.id}`, HTMLFormElement) ?? form;
  const noteSave = () => inlineEdits.noteSave(now(), keep, body);
  try {
    const report = await change(now(), { fields: body, done: noteSave });
    inlineEdits.shutSaved(now(), keep);
    say(report.sentence || message("Saved"));
  } catch (trouble) {
    if (!inlineEdits.isOrphan(keep)) throw trouble;
  }
}

/* The acts. Each posts a form of the page when its turn has come, as it reads then. */

/** What a form is posted with; `done` is called before the page around it is put to rights.
    @typedef {{
      button?: HTMLButtonElement | null, fields?: Record<string, string | number>, done?: () => void
    }} Act */

/** Places a story in its turn, and then moves the focus to the element with the id `from`, if any.
    @param {string} item
    @param {Destination} destination
    @param {string[]} from */
function place(item, { section, before }, ...from) {
  return enqueue(async () => {
    const wasPlaced = row(item) !== null;
    await change(poolForm(), { fields: { item, section, before } }, ...from);
    sayPlace(item, wasPlaced);
  });
}

/** @param {string} item
    @param {boolean} wasPlaced */
function sayPlace(item, wasPlaced) {
  const moved = row(item);
  say(wasPlaced ? moved?.dataset.moved : moved?.dataset.added);
  moved?.scrollIntoView({ block: "nearest" });
}

/** Does the act of a button in its turn, if the page still offers the button then: one that was
    pressed twice before the answer has done what it could the first time.
    @param {string} id
    @param {(button: HTMLButtonElement, form: HTMLFormElement) => unknown} act */
function press(id, act) {
  return enqueue(() => {
    const button = find(document, `#${id}`, HTMLButtonElement);
    if (button?.form && !button.disabled) return act(button, button.form);
    return undefined;
  });
}

/** @param {HTMLFormElement} form */
const itemOf = (form) => closest(form, "[data-item]")?.dataset.item ?? "";

/** @type {Record<string, (button: HTMLButtonElement, form: HTMLFormElement) => unknown>} */
const ACTS = {
  up: step,
  down: step,
  async move(button, form) {
    const item = itemOf(form);
    const here = rowData(item);
    const field = element(form, "[name=position]", HTMLInputElement);
    const position = positionOf(field.value);
    if (position === null) {
      say(message("NoNumber", { typed: field.value }), { trouble: true });
      field.value = String(here.number);
      return;
    }
    const section = find(form, "[name=section]", HTMLSelectElement)?.value;
    if (!isMove(here, position, section)) return;
    await change(form, { button });
    sayPlace(item, true);
  },
  async remove(button, form) {
    const item = itemOf(form);
    const { section, removed } = rowData(item);
    const next = row(item)?.nextElementSibling;
    const before = next instanceof HTMLElement ? next.dataset.item ?? "" : "";
    await change(form, { button });
    const back = () => place(item, { section, before }, `drag-${item}`);
    say(removed, { act: { label: message("Undo"), run: back } });
  },
  async fill(button, form) {
    const { sentence, trouble } = await change(form, { button }, "undo-fill", "stories");
    const back = () => press("undo-fill", ACTS.undo_fill);
    const isDone = find(document, "#undo-fill") !== null;
    say(sentence, { trouble, act: isDone ? { label: message("Undo"), run: back } : undefined });
  },
  async undo_fill(button, form) {
    const { sentence, trouble } = await change(form, { button }, "fill", "stories");
    say(sentence, { trouble });
  },
  async approve(button, form) {
    // Of all, which come from the head of the page, the next act is to submit them.
    const focus = itemOf(form) ? [] : ["submit"];
    const { sentence, trouble } = await change(form, { button }, ...focus);
    say(sentence, { trouble });
  },
  async submit(button, form) {
    if (inlineEdits.areUnsaved()) return say(message("Unsaved"), { trouble: true });
    const { sentence } = await change(form, { button }, "read-and-approve");
    return say(sentence);
  },
  earlier: moveSection,
  later: moveSection,
  async dissolve(button, form) {
    const heads = all(stories(), ".section-head");
    const here = element(document, `#${closest(form, ".section-head")?.id}`);
    const next = heads[heads.indexOf(here) + 1]?.dataset.section;
    await change(form, { button }, next ? `edit-section-${next}` : "stories");
    say(here.dataset.dissolved);
  },
};

/** Moves a story by one.
    @param {HTMLButtonElement} button
    @param {HTMLFormElement} form */
async function step(button, form) {
  const item = itemOf(form);
  await change(form, { button });
  sayPlace(item, true);
}

/** What the row of a story carries.
    @param {string} item */
function rowData(item) {
  const { section = "", number, removed } = element(document, `#item-${item}`).dataset;
  return { section, number: Number(number), removed };
}

/** @param {HTMLButtonElement} button
    @param {HTMLFormElement} form */
async function moveSection(button, form) {
  const { section } = element(document, `#${closest(form, ".section-head")?.id}`).dataset;
  // At an end the button that was pressed is disabled.
  const buttons = [`earlier-${section}`, `later-${section}`];
  await change(form, { button }, ...(button.value === "earlier" ? buttons : buttons.reverse()));
  say(document.getElementById(`section-${section}`)?.dataset.moved);
}

/* Forms, fields and keys */

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!(form instanceof HTMLFormElement)) return;
  const button = submitter(event);
  if (form.matches("[data-text]")) {
    event.preventDefault();
    inlineEdits.save(form);
  } else if (form.matches(".pool")) {
    event.preventDefault();
    if (!button?.value) return;
    const next = button.closest("li")?.nextElementSibling?.querySelector("[name=item]");
    const destination = { section: chosenSection(), before: "" };
    place(button.value, destination, next?.id ?? "pool-q");
  } else if (button?.name === "do" && ACTS[button.value]) {
    event.preventDefault();
    // A number or a section that was chosen has moved the story already.
    if (button.value !== "move") press(button.id, ACTS[button.value]);
  }
});

document.addEventListener("change", (event) => {
  const item = closest(event.target, ".row")?.dataset.item;
  if (item && closest(event.target, ".line :is(select, .number)")) press(`move-${item}`, ACTS.move);
});

document.addEventListener("keydown", (event) => {
  if (isOfInputMethod(event)) return;
  const isSave = (event.ctrlKey || event.metaKey) && (event.key === "s" || event.key === "Enter");
  if (isSave) {
    const here = closest(event.target, "[data-text]", HTMLFormElement);
    const form = here ?? find(document, "[data-text]:not([hidden])", HTMLFormElement);
    if (event.key === "Enter" && !here) return;
    event.preventDefault();
    if (form) inlineEdits.save(form);
    else say(message("Saved"));
  } else if (event.altKey && ["ArrowUp", "ArrowDown"].includes(event.key)) {
    const item = closest(event.target, ".placements .row")?.dataset.item;
    if (!item || closest(event.target, ".text") || !mayCompose()) return;
    event.preventDefault();
    press(`${event.key === "ArrowUp" ? "up" : "down"}-${item}`, step);
  }
});

document.addEventListener("compositionstart", () => {
  isComposingText = true;
});
document.addEventListener("compositionend", () => {
  isComposingText = false;
});

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
  (item, destination) => {
    const here = row(item)?.dataset;
    const { section, position } = destination;
    if (here && here.section === section && Number(here.number) === position) return;
    place(item, destination, `drag-${item}`);
  },
);

/* Other editors: who else is here, and what they changed. */
const others = element(document, "[data-here]");
const askWhoIsHere = trackPresence(
  "digest",
  desk.dataset.digest,
  inlineEdits.areUnsaved,
  ({ others: names }) => {
    others.textContent = names.length ? message("Here", { names: listed(names) }) : "";
  },
);
followChanges(async () => {
  if (isDragging() || isComposingText) return;
  await askWhoIsHere(); // first: it tells whether the digest is still there
  await enqueue(() => replaceAround(() => refresh(regions(), location.href, { heartbeat: true })));
  checkSoon();
}, () => {
  others.textContent = message("Gone");
});

checkSoon(false); // the preview came with the page
