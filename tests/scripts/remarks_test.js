import { deepEqual, equal } from "node:assert/strict";
import { test } from "node:test";

import "./page.js";

const { fromTheEnd, offset, startOfLine } = await import(
  "../../digests/static/editor/remarks.js"
);

/** @param {number} start
    @param {number} end
    @param {string} fix */
const remark = (start, end, fix, field = "body") => ({
  severity: "warning",
  sentence: "",
  line: null,
  field,
  start,
  end,
  fix,
});

/** A text with the fixes that are left of these, one after the other, counted as Python does.
    @param {string} text
    @param {ReturnType<typeof remark>[]} remarks */
function mended(text, remarks) {
  for (const { start, end, fix } of fromTheEnd(remarks)) {
    text = text.slice(0, offset(text, start)) + fix + text.slice(offset(text, end));
  }
  return text;
}

test("Places are counted in characters, of which an emoji is one", () => {
  equal(offset("狐🦊狸", 1), 1);
  equal(offset("狐🦊狸", 2), 3);
  equal(offset("狐🦊狸", 3), 4);
});

test("What joins emoji counts, as in Python", () => {
  const family = "👨‍👩‍👧";
  equal([...family].length, 5);
  equal(offset(`${family}。`, 5), family.length);
});

test("Rare Chinese characters outside of the basic plane are one character each", () => {
  equal("𠮷野家".slice(offset("𠮷野家", 1)), "野家");
});

test("A place behind the end is the end", () => {
  equal(offset("🦊", 7), 2);
  equal(offset("", 1), 0);
});

test("A line begins behind the break before it", () => {
  const text = "🦊 一\n\n三";
  deepEqual([1, 2, 3].map((line) => startOfLine(text, line)), [0, 5, 6]);
});

test("Fixes are made from the end, so that none moves the place of another", () => {
  const remarks = [remark(0, 1, "狐狸"), remark(4, 5, ""), remark(2, 3, "——")];
  equal(mended("🦊在-看,。", remarks), "狐狸在——看。");
});

test("Of fixes that overlap only the last is made", () => {
  deepEqual(fromTheEnd([remark(0, 3, "a"), remark(2, 5, "b")]), [remark(2, 5, "b")]);
});

test("Fixes that merely touch are all made", () => {
  equal(mended("abcd", [remark(0, 2, "A"), remark(2, 4, "B")]), "AB");
});

test("Fixes of one field are in nobody's way in another", () => {
  equal(fromTheEnd([remark(0, 9, "x", "url"), remark(4, 5, "y", "headline")]).length, 2);
});

test("What is left of overlapping fixes does not hide those before it", () => {
  const remarks = [remark(0, 1, "A"), remark(1, 4, "no"), remark(3, 5, "DE")];
  equal(mended("abcde", remarks), "AbcDE");
});
