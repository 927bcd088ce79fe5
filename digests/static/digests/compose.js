/* Compose: every change is saved at once by the desk's API, over the version that is shown, and
   the server's HTML is fetched anew. Without this script the same forms act by themselves. */
import { ask, desk, inTurn, refresh, Refused, say, stay } from "./desk.js";
import { dragging } from "./drag.js";
import { keepTexts } from "./texts.js";

const REGIONS = ["head", "digest", "pool"];
const digest = `digests/${desk.dataset.digest}/`;
const stories = () => document.querySelector('[data-region="digest"]');
const version = () => Number(stories().dataset.version);
const row = (item) => document.getElementById(`item-${item}`);
const mayCompose = () => stories().querySelector("[data-text]") !== null;
let isComposingText = false; // in an input method, which a change of the page would break off

desk.classList.add("scripted");

/** Sends a change and shows what came of it. */
async function change(path, body, { focus } = {}) {
  const answer = await sent("POST", path, body);
  await update(...[focus ?? []].flat());
  return answer;
}

/** Sends a change; where somebody was faster the page is shown as it is now, for the refusal's
    sentence speaks of it. What was typed stays. */
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

/** Fetches the page's parts anew; focus stays, or moves to the first of `focus` that is there. */
async function update(...focus) {
  await show({ focus });
  later();
}

/** The section that the pool adds to stays chosen while the pool is put in anew. */
async function keepingTarget(act) {
  const chosen = document.getElementById("pool-target")?.value;
  await act();
  const target = document.getElementById("pool-target");
  if (chosen && [...(target?.options ?? [])].some(({ value }) => value === chosen)) {
    target.value = chosen;
  }
}

async function show({ focus = [], heartbeat = false } = {}) {
  const active = document.activeElement;
  const here = active?.closest("[data-item]");
  const place = here ? [...stories().querySelectorAll(".row")].indexOf(here) : -1;
  const restore = texts.remember();
  await keepingTarget(() => refresh(REGIONS, location.href, { heartbeat }));
  restore();
  const wanted = [...focus, active?.id].map((id) => id && document.getElementById(id));
  const next = wanted.find((each) => each && !each.disabled && each.offsetParent !== null);
  if (next) next.focus({ preventScroll: next.id === active?.id });
  else if (place >= 0) {
    const rows = stories().querySelectorAll(".row");
    const same = row(here.dataset.item) ?? rows[Math.min(place, rows.length - 1)];
    (same?.querySelector(".handle") ?? stories()).focus();
  }
}

/* What costs more comes when the hands rest. */
let timer;
function later() {
  clearTimeout(timer);
  timer = setTimeout(() => {
    refresh(["findings"], desk.dataset.findings).catch(() => {});
    preview(true);
  }, 600);
}

const frame = document.querySelector("iframe.reader");
let isOutdated = false;
function preview(changed = false) {
  isOutdated ||= changed;
  if (!isOutdated || frame.offsetParent === null) return;
  isOutdated = false;
  frame.src = frame.src; // loads it anew
}

const texts = keepTexts({ change: (...given) => inTurn(() => save(...given)), version });

async function save(form, keep, made) {
  const body = made();
  if (!body) return;
  const path = form.dataset.text === "item"
    ? `items/${form.dataset.row}/`
    : `${digest}sections/${form.dataset.row ?? ""}${form.dataset.row ? "/" : ""}`;
  const answer = await sent(form.dataset.row ? "PUT" : "POST", path, body);
  texts.saved(form, keep, body, answer.version);
  await update();
  say(answer.said || desk.dataset.saysSaved);
}

/* The acts, by the names that the forms' buttons send. */

const place = (...given) => inTurn(() => put(...given));

async function put(item, section, position, { from } = {}) {
  const stood = row(item) !== null;
  await change(
    `${digest}place/`,
    { version: version(), item, section: section ? Number(section) : null, position },
    { focus: from },
  );
  const moved = row(item);
  say(stood ? moved?.dataset.moved : moved?.dataset.added);
  moved?.scrollIntoView({ block: "nearest" });
}

function step(item, way) {
  return inTurn(async () => {
    const spot = row(item)?.dataset[way];
    if (!spot) return;
    const [section, position] = spot.split(":");
    await put(Number(item), section, Number(position));
  });
}

