/* What the house has to say of a story as one types it: remarks that lead to their places, and
   fixes for those that have a certain one. */

import { ask, desk, Refused } from "./desk.js";

const LINT_AFTER = 400;

/** `text()` gives the form's fields by name, and `differs(text)` whether they read otherwise by
    now; `isLocked()`: nothing may be changed at present, and it has been said why. */
export function keepRemarks(form, { text, differs, mayEdit, isLocked }) {
  const field = (name) => form.elements[name];
  const list = form.querySelector("[data-remarks]");
  const template = form.querySelector("[data-remark]");
  const all = form.querySelector("[data-fix-all]");
  const told = form.querySelector("[data-remark-count]");

  let asked = 0;
  async function lint() {
    const mine = (asked += 1);
    const judged = text();
    let remarks;
    try {
      ({ remarks } = await ask("POST", `items/${desk.dataset.item}/lint/`, judged, {
        heartbeat: true,
      }));
    } catch (trouble) {
      if (trouble instanceof Refused) return; // saving will tell
      throw trouble;
    }
    if (mine === asked) show(remarks, judged);
  }

  let linting;
  function lintSoon() {
    clearTimeout(linting);
    linting = setTimeout(lint, LINT_AFTER);
  }

  function show(remarks, judged) {
    list.replaceChildren(...remarks.map((remark) => line(remark, judged)));
    const fixable = remarks.filter((remark) => remark.fix !== null);
    all.hidden = fixable.length < 2 || !mayEdit;
    all.onclick = () => mend(fixable, judged);
    const count = remarks.length
      ? desk.dataset.saysRemarks.replace("{count}", remarks.length)
      : desk.dataset.saysNothing;
    if (told.textContent !== count) told.textContent = count;
  }

  function line(remark, judged) {
    const row = template.content.firstElementChild.cloneNode(true);
    row.className = remark.severity;
    const place = row.querySelector(".place");
    const label = field(remark.field)?.labels[0]?.textContent;
    place.textContent = label ? `${label} ${remark.sentence}` : remark.sentence;
    place.addEventListener("click", () => goTo(remark));
    const fix = row.querySelector(".fix");
    if (remark.fix === null || !mayEdit) fix.remove();
    else {
      fix.textContent = desk.dataset.saysFix;
      fix.setAttribute("aria-label", `${desk.dataset.saysFix}: ${remark.sentence}`);
      fix.addEventListener("click", () => mend([remark], judged));
    }
    return row;
  }

  function goTo(remark) {
    const target = field(remark.field);
    if (!target) return;
    target.focus();
    if (remark.start !== null) {
      target.setSelectionRange(
        offset(target.value, remark.start),
        offset(target.value, remark.end),
      );
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
    if (isLocked()) return undefined;
    const last = differs(judged) ? [] : [...remarks].sort((a, b) => b.start - a.start);
    const reached = {};
    for (const remark of last) {
      if (remark.end > (reached[remark.field] ?? Infinity)) continue; // they overlap: the next look will tell
      apply(remark);
      reached[remark.field] = remark.start;
    }
    return lint();
  }

  return { lint, lintSoon };
}

/** Python counts characters, a browser their halves. */
function offset(value, points) {
  return [...value].slice(0, points).join("").length;
}
