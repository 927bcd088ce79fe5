import { deepEqual, equal } from "node:assert/strict";
import { test } from "node:test";

import { FakeField, page } from "./page.js";

const { bold, image, insertText, italic, link } = await import(
  "../../digests/static/editor/edits.js"
);

/** What a tool makes of a text, in which ‹ and › stand around the selection.
    @param {(value: string, start: number, end: number) => import("../../digests/static/editor/edits.js").Edit} tool
    @param {string} text */
function after(tool, text) {
  const start = text.indexOf("‹");
  const end = text.indexOf("›") - 1;
  const value = text.replace(/[‹›]/g, "");
  const edit = tool(value, start, end);
  const edited = value.slice(0, edit.start) + edit.text + value.slice(edit.end);
  const { selectFrom, selectTo } = edit;
  return `${edited.slice(0, selectFrom)}‹${edited.slice(selectFrom, selectTo)}›${
    edited.slice(selectTo)
  }`;
}

/** @param {string} code */
const imageOf =
  (code) =>
  (/** @type {string} */ value, /** @type {number} */ _start, /** @type {number} */ end) =>
    image(value, end, code);

test("Bold is put around a Chinese selection, which stays selected", () => {
  equal(after(bold, "他说这‹很重要›。"), "他说这**‹很重要›**。");
});

test("Bold is taken away again, whether its stars are selected or not", () => {
  equal(after(bold, "他说这**‹很重要›**。"), "他说这‹很重要›。");
  equal(after(bold, "他说这‹**很重要**›。"), "他说这‹很重要›。");
});

test("Bold twice is no change", () => {
  for (const text of ["‹重›要", "前‹中›后", "“‹引文›”，", "‹🦊›", "a ‹word› b", "前‹›后"]) {
    equal(after(bold, after(bold, text)), text);
  }
});

test("Spaces at the ends of a selection stay outside of the marks, full-width ones too", () => {
  equal(after(bold, "‹ 重要\u3000›的"), " **‹重要›**\u3000的");
  equal(after(bold, "一\n‹二\n›三"), "一\n**‹二›**\n三");
});

test("Without a selection the caret goes between the marks", () => {
  equal(after(bold, "前‹›后"), "前**‹›**后");
  equal(after(italic, "前‹›后"), "前*‹›*后");
});

test("Italics and bold are put around each other and taken away one by one", () => {
  equal(after(italic, "**‹重›**"), "***‹重›***");
  equal(after(bold, "*‹重›*"), "***‹重›***");
  equal(after(italic, "***‹重›***"), "**‹重›**");
  equal(after(bold, "***‹重›***"), "*‹重›*");
});

test("Stars on one side alone are no bold", () => {
  equal(after(bold, "**‹重要›"), "****‹重要›**");
});

test("A selected text becomes a link whose address is selected", () => {
  equal(after(link, "见‹这里›。"), "见[这里](‹https://›)。");
});

test("A selected address becomes a link whose text is to be typed", () => {
  equal(after(link, "见‹https://example.org/a›"), "见[‹›](https://example.org/a)");
});

test("A sentence with an address in it is a text and no address", () => {
  equal(
    after(link, "‹见 https://example.org/a›"),
    "[见 https://example.org/a](‹https://›)",
  );
});

test("A link without a selection has its text typed first", () => {
  equal(after(link, "见‹›"), "见[‹›](https://)");
});

test("An image is inserted with the caret where its description goes", () => {
  equal(after(imageOf("![](/m/1.png)"), "前‹›后"), "前![‹›](/m/1.png)后");
});

test("A second image goes behind the first while the caret is in the first one's description", () => {
  equal(
    after(imageOf("![](/m/2.png)"), "![一只‹›狐狸](/m/1.png)后"),
    "![一只狐狸](/m/1.png)\n\n![‹›](/m/2.png)后",
  );
});

test("The text of a link is no description of an image", () => {
  equal(after(imageOf("![](/m/2.png)"), "[见‹›](/a)"), "[见![‹›](/m/2.png)](/a)");
});

// Typing

/** Makes an edit in a field of this text. Gives the commands that the browser was given, each with
    what was selected, and what is selected in the end.
    @param {string} value
    @param {Parameters<typeof insertText>[1]} edit
    @param {boolean} knowsCommands */
function typed(value, edit, knowsCommands = true) {
  let selected = [0, 0];
  let changes = 0;
  /** @type {unknown[]} */
  const commands = [];
  const field = new FakeField("body", value);
  Object.assign(field, {
    setSelectionRange: (/** @type {number} */ start, /** @type {number} */ end) => {
      selected = [start, end];
    },
    setRangeText(/** @type {string} */ text) {
      const [start, end] = selected;
      field.value = field.value.slice(0, start) + text + field.value.slice(end);
    },
  });
  field.addEventListener("input", () => changes += 1);
  Object.assign(page, {
    execCommand(
      /** @type {string} */ name,
      /** @type {boolean} */ _ui,
      /** @type {string} */ text,
    ) {
      commands.push([name, text, field.value.slice(...selected)]);
      return knowsCommands;
    },
  });
  insertText(/** @type {HTMLInputElement} */ (/** @type {unknown} */ (field)), edit);
  equal(page.activeElement, field);
  return { commands, selected, value: field.value, changes };
}

test("A text is typed in the place of another, as the browser can undo", () => {
  const { commands, selected } = typed("一二三", { start: 1, end: 2, text: "——" });
  deepEqual(commands, [["insertText", "——", "二"]]);
  deepEqual(selected, [3, 3]);
});

test("A part of what was typed is selected if the edit says so", () => {
  const edit = { start: 0, end: 2, text: "[见](https://)", selectFrom: 4, selectTo: 12 };
  deepEqual(typed("见。", edit).selected, [4, 12]);
});

test("To type nothing is to delete", () => {
  const { commands, selected } = typed("一二三", { start: 1, end: 2, text: "" });
  deepEqual(commands, [["delete", "", "二"]]);
  deepEqual(selected, [1, 1]);
});

test("Where the browser types nothing the text is put in place, and the page hears of it", () => {
  const { value, changes } = typed("一二三", { start: 1, end: 2, text: "2" }, false);
  deepEqual([value, changes], ["一2三", 1]);
});
