/* Edits of a Markdown text, as the editor's tools make them, and the typing of one. */

/** @typedef {import("../desk/dom.js").TextField} TextField */

/** What to put between `start` and `end`, and what to select in the text that is then there.
    @typedef {{
      start: number, end: number, text: string, selectFrom: number, selectTo: number
    }} Edit */

/** Makes an edit in a field, in one step to undo. Without a selection the caret is behind the text.
    @param {TextField} field
    @param {Pick<Edit, "start" | "end" | "text"> & Partial<Edit>} edit */
export function insertText(
  field,
  { start, end, text, selectFrom = start + text.length, selectTo = selectFrom },
) {
  field.focus();
  field.setSelectionRange(start, end);
  // Deprecated, but the only way that leaves the browser's list of changes to undo intact.
  if (!document.execCommand(text ? "insertText" : "delete", false, text)) {
    field.setRangeText(text);
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }
  field.setSelectionRange(selectFrom, selectTo);
}

/** Puts bold around a selection, or takes it away if there is such already.
    @param {string} value
    @param {number} start
    @param {number} end */
export function bold(value, start, end) {
  return marked(value, start, end, "**", (stars) => stars > 1);
}

/** Puts italics around a selection, or takes them away if the stars around it are odd in number.
    @param {string} value
    @param {number} start
    @param {number} end */
export function italic(value, start, end) {
  return marked(value, start, end, "*", (stars) => stars % 2 === 1);
}

/** @param {string} value
    @param {number} start
    @param {number} end
    @param {string} marks
    @param {(stars: number) => boolean} isMarked
    @returns {Edit} */
function marked(value, start, end, marks, isMarked) {
  while (start < end && /\s/.test(value[start])) start++;
  while (start < end && /\s/.test(value[end - 1])) end--;
  while (start + 1 < end && value[start] === "*" && value[end - 1] === "*") start++, end--;
  const inside = value.slice(start, end);
  const before = value.slice(0, start).match(/\**$/)?.[0].length ?? 0;
  const after = value.slice(end).match(/^\**/)?.[0].length ?? 0;
  const size = marks.length;
  return isMarked(Math.min(before, after))
    ? {
      start: start - size,
      end: end + size,
      text: inside,
      selectFrom: start - size,
      selectTo: end - size,
    }
    : {
      start,
      end,
      text: marks + inside + marks,
      selectFrom: start + size,
      selectTo: end + size,
    };
}

/** Makes a link of a selection: an address gets its text typed, a text its address.
    @param {string} value
    @param {number} start
    @param {number} end
    @returns {Edit} */
export function link(value, start, end) {
  const selected = value.slice(start, end);
  if (!selected || /^https?:\/\/\S+$/.test(selected)) {
    const text = `[](${selected || "https://"})`;
    return { start, end, text, selectFrom: start + 1, selectTo: start + 1 };
  }
  const address = start + selected.length + "[](".length;
  const text = `[${selected}](https://)`;
  return { start, end, text, selectFrom: address, selectTo: address + "https://".length };
}

/** Inserts the Markdown of an image and leaves the caret where its description goes.
    @param {string} value
    @param {number} caret
    @param {string} code
    @returns {Edit} */
export function image(value, caret, code) {
  const rest = /^[^[\]\n]*\]\(\S*\)/.exec(value.slice(caret));
  // In the brackets of the image before? Then go on behind it.
  const isInside = rest && /!\[[^[\]\n]*$/.test(value.slice(0, caret));
  const start = isInside ? caret + rest[0].length : caret;
  const text = isInside ? `\n\n${code}` : code;
  const description = start + text.indexOf("[") + 1;
  return { start, end: start, text, selectFrom: description, selectTo: description };
}
