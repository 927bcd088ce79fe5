import { deepEqual, equal } from "node:assert/strict";
import { test } from "node:test";

import { Selection } from "../../digests/static/desk/selection.js";

const [ONE, TWO, THREE] = [1, 2, 3].map((id) => ({ id, version: id * 10 }));

/** @param {import("../../digests/static/desk/selection.js").Row[]} rows */
function selectionOf(...rows) {
  const selection = new Selection();
  selection.addAll(rows);
  return selection;
}

test("An act is for the row with the focus where none is selected", () => {
  deepEqual(selectionOf().chosen(ONE), [ONE]);
});

test("An act is for the selected rows in the order they were selected, wherever the focus is", () => {
  deepEqual(selectionOf(TWO, ONE).chosen(THREE), [TWO, ONE]);
});

test("An act without selection and focus is for nothing", () => {
  deepEqual(selectionOf().chosen(undefined), []);
});

test("A row is selected once, with the version it was loaded with last", () => {
  const selection = selectionOf(ONE);
  selection.add({ ...ONE, version: 99 });
  deepEqual(selection.chosen(undefined), [{ id: 1, version: 99 }]);
});

test("What an act is under way for is neither selected nor chosen a second time", () => {
  const selection = selectionOf(ONE, TWO);
  selection.hold([ONE]);
  equal(selection.has(1), false);
  equal(selection.isPending(1), true);
  deepEqual(selection.chosen(ONE), [TWO]);
  selection.clear();
  deepEqual(selection.chosen(ONE), []);
});

test("Selecting all leaves out what an act is under way for", () => {
  const selection = selectionOf();
  selection.hold([TWO]);
  selection.addAll([ONE, TWO, THREE]);
  deepEqual(selection.chosen(undefined), [ONE, THREE]);
});

test("Rows that were not answered are selected again as they were", () => {
  const selection = selectionOf(ONE, TWO, THREE);
  const release = selection.hold([ONE, TWO, THREE]);
  release(new Set([2]));
  deepEqual(selection.chosen(undefined), [ONE, THREE]);
});

test("A row that was not selected when its act failed is within reach again and not selected", () => {
  const selection = selectionOf();
  const release = selection.hold([ONE]);
  release(new Set());
  equal(selection.size, 0);
  deepEqual(selection.chosen(ONE), [ONE]);
});

test("What was selected while an act was under way stays selected", () => {
  const selection = selectionOf(ONE);
  const release = selection.hold([ONE]);
  selection.add(TWO);
  release(new Set([1]));
  deepEqual(selection.chosen(undefined), [TWO]);
});