const acts = {
  up: (item) => step(item, "up"),
  down: (item) => step(item, "down"),
  move(item) {
    const { number, section } = row(item).dataset;
    const field = document.getElementById(`position-${item}`);
    const typed = /^\s*[0-9]+\s*$/.test(field.value) ? Number(field.value) : Number.NaN;
    if (!(typed > 0)) {
      say(desk.dataset.saysNoNumber.replace("{typed}", field.value), { trouble: true });
      field.value = number;
      return undefined;
    }
    const chosen = document.getElementById(`section-of-${item}`)?.value ?? section;
    if (chosen !== section) {
      return place(Number(item), chosen, typed === Number(number) ? null : typed);
    }
    if (typed === Number(number)) return undefined;
    return place(Number(item), section, typed);
  },
  remove: (item) =>
    inTurn(async () => {
      const { section, number, removed } = row(item).dataset;
      await change(`${digest}remove/`, { version: version(), item: Number(item) });
      const back = () => place(Number(item), section, Number(number), { from: `drag-${item}` });
      say(removed, { act: { label: desk.dataset.saysUndo, run: back } });
    }),
  approve: (item) =>
    inTurn(async () => {
      const answer = await change(`digests/items/${item}/approve/`, {
        version: Number(row(item).dataset.version),
      });
      say(answer.said);
    }),
  approve_all: () =>
    inTurn(async () => {
      const items = [...document.querySelectorAll('[data-region="head"] [name="ready"]')].map(
        (field) => {
          const [item, itsVersion] = field.value.split(":").map(Number);
          return { item, version: itsVersion };
        },
      );
      const answer = await change("digests/approve-items/", { items }, { focus: "submit" });
      say([answer.said, ...answer.refused].join(" "), { trouble: answer.refused.length > 0 });
    }),
  submit: () =>
    inTurn(async () => {
      if (texts.areUnsaved()) return say(desk.dataset.saysUnsaved, { trouble: true });
      const answer = await change(`${digest}submit/`, { version: version() }, {
        focus: "read-and-approve",
      });
      return say(answer.said);
    }),
  earlier: (section) => moveSection(section, -1),
  later: (section) => moveSection(section, 1),
  dissolve: (section) =>
    inTurn(async () => {
      const heads = [...stories().querySelectorAll(".section-head")];
      const here = document.getElementById(`section-${section}`);
      const next = heads[heads.indexOf(here) + 1]?.dataset.section;
      const focus = next ? `edit-section-${next}` : "stories";
      await change(`${digest}sections/${section}/dissolve/`, { version: version() }, { focus });
      say(here.dataset.dissolved);
    }),
};

function moveSection(section, by) {
  return inTurn(async () => {
    const position = Number(document.getElementById(`section-${section}`).dataset.position) + by;
    // At an end the button that was pressed is of no use any more.
    const buttons = [`earlier-${section}`, `later-${section}`];
    const focus = by < 0 ? buttons : buttons.reverse();
    await change(`${digest}sections/${section}/move/`, {
      version: version(),
      position: Math.max(position, 1),
    }, { focus });
    say(document.getElementById(`section-${section}`)?.dataset.moved);
  });
}

/* Forms, fields and keys */

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.matches("[data-text]")) {
    event.preventDefault();
    texts.save(form);
  } else if (form.matches("[data-filter]")) {
    event.preventDefault();
    filter();
  } else if (form.matches(".pool")) {
    event.preventDefault();
    const item = Number(event.submitter?.value);
    const next = event.submitter?.closest("li").nextElementSibling?.querySelector("[name=item]");
    if (item) {
      place(item, form.querySelector("#pool-target")?.value ?? "", null, {
        from: next?.id ?? "pool-q",
      });
    }
  } else if (event.submitter?.name === "do") {
    const [what, number] = event.submitter.value.split(":");
    if (!acts[what]) return;
    event.preventDefault();
    // A number or a section that was chosen has moved the story already.
    if (what !== "move") acts[what](number);
  }
});

document.addEventListener("change", (event) => {
  const line = event.target.closest(".row .line");
  if (line && event.target.matches("select, .number")) acts.move(line.parentElement.dataset.item);
  else if (event.target.closest("[data-filter]")) filter();
});

document.addEventListener("keydown", (event) => {
  const isSave = (event.ctrlKey || event.metaKey) && (event.key === "s" || event.key === "Enter");
  if (isSave) {
    const form = event.target.closest("[data-text]") ??
      document.querySelector("[data-text]:not([hidden])");
    if (event.key === "Enter" && !event.target.closest("[data-text]")) return;
    event.preventDefault();
    if (form) texts.save(form);
    else say(desk.dataset.saysSaved);
  } else if (event.altKey && ["ArrowUp", "ArrowDown"].includes(event.key)) {
    const item = event.target.closest(".placements .row")?.dataset.item;
    if (!item || event.target.closest(".text") || !mayCompose()) return;
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

let typing;
document.getElementById("pool-q")?.addEventListener("input", () => {
  clearTimeout(typing);
  typing = setTimeout(() => {
    if (!isComposingText) filter();
  }, 250);
});

/** The pool as it is asked for; the address keeps the question. */
function filter() {
  const asked = new URLSearchParams(
    [...new FormData(document.querySelector("[data-filter]"))].filter(([, value]) => value),
  );
  history.replaceState(null, "", asked.size ? `?${asked}` : location.pathname);
  inTurn(() => keepingTarget(() => refresh(["pool"])));
}

/* Panes: what does not fit beside the digest is a tab. */
const panes = document.querySelector("[data-panes]");
const tabs = document.querySelector("[data-tabs]");
tabs.hidden = false;
tabs.addEventListener("click", (event) => {
  const chosen = event.target.closest("[data-tab]");
  if (!chosen) return;
  panes.dataset.shown = chosen.dataset.tab;
  for (const tab of tabs.children) tab.setAttribute("aria-pressed", String(tab === chosen));
  preview();
});

const isDragging = dragging(
  () => (mayCompose() ? document.querySelector(".digest-pane") : null),
  (item, { section, position }) => {
    const here = row(item)?.dataset;
    if (here && here.section === section && Number(here.number) === position) return;
    place(Number(item), section, position, { from: `drag-${item}` });
  },
);

/* Side by side: who else is here, and what they changed. */
const others = document.querySelector("[data-here]");
stay("digest", desk.dataset.digest, ({ others: names, state }) => {
  others.textContent = names.length
    ? desk.dataset.saysHere.replace("{names}", names.join(", "))
    : "";
  if (state === stories().dataset.state || isDragging() || isComposingText) return;
  // Nobody did anything here: it must not prolong the session.
  inTurn(() => (state === stories().dataset.state ? undefined : show({ heartbeat: true })));
});

later();
