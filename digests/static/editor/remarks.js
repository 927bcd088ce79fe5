/* Warnings of the house style while a story is typed: each leads to its place, and many have a fix
   that can be applied. */

import { api, desk, message, Refused } from "../desk/desk.js";
import { element, findField } from "../desk/dom.js";
import { joined } from "../desk/texts.js";
import { insertText } from "./edits.js";

/** A warning about one place: `start` and `end` count code points of the field's text.
    @typedef {{
      severity: string, field: string, sentence: string, line: number | null,
      start: number | null, end: number | null, fix: string | null
    }} Remark */

/** A remark that has a place and a fix.
    @typedef {Remark & { start: number, end: number, fix: string }} Fixable */

/** The fields of a story by name.
    @typedef {Record<string, string>} Text */

const LINT_AFTER = 400;

/** `text()` gives the form's fields by name, and `differs(text)` whether they read otherwise by
    now; `isLocked()`: nothing may be changed at present, and it has been said why.
    @param {HTMLFormElement} form
    @param {{
      text: () => Text, differs: (text: Text) => boolean, mayEdit: boolean, isLocked: () => boolean
    }} page */
export function keepRemarks(form, { text, differs, mayEdit, isLocked }) {
  const list = element(form, "[data-remarks]");
  const template = element(form, "[data-remark]", HTMLTemplateElement);
  const fixAll = element(form, "[data-fix-all]");
  const addSource = element(form, "[data-add-source]", HTMLAnchorElement);
  const counter = element(form, "[data-remark-count]");

  let asked = 0;
  async function lint() {
    const mine = (asked += 1);
    const judged = text();
    try {
      const path = `items/${desk.dataset.item}/lint/`;
      /** @type {{ remarks: Remark[], seen: number, add_source: string }} */
      const found = await api("POST", path, judged, { heartbeat: true });
      if (mine !== asked) return;
      show(found.remarks, judged);
      tellSeen(found.seen);
      addSource.href = found.add_source;
      addSource.hidden = !found.add_source;
    } catch (trouble) {
      if (!(trouble instanceof Refused)) throw trouble; // of a refusal saving will tell
    }
  }

  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let linting;
  function lintSoon() {
    clearTimeout(linting);
    linting = setTimeout(lint, LINT_AFTER);
  }

  /** For the editor's counter.
      @param {number} seen */
  function tellSeen(seen) {
    const body = findField(form, "body");
    if (!body) return;
    body.dataset.seen = String(seen);
    body.dispatchEvent(new Event("seen"));
  }

  /** @param {Remark[]} remarks
      @param {Text} judged */
  function show(remarks, judged) {
    list.replaceChildren(...remarks.map((remark) => line(remark, judged)));
    const fixable = remarks.filter(isFixable);
    fixAll.hidden = fixable.length < 2 || !mayEdit;
    fixAll.onclick = () => mend(fixable, judged);
    const count = remarks.length
      ? message("Remarks", { count: remarks.length })
      : message("Nothing");
    if (counter.textContent !== count) counter.textContent = count;
  }

  /** @param {Remark} remark
      @param {Text} judged */
  function line(remark, judged) {
    const row = element(document.importNode(template.content, true), "li");
    row.className = remark.severity;
    const place = element(row, ".place");
    const label = findField(form, remark.field)?.labels?.[0]?.textContent;
    place.textContent = label ? joined([label, remark.sentence]) : remark.sentence;
    place.addEventListener("click", () => goTo(remark));
    const fix = element(row, ".fix");
    if (!isFixable(remark) || !mayEdit) fix.remove();
    else {
      fix.textContent = message("Fix");
      fix.setAttribute("aria-label", `${message("Fix")} · ${remark.sentence}`);
      fix.addEventListener("click", () => mend([remark], judged));
    }
    return row;
  }

  /** @param {Remark} remark */
  function goTo(remark) {
    const target = findField(form, remark.field);
    if (!target) return;
    target.focus();
    const { value } = target;
    if (remark.start !== null && remark.end !== null) {
      target.setSelectionRange(offset(value, remark.start), offset(value, remark.end));
    } else if (remark.line) {
      const start = startOfLine(value, remark.line);
      target.setSelectionRange(start, start);
    }
  }

  /** @param {Fixable} remark */
  function apply({ field, start, end, fix }) {
    const target = findField(form, field);
    if (!target) return;
    const { value } = target;
    insertText(target, { start: offset(value, start), end: offset(value, end), text: fix });
  }

  /** Applies fixes to the text they were found in; in one that reads otherwise by now their places
      are others.
      @param {Fixable[]} remarks
      @param {Text} judged */
  function mend(remarks, judged) {
    if (isLocked()) return;
    if (!differs(judged)) { for (const remark of fromTheEnd(remarks)) apply(remark); }
    lint();
  }

  // One may have added the source in another tab.
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden && !addSource.hidden) lint();
  });
  return { lint, lintSoon };
}

/** @param {Remark} remark
    @returns {remark is Fixable} */
function isFixable(remark) {
  return remark.fix !== null && remark.start !== null && remark.end !== null;
}

/** The fixes in an order in which none moves the place of another. Of those that overlap only the
    last is among them: the next look will tell of the rest.
    @param {Fixable[]} remarks */
export function fromTheEnd(remarks) {
  /** @type {Record<string, number>} */
  const reached = {};
  return remarks.toSorted((a, b) => b.start - a.start).filter(({ field, start, end }) => {
    if (end > (reached[field] ?? Infinity)) return false;
    reached[field] = start;
    return true;
  });
}

/** Python counts characters, a browser their halves.
    @param {string} value
    @param {number} points */
export function offset(value, points) {
  return [...value].slice(0, points).join("").length;
}

/** Where a line begins, which are counted from 1.
    @param {string} value
    @param {number} line */
export function startOfLine(value, line) {
  return value.split("\n").slice(0, line - 1).map((each) => `${each}\n`).join("").length;
}
