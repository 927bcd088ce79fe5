import { deepEqual, equal, throws } from "node:assert/strict";
import { test } from "node:test";

import { FakeButton, FakeElement, FakeField } from "./page.js";

const { all, closest, element, field, find, findField, isField, isOfInputMethod, submitter } =
  await import(
    "../../digests/static/desk/dom.js"
  );

/** An element in which a selector matches these.
    @param {string} selector
    @param {FakeElement[]} matches */
function withMatches(selector, ...matches) {
  const root = Object.assign(new FakeElement(), { found: { [selector]: matches } });
  return /** @type {ParentNode} */ (/** @type {unknown} */ (root));
}

/** An element at which these selectors match.
    @param {FakeElement} target
    @param {string[]} selectors */
const matching = (target, ...selectors) => Object.assign(target, { matching: new Set(selectors) });

const [text, button, input] = [new FakeElement(), new FakeButton(), new FakeField("q", "")];

test("Where a script names no kind, any element of HTML is found", () => {
  equal(find(withMatches(".a", button, text), ".a"), button);
  equal(element(withMatches(".a", button, text), ".a"), button);
});

test("A first match of another kind is not passed over for a later one", () => {
  const root = withMatches(".a", text, button);
  equal(find(root, ".a", HTMLButtonElement), null);
  throws(() => element(root, ".a", HTMLButtonElement), TypeError);
});

test("What is not there is null, or an error where the page cannot do without", () => {
  const empty = withMatches(".a");
  equal(find(empty, ".a"), null);
  throws(() => element(empty, ".a"), TypeError);
});

test("Of several matches those of the kind are given, in their order", () => {
  const other = new FakeButton();
  const root = withMatches(".a", button, text, other);
  deepEqual(all(root, ".a", HTMLButtonElement), [button, other]);
  deepEqual(all(root, ".a"), [button, text, other]);
  deepEqual(all(root, ".b"), []);
});

test("What surrounds the target of an event is found if it is of the kind", () => {
  const target = matching(new FakeElement(), ".row");
  equal(closest(target, ".row"), target);
  equal(closest(target, ".row", HTMLButtonElement), null);
  equal(closest(target, ".other"), null);
});

test("A target that is not an element has no match", () => {
  equal(closest(new EventTarget(), ".row"), null);
  equal(closest(null, ".row"), null);
});

test("Only a button counts as what sent a form", () => {
  const sentBy = (/** @type {unknown} */ by) =>
    submitter(/** @type {SubmitEvent} */ ({ submitter: by }));
  equal(sentBy(button), button);
  equal(sentBy(input), null);
  equal(sentBy(null), null);
});

test("A key belongs to an input method during a composition, and in Safari once more after it", () => {
  const key = (/** @type {object} */ details) =>
    isOfInputMethod(/** @type {KeyboardEvent} */ ({ key: "Enter", ...details }));
  equal(key({ isComposing: true, keyCode: 13 }), true);
  equal(key({ isComposing: false, keyCode: 229 }), true);
  equal(key({ isComposing: false, keyCode: 13 }), false);
});

test("Inputs and text areas are fields, and nothing else is", () => {
  deepEqual([input, button, text, null, "q"].map(isField), [true, false, false, false, false]);
});

test("A field is found by its name", () => {
  const form = withMatches('[name="q"]', input);
  equal(findField(form, "q"), input);
  equal(field(form, "q"), input);
});

test("A button or nothing with the name is no field, and an error where one must be", () => {
  for (const form of [withMatches('[name="q"]', button), withMatches("[name]")]) {
    equal(findField(form, "q"), null);
    throws(() => field(form, "q"), /no field q/);
  }
});
