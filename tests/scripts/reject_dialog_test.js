import { deepEqual, equal } from "node:assert/strict";
import { beforeEach, test } from "node:test";

import { FakeButton, FakeDialog, FakeElement, FakeField, happen, page } from "./page.js";

const BUTTON = ".reason-list button";
const buttons = ["old", "promotion", "other"].map((value) =>
  Object.assign(new FakeButton(), { value, matching: new Set([BUTTON]) })
);
const send = Object.assign(new FakeButton(), { matching: new Set(["[data-with-note]"]) });
const field = new FakeField("", "");
const note = Object.assign(new FakeElement(), { found: { input: [field] } });
const dialog = Object.assign(new FakeDialog(), {
  found: { ".note-field": [note], [BUTTON]: buttons },
});
page.found["[data-reasons]"] = [dialog];

const { askWhy } = await import("../../digests/static/desk/reject_dialog.js");

/** @type {import("../../digests/static/desk/reject_dialog.js").Decision[]} */
let decisions = [];

beforeEach(() => {
  decisions = [];
  page.activeElement = page.body;
  askWhy((decision) => decisions.push(decision));
});

const click = (/** @type {FakeElement} */ target) => happen(dialog, "click", target);

/** Presses a key, and says whether the script made it its own.
    @param {string} key
    @param {FakeElement} target
    @param {object} [details] */
function press(key, target = dialog, details = {}) {
  return happen(dialog, "keydown", target, { key, ...details }).defaultPrevented;
}

test("A reason that is clicked closes the dialog and is given without a note", () => {
  equal(dialog.open, true);
  click(buttons[1]);
  equal(dialog.open, false);
  deepEqual(decisions, [{ reason: "promotion", note: "" }]);
});

test("A reason is chosen by its number, counted from 1", () => {
  equal(press("1"), true);
  deepEqual(decisions, [{ reason: "old", note: "" }]);
});

test("A key without a reason is left to the browser", () => {
  for (const key of ["0", "4", "x", "Escape"]) equal(press(key), false, key);
  equal(dialog.open, true);
  deepEqual(decisions, []);
});

test("A key that is held down chooses nothing", () => {
  press("1", dialog, { repeat: true });
  deepEqual(decisions, []);
});

test("“Other” asks for a note first, and is given with it", () => {
  equal(note.hidden, true);
  press("3");
  equal(dialog.open, true);
  equal(note.hidden, false);
  equal(page.activeElement, field);
  field.value = "都不用";
  press("Enter", field);
  equal(dialog.open, false);
  deepEqual(decisions, [{ reason: "other", note: "都不用" }]);
});

test("The button beside the note sends it too", () => {
  click(buttons[2]);
  field.value = "都不用";
  click(send);
  deepEqual(decisions, [{ reason: "other", note: "都不用" }]);
});

test("A note of spaces is not sent, and the field waits for another", () => {
  click(buttons[2]);
  field.value = "  ";
  click(send);
  press("Enter", field);
  equal(dialog.open, true);
  equal(page.activeElement, field);
  deepEqual(decisions, []);
});

test("In the note a digit is text, and Enter may belong to the input method", () => {
  click(buttons[2]);
  field.value = "2";
  equal(press("1", field), false);
  equal(press("Enter", field, { isComposing: true }), false);
  equal(dialog.open, true);
  deepEqual(decisions, []);
});

test("Asked again, the dialog holds nothing of the note before", () => {
  click(buttons[2]);
  field.value = "一半";
  dialog.close();
  askWhy((decision) => decisions.push(decision));
  equal(note.hidden, true);
  equal(field.value, "");
});

test("The answer goes to whoever asked last", () => {
  /** @type {string[]} */
  const asked = [];
  askWhy(({ reason }) => asked.push(reason));
  click(buttons[0]);
  deepEqual(asked, ["old"]);
  deepEqual(decisions, []);
});
